package baseline

import (
	"cmp"
	"context"
	"math"
	"slices"

	"attune/engine/dataset"
)

// vocabulary weighs the n-grams that a model knows.
type vocabulary struct {
	column  map[uint32]int32 // by bucket
	weights []float64        // by column, of an n-gram before it is known in which text it stands
	longest int              // runes of a stretch
	numbers int              // in the vectors of all texts that were counted
}

// newVocabulary counts in how many texts each n-gram stands and keeps the size
// commonest, weighed by their inverse document frequency.
func newVocabulary(ctx context.Context, examples []dataset.Example, size int) (*vocabulary, error) {
	inTexts, found := make([]int32, buckets), 0
	r := reader{longest: longestStretch}
	for _, e := range examples {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for b := range r.different(e.Text) {
			if inTexts[b] == 0 {
				found++
			}
			inTexts[b]++
		}
	}
	kept := make([]uint32, 0, found)
	for b, n := range inTexts {
		if n > 0 {
			kept = append(kept, uint32(b))
		}
	}
	slices.SortStableFunc(kept, func(a, b uint32) int { return cmp.Compare(inTexts[b], inTexts[a]) })
	kept = kept[:min(len(kept), size)]
	v := &vocabulary{column: make(map[uint32]int32, len(kept)), weights: make([]float64, len(kept)), longest: longestStretch}
	for column, b := range kept {
		v.column[b] = int32(column)
		v.numbers += int(inTexts[b])
		v.weights[column] = math.Log(float64(1+len(examples))/float64(1+inTexts[b])) + 1
	}
	return v, nil
}

// appendText is appendGrams of a single text.
func (v *vocabulary) appendText(to vector, text string) vector {
	r := reader{longest: v.longest}
	return v.appendGrams(to, r.grams(text))
}

// appendGrams weighs a text's n-grams by 1 + ln(times in the text) and by what they weigh
// in any; words and stretches each make a vector of length 1. These are the weights of
// scikit-learn's TfidfVectorizer with sublinear_tf, where labels have no say.
func (v *vocabulary) appendGrams(to vector, grams [2][]uint32) vector {
	for _, block := range grams {
		slices.Sort(block)
		first, squares := len(to.values), 0.0
		for len(block) > 0 {
			times := 1
			for times < len(block) && block[times] == block[0] {
				times++
			}
			if column, ok := v.column[block[0]]; ok {
				value := (1 + math.Log(float64(times))) * v.weights[column]
				squares += value * value
				to.columns = append(to.columns, column)
				to.values = append(to.values, float32(value))
			}
			block = block[times:]
		}
		length := float32(math.Sqrt(squares))
		for i := range to.values[first:] {
			to.values[first+i] /= length
		}
	}
	return to
}
