package tokenizer

import "encoding/json"

// prepend sets a text before each that is not empty.
type prepend struct {
	Text string `json:"prepend"`
}

func (pre prepend) normalise(p *passage) {
	if len(p.text) == 0 {
		return
	}
	p.renew(func(old []byte) {
		p.put([]byte(pre.Text), 0)
		p.keep(0, len(old))
	})
}

var prependNormaliser = kind[normalising]{"Prepend", func(data json.RawMessage) (normalising, error) {
	return options(data, prepend{})
}}
