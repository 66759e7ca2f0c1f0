package xlnet_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/model/modeltest"
	"attune/engine/model/xlnet"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

func opened(t *testing.T, name string) (*modeltest.Reference, *xlnet.Model) {
	t.Helper()
	r := modeltest.OpenReference(t, name)
	body, err := xlnet.Family.Load(r.Config, r.Source)
	if err != nil {
		t.Fatal(err)
	}
	body.SetDropout(0)
	return r, body.(*xlnet.Model)
}

func TestPermutationsAgreeWithTheReference(t *testing.T) {
	r, m := opened(t, "xlnet-lm")
	lm := m.LanguageModel(r.Source)
	r.Check(t, func(tape *op.Tape, in modeltest.Inputs) modeltest.Computed {
		b := batch.Pack([]batch.Item{{IDs: in.IDs, Segments: in.Segments}})
		var hidden mat.Tensor
		if in.TargetMapping == nil {
			hidden = m.Encode(tape, b)
		} else {
			b.Ranks = ranks(in)
			hidden = m.Predict(tape, b, asked(in))
		}
		return modeltest.Computed{Hidden: hidden, Logits: lm.Forward(tape, hidden), Loss: lm.Loss(tape, hidden, in.Targets(t))}
	}, m, lm)
}

// ranks reads the order off the mask: a token that is hidden from any other is
// predicted, after those that it may see.
func ranks(in modeltest.Inputs) []int {
	all := make([]int, len(in.IDs))
	hidden := func(row, column int) bool { return in.Permutation[row][column] != 0 }
	for j := range in.IDs {
		if !hidden(j, j) {
			continue
		}
		all[j] = 1
		for k := range in.IDs {
			if hidden(k, k) && !hidden(j, k) {
				all[j]++
			}
		}
	}
	return all
}

// asked gives the rows that the reference predicts.
func asked(in modeltest.Inputs) (rows []int) {
	for _, row := range in.TargetMapping {
		rows = append(rows, slices.Index(row, 1))
	}
	return rows
}

func TestClassificationAgreesWithTheReference(t *testing.T) {
	r, m := opened(t, "xlnet-sequence-classification")
	classifier := m.Classifier(r.Source, r.Labels)
	classifier.Dropout = 0
	r.Check(t, func(tape *op.Tape, in modeltest.Inputs) modeltest.Computed {
		b := batch.Pack([]batch.Item{{IDs: in.IDs, Segments: in.Segments}})
		hidden := m.Encode(tape, b)
		logits := classifier.Forward(tape, classifier.Pooling(tape, hidden, b.Starts))
		return modeltest.Computed{Hidden: hidden, Logits: logits, Loss: loss.CrossEntropy(tape, logits, in.Targets(t), loss.CrossEntropyOptions{})}
	}, m, classifier)
}

func tiny(t *testing.T) *xlnet.Model {
	m, err := xlnet.New(xlnet.Config{
		Vocabulary: 50, Width: 24, Blocks: 2, Heads: 3, Inner: 40, Activation: "gelu", Kind: "bi", Clamp: 3,
		Dropout: 0.1, Epsilon: 1e-12,
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.1}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sequences of which two tokens of the first are predicted and three of the last.
var sequences = []batch.Item{
	{IDs: []int{2, 7, 9, 3}, Ranks: []int{0, 2, 0, 1}},
	{IDs: []int{2}},
	{IDs: []int{4, 11, 12, 13, 3, 14, 3}, Segments: []int{0, 0, 0, 1, 1, 1, 2}, Ranks: []int{0, 3, 0, 1, 0, 2, 0}},
}

// predicted are the rows of theirs, in whatever order a sequence has them.
var predicted = []int{3, 1, 8, 10, 6}

func TestPackedIsAsAlone(t *testing.T) { modeltest.SameAlone(t, tiny(t), sequences) }

// What is predicted of a sequence is the same whatever stands beside it.
func TestPredictedPackedIsAsAlone(t *testing.T) {
	m, tape := tiny(t), optest.Tape(t)
	predict := func(items []batch.Item, rows ...int) []float32 {
		tape.Infer()
		return slices.Clone(op.Rows(m.Predict(tape, batch.Pack(items), rows)))
	}
	together, width := predict(sequences, predicted...), m.Width()
	modeltest.Close(t, together[:2*width], predict(sequences[:1], 3, 1), 1e-5)
	modeltest.Close(t, together[2*width:], predict(sequences[2:], 3, 5, 1), 1e-5)
}

// What is predicted must not depend on the piece that stands there, nor on those
// that come later in the order.
func TestPredictionsDoNotSeeWhatTheyPredict(t *testing.T) {
	m, tape := tiny(t), optest.Tape(t)
	predict := func(change int) []float32 {
		b := batch.Pack(sequences)
		if change >= 0 {
			b.IDs[change] = 49
		}
		tape.Infer()
		return slices.Clone(op.Rows(m.Predict(tape, b, predicted)))
	}
	before, width := predict(-1), m.Width()
	for i, row := range predicted {
		after := predict(row)
		if !slices.Equal(before[i*width:(i+1)*width], after[i*width:(i+1)*width]) {
			t.Errorf("the prediction of row %d saw it", row)
		}
	}
	if slices.Equal(before[:width], predict(0)[:width]) {
		t.Error("a prediction did not see what was given")
	}
	if first := before[2*width : 3*width]; !slices.Equal(first, predict(6)[2*width:3*width]) {
		t.Error("the first of an order saw the last")
	}
}

func TestTheSameStepsGiveTheSameWeights(t *testing.T) {
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) { return modeltest.Encoding(tiny(t), sequences) })
}

func TestTheSamePredictionsTeachTheSame(t *testing.T) {
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) {
		m := tiny(t)
		return m, func(tape *op.Tape) mat.Tensor { return m.Predict(tape, batch.Pack(sequences), predicted) }
	})
}

func TestSavedAndLoadedIsTheSame(t *testing.T) { modeltest.SameSaved(t, xlnet.Family, tiny(t)) }

func TestLayersHoldEveryParameterOnce(t *testing.T) { modeltest.LayersHoldAll(t, tiny(t)) }

func TestRecomputedIsTheSame(t *testing.T) {
	m := tiny(t)
	modeltest.SameRecomputed(t, m, func(tape *op.Tape) mat.Tensor { return m.Predict(tape, batch.Pack(sequences), predicted) })
}

func TestConfigsThatAreNotKnownAreRefused(t *testing.T) {
	for _, text := range []string{`{"attn_type":"uni"}`, `{"n_head":7}`, `{"ff_activation":"mish"}`, `{"n_layer":0}`, `[]`} {
		if _, err := xlnet.Family.Load([]byte(text), weights.NewSource(weights.Held{})); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}
