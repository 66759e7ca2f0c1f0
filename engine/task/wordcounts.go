package task

import (
	"context"
	"math"
	"slices"

	"attune/engine/baseline"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/weights"
)

// Whether words are counted beside what the body makes of a text.
const (
	countsAuto = "auto"
	countsOff  = "off"
)

// wordCountsField is the knob for it.
func wordCountsField(to *string) setting.Field {
	return setting.Field{Key: "word_counts", Label: "Count words too", Value: &setting.Choice{To: to, Options: []string{countsAuto, countsOff}},
		Help: "Auto lets a plain model of counted words vote beside the large one, as far as that makes the answers to the validation rows better. It helps most where the model has read little; other programs need the lines of Python in the model's card for it."}
}

// wordCounts is a linear model of counted words that votes beside a network: its logits
// are added to those of the network, as wide and deep models do (Cheng et al. 2016), but
// it is learned by itself, and one number, set on the validation rows, says how much it is
// trusted. With the starter accuracy rose by it from 0.918 to 0.930 on banking77, from 0.813
// to 0.835 on SST-2, and from 0.870 to 0.887 on ag_news, when n-grams were weighed by TF-IDF alone.
type wordCounts struct {
	learn  dataset.Source  // what is to be learned from, nil where nothing is or once it was
	each   bool            // any number of labels may be right
	counts *baseline.Model // nil for none
	trust  float64         // that its logits are multiplied by
}

// mostCountNumbers is how many numbers the counts have at most, each 4 bytes of a saved
// model. They were as good on ag_news and banking77 with 40,000 n-grams as with all, on
// goemotions, of 28 labels, a point and a half less good.
const mostCountNumbers = 1 << 22

// Prepare learns the counts, when there are validation rows to say how much they are worth:
// who only looks at a model does not wait for them. Labels that cannot be counted leave the
// network alone.
func (m *classifier) Prepare(ctx context.Context, doing func(what string)) error {
	return m.votes.begin(ctx, m.labels, doing)
}

// Adds gives those of the counts, as many as there may be while they are not learned.
func (m *classifier) Adds() int {
	if m.votes.learn != nil {
		return mostCountNumbers
	}
	return 0
}

// Takes gives what the counts take at their height, the texts included.
func (m *classifier) Takes(times float64) (int64, error) {
	if m.votes.learn == nil {
		return 0, nil
	}
	examples, err := m.votes.examples()
	if err != nil {
		return 0, err
	}
	const row = 200 // bytes of a row's own
	texts := 0
	for _, e := range examples {
		texts += row + len(e.Text)
	}
	return int64(times*float64(texts)) + baseline.Memory(examples, times, len(m.labels), countOptions(len(m.labels))), nil
}

// Counts gives the counts once they are learned, before that nil, for other models of the
// same rows and labels.
func (m *classifier) Counts() *baseline.Model { return m.votes.counts }

// CountAs takes such counts over, unless this model is to have none.
func (m *classifier) CountAs(counts *baseline.Model) {
	if m.votes.learn != nil {
		m.votes.learn, m.votes.counts = nil, counts
	}
}

func (w *wordCounts) begin(ctx context.Context, labels []string, doing func(what string)) error {
	if w.learn == nil {
		return nil
	}
	doing("counting words")
	examples, err := w.examples()
	if err != nil {
		return err
	}
	m, err := w.count(ctx, examples, countOptions(len(labels)))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w.learn = nil
	if err == nil && slices.Equal(m.Labels(), labels) {
		w.counts = m
	}
	return nil
}

// examples are what is to be learned from, both texts of each as one.
func (w *wordCounts) examples() ([]dataset.Example, error) {
	examples, err := dataset.Collect(w.learn)
	for i, e := range examples {
		examples[i].Text = joined(e)
	}
	return examples, err
}

// countOptions keep to mostCountNumbers: each n-gram has a bucket and a weight of its own.
func countOptions(labels int) baseline.Options {
	return baseline.Options{NGrams: mostCountNumbers / (labels + 2)}
}

func (w *wordCounts) count(ctx context.Context, examples []dataset.Example, o baseline.Options) (*baseline.Model, error) {
	if !w.each {
		return baseline.Train(ctx, examples, o)
	}
	several, err := baseline.TrainSeveral(ctx, examples, o)
	if err != nil {
		return nil, err
	}
	return several.Model, nil
}

// logits gives what the counts make of the texts of an example, zeros where there are none.
func (w *wordCounts) logits(e dataset.Example, labels int) []float64 {
	all := make([]float64, labels)
	if w.counts != nil {
		for n, x := range w.counts.Logits(joined(e)) {
			all[n] = float64(x)
		}
	}
	return all
}

// votes says whether the counts have a say.
func (w *wordCounts) votes() bool { return w.counts != nil && w.trust > 0 }

// leastTrust is from where on the counts are worth their room in a saved model: below it
// they change next to nothing.
const leastTrust = 0.02

// enough gives a trust, or 0 where it is below the least.
func enough(trust float64) float64 {
	if trust < leastTrust {
		return 0
	}
	return trust
}

// vote adds the counts' logits to an answer of the network.
func (w *wordCounts) vote(e dataset.Example, a dataset.Answer, numbers map[string]int) dataset.Answer {
	if !w.votes() {
		return a
	}
	logits := w.logits(e, len(numbers))
	return mixed(a, func(s dataset.Score) float64 {
		return math.Log(max(s.Score, leastScore)) + w.trust*logits[numbers[s.Label]]
	})
}

// mixed gives the labels of an answer with the softmax of other logits, the surest first.
func mixed(a dataset.Answer, logit func(dataset.Score) float64) dataset.Answer {
	top, sum := math.Inf(-1), 0.0
	for i, s := range a.Labels {
		a.Labels[i].Score = logit(s)
		top = max(top, a.Labels[i].Score)
	}
	for i, s := range a.Labels {
		a.Labels[i].Score = math.Exp(s.Score - top)
		sum += a.Labels[i].Score
	}
	for i := range a.Labels {
		a.Labels[i].Score /= sum
	}
	dataset.SurestFirst(a.Labels)
	return a
}

// voteEach is vote where each label is told by itself.
func (w *wordCounts) voteEach(e dataset.Example, a dataset.Answer, numbers map[string]int) dataset.Answer {
	if !w.votes() {
		return a
	}
	logits := w.logits(e, len(numbers))
	for i, s := range a.Labels {
		a.Labels[i].Score = dataset.Probability(dataset.LogOdds(s.Score) + w.trust*logits[numbers[s.Label]])
	}
	dataset.SurestFirst(a.Labels)
	return a
}

// tuneEach sets the trust in the counts to where the validation rows are least surprising,
// and lets the counts vote on the logits [rows][labels] of the network.
func (w *wordCounts) tuneEach(labels []string, examples []dataset.Example, logits [][]float64) {
	if w.counts == nil {
		return
	}
	counted := make([][]float64, len(examples))
	step := max(1, len(examples)/mostHeated)
	for i, e := range examples {
		counted[i] = w.logits(e, len(labels))
		for n := range logits[i] { // back to what the network says alone
			logits[i][n] -= w.trust * counted[i][n]
		}
	}
	w.trust = enough(least(func(trust float64) float64 {
		sum := trustCaution * trust * trust
		for i := 0; i < len(examples); i += step {
			if examples[i].Labels == nil {
				continue
			}
			for n, x := range logits[i] {
				x += trust * counted[i][n]
				if slices.Contains(examples[i].Labels, labels[n]) {
					x = -x
				}
				sum += math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0)
			}
		}
		return sum
	}, leastTrust/2, mostTrust))
	for i := range logits {
		for n := range logits[i] {
			logits[i][n] += w.trust * counted[i][n]
		}
	}
}

// mostTrust is how far counts are trusted at most where labels are told one by one.
const mostTrust = 4

// least gives the place between two where a function with one valley is lowest, by golden
// section on a logarithmic scale (Kiefer 1953).
func least(f func(float64) float64, from, to float64) float64 {
	const golden = 0.6180339887498949
	a, b := math.Log(from), math.Log(to)
	c, d := b-golden*(b-a), a+golden*(b-a)
	fc, fd := f(math.Exp(c)), f(math.Exp(d))
	for b-a > 1e-3 {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - golden*(b-a)
			fc = f(math.Exp(c))
		} else {
			a, c, fc = c, d, fd
			d = a + golden*(b-a)
			fd = f(math.Exp(d))
		}
	}
	return math.Exp((a + b) / 2)
}

// The names of what is kept of the counts.
const (
	countsName  = "word_counts"
	bucketsName = "buckets"
	weighsName  = "idf" // as it was all that an n-gram weighed in any text
	weightsName = "weight"
	biasName    = "bias"
)

// tell writes into a config.json what the counts are.
func (w *wordCounts) tell(config map[string]any) {
	if w.votes() {
		p := w.counts.Plain()
		config[countsName] = len(p.Buckets)
		config[longestName] = p.Longest
	}
}

// longestName is how many letters of a word are counted together at most, 4 where a model was
// saved before that was told.
const longestName = "word_counts_longest"

// save puts the counts into the sink, with the trust in their weights. Buckets are whole
// numbers below 2^24, which float32 holds.
func (w *wordCounts) save(s *weights.Sink) {
	if !w.votes() {
		return
	}
	p := w.counts.Plain()
	n, labels := len(p.Buckets), len(p.Bias)
	buckets := make([]float32, n)
	for i, b := range p.Buckets {
		buckets[i] = float32(b)
	}
	s = s.In(countsName)
	s.Vector(bucketsName, op.NewParam(1, n, buckets))
	s.Vector(weighsName, op.NewParam(1, n, p.Weighs))
	s.Matrix(weightsName, op.NewParam(n, labels, scaled(p.Weights, w.trust)))
	s.Vector(biasName, op.NewParam(1, labels, scaled(p.Bias, w.trust)))
}

func scaled(values []float32, by float64) []float32 {
	all := slices.Clone(values)
	for i := range all {
		all[i] *= float32(by)
	}
	return all
}

// savedWordCounts gives the counts that a model was saved with, whose n-grams its config
// tells the number of.
func savedWordCounts(base *model.Base, labels []string) (wordCounts, error) {
	saved := struct {
		NGrams  int `json:"word_counts"`
		Longest int `json:"word_counts_longest"`
	}{Longest: 4}
	if err := readConfig(base, &saved); err != nil || saved.NGrams <= 0 {
		return wordCounts{}, err
	}
	s, n := base.Weights.In(countsName), saved.NGrams
	p := baseline.Plain{
		Labels: labels, Weighs: op.Rows(s.Vector(weighsName, n)), Longest: saved.Longest,
		Weights: op.Rows(s.Matrix(weightsName, n, len(labels))), Bias: op.Rows(s.Vector(biasName, len(labels))),
	}
	for _, b := range op.Rows(s.Vector(bucketsName, n)) {
		p.Buckets = append(p.Buckets, uint32(b))
	}
	if err := base.Weights.Err(); err != nil {
		return wordCounts{}, err
	}
	return wordCounts{counts: p.Model(), trust: 1}, nil
}
