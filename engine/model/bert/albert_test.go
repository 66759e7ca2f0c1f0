package bert_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

const albertConfig = `{"model_type":"albert","vocab_size":50,"embedding_size":8,"hidden_size":24,"num_hidden_layers":3,"num_attention_heads":3,
"intermediate_size":40,"max_position_embeddings":32,"hidden_dropout_prob":0,"attention_probs_dropout_prob":0}`

func tinyAlbert(t *testing.T) *bert.Model {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 1))
	m, err := bert.ALBERT.Load([]byte(albertConfig), weights.Fresh(weights.Draw{Random: random, Spread: 0.2}))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Params() {
		for i := range op.Rows(p) {
			op.Rows(p)[i] += 0.1 * random.Float32() // biases and gains too
		}
	}
	return m.(*bert.Model)
}

// unrolled gives an ELECTRA that has the weights of an ALBERT in each of its blocks:
// the one member of the family beside it whose embeddings are projected.
func unrolled(t *testing.T, m *bert.Model) *bert.Model {
	t.Helper()
	inBlock := strings.NewReplacer(
		"attention.query", "attention.self.query", "attention.key", "attention.self.key", "attention.value", "attention.self.value",
		"attention.dense", "attention.output.dense", "attention.LayerNorm", "attention.output.LayerNorm",
		"ffn.", "intermediate.dense.", "ffn_output.", "output.dense.", "full_layer_layer_norm", "output.LayerNorm",
	)
	sink := weights.NewSink()
	m.Save(sink)
	held := weights.Held{}
	for _, each := range sink.Tensors() {
		name := strings.Replace(strings.Replace(each.Name, "albert.", "electra.", 1), "encoder.embedding_hidden_mapping_in", "embeddings_project", 1)
		_, inside, ok := strings.Cut(name, "encoder.albert_layer_groups.0.albert_layers.0.")
		if !ok {
			held[name] = each
			continue
		}
		for i := range 3 {
			held[fmt.Sprintf("electra.encoder.layer.%d.%s", i, inBlock.Replace(inside))] = each
		}
	}
	source := weights.NewSource(held)
	config := strings.Replace(albertConfig, `"albert"`, `"electra","hidden_act":"gelu_new"`, 1)
	other, err := bert.ELECTRA.Load([]byte(config), source)
	if err != nil {
		t.Fatal(err)
	}
	if unused := source.Unused(); len(unused) > 0 {
		t.Fatalf("not used: %v", unused)
	}
	return other.(*bert.Model)
}

// Its hidden states are those of a model with the same weights in every block; what its
// one block learns is the sum of what all of those learn.
func TestALBERTIsOneBlockAgainAndAgain(t *testing.T) {
	one := tinyAlbert(t)
	all := unrolled(t, one)
	tape := optest.Tape(t)
	learn := func(m *bert.Model) []float32 {
		tape.Learn(1)
		y := m.Encode(tape, batch.Pack(items))
		hidden := slices.Clone(op.Rows(y))
		modeltest.Backward(t, y)
		return hidden
	}
	modeltest.Close(t, learn(one), learn(all), 1e-6)
	var want [][]float32 // of the embeddings, then of the blocks together
	layer := 0
	for params := range all.Layers() {
		for i, p := range params {
			gradient := op.Gradient(p)
			switch {
			case layer < 2:
				want = append(want, slices.Clone(gradient))
			default:
				sum := want[len(want)-len(params)+i]
				for j, g := range gradient {
					sum[j] += g
				}
			}
		}
		layer++
	}
	at := 0
	for name, p := range one.Params() {
		t.Run(name, func(t *testing.T) { modeltest.Close(t, op.Gradient(p), want[at], 1e-5) })
		at++
	}
	if at != len(want) {
		t.Errorf("%d parameters, not %d", at, len(want))
	}
}

func TestALBERTKeepsWhatHoldsForAllFamilies(t *testing.T) {
	m := tinyAlbert(t)
	modeltest.SameAlone(t, m, items)
	modeltest.SameSaved(t, bert.ALBERT, m)
	modeltest.LayersHoldAll(t, m)
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) { return modeltest.Encoding(tinyAlbert(t), items) })
	m.SetDropout(0.1)
	modeltest.SameRecomputed(t, m, func(t *op.Tape) mat.Tensor { return m.Encode(t, batch.Pack(items)) })
}

func TestALBERTsHeads(t *testing.T) {
	m := tinyAlbert(t)
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.1})
	c, g, h := m.Classifier(source, 3), m.Tagger(source, 3), m.Masked(source)
	want := []string{
		"albert.pooler.weight", "albert.pooler.bias", "classifier.weight", "classifier.bias", "classifier.weight", "classifier.bias",
		"predictions.dense.weight", "predictions.dense.bias", "predictions.LayerNorm.weight", "predictions.LayerNorm.bias", "predictions.bias",
	}
	if got := source.Drawn(); !slices.Equal(got, want) {
		t.Errorf("took %v, want %v", got, want)
	}
	if c.Names.Architecture != "AlbertForSequenceClassification" || g.Architecture != "AlbertForTokenClassification" || h.Names.Architecture != "AlbertForMaskedLM" || c.Dropout != 0.1 {
		t.Errorf("%+v, %s, %s", c.Names, g.Architecture, h.Names.Architecture)
	}
	config, err := json.Marshal(m.Config())
	if err != nil || !strings.Contains(string(config), `"classifier_dropout_prob":0.1`) || strings.Contains(string(config), `"classifier_dropout":`) {
		t.Errorf("%s, %v", config, err)
	}
}

func TestALBERTsOfSeveralBlocksAreRefused(t *testing.T) {
	for _, text := range []string{`{"num_hidden_groups":2}`, `{"inner_group_num":2}`, `[]`} {
		if _, err := bert.ALBERT.Load([]byte(text), weights.NewSource(weights.Held{})); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}
