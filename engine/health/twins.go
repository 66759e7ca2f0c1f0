package health

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
)

// twins tells which rows have the same words, and which nearly the same.
type twins struct {
	first []int         // of each row: the first row with the same words, mostly itself
	same  map[int][]int // the rows with the same words, by the first of them; only where there are several
	near  [][2]int      // pairs of such first rows that differ in a word or two, sorted
}

// twinSearch compares the rows. What it holds is let go once all are found.
type twinSearch struct {
	*twins
	data    *Data
	found   map[[2]int]bool
	starts  []int            // row i has the words starts[i] to starts[i+1]
	words   []uint32         // hashes of the words of all rows
	holders map[uint32]int32 // how many rows have a word
}

// longestCompared is how many words of a text are compared.
const longestCompared = 400

// findTwins compares all rows, once for all checks.
func (d *Data) findTwins(ctx context.Context, tell func(done float64)) (*twins, error) {
	if d.twins != nil {
		return d.twins, nil
	}
	search := newTwinSearch(d)
	if err := search.find(ctx, tell); err != nil {
		return nil, err
	}
	d.twins = search.twins
	return d.twins, nil
}

func newTwinSearch(d *Data) *twinSearch {
	return &twinSearch{twins: &twins{same: map[int][]int{}}, data: d, starts: make([]int, 1, len(d.Rows)+1), found: map[[2]int]bool{}, holders: map[uint32]int32{}}
}

func (t *twinSearch) find(ctx context.Context, tell func(done float64)) error {
	if err := t.read(ctx, within(tell, 0, 0.2)); err != nil {
		return err
	}
	t.findSame()
	if err := t.findShort(ctx, within(tell, 0.2, 0.5)); err != nil {
		return err
	}
	if err := t.findLong(ctx, within(tell, 0.5, 1)); err != nil {
		return err
	}
	for pair := range t.found {
		t.near = append(t.near, pair)
	}
	slices.SortFunc(t.near, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return nil
}

// within tells a part's progress as a stretch of the whole.
func within(tell func(done float64), from, to float64) func(done float64) {
	return func(done float64) { tell(from + done*(to-from)) }
}

// read takes in the words. A text without any, all signs or emoji, counts as
// one word.
func (t *twinSearch) read(ctx context.Context, tell func(done float64)) error {
	return eachRow(ctx, t.data, tell, func(_ int, r *Row) {
		all := wordsOf(r)
		if len(all) == 0 {
			if signs := strings.Join(strings.Fields(r.Text), " "); signs != "" {
				all = []string{signs}
			}
		}
		for _, w := range all[:min(len(all), longestCompared)] {
			t.words = append(t.words, uint32(hashOf(w)))
		}
		own := slices.Sorted(slices.Values(t.words[t.starts[len(t.starts)-1]:]))
		for _, w := range slices.Compact(own) {
			t.holders[w]++
		}
		t.starts = append(t.starts, len(t.words))
	})
}

func (t *twinSearch) of(row int) []uint32 { return t.words[t.starts[row]:t.starts[row+1]] }

// findSame finds the rows with the same words. Empty ones are like no other.
func (t *twinSearch) findSame() {
	t.first = make([]int, len(t.data.Rows))
	seen := make(map[uint64]int, len(t.first))
	for i := range t.first {
		t.first[i] = i
		all := t.of(i)
		if len(all) == 0 {
			continue
		}
		key := sequence(all, -1, -1)
		if before, ok := seen[key]; !ok {
			seen[key] = i
		} else if slices.Equal(all, t.of(before)) {
			t.first[i] = before
			if t.same[before] == nil {
				t.same[before] = []int{before}
			}
			t.same[before] = append(t.same[before], i)
		}
	}
}

// all gives the rows with the same words as a first row, itself included.
func (t *twins) all(first int) []int {
	if same := t.same[first]; same != nil {
		return same
	}
	return []int{first}
}

// sequence is the hash of words in their order, without those at two places.
func sequence(all []uint32, but, andBut int) uint64 {
	hash := uint64(1)
	for i, w := range all {
		if i != but && i != andBut {
			hash = mix(hash, uint64(w))
		}
	}
	return hash
}

// mostChanges is how many words of texts of this length, the longer of two, may
// differ: one from three words on, two from five, and three in twenty of long
// ones.
func mostChanges(length int) int {
	switch {
	case length < 3:
		return 0
	case length < 5:
		return 1
	}
	return max(2, length*3/20)
}

// Texts of which more than a fifth of the words differ, and so short ones, are
// near only if what they share says most of what the simpler of them says: three
// quarters of the weight of its words, of which the rare weigh more. "How do I
// get a card" and "How do I get my PIN" are not.
const (
	surelySame  = 0.8
	mostMeaning = 3. / 4
)

// areNear compares two rows by their words and labels. Of rows with different
// labels, the words that differ may be the reason, so they must be few and light.
func (t *twinSearch) areNear(i, j int) bool {
	a, b := t.of(i), t.of(j)
	longer := max(len(a), len(b))
	most := mostChanges(longer)
	found := changes(a, b, most)
	same := float64(longer-found) / float64(longer)
	x, y := t.data.Rows[i].label(), t.data.Rows[j].label()
	switch {
	case found > most || longer == 0:
		return false
	case x != y && x != "" && y != "":
		return same > surelySame && t.sharedMeaning(a, b) >= mostMeaning
	}
	return same >= surelySame || t.sharedMeaning(a, b) >= mostMeaning
}

// sharedMeaning is the share of the weight of the lighter text that the other has
// as well.
func (t *twinSearch) sharedMeaning(a, b []uint32) float64 {
	shared, ofA, ofB := 0.0, 0.0, 0.0
	for i, w := range a {
		if slices.Contains(a[:i], w) {
			continue
		}
		weight := t.weight(w)
		ofA += weight
		if slices.Contains(b, w) {
			shared += weight
		}
	}
	for i, w := range b {
		if !slices.Contains(b[:i], w) {
			ofB += t.weight(w)
		}
	}
	return shared / min(ofA, ofB)
}

// weight is the inverse document frequency of a word, with a little for those
// that all texts have.
func (t *twinSearch) weight(word uint32) float64 {
	const little = 0.1
	return little + math.Log(float64(1+len(t.data.Rows))/float64(1+t.holders[word]))
}

// changes is the Levenshtein distance of two texts in words, or any number
// above most if it is larger than that.
func changes(a, b []uint32, most int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > most || len(a) == 0 {
		return len(b) - len(a)
	}
	// Only a band of the table, most to either side of its diagonal, can hold
	// distances that count.
	before, now := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i, w := range a {
		from, to := max(0, i-most), min(len(b), i+most+1)
		now[from] = most + 1
		if from == 0 {
			now[0] = i + 1
		}
		least := now[from]
		for j := from; j < to; j++ {
			cost := before[j]
			if w != b[j] {
				cost++
			}
			if j+1 <= i+most {
				cost = min(cost, before[j+1]+1)
			}
			now[j+1] = min(cost, now[j]+1)
			least = min(least, now[j+1])
		}
		if least > most {
			return least
		}
		before, now = now, before
	}
	return before[len(b)]
}

// alike is a row and a hash that it shares with others that may be near it.
type alike struct {
	hash uint64
	row  int32
}

// A bucket larger than crowd is compared in part: each row with the last few
// before it, and with those of the bucket that are near no other.
const (
	crowd   = 48
	leaders = 48
	latest  = 12
)

// compare compares the rows that share a hash. It sorts the entries.
func (t *twinSearch) compare(entries []alike) {
	slices.SortFunc(entries, func(a, b alike) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row)) })
	entries = slices.Compact(entries)
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].hash == entries[0].hash {
			n++
		}
		if n > 1 {
			t.compareBucket(entries[:n])
		}
		entries = entries[n:]
	}
}

func (t *twinSearch) compareBucket(bucket []alike) {
	if len(bucket) <= crowd {
		for n, a := range bucket {
			for _, b := range bucket[:n] {
				t.meet(int(b.row), int(a.row))
			}
		}
		return
	}
	var lead []int
	for n, a := range bucket {
		alone := true
		for _, b := range lead {
			if t.meet(b, int(a.row)) {
				alone = false
			}
		}
		for _, b := range bucket[max(0, n-latest):n] {
			t.meet(int(b.row), int(a.row))
		}
		if alone && len(lead) < leaders {
			lead = append(lead, int(a.row))
		}
	}
}

// meet compares two rows, the earlier first, and notes it if they are near.
func (t *twinSearch) meet(i, j int) bool {
	pair := [2]int{i, j}
	if t.found[pair] {
		return true
	}
	if !t.areNear(i, j) {
		return false
	}
	t.found[pair] = true
	return true
}
