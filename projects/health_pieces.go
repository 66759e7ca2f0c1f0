package projects

import (
	"context"

	"attune/engine/bundle"
	"attune/engine/catalog"
)

// pieces says how the model reads words from which the last training of a pre-trained
// one started; nil if there was none, or it is no longer here.
func (p *Project) pieces(ctx context.Context) (func(word string) (pieces int, unknown bool), error) {
	base, err := p.lastBase(ctx)
	if err != nil || base == Starter {
		return nil, err
	}
	models, err := OpenModels("")
	if err != nil {
		return nil, nil
	}
	folder, err := models.Folder(base)
	if err != nil {
		return nil, nil
	}
	return piecesOf(folder), nil
}

// piecesOf says how the model in a folder reads words, nil if it cannot be opened.
func piecesOf(folder string) func(word string) (pieces int, unknown bool) {
	t, err := bundle.ReadTokenizer(folder, catalog.Families())
	if err != nil {
		return nil
	}
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
