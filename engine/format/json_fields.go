package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// field is a value of JSON as a table shows it. The name leads to it: the keys
// of the objects around it, joined by dots.
type field struct{ name, value string }

// fieldsOf takes a value of JSON apart. Members of objects in an object become
// fields of their own, a list of plain values becomes one value, joined by
// listSeparator, and any other list stays as it is written. A value that is no
// object has the single field jsonValueName, a list the fields of its
// elements. Numbers stay as they are written; null is "", and a list without
// elements emptyList: it may say that there is none of something.
//
// The error says in an analyst's words what is not JSON.
func fieldsOf(raw []byte) ([]field, error) {
	p := fieldParser{text: raw}
	var err error
	if p.peek() == '[' {
		err = p.row()
	} else {
		err = p.value("")
	}
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("something stands behind its end")
	}
	return p.fields, err
}

const (
	jsonValueName = "text"
	listSeparator = "; "
	emptyList     = "[]"
	deepestJSON   = 200 // brackets in brackets
)

type fieldParser struct {
	text   []byte
	at     int
	depth  int
	fields []field
}

// peek gives the next byte that is no blank, 0 at the end.
func (p *fieldParser) peek() byte {
	for ; p.at < len(p.text); p.at++ {
		if c := p.text[p.at]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

func (p *fieldParser) value(name string) error {
	switch p.peek() {
	case '{':
		return p.object(name)
	case '[':
		return p.list(name)
	case '"':
		s, err := p.string()
		p.add(name, s)
		return err
	default:
		s, err := p.word()
		p.add(name, s)
		return err
	}
}

func (p *fieldParser) add(name, value string) {
	if name == "" {
		name = jsonValueName
	}
	p.fields = append(p.fields, field{name, value})
}

func (p *fieldParser) object(name string) error {
	if p.depth++; p.depth > deepestJSON {
		return fmt.Errorf("it has more than %d brackets inside each other", deepestJSON)
	}
	defer func() { p.depth-- }()
	p.at++
	for p.peek() != '}' {
		if p.peek() != '"' {
			return p.unexpected("a name in double quotes")
		}
		key, err := p.string()
		if err != nil {
			return err
		}
		if p.peek() != ':' {
			return p.unexpected(fmt.Sprintf("a colon behind %q", cutText(key)))
		}
		p.at++
		if strings.TrimSpace(key) == "" {
			key = "column"
		}
		if name != "" {
			key = name + "." + key
		}
		if err := p.value(key); err != nil {
			return err
		}
		if err := p.comma('}'); err != nil {
			return err
		}
	}
	p.at++
	return nil
}

// comma passes over one between two members; one before the closing bracket,
// as people write it, does no harm.
func (p *fieldParser) comma(closing byte) error {
	switch p.peek() {
	case ',':
		p.at++
	case closing:
	default:
		return p.unexpected("a comma")
	}
	return nil
}

func (p *fieldParser) list(name string) error {
	from := p.at
	p.at++
	var values []string
	plain := true
	for p.peek() != ']' {
		switch p.peek() {
		case '{', '[':
			plain = false
			if err := p.skip(); err != nil {
				return err
			}
		case '"':
			s, err := p.string()
			if err != nil {
				return err
			}
			values = append(values, s)
		default:
			s, err := p.word()
			if err != nil {
				return err
			}
			values = append(values, s)
		}
		if err := p.comma(']'); err != nil {
			return err
		}
	}
	p.at++
	if plain && len(values) == 0 {
		p.add(name, emptyList)
		return nil
	}
	if plain {
		p.add(name, strings.Join(values, listSeparator))
		return nil
	}
	p.add(name, compactJSON(p.text[from:p.at]))
	return nil
}

// skip passes over a value with brackets, which must be JSON to the letter.
func (p *fieldParser) skip() error {
	var s jsonState
	n, done := s.pass(p.text[p.at:])
	if !done || !json.Valid(p.text[p.at:p.at+n]) {
		return p.unexpected("a value")
	}
	p.at += n
	return nil
}

// compactJSON writes JSON without blanks between its values.
func compactJSON(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// row takes a list as a row: each element is a field, called by its place.
func (p *fieldParser) row() error {
	p.at++
	for i := 1; p.peek() != ']'; i++ {
		before := len(p.fields)
		if p.peek() == '{' {
			from := p.at
			if err := p.skip(); err != nil {
				return err
			}
			p.fields = append(p.fields, field{value: compactJSON(p.text[from:p.at])})
		} else if err := p.value(""); err != nil {
			return err
		}
		p.fields[before].name = strconv.Itoa(i)
		if err := p.comma(']'); err != nil {
			return err
		}
	}
	p.at++
	return nil
}

func (p *fieldParser) string() (string, error) {
	var s jsonState
	n, done := s.pass(p.text[p.at:])
	raw := p.text[p.at : p.at+n]
	value, ok := jsonString(raw)
	if !done || !ok {
		return "", p.unexpected("a text in double quotes")
	}
	p.at += n
	return value, nil
}

// word reads a number, true, false or null. Python writes NaN and Infinity
// besides, which no other program reads.
func (p *fieldParser) word() (string, error) {
	var s jsonState
	p.peek()
	n, _ := s.pass(p.text[p.at:])
	raw := p.text[p.at : p.at+n]
	switch word := string(raw); {
	case word == "null", word == "NaN":
		p.at += n
		return "", nil
	case word == "Infinity", word == "-Infinity", n > 0 && json.Valid(raw):
		p.at += n
		return word, nil
	}
	return "", p.unexpected("a value")
}

// unexpected says what should stand where the parser is.
func (p *fieldParser) unexpected(want string) error {
	rest := p.text[p.at:]
	if len(rest) == 0 {
		return fmt.Errorf("%s is missing at its end", want)
	}
	return fmt.Errorf("%s is missing before %q", want, cutTo(string(rest), 20))
}
