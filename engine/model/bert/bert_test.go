package bert_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

func tiny(t *testing.T) *bert.Model {
	m, err := bert.New(bert.Config{
		Vocabulary: 50, Width: 24, Blocks: 2, Heads: 3, Inner: 40, Activation: "gelu",
		Dropout: 0.1, Attention: 0.1, Positions: 32, Segments: 2, Epsilon: 1e-12,
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var items = []batch.Item{
	{IDs: []int{2, 7, 9, 3}},
	{IDs: []int{2, 3}},
	{IDs: []int{2, 11, 12, 13, 3, 14, 3}, Segments: []int{0, 0, 0, 0, 0, 1, 1}},
	{IDs: []int{2, 49, 49, 3}},
}

func TestPackedIsAsAlone(t *testing.T) { modeltest.SameAlone(t, tiny(t), items) }

func TestRecomputedIsTheSame(t *testing.T) {
	m := tiny(t)
	modeltest.SameRecomputed(t, m, func(t *op.Tape) mat.Tensor { return m.Encode(t, batch.Pack(items)) })
}

func TestTheSameStepsGiveTheSameWeights(t *testing.T) {
	modeltest.LearnsTheSame(t, func() (model.Backbone, func(*op.Tape) mat.Tensor) { return modeltest.Encoding(tiny(t), items) })
}

func TestSavedAndLoadedIsTheSame(t *testing.T) { modeltest.SameSaved(t, bert.Family, tiny(t)) }

func TestEveryTensorThatIsMissingIsNamed(t *testing.T) {
	_, err := bert.Family.Load([]byte(`{"vocab_size":10,"hidden_size":8,"num_attention_heads":2,"num_hidden_layers":1,"intermediate_size":8}`), weights.NewSource(weights.Held{}))
	for _, name := range []string{"bert.embeddings.word_embeddings.weight", "bert.encoder.layer.0.attention.self.key.bias", "bert.encoder.layer.0.output.LayerNorm.weight"} {
		if err == nil || !bytes.Contains([]byte(err.Error()), []byte(name)) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
}

func TestImpossibleConfigsAreRefused(t *testing.T) {
	for _, text := range []string{`{"hidden_size":10}`, `{"vocab_size":5,"hidden_size":10,"num_attention_heads":3}`, `{"vocab_size":5,"hidden_act":"mish"}`, `[]`} {
		if _, err := bert.Family.Load([]byte(text), weights.NewSource(weights.Held{})); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}

func TestLayersHoldEveryParameterOnce(t *testing.T) { modeltest.LayersHoldAll(t, tiny(t)) }

// Below the lowest layer that learns there is no graph, so no gradient either.
func TestFrozenLayersAreOnlyComputedForward(t *testing.T) {
	m := tiny(t)
	nodes := func(frozen int) int {
		number := 0
		for params := range m.Layers() {
			for _, p := range params {
				p.SetRequiresGrad(number >= frozen)
			}
			number++
		}
		tape := optest.Tape(t)
		tape.Learn(1)
		return reachable(m.Encode(tape, batch.Pack(items)), map[mat.Tensor]bool{})
	}
	all, blocks, one := nodes(0), nodes(1), nodes(2)
	if all <= blocks || one == 0 || blocks != 2*one || nodes(3) != 0 {
		t.Errorf("%d nodes, %d without the embeddings, %d without the first block, %d with all frozen", all, blocks, one, nodes(3))
	}
}

// reachable counts the nodes that gradients reach from x.
func reachable(x mat.Tensor, seen map[mat.Tensor]bool) int {
	node, ok := x.(*ag.Operator)
	if !ok || seen[x] {
		return 0
	}
	seen[x] = true
	n := 1
	for _, operand := range node.Operands() {
		n += reachable(operand, seen)
	}
	return n
}
