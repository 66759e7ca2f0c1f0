package task

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/dataset"
)

// wordsAt gives so many words of two bytes with a blank behind each.
func wordsAt(n int) []batch.Place {
	all := make([]batch.Place, n)
	for i := range all {
		all[i] = batch.Place{Start: int32(3 * i), End: int32(3*i + 2)}
	}
	return all
}

// spansOf reads "0-2:PER": words 0 and 1.
func spansOf(text string) []dataset.Span {
	all := []dataset.Span{}
	for _, word := range strings.Fields(text) {
		var from, to int
		var label string
		if _, err := fmt.Sscanf(strings.Replace(word, ":", " ", 1), "%d-%d %s", &from, &to, &label); err != nil {
			panic(err)
		}
		all = append(all, dataset.Span{Start: 3 * from, End: 3*to - 1, Label: label})
	}
	return all
}

const bioes = "O B-A E-A I-A S-A B-B E-B I-B S-B"

func TestTagsOfSpans(t *testing.T) {
	cases := []struct{ name, tags, spans, want string }{
		{"none", "O B-A I-A", "", "O O O O"},
		{"one and several words", "O B-A I-A", "0-1:A 1-3:A", "B-A B-A I-A O"},
		{"closed", bioes, "0-1:A 1-4:B", "S-A B-B I-B E-B"},
		{"BILOU", "O B-A I-A L-A U-A", "0-1:A 1-4:A", "U-A B-A I-A L-A"},
		{"without B", "O I-A", "0-2:A 3-4:A", "I-A I-A O I-A"},
		{"the longer of two that begin together", "O B-A I-A B-B I-B", "1-2:B 1-3:A", "O B-A I-A O"},
		{"the first of two that overlap", "O B-A I-A B-B I-B", "2-4:B 1-3:A", "O B-A I-A B-B"},
		{"a label without tags", "O B-A I-A", "0-2:C 2-3:A", "O O B-A O"},
		{"a label with a dash", "O B-A-1 I-A-1", "0-2:A-1", "B-A-1 I-A-1 O O"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g, ok := readTags(strings.Fields(c.tags))
			if !ok {
				t.Fatal("these are no tags")
			}
			var got []string
			for _, number := range g.of(wordsAt(4), spansOf(c.spans)) {
				got = append(got, g.names[number])
			}
			if want := strings.Fields(c.want); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// A span that begins or ends inside of a word takes the whole word.
func TestAWordPartlyMarkedIsMarked(t *testing.T) {
	g := bio([]string{"A"})
	for _, x := range []dataset.Span{{Start: 3, End: 5}, {Start: 4, End: 5}, {Start: 3, End: 4}, {Start: 2, End: 6}} {
		x.Label = "A"
		if got := g.of(wordsAt(3), []dataset.Span{x}); !slices.Equal(got, []int{0, 1, 0}) {
			t.Errorf("%v: %v", x, got)
		}
	}
}

func TestNamesThatAreNoTags(t *testing.T) {
	for _, names := range []string{"", "LABEL_0 LABEL_1", "B-A I-A", "O B-A B-A", "O X-A", "O A", "O E-A L-A"} {
		if _, ok := readTags(strings.Fields(names)); ok {
			t.Errorf("%q passed", names)
		}
	}
}

// favouring gives logits [words x tags] by which each named tag is likely, "B-A/I-B"
// the first more than the second.
func favouring(g tags, text string) []float32 {
	var all []float32
	for _, word := range strings.Fields(text) {
		row := make([]float32, len(g.names))
		for i, name := range strings.Split(word, "/") {
			row[slices.Index(g.names, name)] = 4 - float32(i)
		}
		all = append(all, row...)
	}
	return all
}

func TestSpansOfTags(t *testing.T) {
	cases := []struct{ name, tags, likely, want string }{
		{"none", "O B-A I-A", "O O", ""},
		{"no words", "O B-A I-A", "", ""},
		{"one, and one behind it", "O B-A I-A", "B-A I-A B-A O", "0-2:A 2-3:A"},
		{"at the end", "O B-A I-A", "O B-A I-A", "1-3:A"},
		{"a span must begin", "O B-A I-A", "O I-A/B-A I-A", "1-3:A"},
		{"or it is none", "O B-A I-A", "O I-A/O O", ""},
		{"and goes on with its own label", "O B-A I-A B-B I-B", "B-A I-B/I-A I-A", "0-3:A"},
		{"the whole decides, not the single word", "O B-A I-A B-B I-B", "B-A/B-B I-B I-B", "0-3:B"},
		{"closed", bioes, "S-A B-B I-B E-B", "0-1:A 1-4:B"},
		{"what is open must be closed", bioes, "B-A O/E-A O", "0-2:A"},
		{"BILOU", "O B-A I-A L-A U-A", "U-A U-A B-A L-A", "0-1:A 1-2:A 2-4:A"},
		{"without B", "O I-A I-B", "I-A I-A I-B O I-A", "0-2:A 2-3:B 4-5:A"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g, ok := readTags(strings.Fields(c.tags))
			if !ok {
				t.Fatal("these are no tags")
			}
			logits := favouring(g, c.likely)
			got, _ := g.spans(wordsAt(len(logits)/len(g.names)), logits)
			for i, x := range got {
				if x.Score <= 0 || x.Score > 1 {
					t.Errorf("a score of %g", x.Score)
				}
				got[i].Score = 0
			}
			if want := spansOf(c.want); !reflect.DeepEqual(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// The likeliest way is the best of all that can be.
func TestTheLikeliestWay(t *testing.T) {
	for _, names := range []string{"O B-A I-A B-B I-B", bioes, "O I-A I-B"} {
		g, _ := readTags(strings.Fields(names))
		n, words := len(g.names), 4
		logits := make([]float32, words*n)
		for round := range 20 {
			for i := range logits {
				logits[i] = float32((i*7919+round*104729)%97) / 20
			}
			best := math.Inf(-1)
			var ways func(way []int, score float64)
			ways = func(way []int, score float64) {
				if len(way) == words {
					best = max(best, score)
					return
				}
				for j, x := range g.all {
					first := len(way) == 0
					if first && (x.place == 'O' || g.begins(x)) || !first && g.follows(g.all[way[len(way)-1]], x) {
						ways(append(way[:len(way):len(way)], j), score+float64(logits[len(way)*n+j]))
					}
				}
			}
			ways(nil, 0)
			got := 0.0
			for w, j := range g.path(logits, 0) {
				got += float64(logits[w*n+j])
			}
			if math.Abs(got-best) > 1e-9 {
				t.Errorf("%s: a way of %g, the best has %g", names, got, best)
			}
		}
	}
}

// One name of two words, a word behind it that might go on with it, and one that is none.
// Candidates are the spans of the likeliest tags, and others where those leave room.
func TestCandidates(t *testing.T) {
	g, _ := readTags(strings.Fields("O B-A I-A B-B I-B"))
	logits := []float32{
		0, 5, 0, 4, 0, // surely a name, of A or B
		3, 0, 0, 0, 0, // rather not
		3, 0, 0, 0, 2, // rather not, and within a B at most
		9, 0, 0, 0, 0, // surely not
	}
	found, sure := g.candidates(wordsAt(4), logits)
	likely, likelySure := g.spans(wordsAt(4), logits)
	if want := spansOf("0-1:A"); len(likely) != 1 || likely[0].End != want[0].End || sure != likelySure {
		t.Fatalf("the likeliest are %v, %g sure, and %g among the candidates", likely, likelySure, sure)
	}
	for i, x := range spansOf("0-1:A 1-3:B") {
		if len(found) != 2 || found[i].Start != x.Start || found[i].End != x.End || found[i].Label != x.Label {
			t.Fatalf("found %v", found)
		}
	}
	if !(0 < found[1].Score && found[1].Score < 0.1 && 0.5 < found[0].Score) {
		t.Errorf("found %v", found)
	}
	if found, sure := g.candidates(nil, nil); len(found) != 0 || sure != 1 {
		t.Errorf("%v in no words, %g sure", found, sure)
	}
}

func TestScoresAreProbabilities(t *testing.T) {
	g := bio([]string{"A"})
	two, six, three := float32(math.Log(2)), float32(math.Log(6)), float32(math.Log(3))
	logits := []float32{0, two, 0, 0, 0, six, three, 0, 0, three, 0, 0} // 2/4, 6/8, 3/5 and 1/5 to go on, 3/5
	got, sure := g.spans(wordsAt(4), logits)
	if len(got) != 1 || math.Abs(got[0].Score-0.5*0.75*0.8) > 1e-6 || math.Abs(sure-0.5*0.75*0.6*0.6) > 1e-6 {
		t.Errorf("%v, %.4f sure of all", got, sure)
	}
	if got, sure := g.spans(wordsAt(2), logits[:6]); math.Abs(got[0].Score-0.5*0.75) > 1e-6 || sure != got[0].Score {
		t.Errorf("%v, %.4f sure of all", got, sure)
	}
	if _, sure := g.spans(nil, nil); sure != 1 {
		t.Errorf("%.4f sure that there is nothing in nothing", sure)
	}
}
