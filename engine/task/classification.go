package task

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

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

// Classification finds the one class of a text: a topic, a sentiment, spam or not.
type Classification struct {
	MaxLength int     // tokens that are read at once, special tokens counted
	Long      string  // what is done with longer texts: "cut" or "parts"
	Smoothing float64 // label smoothing, 0 for none
	Weighting string  // how rare classes count: "none" or "balanced"
	Sampling  string  // how often rows of rare and common classes are learned: one of samplings
	Focus     float64 // by which rows that are right already count less, 0 for none
	Pooling   string  // which tokens stand for a text: own, or one of head.Poolings
	Counts    string  // whether counted words vote too: "auto" or "off"
}

// own is the pooling of the family's published classifiers.
const own = "own"

// classifiable is a body that has a head for classes.
type classifiable interface {
	model.Encoder
	Classifier(s *weights.Source, classes int) *head.Classifier
}

// NewClassification gives the task with its default settings.
func NewClassification() Task {
	return &Classification{MaxLength: 128, Long: longCut, Weighting: "none", Smoothing: 0.1, Sampling: "none", Pooling: own, Counts: countsAuto}
}

// Name is the name in attunectl and in projects.
func (c *Classification) Name() string { return "classification" }

// Title names the task for a person.
func (c *Classification) Title() string { return "Sort texts into classes" }

// About says what the task is for.
func (c *Classification) About() string {
	return "Each text gets one label: a topic, a sentiment, spam or not."
}

// Pipeline is the hub's name.
func (c *Classification) Pipeline() string { return "text-classification" }

// Fresh is a model that reads from both sides.
func (c *Classification) Fresh() model.Kind { return model.ReadsBothSides }

// Labelled says whether the example has a label.
func (c *Classification) Labelled(e dataset.Example) bool { return len(e.Labels) > 0 }

// Settings gives the knobs of the task.
func (c *Classification) Settings() []setting.Field {
	return []setting.Field{
		longestText(&c.MaxLength),
		longTexts(&c.Long),
		wordCountsField(&c.Counts),
		{Key: "class_weights", Label: "Rare classes", Value: &setting.Choice{To: &c.Weighting, Options: []string{"none", "balanced"}},
			Help: "Balanced lets mistakes on rare classes weigh more, so that they are not drowned by common ones."},
		{Key: "sampling", Label: "Rows of rare classes", Expert: true, Value: &setting.Choice{To: &c.Sampling, Options: []string{"none", "repeat", "drop"}},
			Help: "Repeat learns rows of rare classes more often in each pass, drop leaves out rows of common ones, until all classes are as frequent or 20 times more or less so than they were."},
		{Key: "focus", Label: "Focus on hard rows", Expert: true, Value: &setting.Number{To: &c.Focus, Min: 0, Max: 10},
			Help: "Lets rows count less that the model already gets right, so that many easy rows do not drown a few hard ones (focal loss); 2 is usual, 0 counts all alike."},
		{Key: "label_smoothing", Label: "Label smoothing", Expert: true, Value: &setting.Number{To: &c.Smoothing, Min: 0, Max: 0.5},
			Help: "Keeps the model from being too sure of single rows, some of which may be labelled wrongly; 0 for none."},
		{Key: "pooling", Label: "What stands for a text", Expert: true, Value: &setting.Choice{To: &c.Pooling, Options: append(head.Poolings(), own)},
			Help: "Own reads the piece that this kind of model gathers a text in, as its published classifiers do; mean takes all pieces alike, and attention learns which count, which other programs cannot know of."},
	}
}

// longestText is the knob for how much of a text is read.
func longestText(to *int) setting.Field {
	return setting.Field{Key: "max_length", Label: "Longest text", Value: &setting.Count{To: to, Min: 8, Max: 512},
		Help: "How many word pieces of a text are read at once; more takes more time."}
}

// Fits says whether the body has a head for classes.
func (c *Classification) Fits(b model.Backbone) error {
	if _, ok := b.(classifiable); !ok {
		return &Error{Reason: "this model cannot sort texts into classes", Way: "choose another model to start from"}
	}
	return nil
}

// Metrics gives macro F1, which does not let a common class hide a rare one, then
// the others.
func (c *Classification) Metrics() []metric.Metric {
	return []metric.Metric{metric.NewMacroF1(), metric.NewAccuracy(), metric.NewMicroF1(), metric.NewMCC()}
}

// PerLabel counts which label was answered for which.
func (c *Classification) PerLabel() metric.PerLabel { return metric.NewConfusion() }

// Compare sets the surest label beside the right one.
func (c *Classification) Compare(want dataset.Example, got dataset.Answer) Comparison {
	top := got.Labels[0]
	return Comparison{Right: top.Label == want.Labels[0], Want: want.Labels[0], Got: top.Label, Score: top.Score}
}

// Needs two labels, since one cannot be told from another.
func (c *Classification) Needs() Needs { return Needs{Right: "a label", Labels: 2} }

// Learn gives a classifier for the labels of the examples.
func (c *Classification) Learn(base *model.Base, examples dataset.Source, seed uint64) (Model, error) {
	counts := map[string]int{}
	for e, err := range examples {
		if err != nil {
			return nil, err
		}
		if len(e.Labels) > 0 {
			counts[e.Labels[0]]++
		}
	}
	if len(counts) < 2 {
		return nil, &Error{
			Reason: fmt.Sprintf("the training rows have %d different labels; at least 2 are needed to tell classes apart", len(counts)),
			Way:    "import rows of another class, or choose another label column",
		}
	}
	labels := slices.Sorted(maps.Keys(counts))
	source := base.Weights
	if !slices.Equal(labels, base.Labels) {
		source = newHead(base, seed)
	}
	m, err := c.build(base, labels, source)
	if err != nil {
		return nil, err
	}
	if c.Weighting == "balanced" {
		m.weights = balanced(labels, counts)
	}
	if c.Counts == countsAuto {
		m.votes.learn = examples
	}
	return m, nil
}

// balanced weighs each class by the inverse of its frequency, so that all classes
// count the same and the mean weight of a row is 1.
func balanced(labels []string, counts map[string]int) []float64 {
	rows := 0
	for _, n := range counts {
		rows += n
	}
	all := make([]float64, len(labels))
	for i, label := range labels {
		all[i] = float64(rows) / (float64(len(labels)) * float64(counts[label]))
	}
	return all
}

// Open gives the classifier that was saved with its head.
func (c *Classification) Open(base *model.Base) (Model, error) {
	if len(base.Labels) < 2 {
		return nil, &Error{Reason: "this model was saved without labels", Way: "fine-tune it first, or choose another run"}
	}
	m, err := c.build(base, base.Labels, base.Weights)
	if err != nil {
		return nil, err
	}
	m.votes, err = savedWordCounts(base, base.Labels)
	return m, err
}

func (c *Classification) build(base *model.Base, labels []string, source *weights.Source) (*classifier, error) {
	if err := c.Fits(base.Backbone); err != nil {
		return nil, err
	}
	body := base.Backbone.(classifiable)
	m := &classifier{
		base: base, body: body, labels: labels, numbers: map[string]int{},
		head:      body.Classifier(source, len(labels)),
		maxLength: min(c.MaxLength, body.Longest()), long: c.Long, smoothing: c.Smoothing, focus: c.Focus,
	}
	pooling, err := c.pooling(base)
	if err != nil {
		return nil, err
	}
	m.pool(pooling, source)
	for i, label := range labels {
		m.numbers[label] = i
	}
	m.targets = m.target
	return m, source.Err()
}

// pooling gives what stands for a text: what was chosen, else what the base was saved with.
func (c *Classification) pooling(base *model.Base) (string, error) {
	if c.Pooling != own && c.Pooling != "" || base.Config == nil {
		return c.Pooling, nil
	}
	var saved struct {
		Pooling string `json:"classifier_pooling"`
	}
	err := readConfig(base, &saved)
	return saved.Pooling, err
}

// classifier is a body with a classification head.
type classifier struct {
	nn.Module
	base        *model.Base
	body        classifiable
	head        *head.Classifier
	labels      []string
	numbers     map[string]int // of the labels
	maxLength   int
	long        string // "cut" or "parts"
	smoothing   float64
	focus       float64
	weights     []float64                   // of the classes, or nil
	pooling     string                      // "" where it is the family's
	temperature float64                     // that divides the logits of answers, 0 for 1
	votes       wordCounts                  // beside the network's
	targets     func(dataset.Example) []int // of an example's item
}

// pool lets other tokens stand for a text than those that the family's classifiers read.
func (m *classifier) pool(name string, source *weights.Source) {
	if m.head.PoolBy(name, source, m.body.Width()) {
		m.pooling = name
	}
}

// Gather takes the mean of all pieces, which the dense layer before the classes leaves
// as it is.
func (m *classifier) Gather() {
	m.pool("mean", m.base.Weights)
	if m.head.Pool == nil {
		return
	}
	weight := op.Rows(m.head.Pool.Weight)
	clear(weight)
	for i := range m.body.Width() {
		weight[i*(m.body.Width()+1)] = 1
	}
	clear(op.Rows(m.head.Pool.Bias))
}

func (m *classifier) Backbone() model.Backbone { return m.body }

// Head is what stands on the body.
func (m *classifier) Head() *head.Classifier { return m.head }

func (m *classifier) Params() iter.Seq2[string, *nn.Param] {
	return inTurn(m.body.Params(), m.head.Params())
}

// inTurn gives the parameters of a body, then those of its head.
func inTurn(body, head iter.Seq2[string, *nn.Param]) iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		for _, params := range []iter.Seq2[string, *nn.Param]{body, head} {
			for name, p := range params {
				if !yield(name, p) {
					return
				}
			}
		}
	}
}

// Items encodes an example, a long text in its parts. A label that is missing or that
// the model never saw is Ignored by the loss, and no answer to it can be right.
func (m *classifier) Items(e dataset.Example) ([]batch.Item, error) {
	if e.Pair != "" {
		return []batch.Item{m.pair(e, m.base.Tokenizer.Encode)}, nil
	}
	pieces := m.base.Tokenizer.Encode(e.Text)
	var items []batch.Item
	for _, w := range m.parts(e.Text, pieces) {
		items = append(items, m.part(e, pieces[w.from:w.to]))
	}
	return items, nil
}

// ItemsVaried encodes an example with its words cut at random, where the tokenizer
// can do that.
func (m *classifier) ItemsVaried(e dataset.Example, rate float64, random *rand.Rand) ([]batch.Item, error) {
	switch {
	case e.Pair != "":
		return []batch.Item{m.pair(e, variedly(m.base.Tokenizer, rate, random))}, nil
	case m.long == longParts:
		return m.itemsVaried(e, rate, random), nil
	}
	pieces := variedly(m.base.Tokenizer, rate, random)(e.Text)
	return []batch.Item{m.part(e, pieces[:min(len(pieces), m.room())])}, nil
}

// variedly gives what cuts words at random, or as always where the tokenizer cannot.
func variedly(t tokenizer.Tokenizer, rate float64, random *rand.Rand) func(string) []tokenizer.Token {
	v, ok := t.(interface {
		EncodeVaried(text string, rate float64, random *rand.Rand) []tokenizer.Token
	})
	if !ok {
		return t.Encode
	}
	return func(text string) []tokenizer.Token { return v.EncodeVaried(text, rate, random) }
}

// pair is the item of two texts.
func (m *classifier) pair(e dataset.Example, encode func(string) []tokenizer.Token) (item batch.Item) {
	a, b := cut(encode(e.Text), encode(e.Pair), m.maxLength-m.base.Tokenizer.Specials(true))
	item.IDs, item.Segments = m.base.Tokenizer.Join(a, b)
	item.Targets = m.targets(e)
	return item
}

// target is the number of the right class, Ignored where it is not known.
func (m *classifier) target(e dataset.Example) []int {
	if len(e.Labels) > 0 {
		if number, known := m.numbers[e.Labels[0]]; known {
			return []int{number}
		}
	}
	return []int{loss.Ignored}
}

// cut shortens two texts to a number of tokens together, the longer one first, as
// the original BERT does (google-research/bert, truncate_seq_pair).
func cut[T any](a, b []T, room int) ([]T, []T) {
	for len(a)+len(b) > room {
		if len(a) > len(b) {
			a = a[:len(a)-1]
		} else {
			b = b[:len(b)-1]
		}
	}
	return a, b
}

// Features are what the head reads of each sequence.
func (m *classifier) Features(t *op.Tape, b *batch.Packed) mat.Tensor {
	return m.head.Pooling(t, m.body.Encode(t, b), b.Starts)
}

// Logits gives [sequences x labels].
func (m *classifier) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	if b.Features != nil {
		return m.Judge(t, op.Constant(b.Len(), m.body.Width(), b.Features))
	}
	return m.Judge(t, m.Features(t, b))
}

// Judge gives the logits [sequences x labels] of features.
func (m *classifier) Judge(t *op.Tape, features mat.Tensor) mat.Tensor {
	return m.head.Forward(t, features)
}

// Loss is smoothed and weighted while the model learns; on the validation rows it
// is the plain one, so that trainings with different settings can be compared.
func (m *classifier) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	var o loss.CrossEntropyOptions
	if t.Learning() {
		o = loss.CrossEntropyOptions{Smoothing: m.smoothing, Weights: m.weights, Focus: m.focus}
	}
	return loss.CrossEntropy(t, logits, b.Targets, o)
}

// Follow compares the probabilities of the classes.
func (m *classifier) Follow(t *op.Tape, logits mat.Tensor, teacher []float32, _ *batch.Packed, temperature float64) mat.Tensor {
	return loss.Distillation(t, logits, teacher, temperature)
}

func (m *classifier) Answers(logits mat.Tensor, b *batch.Packed) []dataset.Answer {
	values, classes := op.Rows(logits), len(m.labels)
	answers := make([]dataset.Answer, b.Len())
	for i := range answers {
		answers[i].Labels = m.scores(values[i*classes : (i+1)*classes])
	}
	return answers
}

// scores gives the labels with their probabilities, the surest first.
func (m *classifier) scores(logits []float32) []dataset.Score {
	top := float64(slices.Max(logits))
	sum := 0.0
	all := make([]dataset.Score, len(logits))
	for i, v := range logits {
		all[i] = dataset.Score{Label: m.labels[i], Score: math.Exp((float64(v) - top) / m.warmth())}
		sum += all[i].Score
	}
	for i := range all {
		all[i].Score /= sum
	}
	return dataset.SurestFirst(all)
}

func (m *classifier) Save(s *weights.Sink) {
	m.body.Save(s)
	m.calibrated().Save(s)
	m.votes.save(s)
}

func (m *classifier) Config() map[string]any {
	c := m.body.Config()
	c["architectures"] = []string{m.head.Names.Architecture}
	c["problem_type"] = "single_label_classification"
	if m.pooling != "" {
		c["classifier_pooling"] = m.pooling // as ModernBERT calls it
	}
	m.votes.tell(c)
	nameLabels(c, m.labels)
	return c
}

// nameLabels puts the names of a head's classes into a config.json.
func nameLabels(config map[string]any, labels []string) {
	names, numbers := map[string]string{}, map[string]int{}
	for i, label := range labels {
		names[strconv.Itoa(i)], numbers[label] = label, i
	}
	config["id2label"], config["label2id"] = names, numbers
}
