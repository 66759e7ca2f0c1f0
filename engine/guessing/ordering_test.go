package guessing_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task/tasktest"
	"attune/engine/tokenizer"
)

func ordering(t *testing.T) *guessing.Ordering {
	t.Helper()
	pieces, err := tokenizer.NewWordPiece(words, tokenizer.WordPieceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return guessing.NewOrdering(pieces)
}

// asked are the places that are to be guessed.
func asked(item batch.Item) (places []int) {
	for i, target := range item.Targets {
		if target != loss.Ignored {
			places = append(places, i)
		}
	}
	return places
}

// What is asked for is whole words, which stand where they stood, and their pieces come
// one after another behind all that is given.
func TestAnOrderOfWholeWords(t *testing.T) {
	o, random := ordering(t), rand.New(rand.NewPCG(1, 1))
	item := batch.Item{IDs: []int{class, 5, play, 7, ng, 9, unknown, 10, separator, 12, 5, 13, 11, separator}, Index: 3}
	orders := map[string]bool{}
	for range 200 {
		got := o.Ask(item, random)
		if !slices.Equal(got.IDs, item.IDs) || got.Index != 3 || len(got.Targets) != len(item.IDs) || len(got.Ranks) != len(item.IDs) {
			t.Fatalf("%+v", got)
		}
		var ranks []int
		for i, target := range got.Targets {
			if (target == loss.Ignored) != (got.Ranks[i] == 0) {
				t.Fatalf("piece %d has the target %d and the rank %d", i, target, got.Ranks[i])
			}
			if target == loss.Ignored {
				continue
			}
			ranks = append(ranks, got.Ranks[i])
			if target != item.IDs[i] || slices.Contains([]int{class, separator, unknown}, target) {
				t.Fatalf("piece %d is to be guessed as %d", i, target)
			}
		}
		if a, b, c := got.Ranks[2] > 0, got.Ranks[3] > 0, got.Ranks[4] > 0; a != b || b != c {
			t.Fatalf("a part of a word is asked for: %v", got.Ranks)
		}
		if len(ranks) < 1 || len(ranks) > 3 { // a sixth of ten pieces, and the word of three may be drawn
			t.Fatalf("%d pieces are asked for", len(ranks))
		}
		slices.Sort(ranks)
		for i, rank := range ranks {
			if rank != i+1 {
				t.Fatalf("the ranks are %v", ranks)
			}
		}
		if got.Ranks[2] > 0 {
			orders[string(rune('0'+got.Ranks[2]))+string(rune('0'+got.Ranks[3]))] = true
		}
	}
	if len(orders) != 6 {
		t.Errorf("of three pieces %d orders were drawn: %v", len(orders), orders)
	}
}

func TestASixthIsAskedForInSpans(t *testing.T) {
	o, random := ordering(t), rand.New(rand.NewPCG(1, 1))
	item := batch.Item{IDs: []int{class}}
	for range 120 {
		item.IDs = append(item.IDs, 5, 9, 10, 12)
	}
	all, runs := 0, map[int]int{}
	for range 50 {
		places := asked(o.Ask(item, random))
		all += len(places)
		length := 0
		for i, p := range places {
			if length++; i+1 == len(places) || places[i+1] != p+1 {
				runs[length]++
				length = 0
			}
		}
	}
	if share := float64(all) / 50 / 480; math.Abs(share-1.0/6) > 0.01 {
		t.Errorf("a share of %.3f is asked for", share)
	}
	for n := 1; n <= 5; n++ {
		if runs[n] == 0 {
			t.Errorf("never %d words in a row: %v", n, runs)
		}
	}
	if runs[1] <= runs[2] || runs[2] <= runs[5] {
		t.Errorf("long spans are as frequent as short ones: %v", runs)
	}
}

func TestTheSameNumbersGiveTheSameOrder(t *testing.T) {
	o, item := ordering(t), batch.Item{IDs: []int{class, 5, 9, 10, 12, 5, 13, separator}}
	a, b := o.Ask(item, rand.New(rand.NewPCG(1, 2))), o.Ask(item, rand.New(rand.NewPCG(1, 2)))
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%v, then %v", a, b)
	}
}

// A guess must not depend on the piece that stands there, nor on those of higher rank,
// and does on those of lower.
func TestNoGuessSeesItself(t *testing.T) {
	base, tape := tasktest.AnyOrder(t), optest.Tape(t)
	m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
	if err != nil {
		t.Fatal(err)
	}
	item := batch.Item{IDs: []int{2, 5, 6, 7, 8, 9, 10, 3}, Targets: slices.Repeat([]int{loss.Ignored}, 8), Ranks: []int{0, 0, 2, 0, 1, 3, 0, 0}}
	for i, rank := range item.Ranks {
		if rank > 0 {
			item.Targets[i] = item.IDs[i]
		}
	}
	places := asked(item)
	guess := func(change int) [][]float32 {
		changed := item
		changed.IDs = slices.Clone(item.IDs)
		if change >= 0 {
			changed.IDs[change] = 20
		}
		tape.Infer()
		logits, _ := m.Guess(tape, batch.Pack([]batch.Item{changed}))
		_, pieces := op.Size(logits)
		return slices.Collect(slices.Chunk(slices.Clone(op.Rows(logits)), pieces))
	}
	before := guess(-1)
	for _, changed := range append([]int{1, 6}, places...) {
		after := guess(changed)
		for i, place := range places {
			sees := item.Ranks[changed] < item.Ranks[place]
			if same := slices.Equal(before[i], after[i]); same == sees {
				t.Errorf("of rank %d the guess changes %t with what stands at rank %d", item.Ranks[place], !same, item.Ranks[changed])
			}
		}
	}
}
