package baseline

import (
	"iter"
	"slices"
	"unicode"

	"attune/engine/script"
)

// A text is described by its n-grams: single words and pairs of words, and
// stretches of two to five runes inside each word with a space on either side.
// Words make up a language's meaning, stretches forgive spelling and endings,
// and serve languages without spaces. An n-gram is known by the hash of its
// runes (Weinberger et al. 2009), so that no text is kept.
const (
	shortestStretch = 2
	longestStretch  = 5
	longestText     = 50_000          // bytes; what comes after is not read
	mostGrams       = 6 * longestText // of a text: at a rune end two of words at most, and four stretches
	buckets         = 1 << bucketBits
	bucketBits      = 22
)

// Seeds keep words and stretches apart. The first and the multiplier are those
// of FNV-1a, the second is 2^64 divided by the golden ratio.
const (
	wordSeed    uint64 = 0xcbf29ce484222325
	stretchSeed uint64 = 0x9e3779b97f4a7c15
	multiplier  uint64 = 0x100000001b3
)

func mix(hash uint64, r rune) uint64 { return (hash ^ uint64(r)) * multiplier }

// bucket takes the highest bits of a hash whose bits all count.
func bucket(hash uint64) uint32 {
	return uint32((hash ^ hash>>32) * stretchSeed >> (64 - bucketBits))
}

// reader reads one text after another in the same memory: what would be thrown away of
// each lets the heap grow to twice of all that a training holds.
type reader struct {
	longest          int // runes of a stretch
	lower, word      []rune
	words, stretches []uint32
}

// grams gives the buckets of the n-grams of a text, as often as they stand in
// it: those of words and those of stretches. They hold until the next text.
func (r *reader) grams(text string) [2][]uint32 {
	r.lower = r.lower[:0]
	for _, c := range text[:min(len(text), longestText)] {
		r.lower = append(r.lower, unicode.ToLower(c))
	}
	r.words = appendWords(r.words[:0], r.lower)
	r.stretches = r.stretches[:0]
	for w := range fields(r.lower, unicode.IsSpace) {
		r.word = append(append(append(r.word[:0], ' '), w...), ' ')
		r.stretches = appendStretches(r.stretches, r.word, r.longest)
	}
	return [2][]uint32{r.words, r.stretches}
}

// different gives the buckets of the n-grams of a text, those of words and those of stretches
// once each.
func (r *reader) different(text string) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, block := range r.grams(text) {
			slices.Sort(block)
			for _, b := range slices.Compact(block) {
				if !yield(b) {
					return
				}
			}
		}
	}
}

// appendWords adds each word, a run of letters and digits in whatever script, and each pair
// of neighbours.
func appendWords(to []uint32, text []rune) []uint32 {
	before := uint64(0)
	for w := range fields(text, func(r rune) bool { return !script.InWord(r) }) {
		hash := wordSeed
		for _, r := range w {
			hash = mix(hash, r)
		}
		to = append(to, bucket(hash))
		if before != 0 {
			to = append(to, bucket(mix(before, ' ')*multiplier^hash))
		}
		before = hash
	}
	return to
}

// appendStretches adds the n-grams of what stands between spaces, which are set on either
// side of it.
func appendStretches(to []uint32, word []rune, longest int) []uint32 {
	for i := range word {
		hash := stretchSeed
		for n, r := range word[i:min(len(word), i+longest)] {
			hash = mix(hash, r)
			if n+1 >= shortestStretch {
				to = append(to, bucket(hash))
			}
		}
	}
	return to
}

// fields cuts a text at the runes that part it.
func fields(text []rune, parts func(rune) bool) iter.Seq[[]rune] {
	return func(yield func([]rune) bool) {
		for start := 0; start < len(text); {
			if parts(text[start]) {
				start++
				continue
			}
			end := start + 1
			for end < len(text) && !parts(text[end]) {
				end++
			}
			if !yield(text[start:end]) {
				return
			}
			start = end
		}
	}
}

// vector is a text, or several one after another, as numbers other than zero
// and the columns they stand in.
type vector struct {
	columns []int32
	values  []float32
}

// newVector has room for so many numbers.
func newVector(room int) vector {
	return vector{make([]int32, 0, room), make([]float32, 0, room)}
}

func (v vector) part(from, to int) vector { return vector{v.columns[from:to], v.values[from:to]} }
