package llama_test

import (
	"math/rand/v2"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/model/llama"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/weights"
)

func TestLanguageModelAgreesWithTheReference(t *testing.T) {
	r := modeltest.OpenReference(t, "llama-lm")
	body, err := llama.Family.Load(r.Config, r.Source)
	if err != nil {
		t.Fatal(err)
	}
	body.SetDropout(0)
	m := body.(*llama.Model)
	lm := m.LanguageModel(r.Source)
	modeltest.CheckGreedy(t, r, m, lm)
	modeltest.CheckLanguageModel(t, r, m, lm)
}

func tiny(t *testing.T, kind string) *llama.Model {
	m, err := llama.New(llama.Config{
		Type: kind, Vocabulary: 50, Width: 24, Blocks: 2, Heads: 4, KeyHeads: 2, Inner: 40, Positions: 32,
		Activation: "silu", Epsilon: 1e-6, Theta: 10000, Tied: true, Begin: 1, End: []byte("2"),
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var sequences = []batch.Item{{IDs: []int{2, 7, 9, 3}}, {IDs: []int{2}}, {IDs: []int{4, 11, 12, 13, 3, 14, 3}}}

func TestPackedIsAsAlone(t *testing.T) { modeltest.SameAlone(t, tiny(t, "llama"), sequences) }

func TestStepByStepIsAsAtOnce(t *testing.T) {
	modeltest.SameStepByStep(t, tiny(t, "llama"), sequences, nil)
}

func TestTheSameStepsGiveTheSameWeights(t *testing.T) {
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) {
		return modeltest.Encoding(tiny(t, "llama"), sequences)
	})
}

func TestSavedAndLoadedIsTheSame(t *testing.T) {
	for _, kind := range llama.Family.Types {
		t.Run(kind, func(t *testing.T) { modeltest.SameSaved(t, llama.Family, tiny(t, kind)) })
	}
}

func TestLayersHoldEveryParameterOnce(t *testing.T) { modeltest.LayersHoldAll(t, tiny(t, "qwen2")) }

func TestRecomputedIsTheSame(t *testing.T) {
	m := tiny(t, "llama")
	m.SetDropout(0.1)
	modeltest.SameRecomputed(t, m, func(tape *op.Tape) mat.Tensor { return m.Encode(tape, batch.Pack(sequences)) })
}

func TestConfigsThatAreNotKnownAreRefused(t *testing.T) {
	for _, text := range []string{`{"rope_scaling":{"type":"linear","factor":2}}`, `{"mlp_bias":true}`, `{"num_attention_heads":3,"num_key_value_heads":2}`, `{"hidden_act":"mish"}`, `[]`} {
		if _, err := llama.Family.Load([]byte(text), weights.NewSource(weights.Held{})); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}
