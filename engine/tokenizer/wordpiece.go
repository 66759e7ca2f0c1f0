package tokenizer

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"unicode/utf8"
)

// WordPieceOptions say how text is normalised and what pieces are called. The
// zero value is that of BERT's cased models.
type WordPieceOptions struct {
	Lowercase    bool     // fold capitals; BERT's uncased models do this and StripAccents
	StripAccents bool     // take accents off
	KeepControls bool     // leave control characters where they are
	JoinChinese  bool     // do not set Chinese characters apart
	Continuation string   // what a piece inside a word begins with; "" is ##
	LongestWord  int      // words of more runes become unknown; 0 is 100
	Specials     Specials // names of the special tokens
}

// Specials names the pieces with a meaning of their own. An empty name is
// BERT's: [PAD], [UNK], [CLS], [SEP], [MASK].
type Specials struct{ Pad, Unknown, Class, Separator, Mask string }

// names gives all names in the order in which vocabularies list them.
func (s Specials) names() []string {
	return []string{
		cmp.Or(s.Pad, "[PAD]"), cmp.Or(s.Unknown, "[UNK]"), cmp.Or(s.Class, "[CLS]"),
		cmp.Or(s.Separator, "[SEP]"), cmp.Or(s.Mask, "[MASK]"),
	}
}

// filled gives the same options with every default spelt out.
func (o WordPieceOptions) filled() WordPieceOptions {
	n := o.Specials.names()
	o.Specials = Specials{n[0], n[1], n[2], n[3], n[4]}
	o.Continuation = cmp.Or(o.Continuation, "##")
	o.LongestWord = cmp.Or(o.LongestWord, 100)
	return o
}

func (o WordPieceOptions) normaliser() normaliser {
	return normaliser{
		clean:        !o.KeepControls,
		partChinese:  !o.JoinChinese,
		stripAccents: o.StripAccents,
		lowercase:    o.Lowercase,
	}
}

// WordPiece cuts words into the longest pieces that its vocabulary has, from
// left to right; a word that cannot be cut, or is too long, becomes one unknown
// piece. Special tokens written in a text are found as such.
//
// Source: Devlin et al. 2018; google-research/bert tokenization.py, whose
// numbers it gives, with the offsets of huggingface tokenizers.
type WordPiece struct {
	template
	*truncation
	options    WordPieceOptions
	pieces     []string // by number; "" where there is none
	vocabulary int      // how many of pieces words are cut into; the rest are added tokens
	trie       *trie
	inside     int32 // the node from which a piece inside a word goes on, or -1
	unknown    int
	added      []added
	raw        *finder        // added tokens to be found in the text as it stands
	normalised *finder        // those to be found after normalising
	config     map[string]any // what tokenizer_config.json held besides
	padding    any            // what tokenizer.json says of it
	encoders   sync.Pool      // of *encoder
}

var _ Tokenizer = (*WordPiece)(nil)

// NewWordPiece makes a tokenizer for a vocabulary, in which a piece's place is
// its number; an empty string is a number without a piece, and of equal pieces
// the last counts. It fails if the unknown, class or separator token is not in
// the vocabulary, or a piece is not UTF-8.
func NewWordPiece(vocabulary []string, o WordPieceOptions) (*WordPiece, error) {
	w := &WordPiece{options: o.filled()}
	if err := w.setVocabulary(vocabulary); err != nil {
		return nil, err
	}
	s := w.options.Specials
	class, ok := w.trie.find(s.Class)
	if !ok {
		return nil, missingSpecial(s.Class)
	}
	separator, ok := w.trie.find(s.Separator)
	if !ok {
		return nil, missingSpecial(s.Separator)
	}
	w.template = bertTemplate(class, separator)
	var specials []added
	for _, name := range s.names() {
		if id, ok := w.trie.find(name); ok {
			specials = append(specials, added{ID: id, Content: name, Special: true})
		}
	}
	w.setAdded(specials)
	return w, nil
}

func (w *WordPiece) setVocabulary(vocabulary []string) error {
	if len(vocabulary) > math.MaxInt32 {
		return &Error{Problem: fmt.Sprintf("a vocabulary of %d pieces is too large", len(vocabulary))}
	}
	for id, piece := range vocabulary {
		if !utf8.ValidString(piece) {
			return &Error{
				Problem: fmt.Sprintf("piece %d of the vocabulary, %q, is not UTF-8 text", id, piece),
				Way:     "download the file again",
			}
		}
	}
	w.pieces, w.vocabulary = slices.Clone(vocabulary), len(vocabulary)
	w.trie = newTrie(vocabulary)
	w.inside = w.trie.walk(w.options.Continuation)
	var ok bool
	if w.unknown, ok = w.trie.find(w.options.Specials.Unknown); !ok {
		return missingSpecial(w.options.Specials.Unknown)
	}
	return nil
}

func missingSpecial(name string) error {
	return &Error{
		Problem: fmt.Sprintf("the vocabulary has no %s piece", name),
		Way:     "check that the vocabulary is of this model, and that tokenizer_config.json names its special tokens",
	}
}

// setAdded also makes room for added tokens beyond the vocabulary; one that is
// in the vocabulary has its number there.
func (w *WordPiece) setAdded(all []added) {
	w.added = append([]added{}, all...)
	w.pieces = w.pieces[:w.vocabulary:w.vocabulary]
	var raw, normalised []added
	for i := range w.added {
		if id, ok := w.trie.find(w.added[i].Content); ok {
			w.added[i].ID = id
		}
		a := w.added[i]
		for len(w.pieces) <= a.ID {
			w.pieces = append(w.pieces, "")
		}
		w.pieces[a.ID] = a.Content
		if a.Normalized {
			a.Content = w.normalise(a.Content)
			normalised = append(normalised, a)
		} else {
			raw = append(raw, a)
		}
	}
	w.raw, w.normalised = newFinder(raw), newFinder(normalised)
	w.encoders.New = func() any { return newEncoder(w) }
}

func (w *WordPiece) normalise(text string) string {
	whole := word{limit: math.MaxInt}
	w.options.normaliser().each(text, 0, whole.add)
	return string(whole.text)
}

// Piece gives the text of a piece, or "" for a number that has none.
func (w *WordPiece) Piece(id int) string {
	if id < 0 || id >= len(w.pieces) {
		return ""
	}
	return w.pieces[id]
}

// ID gives the number of a piece, and whether there is such a piece.
func (w *WordPiece) ID(piece string) (int, bool) {
	for _, a := range w.added {
		if a.Content == piece {
			return a.ID, true
		}
	}
	return w.trie.find(piece)
}

// Size is one more than the greatest piece number.
func (w *WordPiece) Size() int { return len(w.pieces) }

// Encode gives the pieces of a text in order; never nil.
func (w *WordPiece) Encode(text string) []Token { return w.encode(text, always) }

// EncodeVaried cuts words at random into shorter pieces than it could: each match
// longer than one that was found already is passed over with the probability
// rate. A model that sees a word cut differently every time learns its parts
// (MaxMatch-Dropout, Hiraoka 2022).
func (w *WordPiece) EncodeVaried(text string, rate float64, random *rand.Rand) []Token {
	return w.encode(text, func() bool { return random.Float64() >= rate })
}

// always takes every longer match.
func always() bool { return true }

func (w *WordPiece) encode(text string, take func() bool) []Token {
	e := w.encoders.Get().(*encoder)
	e.take = take
	e.tokens = make([]Token, 0, len(text)/4+4) // English has a token every four to five bytes
	w.raw.split(text, func(start, end int) { e.stretch(text[start:end], start) }, e.append)
	tokens := e.tokens
	e.tokens = nil
	w.encoders.Put(e)
	return tokens
}

// encoder is the state of one Encode.
type encoder struct {
	*WordPiece
	normaliser normaliser
	splitter   splitter
	addRune    func(r rune, start, end int)
	take       func() bool // whether to take a match longer than the one before
	tokens     []Token
}

func newEncoder(w *WordPiece) *encoder {
	e := &encoder{WordPiece: w, normaliser: w.options.normaliser()}
	e.splitter = splitter{table: classes(), word: word{limit: w.options.LongestWord}, found: e.cut}
	e.addRune = e.splitter.add
	return e
}

func (e *encoder) append(id, start, end int) { e.tokens = append(e.tokens, Token{id, start, end}) }

// stretch encodes a text that has no added tokens to be found as it stands and
// that begins at base.
func (e *encoder) stretch(text string, base int) {
	if e.normalised == nil {
		e.normaliser.each(text, base, e.addRune)
		e.splitter.flush()
		return
	}
	whole := word{limit: math.MaxInt}
	e.normaliser.each(text, base, whole.add)
	normalised := string(whole.text)
	e.normalised.split(normalised, func(start, end int) {
		for i, r := range normalised[start:end] {
			e.addRune(r, whole.starts[start+i], whole.ends[start+i])
		}
		e.splitter.flush()
	}, func(id, start, end int) {
		e.append(id, whole.starts[start], whole.ends[end-1])
	})
}

// cut appends the pieces of a word, or the unknown piece. Short pieces taken at
// random can lead to where no piece goes on; then the longest are taken.
func (e *encoder) cut(w *word) {
	if w.long() || !e.match(w, e.take) && !e.match(w, always) {
		e.append(e.unknown, w.start, w.end)
	}
}

// match appends pieces from left to right, the longest that are taken; nothing
// when they do not reach the end of the word.
func (e *encoder) match(w *word, take func() bool) (whole bool) {
	before := len(e.tokens)
	defer func() {
		if !whole {
			e.tokens = e.tokens[:before]
		}
	}()
	node := int32(0)
	for at := 0; at < len(w.text); {
		id, length := longest(e.trie, node, w.text[at:], take)
		if length == 0 {
			return false
		}
		e.append(id, w.starts[at], w.ends[at+length-1])
		at += length
		if node = e.inside; node < 0 {
			return at == len(w.text)
		}
	}
	return true
}
