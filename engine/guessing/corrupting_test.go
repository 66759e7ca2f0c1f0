package guessing_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/model/t5"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/task/tasktest"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// gapped is a tiny T5 with pieces for two gaps, 24 and 25.
func gapped(t *testing.T) *model.Base {
	t.Helper()
	pieces, err := tokenizer.NewWordPiece(append(slices.Clone(tasktest.Words), "<extra_id_0>", "<extra_id_1>"), tokenizer.WordPieceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.1})
	body, err := t5.Family.Load([]byte(`{"vocab_size":26,"d_model":32,"num_layers":2,"num_heads":2,"d_kv":16,"d_ff":64,"feed_forward_proj":"relu",
		"relative_attention_num_buckets":8,"relative_attention_max_distance":20,"n_positions":64,"decoder_start_token_id":0,"eos_token_id":3}`), source)
	if err != nil {
		t.Fatal(err)
	}
	body.SetDropout(0)
	return &model.Base{Backbone: body, Tokenizer: pieces, Weights: source}
}

const (
	start, end, gap0, gap1 = 0, 3, 24, 25
)

// What is read and what is written together are the text, gap by gap.
func TestWhatStoodInGapsIsAskedFor(t *testing.T) {
	m := following(t, gapped(t))
	random := rand.New(rand.NewPCG(1, 1))
	item := batch.Item{IDs: []int{class}, Index: 3}
	for range 4 {
		item.IDs = append(item.IDs, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
	}
	item.IDs = append(item.IDs, end)
	lengths := map[int]bool{}
	for range 200 {
		got := m.Asking.Ask(item, random)
		if got.Index != 3 || got.Output[0] != start || !slices.Equal(got.Output[1:], got.Targets[:len(got.Targets)-1]) || got.Targets[len(got.Targets)-1] != end {
			t.Fatalf("%+v", got)
		}
		written := got.Targets[:len(got.Targets)-1]
		second := slices.Index(written, gap1)
		if written[0] != gap0 || second < 2 || len(written)-2 != 6 { // 15 % of 40, in two gaps
			t.Fatalf("written: %v", written)
		}
		lengths[second-1] = true
		var whole []int
		for _, id := range got.IDs {
			switch id {
			case gap0:
				whole = append(whole, written[1:second]...)
			case gap1:
				whole = append(whole, written[second+1:]...)
			default:
				whole = append(whole, id)
			}
		}
		if !slices.Equal(whole, item.IDs) || got.IDs[1] == gap0 {
			t.Fatalf("%v with %v is %v", got.IDs, written, whole)
		}
	}
	if len(lengths) != 5 {
		t.Errorf("the first gap had only the lengths %v", lengths)
	}
}

// Of a text of one piece nothing can be cut out, and what there is stops nothing.
func TestATextTooShortForAGap(t *testing.T) {
	m, tape := following(t, gapped(t)), optest.Tape(t)
	got := m.Asking.Ask(batch.Item{IDs: []int{class, 5, end}}, rand.New(rand.NewPCG(1, 1)))
	if !slices.Equal(got.Output, []int{start}) || !slices.Equal(got.Targets, []int{loss.Ignored}) {
		t.Errorf("%+v", got)
	}
	tape.Learn(1)
	if y := m.Loss(tape, batch.Pack([]batch.Item{got})); op.Rows(y)[0] != 0 {
		t.Errorf("the loss is %g", op.Rows(y)[0])
	}
}

// Texts whose first word tells the last are learned by heart, and the gap is filled.
func TestGapsAreLearnedByHeart(t *testing.T) {
	base := gapped(t)
	m, tape := following(t, base), optest.Tape(t)
	a := optimizer.NewAdamW(tape.Workers, optimizer.Options{Clip: 1})
	for name, p := range m.Params() {
		a.Add(name, p)
	}
	var items []batch.Item
	for i := range 6 {
		items = append(items, batch.Item{IDs: []int{class, 5 + i, 11, gap0, end}, Output: []int{start, gap0, 20 - i}, Targets: []int{gap0, 20 - i, end}})
	}
	last := 0.0
	for step := range 300 {
		tape.Learn(uint64(step))
		y := m.Loss(tape, batch.Pack(items))
		last = float64(op.Rows(y)[0])
		if err := ag.Backward(y); err != nil {
			t.Fatal(err)
		}
		a.Step(3e-3)
	}
	if last > 0.1 || math.IsNaN(last) {
		t.Fatalf("the loss is %g", last)
	}
	words := guessing.NewFiller(m, base.Tokenizer).Fill(tape, tasktest.Words[5]+" "+tasktest.Words[11], "", 1)
	if len(words) != 1 || words[0].Label != tasktest.Words[20] || words[0].Score < 0.5 {
		t.Errorf("%v, want %s", words, tasktest.Words[20])
	}
}
