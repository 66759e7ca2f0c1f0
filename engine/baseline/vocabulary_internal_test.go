package baseline

import (
	"math"
	"slices"
	"testing"

	"attune/engine/dataset"
)

// TestWeights is worked by hand from scikit-learn's definition: idf is
// ln((1+n)/(1+df)) + 1.
func TestWeights(t *testing.T) {
	v, err := newVocabulary(t.Context(), []dataset.Example{{Text: "1 2"}, {Text: "2 1"}, {Text: "2"}}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	one, two := math.Log(4./3)+1, 1.0
	pair := math.Log(4./2) + 1
	// 1 once, 2 twice, "1 2" once, "2 2" unknown
	want := []float64{one, (1 + math.Log(2)) * two, pair}
	length := 0.0
	for _, w := range want {
		length += w * w
	}
	got := v.appendText(vector{}, "1 2 2")
	squares := 0.0
	for _, value := range got.values {
		squares += float64(value) * float64(value)
	}
	for _, w := range want {
		w /= math.Sqrt(length)
		if !slices.ContainsFunc(got.values, func(g float32) bool { return math.Abs(float64(g)-w) < 1e-6 }) {
			t.Errorf("no weight is %v: %v", w, got.values)
		}
	}
	if math.Abs(squares-2) > 1e-5 {
		t.Errorf("the two parts have a squared length of %v together, want 2", squares)
	}
}

func TestTheCommonestNGramsAreKept(t *testing.T) {
	v, err := newVocabulary(t.Context(), []dataset.Example{{Text: "a"}, {Text: "a"}, {Text: "b"}}, 4)
	if err != nil {
		t.Fatal(err)
	}
	// "a" as a word and in three stretches
	if len(v.column) != 4 || len(v.appendText(vector{}, "a").values) != 4 || len(v.appendText(vector{}, "b").values) != 0 {
		t.Errorf("of a, twice as common, and b, not a is kept: %v", v.column)
	}
}

// TestWhatTellsLabelsApartWeighsMore is worked by hand: of two texts of x and two of y, a
// stands in both of x, b in all four, c in one of each, and d in one of x.
func TestWhatTellsLabelsApartWeighsMore(t *testing.T) {
	examples := []dataset.Example{
		{Text: "a b c", Labels: []string{"x"}}, {Text: "a b d", Labels: []string{"x"}},
		{Text: "b c", Labels: []string{"y"}}, {Text: "b", Labels: []string{"y"}},
	}
	v, err := newVocabulary(t.Context(), examples, 1000)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(v.weights)
	labels := []string{"x", "y"}
	if err := v.weighByLabels(t.Context(), examples, labels, make([]float32, len(before)*len(labels))); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]float64{
		"a": math.Log(2.2 / 2.4 / (0.2 / 2.4)), "b": leastTelling, "c": leastTelling, "d": math.Log(1.2 / 2.4 / (0.2 / 2.4)),
	} {
		column := v.column[grams(word)[0][0]]
		if got := v.weights[column] / before[column]; math.Abs(got-math.Sqrt(want)) > 1e-9 {
			t.Errorf("%s weighs %v times what it did, want the root of %v", word, got, want)
		}
	}
}

// TestLabelsSideBySide: with several labels a text, those with a label are told from those
// without, not from those with others.
func TestLabelsSideBySide(t *testing.T) {
	examples := []dataset.Example{
		{Text: "a", Labels: []string{"x", "y"}}, {Text: "a", Labels: []string{"x", "y"}}, {Text: "b", Labels: []string{}},
	}
	v, err := newVocabulary(t.Context(), examples, 1000)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(v.weights)
	if err := v.weighByLabels(t.Context(), examples, []string{"x", "y"}, make([]float32, 2*len(before))); err != nil {
		t.Fatal(err)
	}
	column := v.column[grams("a")[0][0]]
	if got, want := v.weights[column]/before[column], math.Sqrt(math.Log(2.2/2.4/(0.2/1.4))); math.Abs(got-want) > 1e-9 {
		t.Errorf("a weighs %v times what it did, want %v", got, want)
	}
}
