package t5_test

import (
	"math/rand/v2"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/model/modeltest"
	"attune/engine/model/t5"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

func TestGenerationAgreesWithTheReference(t *testing.T) {
	r := modeltest.OpenReference(t, "t5-conditional-generation")
	body, err := t5.Family.Load(r.Config, r.Source)
	if err != nil {
		t.Fatal(err)
	}
	body.SetDropout(0)
	m := body.(*t5.Model)
	modeltest.CheckSequenceToSequence(t, r, m, m.LanguageModel(r.Source))
}

func tiny(t *testing.T, feedForward string) *t5.Model { return sized(t, feedForward, 2) }

// sized gives a model of so many blocks on either side.
func sized(t *testing.T, feedForward string, blocks int) *t5.Model {
	m, err := t5.New(t5.Config{
		Vocabulary: 50, Width: 24, HeadWidth: 5, Inner: 40, EncoderBlocks: blocks, DecoderBlocks: blocks, Heads: 3,
		Buckets: 8, Farthest: 16, FeedForward: feedForward, Dropout: 0.1, Epsilon: 1e-6, Positions: 64, Tied: true, End: 1,
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	sequences = []batch.Item{{IDs: []int{2, 7, 9, 3}}, {IDs: []int{2}}, {IDs: []int{4, 11, 12, 13, 3, 14, 3}}}
	written   = []batch.Item{{IDs: []int{0, 8}}, {IDs: []int{0, 5, 6, 7, 8, 9, 10, 11, 12}}, {IDs: []int{0, 10, 11}}}
)

func TestPackedIsAsAlone(t *testing.T) { modeltest.SameAlone(t, tiny(t, "relu"), sequences) }

func TestStepByStepIsAsAtOnce(t *testing.T) {
	m := tiny(t, "gated-gelu")
	modeltest.SameStepByStep(t, m, written, func(tape *op.Tape) *model.Memory {
		b := batch.Pack(sequences)
		return &model.Memory{Rows: m.Encode(tape, b), Starts: b.Starts}
	})
}

func TestSavedAndLoadedIsTheSame(t *testing.T) {
	for _, kind := range []string{"relu", "gated-gelu"} {
		t.Run(kind, func(t *testing.T) { modeltest.SameSaved(t, t5.Family, tiny(t, kind)) })
	}
}

func TestLayersHoldEveryParameterOnce(t *testing.T) {
	modeltest.LayersHoldAll(t, tiny(t, "gated-gelu"))
}

func TestRecomputedIsTheSame(t *testing.T) {
	m := tiny(t, "gated-gelu")
	read := batch.Pack(sequences)
	given := optest.Random(read.Tokens(), m.Width(), 4) // stands for the memory, so that the table learns from one side
	modeltest.SameRecomputed(t, m, func(tape *op.Tape) mat.Tensor {
		return m.Decode(tape, batch.Pack(written), &model.Memory{Rows: given, Starts: read.Starts}, nil)
	})
}

func TestTheSameStepsGiveTheSameWeights(t *testing.T) {
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) {
		return modeltest.Translating(sized(t, "gated-gelu", 6), sequences, written)
	})
}

func TestConfigsThatAreNotKnownAreRefused(t *testing.T) {
	for _, text := range []string{`{"feed_forward_proj":"gated-mish"}`, `{"relative_attention_num_buckets":7}`, `{"d_kv":0}`, `{"eos_token_id":99999}`, `[]`} {
		if _, err := t5.Family.Load([]byte(text), weights.NewSource(weights.Held{})); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}
