package bart_test

import (
	"math/rand/v2"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/model/bart"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

func TestGenerationAgreesWithTheReference(t *testing.T) {
	for name, family := range map[string]model.Family{
		"bart-conditional-generation": bart.Family,
		"marian-mt":                   bart.Marian,
	} {
		t.Run(name, func(t *testing.T) {
			r := modeltest.OpenReference(t, name)
			body, err := family.Load(r.Config, r.Source)
			if err != nil {
				t.Fatal(err)
			}
			body.SetDropout(0)
			m := body.(*bart.Model)
			modeltest.CheckSequenceToSequence(t, r, m, m.LanguageModel(r.Source))
		})
	}
}

// Published opus-mt models hold copies of the shared table and the computed places,
// in a file of PyTorch's.
func TestOldFilesAreReadWhole(t *testing.T) {
	r := modeltest.OpenReference(t, "extra/marian-full-bin")
	body, err := bart.Marian.Load(r.Config, r.Source)
	if err != nil {
		t.Fatal(err)
	}
	body.(*bart.Model).LanguageModel(r.Source)
	if unused := r.Source.Unused(); len(unused) > 0 {
		t.Errorf("unused: %v", unused)
	}
}

func tiny(t *testing.T, kind string) *bart.Model { return sized(t, kind, 2) }

// sized gives a model of so many blocks on either side.
func sized(t *testing.T, kind string, blocks int) *bart.Model {
	m, err := bart.New(bart.Config{
		Type: kind, Vocabulary: 50, Width: 24, EncoderBlocks: blocks, DecoderBlocks: blocks, EncoderHeads: 3, DecoderHeads: 2,
		EncoderInner: 40, DecoderInner: 30, Activation: "gelu", Dropout: 0.1, Positions: 32, ScaleEmbedding: true,
		Padding: 1, End: 2, DecoderStart: 2,
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	sequences = []batch.Item{{IDs: []int{2, 7, 9, 3}}, {IDs: []int{2}}, {IDs: []int{4, 11, 12, 13, 3, 14, 3}}}
	written   = []batch.Item{{IDs: []int{2, 8}}, {IDs: []int{2, 5, 6, 7, 8}}, {IDs: []int{2, 10, 11}}}
)

func TestPackedIsAsAlone(t *testing.T) { modeltest.SameAlone(t, tiny(t, "bart"), sequences) }

func TestStepByStepIsAsAtOnce(t *testing.T) {
	for _, kind := range []string{"bart", "marian"} {
		t.Run(kind, func(t *testing.T) {
			m := tiny(t, kind)
			modeltest.SameStepByStep(t, m, written, func(tape *op.Tape) *model.Memory { return memory(tape, m) })
		})
	}
}

func memory(tape *op.Tape, m *bart.Model) *model.Memory {
	b := batch.Pack(sequences)
	return &model.Memory{Rows: m.Encode(tape, b), Starts: b.Starts}
}

func TestSavedAndLoadedIsTheSame(t *testing.T) {
	modeltest.SameSaved(t, bart.Family, tiny(t, "bart"))
	modeltest.SameSaved(t, bart.Marian, tiny(t, "marian"))
}

func TestLayersHoldEveryParameterOnce(t *testing.T) { modeltest.LayersHoldAll(t, tiny(t, "bart")) }

func TestRecomputedIsTheSame(t *testing.T) {
	m := tiny(t, "bart")
	read := batch.Pack(sequences)
	given := optest.Random(read.Tokens(), m.Width(), 4) // stands for the memory, so that the table learns from one side
	modeltest.SameRecomputed(t, m, func(tape *op.Tape) mat.Tensor {
		return m.Decode(tape, batch.Pack(written), &model.Memory{Rows: given, Starts: read.Starts}, nil)
	})
}

func TestTheSameStepsGiveTheSameWeights(t *testing.T) {
	for _, kind := range []string{"bart", "marian"} {
		t.Run(kind, func(t *testing.T) {
			modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) {
				return modeltest.Translating(sized(t, kind, 6), sequences, written)
			})
		})
	}
}

func TestConfigsThatAreNotKnownAreRefused(t *testing.T) {
	for _, text := range []string{`{"normalize_before":true}`, `{"decoder_vocab_size":7}`, `{"d_model":10}`, `{"pad_token_id":-1}`, `[]`} {
		if _, err := bart.Family.Load([]byte(text), weights.NewSource(weights.Held{})); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}
