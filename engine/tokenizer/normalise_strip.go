package tokenizer

import (
	"bytes"
	"encoding/json"
	"unicode"
)

// strip takes the spaces at the ends of a text away.
type strip struct {
	Left  bool `json:"strip_left"`
	Right bool `json:"strip_right"`
}

func (s strip) normalise(p *passage) {
	start, end := 0, len(p.text)
	if s.Left {
		start = end - len(bytes.TrimLeftFunc(p.text, unicode.IsSpace))
	}
	if s.Right {
		end = start + len(bytes.TrimRightFunc(p.text[start:], unicode.IsSpace))
	}
	if start > 0 || end < len(p.text) {
		p.renew(func([]byte) { p.keep(start, end) })
	}
}

var stripNormaliser = kind[normalising]{"Strip", func(data json.RawMessage) (normalising, error) {
	return options(data, strip{true, true})
}}
