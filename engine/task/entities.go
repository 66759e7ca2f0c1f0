package task

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/loss"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Entities finds the names in a text, of persons, places or whatever was marked:
// stretches of words with a label each, none in another.
type Entities struct {
	MaxLength int // tokens that are read at once, special tokens counted
}

// taggable is a body that has a head for the tags of words.
type taggable interface {
	model.Encoder
	Tagger(s *weights.Source, classes int) *head.Tagger
}

// NewEntities gives the task with its default settings.
func NewEntities() Task { return &Entities{MaxLength: 128} }

// Name is the name in attunectl and in projects.
func (n *Entities) Name() string { return "entities" }

// Title names the task for a person.
func (n *Entities) Title() string { return "Find names in texts" }

// About says what the task is for.
func (n *Entities) About() string {
	return "Marks stretches of each text with a label: persons, places, products, diseases, whatever you marked."
}

// Pipeline is the hub's name.
func (n *Entities) Pipeline() string { return "token-classification" }

// Fresh is a model that reads from both sides, and capitals, which begin names.
func (n *Entities) Fresh() model.Kind { return model.ReadsCapitals }

// Labelled says whether somebody looked for names, though there may be none.
func (n *Entities) Labelled(e dataset.Example) bool { return e.Spans != nil }

// Needs is one label at least.
func (n *Entities) Needs() Needs { return Needs{Right: "marked places", Labels: 1} }

// ReadsAll says that long texts are read in windows.
func (n *Entities) ReadsAll() {}

// Settings gives the knobs of the task.
func (n *Entities) Settings() []setting.Field {
	return []setting.Field{
		{Key: "max_length", Label: "Pieces read at once", Value: &setting.Count{To: &n.MaxLength, Min: 8, Max: 512},
			Help: "How many word pieces are read at once. Longer texts are read in parts that overlap, nothing is left out; longer parts take more time."},
	}
}

// Fits says whether the body has a head for tags.
func (n *Entities) Fits(b model.Backbone) error {
	if _, ok := b.(taggable); !ok {
		return &Error{Reason: "this model cannot mark names in texts", Way: "choose a model that reads from both sides, as BERT does"}
	}
	return nil
}

// Metrics gives the F1 score of whole spans, then its two sides.
func (n *Entities) Metrics() []metric.Metric {
	return []metric.Metric{metric.NewSpanF1(), metric.NewSpanPrecision(), metric.NewSpanRecall()}
}

// PerLabel scores the spans label by label.
func (n *Entities) PerLabel() metric.PerLabel { return metric.NewSpansPerLabel() }

// Compare sets the found spans beside the right ones. It is as sure as the model is of the
// whole, or of the least sure span where that does not say.
func (n *Entities) Compare(want dataset.Example, got dataset.Answer) Comparison {
	f1 := metric.NewSpanF1()
	f1.Add(want, got)
	c := Comparison{
		Right: f1.Value() == 1 || len(want.Spans)+len(got.Spans) == 0,
		Want:  quoted(want.Text, want.Spans), Got: quoted(want.Text, got.Spans),
		Score: got.Sure,
	}
	if c.Score == 0 && len(got.Spans) > 0 {
		c.Score = slices.MinFunc(got.Spans, func(x, y dataset.Span) int { return cmp.Compare(x.Score, y.Score) }).Score
	}
	return c
}

// quoted gives spans in words: "Ada Lovelace" PERSON, "London" PLACE.
func quoted(text string, spans []dataset.Span) string {
	if len(spans) == 0 {
		return "nothing"
	}
	var all []string
	for _, x := range spans {
		all = append(all, strings.TrimSpace(fmt.Sprintf("“%s” %s", text[x.Start:x.End], x.Label)))
	}
	return strings.Join(all, ", ")
}

// Learn gives a tagger for the labels of the examples' spans.
func (n *Entities) Learn(base *model.Base, examples dataset.Source, seed uint64) (Model, error) {
	labels := map[string]bool{}
	for e, err := range examples {
		if err != nil {
			return nil, err
		}
		for _, x := range e.Spans {
			labels[x.Label] = true
		}
	}
	if len(labels) == 0 {
		return nil, &Error{
			Reason: "nothing is marked in the training rows",
			Way:    "import rows in which places are marked, with a label each",
		}
	}
	wanted := slices.Sorted(maps.Keys(labels))
	if g, ok := readTags(base.Labels); ok && slices.Equal(g.labels(), wanted) {
		return n.learn(base, g, base.Weights)
	}
	m, err := n.learn(base, bio(wanted), newHead(base, seed))
	if err != nil {
		return nil, err
	}
	return m, m.beginWithCapitals()
}

// beginWithCapitals lets a new head begin with what the body was taught of which words have
// a capital, where it was: those are names of all labels alike.
func (m *tagger) beginWithCapitals() error {
	known := guessing.SavedCapitals(m.base.Weights, m.body.Width())
	if known == nil {
		return m.base.Weights.Err()
	}
	weight, bias := op.Rows(m.head.Out.Weight), op.Rows(m.head.Out.Bias)
	names := float32(math.Log(float64(len(m.tags.all) - 1)))
	for i, x := range m.tags.all {
		from, share := guessing.Capital, names
		if x.place == 'O' {
			from, share = guessing.Small, 0
		}
		width := m.body.Width()
		kernel.Add(weight[i*width:(i+1)*width], op.Rows(known.Out.Weight)[from*width:(from+1)*width])
		bias[i] += op.Rows(known.Out.Bias)[from] - share
	}
	return m.base.Weights.Err()
}

// learn builds a tagger that is told the shapes of words where its tokenizer hides them.
func (n *Entities) learn(base *model.Base, g tags, source *weights.Source) (*tagger, error) {
	m, err := n.build(base, g, source)
	if err != nil {
		return nil, err
	}
	m.learning = true
	if tellsCapitals(base.Tokenizer) {
		return m, err
	}
	m.tellShapes(newShapes(base))
	return m, source.Err()
}

// Open gives the tagger that was saved with its head.
func (n *Entities) Open(base *model.Base) (Model, error) {
	g, ok := readTags(base.Labels)
	if !ok {
		return nil, &Error{Reason: "this model was saved without the tags of names, O, B-… and I-…", Way: "fine-tune it first, or choose another run"}
	}
	m, err := n.build(base, g, base.Weights)
	if err != nil {
		return nil, err
	}
	var saved struct {
		Shapes   []string `json:"word_shapes"`
		Bound    float64  `json:"span_bound"`
		Sureness sureness `json:"sureness"`
	}
	if err := readConfig(base, &saved); err != nil {
		return nil, err
	}
	m.bound, m.sureness = saved.Bound, saved.Sureness
	switch {
	case slices.Equal(saved.Shapes, shapes):
		m.tellShapes(base.Weights)
	case saved.Shapes != nil:
		return nil, &Error{Reason: "this model was taught other shapes of words than are known here", Way: "update Attune"}
	}
	return m, base.Weights.Err()
}

func (n *Entities) build(base *model.Base, g tags, source *weights.Source) (*tagger, error) {
	if err := n.Fits(base.Backbone); err != nil {
		return nil, err
	}
	body := base.Backbone.(taggable)
	m := &tagger{
		base: base, body: body, tags: g, head: body.Tagger(source, len(g.names)),
		room: min(n.MaxLength, body.Longest()) - base.Tokenizer.Specials(false),
	}
	return m, source.Err()
}

// tagger is a body with a head for tags.
type tagger struct {
	nn.Module
	base *model.Base
	body taggable
	head *head.Tagger
	tags tags
	room int            // pieces of a text that are read at once
	told model.Markable // the body, where it is told the shapes of words, else nil

	learning bool    // what is decided on the validation rows is not yet
	bound    float64 // probability from which on candidates are given, 0 for those of the likeliest tags alone
	sureness sureness
}

func (m *tagger) Backbone() model.Backbone { return m.body }

func (m *tagger) Params() iter.Seq2[string, *nn.Param] {
	return inTurn(m.body.Params(), m.head.Params())
}

// Items encodes an example in windows. The targets are one tag a word, at its first
// piece (Devlin et al. 2018, 5.3); a word that two windows show counts in the one
// whose own it is.
func (m *tagger) Items(e dataset.Example) ([]batch.Item, error) {
	plain := m.read(e, m.base.Tokenizer.Encode)
	var items []batch.Item
	for _, w := range m.windows(e.Text, plain.pieces) {
		items = append(items, plain.item(m.base.Tokenizer, w, w.from, w.to))
	}
	return items, nil
}

// ItemsVaried encodes the same windows with their words cut at random, but for those
// that would grow too long.
func (m *tagger) ItemsVaried(e dataset.Example, rate float64, random *rand.Rand) ([]batch.Item, error) {
	plain, varied := m.read(e, m.base.Tokenizer.Encode), m.read(e, variedly(m.base.Tokenizer, rate, random))
	var items []batch.Item
	for _, w := range m.windows(e.Text, plain.pieces) {
		r := varied
		from, to, fits := w.within(e.Text, plain.pieces, varied.pieces, m.room)
		if !fits {
			r, from, to = plain, w.from, w.to
		}
		items = append(items, r.item(m.base.Tokenizer, w, from, to))
	}
	return items, nil
}

func (m *tagger) windows(text string, pieces []tokenizer.Token) []window {
	return windows(text, pieces, m.room, m.room/sharedPart)
}

// sharedPart of the pieces of a window are the next one's too.
const sharedPart = 4

// reading is a text in pieces with what is to be said of them.
type reading struct {
	pieces  []tokenizer.Token
	places  []batch.Place // of words, each at its first piece
	targets []int         // their tags, Ignored at other pieces
	shapes  []int         // of the pieces' words, nil where the body is not told
}

func (m *tagger) read(e dataset.Example, encode func(string) []tokenizer.Token) reading {
	pieces := encode(e.Text)
	places := wordPlaces(e.Text, pieces)
	r := reading{pieces: pieces, places: firstOf(places), targets: ignored(len(pieces))}
	if m.told != nil {
		r.shapes = shapesOf(e.Text, places)
	}
	if e.Spans == nil {
		return r
	}
	numbers := m.tags.of(placed(r.places), e.Spans)
	for i, p := range r.places {
		if !p.Empty() {
			r.targets[i], numbers = numbers[0], numbers[1:]
		}
	}
	return r
}

// item makes one of the pieces of a window.
func (r reading) item(t tokenizer.Tokenizer, w window, from, to int) batch.Item {
	var item batch.Item
	item.IDs, item.Segments = t.Join(r.pieces[from:to], nil)
	item.Targets, item.Places = ignored(len(item.IDs)), make([]batch.Place, len(item.IDs))
	copy(item.Places[t.Prefix():], r.places[from:to])
	if r.shapes != nil {
		item.Marks = slices.Repeat([]int{batch.Unmarked}, len(item.IDs))
		copy(item.Marks[t.Prefix():], r.shapes[from:to])
	}
	for i, p := range item.Places {
		if w.owns(p) {
			item.Targets[i] = r.targets[from+i-t.Prefix()]
		}
	}
	return item
}

// ignored gives so many targets that do not count.
func ignored(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = loss.Ignored
	}
	return all
}

// placed gives the places that are somewhere.
func placed(places []batch.Place) []batch.Place {
	return slices.DeleteFunc(slices.Clone(places), batch.Place.Empty)
}

// Logits gives [tokens x tags].
func (m *tagger) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	return m.head.Forward(t, m.encode(t, b))
}

// Loss is the mean cross-entropy of the words' tags.
func (m *tagger) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	return loss.CrossEntropy(t, logits, b.Targets, loss.CrossEntropyOptions{})
}

// Follow compares the probabilities of the tags of all pieces.
func (m *tagger) Follow(t *op.Tape, logits mat.Tensor, teacher []float32, _ *batch.Packed, temperature float64) mat.Tensor {
	return loss.Distillation(t, logits, teacher, temperature)
}

// Answers gives the spans of each window in their order: all candidates of a model that
// learns, for Tune to choose from.
func (m *tagger) Answers(logits mat.Tensor, b *batch.Packed) []dataset.Answer {
	values, n := op.Rows(logits), len(m.tags.names)
	answers := make([]dataset.Answer, b.Len())
	for s := range answers {
		var words []batch.Place
		var scores []float32 // [words x tags]
		for i := b.Starts[s]; i < b.Starts[s+1]; i++ {
			if !b.Places[i].Empty() {
				words = append(words, b.Places[i])
				scores = append(scores, values[i*n:(i+1)*n]...)
			}
		}
		answers[s].Spans, answers[s].Sure = m.spans(words, scores)
	}
	return answers
}

func (m *tagger) spans(words []batch.Place, logits []float32) (found []dataset.Span, sure float64) {
	if !m.learning && m.bound == 0 {
		return m.tags.spans(words, logits)
	}
	found, sure = m.tags.candidates(words, logits)
	if !m.learning {
		found = from(m.bound, found)
	}
	return found, sure
}

// Join takes each span from the window whose own its beginning is. A span may end
// beyond; what the next window sees of the same place gives way. It says how sure the
// model is as was found on the validation rows.
func (m *tagger) Join(e dataset.Example, parts []dataset.Answer) dataset.Answer {
	joined := parts[0]
	if len(parts) > 1 {
		joined = m.join(e, parts)
	}
	if !m.learning {
		m.sureness.tell(&joined)
	}
	return joined
}

func (m *tagger) join(e dataset.Example, parts []dataset.Answer) dataset.Answer {
	joined := dataset.Answer{Spans: []dataset.Span{}, Sure: 1}
	end := 0
	for i, w := range m.windows(e.Text, m.base.Tokenizer.Encode(e.Text)) {
		joined.Sure *= parts[i].Sure
		for _, x := range parts[i].Spans {
			if w.own <= x.Start && x.Start < w.end && x.Start >= end {
				joined.Spans, end = append(joined.Spans, x), x.End
			}
		}
	}
	return joined
}

func (m *tagger) Save(s *weights.Sink) {
	m.body.Save(s)
	m.head.Save(s)
}

func (m *tagger) Config() map[string]any {
	c := m.body.Config()
	c["architectures"] = []string{m.head.Architecture}
	if m.told != nil {
		c["word_shapes"] = shapes // the rows of the table that is added to the embeddings
	}
	if m.bound > 0 {
		c["span_bound"] = m.bound
	}
	if m.sureness != (sureness{}) {
		c["sureness"] = m.sureness
	}
	nameLabels(c, m.tags.names)
	return c
}
