package health

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"attune/engine/dataset"
)

// distance is the Levenshtein distance of two texts in words, the plain way.
func distance(a, b []uint32) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i, w := range a {
		now := []int{i + 1}
		for j, v := range b {
			cost := before[j]
			if w != v {
				cost++
			}
			now = append(now, min(cost, before[j+1]+1, now[j]+1))
		}
		before = now
	}
	return before[len(b)]
}

func TestChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a := make([]uint32, random.IntN(12))
		for i := range a {
			a[i] = random.Uint32N(4)
		}
		b := slices.Clone(a)
		for range random.IntN(6) {
			at := random.IntN(len(b) + 1)
			b = slices.Insert(b, at, random.Uint32N(4))
			if random.IntN(2) == 0 {
				b = slices.Delete(b, random.IntN(len(b)), len(b))
			}
		}
		most := random.IntN(5)
		want, got := distance(a, b), changes(a, b, most)
		if want <= most && got != want || want > most && got <= most {
			t.Fatalf("%v and %v differ by %d, got %d with %d at most", a, b, want, got, most)
		}
	}
}

// invented gives rows of invented words, half of them made from an earlier one
// by changing a few words.
func invented(n int) *Data {
	random := rand.New(rand.NewPCG(7, 7))
	word := func() string { return fmt.Sprint("w", random.IntN(3000)) }
	texts := make([][]string, n)
	d := &Data{}
	for i := range texts {
		if i > 0 && i%2 == 1 {
			texts[i] = slices.Clone(texts[random.IntN(i)])
			for range random.IntN(4) {
				at := random.IntN(len(texts[i]))
				switch random.IntN(3) {
				case 0:
					texts[i][at] = word()
				case 1:
					texts[i] = slices.Insert(texts[i], at, word())
				default:
					if len(texts[i]) > 1 {
						texts[i] = slices.Delete(texts[i], at, at+1)
					}
				}
			}
		} else {
			for range 1 + random.IntN(40) {
				texts[i] = append(texts[i], word())
			}
		}
		text := ""
		for _, w := range texts[i] {
			text += w + " "
		}
		d.Rows = append(d.Rows, Row{Example: dataset.Example{ID: int64(i + 1), Text: text, Labels: []string{fmt.Sprint(i % 2)}}})
	}
	return d
}

// TestTwinsAreAllFound compares with every row against every other.
func TestTwinsAreAllFound(t *testing.T) {
	d := invented(1500)
	got := newTwinSearch(d)
	if err := got.find(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	found := map[[2]int]bool{}
	for _, pair := range got.near {
		found[pair] = true
	}
	wanted, missed := 0, 0
	for j := range d.Rows {
		for i := range j {
			if got.first[i] != i || got.first[j] != j {
				continue
			}
			if got.areNear(i, j) {
				wanted++
				if !found[[2]int{i, j}] {
					missed++
				}
			} else if found[[2]int{i, j}] {
				t.Errorf("rows %d and %d are not near", i, j)
			}
		}
	}
	if wanted < 300 || missed > 0 {
		t.Errorf("%d of %d near pairs were missed, want none of 300 or more", missed, wanted)
	}
}

// TestCrowds: thousands of rows from one template are seen as such, without
// comparing each with each.
func TestCrowds(t *testing.T) {
	d := &Data{}
	for i := range 5000 {
		d.Rows = append(d.Rows, Row{Example: dataset.Example{ID: int64(i), Text: fmt.Sprintf("your parcel %d has left our house today", i)}})
	}
	got, err := d.findTwins(t.Context(), func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	near := map[int]bool{}
	for _, pair := range got.near {
		near[pair[1]] = true
	}
	if len(near) != len(d.Rows)-1 || len(got.near) > 100*len(d.Rows) {
		t.Errorf("%d of %d rows are near an earlier one, in %d pairs", len(near), len(d.Rows), len(got.near))
	}
}

func TestWords(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
	}{
		{"nothing", " \t", nil},
		{"case and signs", "Hello, WORLD!", []string{"hello", "world"}},
		{"apostrophes", "I don't 'know' the dogs’ names", []string{"i", "dont", "know", "the", "dogs", "names"}},
		{"letters without spaces", "发票不对 ok", []string{"发", "票", "不", "对", "ok"}},
		{"broken", "a'\xff b\xff", []string{"a", "b"}},
		{"marks", "e\u0301te\u0301", []string{"e\u0301te\u0301"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := words(c.text); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
