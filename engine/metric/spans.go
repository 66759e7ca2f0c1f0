package metric

import "attune/engine/dataset"

// Spans scores found stretches of a text as seqeval counts them, those of all labels
// together: one is right only with the very bounds and label of one that was to be
// found. Found or marked twice, it counts once.
type Spans struct {
	labels tally
	name   string
	value  func(*counts) float64
}

// NewSpanPrecision gives the share of the found spans that are right.
func NewSpanPrecision() Metric { return &Spans{tally{}, "precision", (*counts).precision} }

// NewSpanRecall gives the share of the right spans that were found.
func NewSpanRecall() Metric { return &Spans{tally{}, "recall", (*counts).recall} }

// NewSpanF1 gives the harmonic mean of both.
func NewSpanF1() Metric { return &Spans{tally{}, "f1", (*counts).f1} }

// NewSpansPerLabel scores the spans label by label.
func NewSpansPerLabel() *Spans { return &Spans{labels: tally{}} }

func (s *Spans) Name() string       { return s.name }
func (*Spans) HigherIsBetter() bool { return true }

// Add counts the spans of one text.
func (s *Spans) Add(want dataset.Example, got dataset.Answer) {
	wanted, found := spanSet(want.Spans), spanSet(got.Spans)
	for x := range wanted {
		if found[x] {
			s.labels.of(x.Label).both++
		} else {
			s.labels.of(x.Label).wantOnly++
		}
	}
	for x := range found {
		if !wanted[x] {
			s.labels.of(x.Label).gotOnly++
		}
	}
}

func (s *Spans) Value() float64 {
	all := s.labels.all()
	return s.value(&all)
}

// PerClass scores each label that was to be found or found. What would be a division
// by zero is 0.
func (s *Spans) PerClass() []ClassScore { return s.labels.perClass() }

// spanSet gives spans without their scores, each once.
func spanSet(spans []dataset.Span) map[dataset.Span]bool {
	set := map[dataset.Span]bool{}
	for _, x := range spans {
		x.Score = 0
		set[x] = true
	}
	return set
}
