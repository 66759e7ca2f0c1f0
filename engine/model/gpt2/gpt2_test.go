package gpt2_test

import (
	"math/rand/v2"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/model/gpt2"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/weights"
)

func TestLanguageModelAgreesWithTheReference(t *testing.T) {
	for _, name := range []string{"gpt2-lm", "extra/gpt2-no-prefix"} {
		t.Run(name, func(t *testing.T) {
			r := modeltest.OpenReference(t, name)
			body, err := gpt2.Family.Load(r.Config, r.Source)
			if err != nil {
				t.Fatal(err)
			}
			body.SetDropout(0)
			lm := body.(*gpt2.Model).LanguageModel(r.Source)
			modeltest.CheckGreedy(t, r, body.(*gpt2.Model), lm)
			modeltest.CheckLanguageModel(t, r, body.(*gpt2.Model), lm)
		})
	}
}

func tiny(t *testing.T) *gpt2.Model {
	m, err := gpt2.New(gpt2.Config{
		Vocabulary: 50, Width: 24, Blocks: 2, Heads: 3, Positions: 32, Activation: "gelu_new",
		Dropout: 0.1, Epsilon: 1e-5, Scaled: true,
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var sequences = []batch.Item{{IDs: []int{2, 7, 9, 3}}, {IDs: []int{2}}, {IDs: []int{4, 11, 12, 13, 3, 14, 3}}}

func TestPackedIsAsAlone(t *testing.T) { modeltest.SameAlone(t, tiny(t), sequences) }

func TestStepByStepIsAsAtOnce(t *testing.T) { modeltest.SameStepByStep(t, tiny(t), sequences, nil) }

func TestTheSameStepsGiveTheSameWeights(t *testing.T) {
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) { return modeltest.Encoding(tiny(t), sequences) })
}

func TestSavedAndLoadedIsTheSame(t *testing.T) { modeltest.SameSaved(t, gpt2.Family, tiny(t)) }

func TestLayersHoldEveryParameterOnce(t *testing.T) { modeltest.LayersHoldAll(t, tiny(t)) }

func TestRecomputedIsTheSame(t *testing.T) {
	m := tiny(t)
	modeltest.SameRecomputed(t, m, func(tape *op.Tape) mat.Tensor { return m.Encode(tape, batch.Pack(sequences)) })
}
