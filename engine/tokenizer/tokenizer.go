// Package tokenizer cuts text into the numbered pieces that a model reads and
// keeps where each piece stood in the text. It knows no tensors and no lengths:
// cutting a text to what a model can take is left to the task.
package tokenizer

// Token is one piece of a text. Start and End are byte offsets into the text as
// it was given, before any normalising; End is exclusive, and both lie on rune
// boundaries.
type Token struct{ ID, Start, End int }

// Tokenizer cuts text into pieces and joins the pieces of one or two texts into
// the input of one model. A Tokenizer is safe for concurrent use.
type Tokenizer interface {
	// Encode gives the pieces of a text in order, without those that Join adds;
	// never nil. Offsets never run backwards, but pieces may share a rune.
	Encode(text string) []Token

	// Join makes one input out of the pieces of one text, or of two when b is
	// not nil: piece numbers and the segment of each, of equal length.
	Join(a, b []Token) (ids, segments []int)

	// Prefix counts the special tokens that Join sets before the first piece of
	// a single text.
	Prefix() int

	// Specials counts the special tokens that Join adds to one text, or to two.
	Specials(pair bool) int

	// Piece gives the text of a piece, or "" for a number that has none.
	Piece(id int) string

	// ID gives the number of a piece, and whether there is such a piece.
	ID(piece string) (int, bool)

	// Size is one more than the greatest piece number: how many rows an
	// embedding needs.
	Size() int

	// Decode gives the text that pieces make, without special tokens. What Encode
	// changed in a text, such as its capitals or spaces, does not come back.
	Decode(ids []int) string

	// Files gives the files, by name, from which this tokenizer can be read
	// again, laid out as Hugging Face's libraries expect them.
	Files() (map[string][]byte, error)
}
