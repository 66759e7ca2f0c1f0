package task

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/layer"
	"attune/engine/loss"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/weights"
)

// Multilabel finds all labels that apply to a text: any number, or none.
type Multilabel struct {
	MaxLength int    // tokens that are read at once, special tokens counted
	Long      string // what is done with longer texts: "cut" or "parts"
	Counts    string // whether counted words vote too: "auto" or "off"
}

// NewMultilabel gives the task with its default settings.
func NewMultilabel() Task {
	return &Multilabel{MaxLength: 128, Long: longCut, Counts: countsAuto}
}

// Name is the name in attunectl and in projects.
func (c *Multilabel) Name() string { return "multilabel" }

// Title names the task for a person.
func (c *Multilabel) Title() string { return "Find all labels that apply" }

// About says what the task is for.
func (c *Multilabel) About() string {
	return "Each text gets any number of labels: emotions, several topics, or none at all."
}

// Pipeline is the hub's name.
func (c *Multilabel) Pipeline() string { return "text-classification" }

// Settings gives the knobs of the task.
func (c *Multilabel) Settings() []setting.Field {
	return []setting.Field{longestText(&c.MaxLength), longTexts(&c.Long), wordCountsField(&c.Counts)}
}

// Fits says whether the body has a head for classes.
func (c *Multilabel) Fits(b model.Backbone) error { return c.classification().Fits(b) }

// Fresh is a model that reads from both sides.
func (c *Multilabel) Fresh() model.Kind { return model.ReadsBothSides }

// Labelled says whether someone looked for the example's labels, be it in vain.
func (c *Multilabel) Labelled(e dataset.Example) bool { return e.Labels != nil }

// Needs a label.
func (c *Multilabel) Needs() Needs { return Needs{Right: "labels", Labels: 1, Several: true} }

// half is the score from which on a label applies: the bounds that are tuned for each
// label are part of its score.
const half = 0.5

// Metrics gives micro F1, by which the task's data sets are mostly compared, then the
// others.
func (c *Multilabel) Metrics() []metric.Metric {
	return []metric.Metric{metric.NewMicroF1Above(half), metric.NewMacroF1Above(half), metric.NewAccuracyAbove(half)}
}

// PerLabel counts for each label how often it was found.
func (c *Multilabel) PerLabel() metric.PerLabel { return metric.NewLabelsAbove(half) }

// Compare sets the labels found beside the right ones. It is as sure as of its least
// sure label.
func (c *Multilabel) Compare(want dataset.Example, got dataset.Answer) Comparison {
	var found []string
	sure := 1.0
	for _, s := range got.Labels {
		sure = min(sure, max(s.Score, 1-s.Score))
	}
	for _, s := range c.Apply(got) {
		found = append(found, s.Label)
	}
	right := slices.Sorted(slices.Values(want.Labels))
	slices.Sort(found)
	return Comparison{Right: slices.Equal(right, found), Want: listed(right), Got: listed(found), Score: sure}
}

// Apply gives the labels that an answer stands by, the surest first.
func (c *Multilabel) Apply(got dataset.Answer) []dataset.Score {
	n := 0
	for n < len(got.Labels) && got.Labels[n].Score >= half {
		n++
	}
	return got.Labels[:n]
}

func listed(labels []string) string { return cmp.Or(strings.Join(labels, ", "), "(none)") }

// Learn gives a model for the labels of the examples.
func (c *Multilabel) Learn(base *model.Base, examples dataset.Source, seed uint64) (Model, error) {
	seen := map[string]bool{}
	for e, err := range examples {
		if err != nil {
			return nil, err
		}
		for _, label := range e.Labels {
			seen[label] = true
		}
	}
	if len(seen) == 0 {
		return nil, &Error{Reason: "the training rows have no labels", Way: "import rows with labels, or choose another label column"}
	}
	labels := slices.Sorted(maps.Keys(seen))
	source := base.Weights
	if !slices.Equal(labels, base.Labels) {
		source = newHead(base, seed)
	}
	m, err := c.build(base, labels, source)
	if err != nil {
		return nil, err
	}
	if c.Counts == countsAuto {
		m.votes = wordCounts{learn: examples, each: true}
	}
	return m, nil
}

// Open gives the model that was saved with its head.
func (c *Multilabel) Open(base *model.Base) (Model, error) {
	if len(base.Labels) == 0 {
		return nil, &Error{Reason: "this model was saved without labels", Way: "fine-tune it first, or choose another run"}
	}
	m, err := c.build(base, base.Labels, base.Weights)
	if err != nil {
		return nil, err
	}
	var saved struct {
		Bounds map[string]float64 `json:"label_bounds"`
	}
	if err := readConfig(base, &saved); err != nil {
		return nil, err
	}
	for _, label := range base.Labels {
		if bound, ok := saved.Bounds[label]; ok {
			m.taken = append(m.taken, dataset.LogOdds(bound))
		}
	}
	if len(m.taken) != len(base.Labels) {
		m.taken = nil
	}
	m.votes, err = savedWordCounts(base, base.Labels)
	return m, err
}

func (c *Multilabel) classification() *Classification {
	return &Classification{MaxLength: c.MaxLength, Long: c.Long}
}

func (c *Multilabel) build(base *model.Base, labels []string, source *weights.Source) (*multilabel, error) {
	one, err := c.classification().build(base, labels, source)
	if err != nil {
		return nil, err
	}
	m := &multilabel{classifier: one}
	m.targets = m.marks
	return m, nil
}

// multilabel is a classifier whose classes do not exclude each other.
type multilabel struct {
	*classifier
	bounds []float32 // logits from which on labels apply, nil for 0
	taken  []float64 // bounds that are in the head's bias already, nil for none
}

// marks gives 1 for each label of the model that the example has and 0 for the others,
// or only Ignored where nobody looked for labels.
func (m *multilabel) marks(e dataset.Example) []int {
	targets := make([]int, len(m.labels))
	for i := range targets {
		if e.Labels == nil {
			targets[i] = loss.Ignored
		}
	}
	for _, label := range e.Labels {
		if i, known := m.numbers[label]; known {
			targets[i] = 1
		}
	}
	return targets
}

// Loss is the mean over all labels of all sequences.
func (m *multilabel) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	return loss.BinaryCrossEntropy(t, logits, b.Targets)
}

// Follow compares the probabilities of each label by itself: any number of them may be
// right.
func (m *multilabel) Follow(t *op.Tape, logits mat.Tensor, teacher []float32, _ *batch.Packed, temperature float64) mat.Tensor {
	return loss.BinaryDistillation(t, logits, teacher, temperature)
}

// Answers gives every label with its score, the surest first; those apply that score a
// half or more.
func (m *multilabel) Answers(logits mat.Tensor, b *batch.Packed) []dataset.Answer {
	values, n := op.Rows(logits), len(m.labels)
	answers := make([]dataset.Answer, b.Len())
	for i := range answers {
		row := make([]float64, n)
		for j := range row {
			row[j] = float64(values[i*n+j])
		}
		answers[i].Labels = m.above(row)
	}
	return answers
}

// Join gives the mean of the logits that the parts of a text give each label, which
// bounds can be set to as to those of a text that is read at once, and lets the counts of
// its words vote.
func (m *multilabel) Join(e dataset.Example, parts []dataset.Answer) dataset.Answer {
	return m.votes.voteEach(e, m.mean(parts, dataset.LogOdds, dataset.Probability), m.numbers)
}

// above gives the labels with the sigmoid of what their logits exceed their bounds by.
func (m *multilabel) above(logits []float64) []dataset.Score {
	return above(m.labels, logits, m.bounds)
}

func above(labels []string, logits []float64, bounds []float32) []dataset.Score {
	all := make([]dataset.Score, len(labels))
	for i, label := range labels {
		x := logits[i]
		if bounds != nil {
			x -= float64(bounds[i])
		}
		all[i] = dataset.Score{Label: label, Score: dataset.Probability(x)}
	}
	return dataset.SurestFirst(all)
}

// Tune sets how far the counts of words are trusted, then the bound of each label to where
// the validation rows give the best F1. A model whose head has no bias keeps its bounds at
// 0, since saved models carry them there, where every other program applies them too.
func (m *multilabel) Tune(examples []dataset.Example, answers []dataset.Answer) {
	bounded := m.head.Out.Bias != nil
	if !bounded && m.votes.counts == nil {
		return
	}
	logits := make([][]float64, len(answers))
	for i, answer := range answers {
		logits[i] = logitsOf(answer, m.numbers)
		for n, bound := range m.bounds {
			logits[i][n] += float64(bound)
		}
	}
	m.votes.tuneEach(m.labels, examples, logits)
	if bounded {
		m.bounds = bounds(m.labels, examples, logits)
	}
	for i := range answers {
		answers[i].Labels = m.above(logits[i])
	}
}

// logitsOf gives the logits of an answer's labels in the order of their numbers.
func logitsOf(answer dataset.Answer, numbers map[string]int) []float64 {
	logits := make([]float64, len(numbers))
	for _, s := range answer.Labels {
		logits[numbers[s.Label]] = dataset.LogOdds(s.Score)
	}
	return logits
}

// bounds gives the logit from which on each label applies for the best F1 over all labels,
// from what rows got. One that few of them have takes the bound that is best for all
// labels together: its own would be chance. Each label's best F1 is another aim, which
// answers rare labels too often: on goemotions it gave counted words 0.531, one bound for
// all 0.549.
func bounds(labels []string, examples []dataset.Example, logits [][]float64) []float32 {
	each, all := make([]ranking, len(labels)), ranking{}
	for i, row := range logits {
		for n, x := range row {
			r := ranked{x, slices.Contains(examples[i].Labels, labels[n])}
			each[n], all = append(each[n], r), append(all, r)
		}
	}
	right := all.right()
	common, f1 := all.bound(func(found, answered int) float64 { return 2 * float64(found) / float64(answered+right) })
	set := make([]float32, len(labels))
	for n := range set {
		set[n] = float32(common)
	}
	// With the F1 that can be had, f, the best bound of a label is where 2·found - f·answered
	// is largest, and with these bounds more can be had (Dinkelbach 1967); it settles soon.
	for range 5 {
		found, answered := 0, 0
		for n, r := range each {
			if r.right() >= fewestToTune {
				at, _ := r.bound(func(found, answered int) float64 { return 2*float64(found) - f1*float64(answered) })
				set[n] = float32(at)
			}
			hits, given := r.from(float64(set[n]))
			found, answered = found+hits, answered+given
		}
		f1 = 2 * float64(found) / float64(max(1, answered+right))
	}
	return set
}

// Bounds gives the probability from which on each label applies.
func (m *multilabel) Bounds() map[string]float64 {
	if m.bounds == nil && m.taken == nil {
		return nil
	}
	all := map[string]float64{}
	for i, label := range m.labels {
		x := 0.0
		if m.bounds != nil {
			x += float64(m.bounds[i])
		}
		if m.taken != nil {
			x += m.taken[i]
		}
		all[label] = dataset.Probability(x)
	}
	return all
}

// fewestToTune is how many validation rows must have a label for a bound of its own.
const fewestToTune = 20

// ranking is what rows got for a label, and whether it was right.
type ranking []ranked

type ranked struct {
	logit float64
	right bool
}

func (r ranking) right() (n int) {
	for _, x := range r {
		if x.right {
			n++
		}
	}
	return n
}

// from counts the answers that a bound lets through, and the right ones of them.
func (r ranking) from(bound float64) (found, answered int) {
	for _, x := range r {
		if x.logit < bound {
			continue
		}
		answered++
		if x.right {
			found++
		}
	}
	return found, answered
}

// bound gives the logit from which on the answers are worth most, half way between two
// rows, and what they are worth then; a logit above all where no answer is worth anything.
func (r ranking) bound(worth func(found, answered int) float64) (at, best float64) {
	sorted := slices.SortedStableFunc(slices.Values(r), func(a, b ranked) int { return cmp.Compare(b.logit, a.logit) })
	if len(sorted) > 0 {
		at = max(0, sorted[0].logit+1)
	}
	found := 0
	for i, x := range sorted {
		if x.right {
			found++
		}
		below := x.logit - 1
		if i+1 < len(sorted) {
			below = sorted[i+1].logit
		}
		if w := worth(found, i+1); w > best && below < x.logit {
			best, at = w, (x.logit+below)/2
		}
	}
	return at, best
}

// Save puts the bounds into the head's bias, so that a score of a half is each label's
// bound in every program that opens the model.
func (m *multilabel) Save(s *weights.Sink) {
	m.body.Save(s)
	h := *m.head
	if m.bounds != nil {
		moved := slices.Clone(op.Rows(h.Out.Bias))
		for i, b := range m.bounds {
			moved[i] -= b
		}
		h.Out = &layer.Linear{Weight: h.Out.Weight, Bias: op.NewParam(1, len(moved), moved), Adapter: h.Out.Adapter}
	}
	h.Save(s)
	m.votes.save(s)
}

func (m *multilabel) Config() map[string]any {
	c := m.classifier.Config()
	c["problem_type"] = "multi_label_classification"
	if bounds := m.Bounds(); bounds != nil {
		c["label_bounds"] = bounds // what the bias was moved by, for people to see
	}
	return c
}
