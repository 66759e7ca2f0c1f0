package tokenizer

import "io/fs"

// newSentencePiece reads a .model or .spm file of SentencePiece: a tokenizer with
// its pieces and no special tokens.
func newSentencePiece(fsys fs.FS, name string) (*Pipeline, *sentencePieceModel, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, nil, err
	}
	return sentencePieceOf(data, name)
}

// sentencePieceOf is newSentencePiece for what a file holds.
func sentencePieceOf(data []byte, name string) (*Pipeline, *sentencePieceModel, error) {
	m, err := readSentencePieceModel(data)
	if err != nil {
		return nil, nil, &Error{File: name, Problem: "is no model of SentencePiece that can be used", Err: err, Way: "download the file again"}
	}
	pieces := make([]string, len(m.pieces))
	for i, p := range m.pieces {
		pieces[i] = p.text
	}
	p := &Pipeline{
		template:   plainTemplate,
		vocabulary: newVocabulary(pieces),
		normaliser: newSentencePieceNormaliser(m),
		decoder:    newSentencePieceDecoder(m),
	}
	p.shown = m.unknown
	spell := joinUnknown
	if m.byteFallback {
		bytes := newByteFallback(&p.vocabulary)
		if bytes == nil {
			return nil, nil, &Error{File: name, Problem: "it spells unknown runes byte by byte and lacks the pieces for that", Way: "download the file again"}
		}
		spell = spellUnknown(bytes)
	}
	if m.kind == bpeKind {
		b := newSentenceBPE(m)
		b.spell, p.model = spell, b
		if b.apart {
			p.wording = beforeSpaces{}
		}
		return p, m, nil
	}
	u := newSentenceUnigram(m)
	u.spell, p.model = spell, u
	return p, m, nil
}

// newSentenceUnigram gives a model that rounds as SentencePiece does.
func newSentenceUnigram(m *sentencePieceModel) *unigram {
	texts, scores := make([]string, len(m.pieces)), make([]float64, len(m.pieces))
	for i, p := range m.pieces {
		switch p.kind {
		case normalPiece:
			texts[i], scores[i] = p.text, float64(p.score)
		case userPiece:
			// More than any cut of the same text has.
			texts[i], scores[i] = p.text, float64(float32(len(p.text))*m.greatest)-0.1
		}
	}
	u := newUnigram(texts, scores, m.unknown)
	u.narrow, u.unknownScore = true, float64(m.least-unknownPenalty)
	return u
}
