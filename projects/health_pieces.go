package projects

import (
	"context"

	"attune/engine/tokenizer"
)

// pieces says how the model reads words from which the last training of a pre-trained
// one started; nil if there was none, or it is no longer here.
func (p *Project) pieces(ctx context.Context) (func(word string) (pieces int, unknown bool), error) {
	base, err := p.lastBase(ctx)
	if err != nil || base == Fresh {
		return nil, err
	}
	t, err := readTokenizer(base)
	if err != nil {
		return nil, nil
	}
	return piecesOf(t), nil
}

// piecesOf says how a tokenizer reads words.
func piecesOf(t tokenizer.Tokenizer) func(word string) (pieces int, unknown bool) {
	return func(word string) (pieces int, unknown bool) {
		all := t.Encode(" " + word) // as it stands inside a text
		for _, token := range all {
			switch t.Piece(token.ID) {
			case "[UNK]", "<unk>":
				unknown = true
			}
		}
		return len(all), unknown
	}
}
