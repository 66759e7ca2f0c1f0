package guessing_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/tokenizer"
)

// The words of the tests: "playing" is three pieces.
var words = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the play ##i ##ng cat sat . on mat")

const (
	unknown, class, separator, mask = 1, 2, 3, 4
	play, ng                        = 6, 8
)

func masking(t *testing.T) *guessing.Masking {
	t.Helper()
	pieces, err := tokenizer.NewWordPiece(words, tokenizer.WordPieceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := guessing.NewMasking(pieces)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWholeWordsAreHidden(t *testing.T) {
	m := masking(t)
	random := rand.New(rand.NewPCG(1, 1))
	item := batch.Item{IDs: []int{class, 5, play, 7, ng, 9, unknown, 10, separator, 12, 5, 13, 11, separator}, Index: 3}
	before := slices.Clone(item.IDs)
	for _, rate := range []float64{0.01, 0.15, 0.5, 1} {
		m.Rate, m.Swapped, m.Kept = rate, 0, 0
		for range 100 {
			got := m.Ask(item, random)
			if got.Index != 3 || len(got.Targets) != len(got.IDs) {
				t.Fatalf("%+v", got)
			}
			hidden := 0
			for i, target := range got.Targets {
				if target == loss.Ignored {
					if got.IDs[i] != item.IDs[i] {
						t.Fatalf("piece %d is not to be guessed and became %d", i, got.IDs[i])
					}
					continue
				}
				hidden++
				if target != item.IDs[i] || got.IDs[i] != mask {
					t.Fatalf("piece %d became %d, to be guessed as %d", i, got.IDs[i], target)
				}
				if slices.Contains([]int{class, separator, unknown}, target) {
					t.Fatalf("the special piece %d was hidden", target)
				}
			}
			if a, b, c := got.IDs[2] == mask, got.IDs[3] == mask, got.IDs[4] == mask; a != b || b != c {
				t.Fatalf("a part of a word was hidden: %v", got.IDs)
			}
			// Ten pieces can be hidden; the word of three may be the first drawn.
			if most := max(3, int(math.Round(rate*10))); hidden < 1 || hidden > most {
				t.Fatalf("%d pieces are hidden at a rate of %g", hidden, rate)
			}
		}
	}
	if !slices.Equal(item.IDs, before) {
		t.Error("the item itself was changed")
	}
}

func TestTheShareOfHiddenPieces(t *testing.T) {
	m := masking(t)
	random := rand.New(rand.NewPCG(1, 1))
	item := batch.Item{IDs: []int{class}}
	for range 400 {
		item.IDs = append(item.IDs, 5, 9, 10, 12)
	}
	asMask, swapped, kept, all := 0.0, 0.0, 0.0, 0.0
	for range 50 {
		got := m.Ask(item, random)
		for i, target := range got.Targets {
			switch {
			case target == loss.Ignored:
				continue
			case got.IDs[i] == mask:
				asMask++
			case got.IDs[i] == target:
				kept++
			default:
				swapped++
			}
			all++
		}
	}
	for name, c := range map[string]struct{ got, want float64 }{
		"hidden": {all / 50 / 1600, 0.15}, "[MASK]": {asMask / all, 0.8},
		// One swap in nine gives the same piece again.
		"kept": {kept / all, 0.1 + 0.1/9}, "swapped": {swapped / all, 0.1 - 0.1/9},
	} {
		if math.Abs(c.got-c.want) > 0.01 {
			t.Errorf("%s: a share of %.3f, want %.3f", name, c.got, c.want)
		}
	}
}

func TestHidingIsTheSameForTheSameNumbers(t *testing.T) {
	m := masking(t)
	item := batch.Item{IDs: []int{class, 5, 9, 10, 12, 5, 13, separator}}
	a, b := m.Ask(item, rand.New(rand.NewPCG(1, 2))), m.Ask(item, rand.New(rand.NewPCG(1, 2)))
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%v, then %v", a, b)
	}
}

func TestNothingToHide(t *testing.T) {
	got := masking(t).Ask(batch.Item{IDs: []int{class, unknown, separator}}, rand.New(rand.NewPCG(1, 1)))
	for _, target := range got.Targets {
		if target != loss.Ignored {
			t.Errorf("%d is to be guessed", target)
		}
	}
}

func TestATokenizerWithoutMask(t *testing.T) {
	pieces, err := tokenizer.NewWordPiece(strings.Fields("[UNK] [CLS] [SEP] a"), tokenizer.WordPieceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = guessing.NewMasking(pieces)
	var hinted interface{ Hint() string }
	if !errors.As(err, &hinted) || hinted.Hint() == "" {
		t.Errorf("no way out: %v", err)
	}
}
