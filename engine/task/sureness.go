package task

import (
	"attune/engine/dataset"
)

// sureness is how sure a tagger is of what it finds, by what it takes for the probability:
// of a single span, and of a whole text, those words too in which it found nothing. The
// words of a text are wrong together, so that their probabilities multiplied are too small
// for some and too large for others. On wnut17's test rows they were 25 points from the
// truth on average; one number, a temperature, leaves 12, and two leave 5. Those of
// ncbi_disease lie within 5 by either.
type sureness struct {
	Span platt `json:"span"`
	Text platt `json:"text"`
}

// tell sets how sure an answer is, from the probabilities that it has.
func (s sureness) tell(a *dataset.Answer) {
	a.Sure = s.Text.of(a.Sure)
	for i := range a.Spans {
		a.Spans[i].Score = s.Span.of(a.Spans[i].Score)
	}
}

// Tune finds by the validation rows which of its candidates the model had better give, and
// how sure it may be of them: how many of its spans and of its answers are right.
func (m *tagger) Tune(examples []dataset.Example, answers []dataset.Answer) {
	task := &Entities{}
	m.bound = bestBound(examples, answers)
	var spans, texts []trial
	for i := range answers {
		e, a := examples[i], &answers[i]
		a.Spans = from(m.bound, a.Spans)
		if !task.Labelled(e) {
			continue
		}
		texts = append(texts, trial{a.Sure, task.Compare(e, *a).Right})
		for _, x := range a.Spans {
			spans = append(spans, trial{x.Score, marks(e, x)})
		}
	}
	m.sureness = sureness{Span: fitPlatt(spans), Text: fitPlatt(texts)}
	for i := range answers {
		m.sureness.tell(&answers[i])
	}
}
