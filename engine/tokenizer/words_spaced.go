package tokenizer

import "bytes"

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
