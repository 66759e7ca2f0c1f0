// Package baseline is the honest comparison beside every model, and a voice in those that
// sort texts: a linear classifier on counted words, trained in seconds on one core. It
// knows no tokenizer and no tensors, and nothing is ever fine-tuned from it.
package baseline

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"attune/engine/dataset"
)

// Options say how closely the baseline follows its examples.
type Options struct {
	// Cost is what an error costs, against large weights: scikit-learn's C.
	// 0 and less stand for 10, which suits texts.
	Cost float64

	// NGrams is how many n-grams are counted at most, the commonest. 0 stands for as
	// many as memory allows.
	NGrams int
}

func (o Options) cost() float64 { return cmp.Or(max(o.Cost, 0), 10) }

// Model is multinomial logistic regression on words, pairs of words, and stretches of
// two to five characters, weighed by TF-IDF and by how much they tell of a label. It is safe
// for concurrent use.
type Model struct {
	labels     []string // sorted
	vocabulary *vocabulary
	weights    []float32 // [n-grams x labels]
	bias       []float32 // [labels]
}

// limits bound memory and time. The usual ones keep all below 400 MB and a pass
// over the examples to about a second.
type limits struct {
	labels  int
	weights int // n-grams times labels
	values  int // numbers in the vectors of all examples
	work    int // these numbers times labels
}

// with counts no more n-grams than the options want.
func (l limits) with(o Options, labels int) limits {
	if o.NGrams > 0 {
		l.weights = min(l.weights, o.NGrams*labels)
	}
	return l
}

var usual = limits{labels: 1000, weights: 1 << 24, values: 1 << 24, work: 1 << 29}

// Train learns the first label of each example from its text; examples without
// labels are left out. The same examples give the same model. Of more examples
// than memory and a few seconds allow it learns a part chosen by chance. It
// fails with an *Error if there are fewer than two labels or more than 1,000,
// and with the context's error.
func Train(ctx context.Context, examples []dataset.Example, o Options) (*Model, error) {
	return train(ctx, examples, o, usual)
}

func train(ctx context.Context, examples []dataset.Example, o Options, l limits) (*Model, error) {
	labelled := slices.DeleteFunc(slices.Clone(examples), func(e dataset.Example) bool { return len(e.Labels) == 0 })
	for i := range labelled {
		labelled[i].Labels = labelled[i].Labels[:1]
	}
	labels := labelsOf(labelled)
	if err := check(len(labels), l.labels); err != nil {
		return nil, err
	}
	return ascend(ctx, labelled, labels, l.with(o, len(labels)), aim{cost: o.cost()})
}

// ascend learns the labels of the examples from their texts, a part of them where there
// are more than the limits allow.
func ascend(ctx context.Context, examples []dataset.Example, labels []string, l limits, to aim) (*Model, error) {
	vocabulary, err := newVocabulary(ctx, examples, l.weights/len(labels))
	if err != nil {
		return nil, err
	}
	m := &Model{
		labels:     labels,
		vocabulary: vocabulary,
		weights:    make([]float32, len(vocabulary.weights)*len(labels)),
		bias:       make([]float32, len(labels)),
	}
	// The weights are not needed yet, and as large as what is to be counted.
	err = vocabulary.weighByLabels(ctx, examples, labels, m.weights)
	clear(m.weights)
	if err != nil {
		return nil, err
	}
	a := newAscent(m, to)
	room := min(l.values, l.work/len(labels))
	a.texts = newVector(min(vocabulary.numbers, room+mostGrams))
	learned := min(len(examples), 1+(room+mostGrams)*len(examples)/max(1, vocabulary.numbers)) // about
	a.duals = make([]float32, 0, learned*len(labels))
	for _, i := range rand.New(rand.NewPCG(2, 2)).Perm(len(examples)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(a.texts.values) >= room {
			break
		}
		a.append(examples[i].Text, examples[i].Labels...)
	}
	if err := a.run(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

func labelsOf(examples []dataset.Example) (labels []string) {
	for _, e := range examples {
		labels = append(labels, e.Labels...)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

func check(labels, most int) error {
	if labels < 2 {
		return &Error{
			Problem: fmt.Sprintf("the training data has %d labels, and there is nothing to tell apart", labels),
			Way:     "choose the column that holds the labels, or add examples of another label",
		}
	}
	if labels > most {
		return &Error{
			Problem: fmt.Sprintf("the training data has %d labels, and the baseline takes %d at most", labels, most),
			Way:     "check that the label column is the right one, or join rare labels",
		}
	}
	return nil
}

// Answer gives all labels with their probabilities, the surest first.
func (m *Model) Answer(text string) dataset.Answer {
	return m.answer(m.vocabulary.appendText(vector{}, text))
}

func (m *Model) answer(text vector) dataset.Answer {
	says := make([]float32, len(m.labels))
	m.predict(says, text)
	scores := make([]dataset.Score, len(says))
	for c, p := range says {
		scores[c] = dataset.Score{Label: m.labels[c], Score: float64(p)}
	}
	return dataset.Answer{Labels: dataset.SurestFirst(scores)}
}

// predict writes the probability of each label.
func (m *Model) predict(to []float32, text vector) {
	m.score(to, text)
	softmax(to)
}

// score writes the logit of each label.
func (m *Model) score(to []float32, text vector) {
	copy(to, m.bias)
	for j, column := range text.columns {
		weights := m.weights[int(column)*len(to):][:len(to)]
		value := text.values[j]
		for c := range to {
			to[c] += value * weights[c]
		}
	}
}

// softmax makes probabilities of scores, in place.
func softmax(scores []float32) {
	highest, sum := slices.Max(scores), 0.0
	for c, s := range scores {
		e := math.Exp(float64(s - highest))
		scores[c] = float32(e)
		sum += e
	}
	for c := range scores {
		scores[c] /= float32(sum)
	}
}
