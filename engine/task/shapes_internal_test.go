package task

import (
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/tokenizer"
)

func TestShapesOfWords(t *testing.T) {
	for word, want := range map[string]int{
		"": batch.Unmarked, "card": batch.Unmarked, "42": batch.Unmarked, "!": batch.Unmarked, "名前": batch.Unmarked, "ǆ": batch.Unmarked,
		"Card": shapeCapital, "I": shapeCapital, "Ärger": shapeCapital, "3D": shapeCapital, "Ida2": shapeCapital, "ǅep": shapeCapital, "И": shapeCapital,
		"NASA": shapeCapitals, "G20X": shapeCapitals, "ÄÖ": shapeCapitals,
		"iPhone": shapeMixed, "McDonald": shapeMixed, "tV": shapeMixed, "ABc": shapeMixed,
	} {
		if got := shapeOf(word); got != want {
			t.Errorf("%q has the shape %d, want %d", word, got, want)
		}
	}
}

// Every piece of a word has the word's shape, and one that is of none has none.
func TestShapesOfPieces(t *testing.T) {
	const text = "McDonald is  LATE"
	places := wordPlaces(text, []tokenizer.Token{
		{Start: 0, End: 2}, {Start: 2, End: 8}, {Start: 9, End: 11}, {Start: 11, End: 13}, {Start: 13, End: 17},
	})
	want := []int{shapeMixed, shapeMixed, batch.Unmarked, batch.Unmarked, shapeCapitals}
	if got := shapesOf(text, places); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWhatATokenizerTells(t *testing.T) {
	for lowers, tells := range map[bool]bool{true: false, false: true} {
		pieces, err := tokenizer.NewWordPiece([]string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "abc", "A"}, tokenizer.WordPieceOptions{Lowercase: lowers})
		if err != nil {
			t.Fatal(err)
		}
		if got := tellsCapitals(pieces); got != tells {
			t.Errorf("a tokenizer that lowers its texts (%v) tells capitals: %v", lowers, got)
		}
	}
}
