package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// metaspace spells spaces as a sign, sets one before a text, and lets a word begin
// at each.
//
// Source: huggingface tokenizers pre_tokenizers/metaspace.rs.
type metaspace struct {
	sign   string
	scheme string // always, first or never
	splits bool
}

func readMetaspace(data json.RawMessage) (m metaspace, err error) {
	j, err := options(data, struct {
		Sign        string `json:"replacement"`
		PrefixSpace *bool  `json:"add_prefix_space"`
		Scheme      string `json:"prepend_scheme"`
		Splits      *bool  `json:"split"`
	}{Sign: spaceSign})
	if err != nil {
		return m, err
	}
	m = metaspace{j.Sign, j.Scheme, j.Splits == nil || *j.Splits}
	switch {
	case j.PrefixSpace != nil && !*j.PrefixSpace:
		m.scheme = "never"
	case m.scheme == "":
		m.scheme = "always"
	}
	if m.scheme != "always" && m.scheme != "first" && m.scheme != "never" {
		return m, fmt.Errorf("the scheme %q is not known here", m.scheme)
	}
	if utf8.RuneCountInString(m.sign) != 1 {
		return m, fmt.Errorf("a space cannot be spelt %q", m.sign)
	}
	return m, nil
}

func (m metaspace) words(p *passage) {
	sign := []byte(m.sign)
	p.rewrite(func(old []byte, words []stretch) {
		for _, w := range words {
			start := len(p.text)
			if w.id != cutLater {
				p.keep(w.start, w.end)
				p.word(start, w.id)
				continue
			}
			text := old[w.start:w.end]
			if text[0] != ' ' && !bytes.HasPrefix(text, sign) && (m.scheme == "always" || m.scheme == "first" && p.oldEdge(w.start) == 0) {
				p.put(sign, w.start)
			}
			for at := w.start; at < w.end; {
				end := w.end
				if next := bytes.IndexByte(old[at:w.end], ' '); next >= 0 {
					end = at + next
				}
				p.keep(at, end)
				if at = end; at < w.end {
					p.put(sign, at)
					at++
				}
			}
			p.word(start, cutLater)
		}
	})
	if m.splits {
		split{find: every(literal(m.sign)), behaviour: mergedWithNext}.words(p)
	}
}

var metaspaceWording = kind[wording]{"Metaspace", func(data json.RawMessage) (wording, error) { return readMetaspace(data) }}

// metaspaceDecoder turns the signs into spaces; those of the first piece vanish.
type metaspaceDecoder struct{ metaspace }

func (m metaspaceDecoder) decode(pieces []string) []string {
	for i, piece := range pieces {
		space := " "
		if i == 0 && m.scheme != "never" {
			space = ""
		}
		pieces[i] = strings.ReplaceAll(piece, m.sign, space)
	}
	return pieces
}

var metaspaceDecoding = kind[decoding]{"Metaspace", func(data json.RawMessage) (decoding, error) {
	m, err := readMetaspace(data)
	return metaspaceDecoder{m}, err
}}
