package metric

import (
	"strings"

	"attune/engine/dataset"
	"attune/engine/script"
)

// rouge is the mean over examples of what two texts have in common.
type rouge struct {
	name   string
	common func(want, got []string) (both, wanted, written int)
	sum    float64
	rows   int
}

// NewROUGE1 gives how many words what was written shares with the right text: the
// harmonic mean of precision and recall, averaged over the examples (Lin 2004), as
// rouge_score gives it without stemming (google-research/rouge). It keeps the letters of
// all languages, where rouge_score knows a to z alone. An example without a target is
// left out.
func NewROUGE1() Metric { return &rouge{name: "rouge1", common: commonRuns(1)} }

func (m *rouge) Name() string       { return m.name }
func (*rouge) HigherIsBetter() bool { return true }

func (m *rouge) Add(want dataset.Example, got dataset.Answer) {
	if want.Target == "" {
		return
	}
	both, wanted, written := m.common(rougeWords(want.Target), rougeWords(got.Text))
	m.rows++
	m.sum += ratio(2*both, wanted+written)
}

// Any says whether an example had a target.
func (m *rouge) Any() bool { return m.rows > 0 }

func (m *rouge) Value() float64 {
	if m.rows == 0 {
		return 0
	}
	return m.sum / float64(m.rows)
}

// commonRuns counts runs of n words.
func commonRuns(n int) func(want, got []string) (both, wanted, written int) {
	return func(want, got []string) (int, int, int) {
		return shared(runs(want, n), runs(got, n)), max(0, len(want)-n+1), max(0, len(got)-n+1)
	}
}

// rougeWords gives the words of a text in small letters; a sign of a script that puts no
// spaces between words is a word of its own.
func rougeWords(text string) []string {
	var spaced strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case script.Unspaced(r):
			spaced.WriteRune(' ')
			spaced.WriteRune(r)
			spaced.WriteRune(' ')
		case script.InWord(r):
			spaced.WriteRune(r)
		default:
			spaced.WriteRune(' ')
		}
	}
	return strings.Fields(spaced.String())
}
