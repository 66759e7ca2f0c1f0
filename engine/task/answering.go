package task

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/head"
	"attune/engine/loss"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Answering finds the answer to a question in a passage, word for word, or says that
// it is not there if it learned from such questions too.
type Answering struct {
	MaxLength int // tokens that are read at once: question, passage and special tokens
	Shared    int // pieces of a passage that two windows share
	Longest   int // pieces of an answer
}

// answerable is a body that has a head for where answers begin and end.
type answerable interface {
	model.Encoder
	Span(*weights.Source) *head.Tagger
}

// NewAnswering gives the task with its default settings, those of BERT on SQuAD
// (google-research/bert, run_squad.py).
func NewAnswering() Task { return &Answering{MaxLength: 384, Shared: 128, Longest: 30} }

// Name is the name in attunectl and in projects.
func (a *Answering) Name() string { return "answering" }

// Title names the task for a person.
func (a *Answering) Title() string { return "Find answers in texts" }

// About says what the task is for.
func (a *Answering) About() string {
	return "Marks the words of a passage that answer a question."
}

// Pipeline is the hub's name.
func (a *Answering) Pipeline() string { return "question-answering" }

// Fresh is a model that reads from both sides.
func (a *Answering) Fresh() model.Kind { return model.ReadsBothSides }

// Labelled says whether somebody looked for the answer, though there may be none.
func (a *Answering) Labelled(e dataset.Example) bool { return e.Spans != nil }

// Needs is an answer.
func (a *Answering) Needs() Needs { return Needs{Right: "an answer"} }

// ReadsAll says that long passages are read in windows.
func (a *Answering) ReadsAll() {}

// SharesTexts says that many questions may be asked of one passage.
func (a *Answering) SharesTexts() {}

// Settings gives the knobs of the task.
func (a *Answering) Settings() []setting.Field {
	return []setting.Field{
		{Key: "max_length", Label: "Pieces read at once", Value: &setting.Count{To: &a.MaxLength, Min: 32, Max: 512},
			Help: "How many word pieces are read at once, of question and passage together. Longer passages are read in parts that overlap, nothing is left out; longer parts take more time."},
		{Key: "stride", Label: "Overlap", Expert: true, Value: &setting.Count{To: &a.Shared, Min: 0, Max: 256},
			Help: "How many word pieces two parts of a passage share, so that an answer between them is whole in one."},
		{Key: "max_answer", Label: "Longest answer", Expert: true, Value: &setting.Count{To: &a.Longest, Min: 1, Max: 512},
			Help: "How many word pieces an answer has at most."},
	}
}

// Fits says whether the body has a head for answers.
func (a *Answering) Fits(b model.Backbone) error {
	if _, ok := b.(answerable); !ok {
		return &Error{Reason: "this model cannot mark answers in texts", Way: "choose a model that reads from both sides, as BERT does"}
	}
	return nil
}

// Metrics gives the F1 score of the answers' words, then the share that is exactly
// right.
func (a *Answering) Metrics() []metric.Metric {
	return []metric.Metric{metric.NewAnswerF1(), metric.NewExactMatch()}
}

// PerLabel is nil: answers have no labels.
func (a *Answering) PerLabel() metric.PerLabel { return nil }

// Compare sets the answer beside the right ones.
func (a *Answering) Compare(want dataset.Example, got dataset.Answer) Comparison {
	var right []string
	for _, x := range want.Spans {
		if text := want.Text[x.Start:x.End]; !slices.Contains(right, text) {
			right = append(right, text)
		}
	}
	c := Comparison{
		Right: metric.ExactMatch(want, got.Text),
		Want:  cmp.Or(strings.Join(right, " / "), nowhere), Got: cmp.Or(got.Text, nowhere),
	}
	if len(got.Spans) > 0 {
		c.Score = got.Spans[0].Score
	}
	return c
}

// nowhere is what is said of a passage that holds no answer.
const nowhere = "no answer"

// Learn gives a model that looks for answers. It can say that there is none if some
// example has none.
func (a *Answering) Learn(base *model.Base, examples dataset.Source, seed uint64) (Model, error) {
	answered, unanswered := 0, 0
	for e, err := range examples {
		switch {
		case err != nil:
			return nil, err
		case len(e.Spans) > 0:
			answered++
		case e.Spans != nil:
			unanswered++
		}
	}
	if answered == 0 {
		return nil, &Error{Reason: "no training row has an answer that stands in its passage", Way: "import questions with passages and the places of the answers, as SQuAD has them"}
	}
	m, err := a.build(base, base.Weights.OrFresh(drawHead(seed)))
	if err != nil {
		return nil, err
	}
	m.learning = true
	if unanswered > 0 {
		m.bound = new(float64)
	}
	return m, nil
}

// Open gives the model that was saved with its head.
func (a *Answering) Open(base *model.Base) (Model, error) {
	m, err := a.build(base, base.Weights)
	if err != nil {
		return nil, err
	}
	var saved struct {
		Bound *float64 `json:"null_score_diff_threshold"`
	}
	if err := readConfig(base, &saved); err != nil {
		return nil, err
	}
	m.bound = saved.Bound
	return m, nil
}

func (a *Answering) build(base *model.Base, source *weights.Source) (*answerer, error) {
	if err := a.Fits(base.Backbone); err != nil {
		return nil, err
	}
	body := base.Backbone.(answerable)
	m := &answerer{base: base, body: body, head: body.Span(source), shared: a.Shared, longest: a.Longest}
	m.room = min(a.MaxLength, body.Longest()) - base.Tokenizer.Specials(true)
	return m, source.Err()
}

// answerer is a body with a head for answers.
type answerer struct {
	nn.Module
	base     *model.Base
	body     answerable
	head     *head.Tagger
	room     int // pieces of question and passage that are read at once
	shared   int
	longest  int      // pieces of an answer
	bound    *float64 // what no answer's score must exceed the best one's by; nil when there always is one
	learning bool     // the bound is not known yet
}

func (m *answerer) Backbone() model.Backbone { return m.body }

func (m *answerer) Params() iter.Seq2[string, *nn.Param] {
	return inTurn(m.body.Params(), m.head.Params())
}

// question is one with its passage, in pieces.
type question struct {
	asked, passage []tokenizer.Token
	places         []batch.Place // of the words of the passage's pieces
	first, last    int           // pieces of the answer, -1 where there is none
	known          bool          // whether there is one
}

// longestQuestion is how many pieces of a question are read, as in run_squad.py.
const longestQuestion = 64

func (m *answerer) read(e dataset.Example, encode func(string) []tokenizer.Token) question {
	q := question{asked: encode(e.Pair), passage: encode(e.Text), first: -1, last: -1, known: e.Spans != nil}
	q.asked = q.asked[:min(len(q.asked), longestQuestion, m.room/2)]
	q.places = wordPlaces(e.Text, q.passage)
	if len(e.Spans) == 0 {
		return q
	}
	for i, p := range q.places {
		if !p.Empty() && int(p.Start) < e.Spans[0].End && int(p.End) > e.Spans[0].Start {
			if q.first < 0 {
				q.first = i
			}
			q.last = i
		}
	}
	q.known = q.first >= 0
	return q
}

// Items encodes a question with each window of its passage. The targets are the first
// and the last piece of the first right answer: those of the words that it is in; the
// first token of all where the window does not show the whole answer (Devlin et al.
// 2018, 4.3).
func (m *answerer) Items(e dataset.Example) ([]batch.Item, error) {
	q := m.read(e, m.base.Tokenizer.Encode)
	var items []batch.Item
	for _, w := range m.windows(e.Text, q) {
		items = append(items, m.item(q, w.from, w.to))
	}
	return items, nil
}

// ItemsVaried encodes the same windows with their words cut at random, but for those
// that would grow too long.
func (m *answerer) ItemsVaried(e dataset.Example, rate float64, random *rand.Rand) ([]batch.Item, error) {
	plain, varied := m.read(e, m.base.Tokenizer.Encode), m.read(e, variedly(m.base.Tokenizer, rate, random))
	var items []batch.Item
	for _, w := range m.windows(e.Text, plain) {
		q := varied
		from, to, fits := w.within(e.Text, plain.passage, varied.passage, m.room-len(varied.asked))
		if !fits {
			q, from, to = plain, w.from, w.to
		}
		items = append(items, m.item(q, from, to))
	}
	return items, nil
}

func (m *answerer) windows(text string, q question) []window {
	return windows(text, q.passage, m.room-len(q.asked), m.shared)
}

// item makes one of a question and some pieces of its passage.
func (m *answerer) item(q question, from, to int) batch.Item {
	var item batch.Item
	t := m.base.Tokenizer
	item.IDs, item.Segments = t.Join(q.asked, q.passage[from:to])
	// The special tokens between two texts are those that a second text adds.
	at := t.Prefix() + len(q.asked) + t.Specials(true) - t.Specials(false)
	item.Places = make([]batch.Place, len(item.IDs))
	copy(item.Places[at:], q.places[from:to])
	nothing := m.nothing(0, len(item.IDs))
	switch {
	case !q.known:
		item.Targets = []int{loss.Ignored, loss.Ignored}
	case q.first >= from && q.last < to:
		item.Targets = []int{at + q.first - from, at + q.last - from}
	default:
		item.Targets = []int{nothing, nothing}
	}
	return item
}

// nothing is the row that stands for no answer among those of a sequence: its first,
// or its last where the tokenizer sets nothing before a text, as XLNet's.
func (m *answerer) nothing(start, end int) int {
	if m.base.Tokenizer.Prefix() == 0 {
		return end - 1
	}
	return start
}

// Logits gives [tokens x 2].
func (m *answerer) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	return m.head.Forward(t, m.body.Encode(t, b))
}

// Loss is the mean over the sequences.
func (m *answerer) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	return loss.Span(t, logits, b.Starts, b.Targets)
}

// Follow compares the probabilities of where the answer begins and ends.
func (m *answerer) Follow(t *op.Tape, logits mat.Tensor, teacher []float32, b *batch.Packed, temperature float64) mat.Tensor {
	return loss.SpanDistillation(t, logits, teacher, b.Starts, temperature)
}

func (m *answerer) Save(s *weights.Sink) {
	m.body.Save(s)
	m.head.Save(s)
}

func (m *answerer) Config() map[string]any {
	c := m.body.Config()
	c["architectures"] = []string{m.head.Architecture}
	if m.bound != nil {
		c["null_score_diff_threshold"] = *m.bound // as run_squad.py calls it
	}
	return c
}
