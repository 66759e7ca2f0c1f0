package tokenizer

import "encoding/json"

// bertNormaliser is BERT's normaliser as one part of several.
type bertNormaliser struct{ normaliser }

func (b bertNormaliser) normalise(p *passage) {
	p.renew(func(old []byte) {
		b.each(string(old), 0, func(r rune, start, _ int) { p.putRune(r, start) })
	})
}

var bertPartNormaliser = kind[normalising]{"BertNormalizer", func(data json.RawMessage) (normalising, error) {
	j, err := options(data, jsonNormaliser{CleanText: true, PartChinese: true, Lowercase: true})
	n := normaliser{j.CleanText, j.PartChinese, j.Lowercase, j.Lowercase}
	if j.StripAccents != nil {
		n.stripAccents = *j.StripAccents
	}
	return bertNormaliser{n}, err
}}
