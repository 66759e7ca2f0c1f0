package projects_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/weights"
)

// tinyConfig has the fields of all families at once; each reads its own.
const tinyConfig = `{
	"vocab_size": 24, "max_position_embeddings": 64, "n_positions": 64, "type_vocab_size": 2, "pad_token_id": 0,
	"hidden_size": 32, "dim": 32, "d_model": 32, "n_embd": 32, "embedding_size": 32,
	"num_hidden_layers": 2, "n_layers": 2, "n_layer": 2, "encoder_layers": 2, "decoder_layers": 2, "num_layers": 2,
	"num_attention_heads": 2, "n_heads": 2, "n_head": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2, "num_heads": 2, "d_kv": 16,
	"intermediate_size": 64, "hidden_dim": 64, "n_inner": 64, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "d_ff": 64, "d_inner": 64,
	"hidden_act": "gelu", "activation": "gelu", "activation_function": "gelu", "ff_activation": "gelu", "feed_forward_proj": "relu",
	"num_hidden_groups": 1, "inner_group_num": 1, "relative_attention_num_buckets": 8, "relative_attention_max_distance": 20,
	"bos_token_id": 2, "eos_token_id": 3, "decoder_start_token_id": 0, "tie_word_embeddings": true
}`

// lesson is something that a family may be able to learn.
type lesson struct {
	name string
	// begin gives the parameters and the loss of eight examples, or none where the
	// family has no head for it.
	begin func(t *testing.T, base *model.Base) (params func(func(string, *nn.Param) bool), forward func(*op.Tape) mat.Tensor)
	floor float64 // what of the loss nobody can learn
}

var lessons = []lesson{
	{name: "classification", begin: classifying},
	{name: "entities", begin: marking},
	{name: "answering", begin: answering},
	// Of the five pieces of a text the first may be that of any of the eight, where it is
	// asked for.
	{name: "guessing", begin: asking, floor: math.Log(8) / 5},
	{name: "writing", begin: writing},
	{name: "translation", begin: translating},
}

// Every family learns eight examples by heart, of everything that it has a head for.
func TestEveryFamilyLearnsByHeart(t *testing.T) {
	for _, family := range catalog.Families() {
		learned := 0
		for _, l := range lessons {
			t.Run(family.Name+"/"+l.name, func(t *testing.T) {
				base := tasktest.Base(t)
				base.Weights = weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.08})
				var err error
				if base.Backbone, err = family.Load([]byte(tinyConfig), base.Weights); err != nil {
					t.Fatal(err)
				}
				base.Backbone.SetDropout(0)
				params, forward := l.begin(t, base)
				if forward == nil {
					t.Skip("it has no head for it")
				}
				learned++
				byHeart(t, params, forward, l.floor)
			})
		}
		if learned == 0 {
			t.Errorf("%s learns nothing", family.Name)
		}
	}
}

// byHeart trains until the loss is small.
func byHeart(t *testing.T, params func(func(string, *nn.Param) bool), forward func(*op.Tape) mat.Tensor, floor float64) {
	const steps = 400
	small := floor + 0.1
	tape := optest.Tape(t)
	o := optimizer.NewAdamW(tape.Workers, optimizer.Options{Clip: 1})
	for name, p := range params {
		o.Add(name, p)
	}
	first, last := 0.0, 0.0
	for step := range steps {
		tape.Learn(uint64(step))
		y := forward(tape)
		if last = float64(op.Rows(y)[0]); step == 0 {
			first = last
		}
		if last < small {
			return
		}
		if err := ag.Backward(y); err != nil {
			t.Fatal(err)
		}
		o.Step(3e-3)
	}
	t.Errorf("the loss of eight examples was %.2f at first and %.2f after %d steps", first, last, steps)
}

// eight are texts of four words, all different, with one of two labels, and of each
// one or two words marked with it; to be written are the same words backwards.
func eight() []dataset.Example {
	words := tasktest.Words[5:]
	all := make([]dataset.Example, 8)
	for i := range all {
		all[i] = dataset.Example{
			Text:   words[i] + " " + words[(3*i+1)%len(words)] + " " + words[(5*i+2)%len(words)] + " " + words[i+8],
			Labels: []string{"ab"[i%2 : i%2+1]},
		}
		all[i].Spans = []dataset.Span{{End: len(words[i]), Label: all[i].Labels[0]}}
		all[i].Pair = words[i+10]
		backwards := strings.Fields(all[i].Text)
		slices.Reverse(backwards)
		all[i].Target = strings.Join(backwards, " ")
		if i%3 == 0 {
			all[i].Spans[0].End = strings.LastIndex(all[i].Text, " ")
		}
	}
	return all
}

// learning is the loss of a task's model.
func learning(t *testing.T, m task.Model) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	t.Helper()
	var items []batch.Item
	for _, e := range eight() {
		parts, err := m.Items(e)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, parts...)
	}
	b := batch.Pack(items)
	return m.Params(), func(tape *op.Tape) mat.Tensor { return m.Loss(tape, m.Logits(tape, b), b) }
}

func classifying(t *testing.T, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	classification := &task.Classification{MaxLength: 64, Weighting: "none"}
	if classification.Fits(base.Backbone) != nil {
		return nil, nil
	}
	m, err := classification.Learn(base, dataset.FromSlice(eight()), 1)
	if err != nil {
		t.Fatal(err)
	}
	return learning(t, m)
}

func marking(t *testing.T, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	entities := &task.Entities{MaxLength: 64}
	if entities.Fits(base.Backbone) != nil {
		return nil, nil
	}
	m, err := entities.Learn(base, dataset.FromSlice(eight()), 1)
	if err != nil {
		t.Fatal(err)
	}
	return learning(t, m)
}

func answering(t *testing.T, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	answering := task.NewAnswering()
	if answering.Fits(base.Backbone) != nil {
		return nil, nil
	}
	m, err := answering.Learn(base, dataset.FromSlice(eight()), 1)
	if err != nil {
		t.Fatal(err)
	}
	return learning(t, m)
}

func asking(t *testing.T, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	m, err := task.Guessing(base, 64, 1)
	if err != nil {
		return nil, nil
	}
	return learning(t, m)
}

func translating(t *testing.T, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	return writingWith(t, task.NewTranslation(), base)
}

func writing(t *testing.T, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	return writingWith(t, task.NewGeneration(), base)
}

func writingWith(t *testing.T, x task.Task, base *model.Base) (func(func(string, *nn.Param) bool), func(*op.Tape) mat.Tensor) {
	if x.Fits(base.Backbone) != nil {
		return nil, nil
	}
	if err := setting.Apply(x.Settings(), "label_smoothing", "0"); err != nil {
		t.Fatal(err)
	}
	m, err := x.Learn(base, dataset.FromSlice(eight()), 1)
	if err != nil {
		t.Fatal(err)
	}
	return learning(t, m)
}
