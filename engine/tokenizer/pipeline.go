package tokenizer

import (
	"slices"
	"sync"
)

// The steps of a Pipeline. Each is one part of a tokenizer.json; the files
// normalise_*.go, words_*.go, decode_*.go and the models hold them.
type (
	// normalising rewrites a text.
	normalising interface{ normalise(p *passage) }

	// wording cuts a text into words, which are cut into pieces each on its own.
	wording interface{ words(p *passage) }

	// cutting appends the pieces of a word to a slice.
	cutting interface {
		cut(word []byte, to []piece) []piece
	}

	// decoding turns pieces back towards text, which all that it gives make
	// together.
	decoding interface {
		decode(pieces []string) []string
	}
)

// piece is a part of a word: its number, and where it stands, in bytes of the word.
type piece struct{ id, start, end int32 }

// Pipeline is a tokenizer made of parts: a text is normalised, cut into words, the
// words into pieces; all parts but the model may be missing. Added tokens, as
// special ones, are found before.
//
// Source: huggingface tokenizers, tokenizer/mod.rs.
type Pipeline struct {
	template
	vocabulary
	normaliser normalising
	wording    wording
	model      cutting
	decoder    decoding
	cleanup    bool // the spaces before punctuation are taken out of decoded text
	shown      int  // the unknown piece, if it is named by the text that it stands for
	margins    *margins
	added      []added
	raw        *finder // added tokens to be found in the text as it stands
	normalised *finder // those to be found after normalising
	addedIDs   map[string]int
	special    map[int]bool
	*truncation
	files    map[string][]byte
	encoders sync.Pool // of *pipelineEncoder
}

var _ Tokenizer = (*Pipeline)(nil)

// vocabulary numbers pieces.
type vocabulary struct {
	pieces []string // by number; "" where there is none
	ids    map[string]int32
}

func newVocabulary(pieces []string) vocabulary {
	v := vocabulary{pieces: pieces, ids: make(map[string]int32, len(pieces))}
	for id, piece := range pieces {
		if piece != "" {
			v.ids[piece] = int32(id)
		}
	}
	return v
}

// Piece gives the text of a piece, or "" for a number that has none.
func (v *vocabulary) Piece(id int) string {
	if id < 0 || id >= len(v.pieces) {
		return ""
	}
	return v.pieces[id]
}

// ID gives the number of a piece, and whether there is such a piece.
func (v *vocabulary) ID(piece string) (int, bool) {
	id, ok := v.ids[piece]
	return int(id), ok
}

// Size is one more than the greatest piece number.
func (v *vocabulary) Size() int { return len(v.pieces) }

// ID gives the number of a piece or an added token, and whether there is one.
func (p *Pipeline) ID(piece string) (int, bool) {
	if id, ok := p.addedIDs[piece]; ok {
		return id, true
	}
	return p.vocabulary.ID(piece)
}

// setAdded also makes room for added tokens beyond the vocabulary; one that is in
// the vocabulary has its number there. It comes after the normaliser.
func (p *Pipeline) setAdded(all []added) {
	p.pieces = slices.Clip(p.pieces)
	p.added, p.addedIDs, p.special = slices.Clone(all), map[string]int{}, map[int]bool{}
	var raw, normalised []added
	for i := range p.added {
		a := &p.added[i]
		if id, ok := p.vocabulary.ID(a.Content); ok {
			a.ID = id
		}
		for len(p.pieces) <= a.ID {
			p.pieces = append(p.pieces, "")
		}
		p.pieces[a.ID], p.addedIDs[a.Content] = a.Content, a.ID
		if a.Special {
			p.special[a.ID] = true
		}
		if a.Normalized && p.normaliser != nil {
			normal := *a
			normal.Content = p.normal(a.Content)
			normalised = append(normalised, normal)
		} else if a.Normalized {
			normalised = append(normalised, *a)
		} else {
			raw = append(raw, *a)
		}
	}
	p.raw, p.normalised = newFinder(raw), newFinder(normalised)
}

// normal gives a text as it is after normalising.
func (p *Pipeline) normal(text string) string {
	var whole passage
	whole.reset(text, 0)
	p.normaliser.normalise(&whole)
	return string(whole.text)
}

// Encode gives the pieces of a text in order; never nil.
func (p *Pipeline) Encode(text string) []Token {
	tokens, _ := p.encode(text, false)
	return tokens
}

// EncodePieces is Encode with the name of each piece. Some models name an unknown
// piece by the text that it stands for.
func (p *Pipeline) EncodePieces(text string) ([]Token, []string) { return p.encode(text, true) }

func (p *Pipeline) encode(text string, naming bool) ([]Token, []string) {
	e, ok := p.encoders.Get().(*pipelineEncoder)
	if !ok {
		e = &pipelineEncoder{Pipeline: p}
	}
	e.naming = naming
	e.tokens = make([]Token, 0, len(text)/4+4) // English has a token every four to five bytes
	p.raw.split(text, func(start, end int) { e.stretch(text[start:end], start) }, func(id, start, end int) {
		e.tokens = append(e.tokens, Token{id, start, end})
		e.name(text[start:end])
	})
	tokens, names := e.tokens, e.names
	e.tokens, e.names = nil, nil
	p.encoders.Put(e)
	p.margins.trim(text, tokens)
	return tokens, names
}

// pipelineEncoder is the state of one Encode.
type pipelineEncoder struct {
	*Pipeline
	passage passage
	cache   cache
	pieces  []piece
	tokens  []Token
	naming  bool
	names   []string
}

func (e *pipelineEncoder) name(name string) {
	if e.naming {
		e.names = append(e.names, name)
	}
}

// stretch encodes a text that has no added tokens to be found as it stands and
// that begins at base.
func (e *pipelineEncoder) stretch(text string, base int) {
	p := &e.passage
	p.reset(text, base)
	if e.normaliser != nil {
		e.normaliser.normalise(p)
	}
	if e.normalised != nil {
		p.words = p.words[:0]
		e.normalised.split(string(p.text), func(start, end int) {
			p.words = append(p.words, stretch{start, end, cutLater})
		}, func(id, start, end int) {
			p.words = append(p.words, stretch{start, end, id})
		})
	}
	if e.wording != nil {
		e.wording.words(p)
	}
	for _, w := range p.words {
		if w.id != cutLater {
			start, end := p.place(w.start, w.end)
			e.tokens = append(e.tokens, Token{w.id, start, end})
			e.name(string(p.text[w.start:w.end]))
			continue
		}
		for _, piece := range e.cut(p.text[w.start:w.end]) {
			at, to := w.start+int(piece.start), w.start+int(piece.end)
			start, end := p.place(at, to)
			e.tokens = append(e.tokens, Token{int(piece.id), start, end})
			switch {
			case !e.naming:
			case int(piece.id) == e.shown:
				e.name(string(p.text[at:to]))
			default:
				e.name(e.Piece(int(piece.id)))
			}
		}
	}
}

// cut gives the pieces of a word, which hold until the next word.
func (e *pipelineEncoder) cut(word []byte) []piece {
	if len(word) > longestCached {
		e.pieces = e.model.cut(word, e.pieces[:0])
		return e.pieces
	}
	slot := e.cache.slot(word)
	if slot.word == "" || slot.word != string(word) {
		slot.word = string(word)
		slot.pieces = e.model.cut(word, slot.pieces[:0])
	}
	return slot.pieces
}

// Files gives the files, by name, from which this tokenizer can be read again.
func (p *Pipeline) Files() (map[string][]byte, error) {
	files := make(map[string][]byte, len(p.files))
	for name, content := range p.files {
		files[name] = slices.Clone(content)
	}
	return files, nil
}
