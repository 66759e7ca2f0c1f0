package tokenizer

import (
	"bytes"
	"slices"
	"strings"
)

// beforeSpaces lets a word begin at each run of spaceSigns. It is for models that
// have no piece with a spaceSign behind another sign: they cut these words as they
// would cut the whole, and words come again.
type beforeSpaces struct{}

func (beforeSpaces) words(p *passage) { p.cutWords(cutBeforeSpaces) }

func cutBeforeSpaces(text []byte, found func(start, end int)) {
	start, at := 0, 0
	for at < len(text) {
		for bytes.HasPrefix(text[at:], []byte(spaceSign)) {
			at += len(spaceSign)
		}
		next := bytes.Index(text[at:], []byte(spaceSign))
		if next < 0 {
			break
		}
		at += next
		found(start, at)
		start = at
	}
	found(start, len(text))
}

// cutsApart says whether a model with these pieces cuts words that begin at
// spaceSigns as it would cut them together.
func cutsApart(pieces []string) bool {
	crossing := func(piece string) bool {
		return strings.Contains(strings.TrimLeft(piece, spaceSign), spaceSign)
	}
	return slices.Contains(pieces, spaceSign) && !slices.ContainsFunc(pieces, crossing)
}
