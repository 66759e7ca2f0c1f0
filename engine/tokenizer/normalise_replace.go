package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// substitution writes one text for another. What it writes stands where the last rune of
// what it found stood.
type substitution struct {
	find  func(text []byte) (start, end int) // the first place from the start on; end is 0 if there is none
	write []byte
}

func (r substitution) normalise(p *passage) {
	if _, end := r.find(p.text); end == 0 {
		return
	}
	p.renew(func(old []byte) {
		at := 0
		for {
			start, end := r.find(old[at:])
			if end == 0 {
				break
			}
			p.keep(at, at+start)
			p.put(r.write, at+end-1)
			at += end
		}
		p.keep(at, len(old))
	})
}

// literal finds a text that is not empty.
func literal(text string) func([]byte) (start, end int) {
	return func(in []byte) (start, end int) {
		if at := bytes.Index(in, []byte(text)); at >= 0 && text != "" {
			return at, at + len(text)
		}
		return 0, 0
	}
}

// jsonPattern is what a part looks for: a text as it stands, or a regular
// expression.
type jsonPattern struct {
	String *string
	Regex  *string
}

// finder gives how to find the pattern. There is no engine for regular expressions
// here: they differ between languages. The ones that published tokenizers have are
// written out.
func (j jsonPattern) finder() (func([]byte) (start, end int), error) {
	if j.String != nil {
		return literal(*j.String), nil
	}
	if j.Regex == nil {
		return nil, fmt.Errorf("it does not say what to look for")
	}
	switch *j.Regex {
	case " {2,}", " +":
		least := 1
		if *j.Regex == " {2,}" {
			least = 2
		}
		return func(in []byte) (start, end int) { return spacesOf(in, least) }, nil
	}
	return nil, fmt.Errorf("the regular expression %q is not known here", *j.Regex)
}

// spacesOf finds at least so many plain spaces.
func spacesOf(in []byte, least int) (start, end int) {
	for at := 0; at < len(in); at++ {
		start := at
		for at < len(in) && in[at] == ' ' {
			at++
		}
		if at-start >= least {
			return start, at
		}
	}
	return 0, 0
}

var replaceNormaliser = kind[normalising]{"Replace", func(data json.RawMessage) (normalising, error) {
	j, err := options(data, struct {
		Pattern jsonPattern `json:"pattern"`
		Content string      `json:"content"`
	}{})
	if err != nil {
		return nil, err
	}
	find, err := j.Pattern.finder()
	return substitution{find, []byte(j.Content)}, err
}}
