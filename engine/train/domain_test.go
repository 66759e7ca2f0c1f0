package train_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/model/llama"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
	"attune/engine/weights"
)

// First all texts are read, those without labels too, in parts where they are long;
// then the labels are learned. Each body guesses as it was pre-trained to.
func TestTheTextsAreReadBeforeTheLabelsAreLearned(t *testing.T) {
	for name, base := range map[string]*model.Base{
		"hidden words": tasktest.Base(t), "words in many orders": tasktest.AnyOrder(t), "the next word": tasktest.Decoder(t),
	} {
		t.Run(name, func(t *testing.T) { readsFirst(t, base) })
	}
}

func readsFirst(t *testing.T, base *model.Base) {
	texts := rows(40, 3)
	for i := range texts {
		texts[i].Labels = nil
		texts[i].Text = strings.Repeat("my card is lost the parcel has not come ", 10)
	}
	p := &technique.Plan{
		Task: alone(), Base: base, Seed: 1,
		Learn: dataset.FromSlice(rows(60, 1)), Check: dataset.FromSlice(rows(20, 2)), Unlabelled: dataset.FromSlice(texts),
	}
	domain := technique.NewDomain().(*technique.Domain)
	domain.Passes, domain.MaxLength = 20, 42
	for _, technique := range []technique.Technique{domain, technique.NewHeadSwap()} {
		if err := technique.Apply(p); err != nil {
			t.Fatal(err)
		}
	}
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
	read, learned := 0, 0
	var first, last float64
	for i, s := range steps {
		if s.Number != i+1 || s.Of != len(steps) {
			t.Fatalf("step %d of %d came as step %d of %d", i+1, len(steps), s.Number, s.Of)
		}
		if s.Phase == "fine-tuning" {
			learned++
			continue
		}
		read += s.Rows
		if learned > 0 || s.Best {
			t.Fatalf("step %d: %+v", i, s)
		}
		if last = s.Loss; first == 0 {
			first = last
		}
	}
	if want := 20 * (60 + 40*3); read != want { // 90 pieces in parts of 40
		t.Errorf("%d parts were read, want %d", read, want)
	}
	if last > first-0.5 {
		t.Errorf("the words cost %.2f nats at first, %.2f in the end", first, last)
	}
	if learned == 0 {
		t.Error("no label was learned")
	}
}

// onlyABody hides what else a body can do.
type onlyABody struct{ model.Backbone }

func TestOnlyModelsThatGuessWordsAreAdapted(t *testing.T) {
	base := tasktest.Base(t)
	base.Backbone = onlyABody{base.Backbone}
	if err := technique.NewDomain().Apply(&technique.Plan{Base: base, Learn: dataset.FromSlice(rows(8, 1))}); err == nil {
		t.Error("it passed")
	}
}

// A step reads about as many pieces as pre-training does, however short the rows are.
func TestAStepOfReadingIsLarge(t *testing.T) {
	learn := rows(600, 1)
	p := planBy(t, learn, rows(20, 2), technique.NewDomain(), technique.NewHeadSwap())
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
	pieces, read := 0, 0
	for _, s := range steps {
		if s.Phase != "fine-tuning" {
			pieces += s.Tokens
			read++
		}
	}
	if read == 0 || pieces/read < 1500 || pieces/read > 2500 {
		t.Errorf("%d pieces in %d steps", pieces, read)
	}
}

// A body that reads less at once than the setting says reads smaller parts, not fewer words.
func TestNoPartIsLongerThanTheBodyReads(t *testing.T) {
	learn := []dataset.Example{{Text: strings.Repeat("my card is lost ", 40), Labels: []string{"cards"}}, {Text: "the parcel", Labels: []string{"parcels"}}}
	p := planBy(t, learn, rows(20, 2), technique.NewDomain(), technique.NewHeadSwap())
	pieces := 0
	for e, err := range p.Phases[0].Learn {
		if err != nil {
			t.Fatal(err)
		}
		n := len(p.Base.Tokenizer.Encode(e.Text))
		if pieces += n; n+p.Base.Tokenizer.Specials(false) > p.Base.Backbone.Longest() {
			t.Errorf("a part has %d pieces", n)
		}
	}
	if pieces != 162 {
		t.Errorf("%d pieces are read", pieces)
	}
}

// A model that writes goes on with what its head has learned of the texts, though it is
// not the body's own table.
func TestWhatTheHeadLearnedIsHandedOver(t *testing.T) {
	base := tasktest.Decoder(t)
	base.Weights = weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05})
	var err error
	if base.Backbone, err = llama.Family.Load([]byte(`{"vocab_size":24,"hidden_size":32,"num_hidden_layers":1,"num_attention_heads":2,
		"intermediate_size":64,"max_position_embeddings":64,"hidden_act":"silu","tie_word_embeddings":false,"eos_token_id":3}`), base.Weights); err != nil {
		t.Fatal(err)
	}
	p := &technique.Plan{Task: task.NewGeneration(), Base: base, Seed: 1, Learn: dataset.FromSlice(rows(60, 1)), Check: dataset.FromSlice(rows(20, 2))}
	for _, by := range []technique.Technique{technique.NewHeadSwap(), technique.NewDomain()} {
		if err := by.Apply(p); err != nil {
			t.Fatal(err)
		}
	}
	const table = "lm_head.weight"
	before, writing := snapshot(p)[table], p.Phases[1]
	p.Phases = p.Phases[:1]
	collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
	learned := guessed(p)[table]
	if slices.Equal(learned, before) || !slices.Equal(snapshot(p)[table], before) {
		t.Fatal("the head that reads the texts did not learn, or is the one that writes")
	}
	writing.Begin()
	if !slices.Equal(snapshot(p)[table], learned) {
		t.Error("the head that writes begins without what was learned")
	}
}
