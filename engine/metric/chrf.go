package metric

import (
	"strings"

	"attune/engine/dataset"
)

// longestGram is the longest run of characters that chrF compares.
const longestGram = 6

type chrf struct {
	beta   float64 // how much more recall weighs than precision
	spaced bool    // spaces count as characters
	counts [longestGram]gramCounts
}

// gramCounts are the runs of characters of one length in a corpus.
type gramCounts struct{ common, got, want int }

// NewChrF gives chrF2, from 0 to 100: how many runs of one to six characters what was
// written shares with the right text, recall counting twice what precision does
// (Popović 2015, 2016), over the whole corpus and without spaces, as sacrebleu does by
// default (mjpost/sacrebleu metrics/chrf.py). Unlike BLEU it sees that a word has the
// right stem and the wrong ending. An example without a target is left out.
func NewChrF() Metric { return &chrf{beta: 2} }

func (*chrf) Name() string         { return "chrf" }
func (*chrf) HigherIsBetter() bool { return true }

func (m *chrf) Add(want dataset.Example, got dataset.Answer) {
	if want.Target == "" {
		return
	}
	right, written := m.characters(want.Target), m.characters(got.Text)
	for i := range m.counts {
		n, c := i+1, &m.counts[i]
		c.want += max(0, len(right)-n+1)
		if len(right) >= n { // a text that is too short for a length has nothing to compare
			c.got += max(0, len(written)-n+1)
		}
		c.common += shared(runs(right, n), runs(written, n))
	}
}

// characters gives the characters that count.
func (m *chrf) characters(text string) []string {
	if !m.spaced {
		text = strings.Join(strings.Fields(text), "")
	}
	return strings.Split(text, "")
}

// Value averages precision and recall over the lengths that both sides have.
func (m *chrf) Value() float64 {
	precision, recall, lengths := 0.0, 0.0, 0
	for _, c := range m.counts {
		if c.got > 0 && c.want > 0 {
			precision += ratio(c.common, c.got)
			recall += ratio(c.common, c.want)
			lengths++
		}
	}
	if precision+recall == 0 {
		return 0
	}
	weight := m.beta * m.beta
	return 100 * (1 + weight) * precision * recall / (weight*precision + recall) / float64(lengths)
}
