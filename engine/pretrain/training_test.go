package pretrain_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/guessing"
	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/model/gpt2"
	"attune/engine/model/xlnet"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/pretrain"
	"attune/engine/weights"
)

var options = pretrain.Options{
	Cut:        pretrain.Cut{Short: 16, Long: 32, LongShare: 0.2},
	StepTokens: 64, LearningRate: 3e-3, Warmup: 200, Decay: 0.01, Clip: 1, Rate: 0.2, Swapped: 0.1, Kept: 0.1, Seed: 1,
}

// documents are drawn from a few sentences, so that there is something to learn.
func documents() [][]string {
	random := rand.New(rand.NewPCG(1, 1))
	sentences := []string{"my card is lost .", "the parcel has not come !", "i want a refund please .", "where is my money ?"}
	var all [][]string
	for range 60 {
		var paragraphs []string
		for range 1 + random.IntN(3) {
			paragraphs = append(paragraphs, strings.Join([]string{sentences[random.IntN(4)], sentences[random.IntN(4)]}, " "))
		}
		all = append(all, paragraphs)
	}
	return all
}

func begun(t *testing.T) (*pretrain.Training, *guessing.Model) { return begunWith(t, smallBert) }

func smallBert(s *weights.Source) (model.Backbone, error) {
	return bert.New(bert.Config{
		Vocabulary: len(words), Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu",
		Dropout: 0.1, Positions: 32, Segments: 2, Epsilon: 1e-12,
	}, s)
}

// begunInOrders is begun for a body that guesses in many orders.
func begunInOrders(t *testing.T) (*pretrain.Training, *guessing.Model) {
	return begunWith(t, func(s *weights.Source) (model.Backbone, error) {
		return xlnet.New(xlnet.Config{
			Vocabulary: len(words), Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu", Kind: "bi", Epsilon: 1e-12,
		}, s)
	})
}

// begunForwards is begun for a body that guesses the next word.
func begunForwards(t *testing.T) (*pretrain.Training, *guessing.Model) {
	return begunWith(t, func(s *weights.Source) (model.Backbone, error) {
		return gpt2.New(gpt2.Config{
			Vocabulary: len(words), Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu_new", Positions: 32, Epsilon: 1e-5, Scaled: true,
		}, s)
	})
}

func begunWith(t *testing.T, make func(*weights.Source) (model.Backbone, error)) (*pretrain.Training, *guessing.Model) {
	t.Helper()
	return begunOn(t, corpus(t, documents()...), make)
}

func begunOn(t *testing.T, c *pretrain.Corpus, make func(*weights.Source) (model.Backbone, error)) (*pretrain.Training, *guessing.Model) {
	t.Helper()
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05})
	body, err := make(source)
	if err != nil {
		t.Fatal(err)
	}
	m, err := guessing.New(body, pieces(t), source)
	if err != nil {
		t.Fatal(err)
	}
	training, err := pretrain.New(optest.Tape(t), m, c, options)
	if err != nil {
		t.Fatal(err)
	}
	return training, m
}

func steps(t *testing.T, training *pretrain.Training, n int) {
	t.Helper()
	for range n {
		if _, _, err := training.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLearnsALanguage(t *testing.T) {
	training, _ := begun(t)
	held := corpus(t, documents()[:20]...)
	before := training.Score(held, 300)
	steps(t, training, 150)
	after := training.Score(held, 300)
	if again := training.Score(held, 300); again != after {
		t.Errorf("scored as %+v, then as %+v", after, again)
	}
	if after.Accuracy() < 0.4 || before.Accuracy() > 0.2 {
		t.Errorf("%.2f of the hidden pieces were guessed before, %.2f after", before.Accuracy(), after.Accuracy())
	}
	if training.Pass == 0 {
		t.Error("it never began a second pass")
	}
}

// A training may begin to learn capitals on its way, goes on with them from its state, and
// guesses pieces as well as one without.
func TestLearnsCapitals(t *testing.T) {
	named := documents()
	for _, document := range named {
		for i, paragraph := range document {
			document[i] = strings.ReplaceAll(strings.ReplaceAll(paragraph, "card", "Card"), "parcel", "Parcel")
		}
	}
	held := corpus(t, named[:20]...)
	training, _ := begunOn(t, corpus(t, named...), smallBert)
	steps(t, training, 20)
	training.LearnCapitals(0.5)
	before := training.Score(held, 300)
	steps(t, training, 200)
	after := training.Score(held, 300)
	if before.Capitals.F1() > 0.4 || after.Capitals.F1() < 0.8 {
		t.Errorf("capitals were found with an F1 of %.2f before, %.2f after", before.Capitals.F1(), after.Capitals.F1())
	}
	if after.Accuracy() < 0.4 {
		t.Errorf("%.2f of the hidden pieces were guessed", after.Accuracy())
	}
}

// What counting tells comes before any step: frequent pieces are guessed more often,
// and those without company keep the row they had.
func TestPrimed(t *testing.T) {
	for name, c := range map[string]struct {
		begin func(*testing.T) (*pretrain.Training, *guessing.Model)
		gain  float64 // nats before any step; the table alone is worth more later
	}{"hidden words": {begun, 0.2}, "many orders": {begunInOrders, 0.2}, "the next word": {begunForwards, 0.01}} {
		t.Run(name, func(t *testing.T) {
			training, m := c.begin(t)
			isPrimed(t, training, m, c.gain)
		})
	}
}

func isPrimed(t *testing.T, training *pretrain.Training, m *guessing.Model, gain float64) {
	held := corpus(t, documents()[:20]...)
	before := training.Score(held, 300)
	table, width := op.Rows(table(t, m)), 32
	never := slices.Clone(table[:width]) // [PAD]
	if err := pretrain.Prime(t.Context(), m, corpus(t, documents()...), 0.05, rand.New(rand.NewPCG(1, 1))); err != nil {
		t.Fatal(err)
	}
	after := training.Score(held, 300)
	if after.Loss() > before.Loss()-gain {
		t.Errorf("the pieces cost %.2f nats before, %.2f after", before.Loss(), after.Loss())
	}
	if !slices.Equal(table[:width], never) {
		t.Error("a piece that no text has got a meaning")
	}
	for id := range len(words) {
		if length := math.Sqrt(kernel.SumSquares(table[id*width : (id+1)*width])); length > 1 {
			t.Errorf("the row of %q has length %.2f", words[id], length)
		}
	}
}

// table gives the pieces' own.
func table(t *testing.T, m *guessing.Model) *nn.Param {
	t.Helper()
	switch h := m.Head.(type) {
	case *head.Masked:
		return h.Table
	case *head.LanguageModel:
		return h.Table
	}
	t.Fatalf("a head %T", m.Head)
	return nil
}

func TestGoesOnBitByBit(t *testing.T) {
	whole, want := begun(t)
	steps(t, whole, 10)
	whole.Fall(800)
	steps(t, whole, 10)

	part, _ := begun(t)
	steps(t, part, 10)
	part.Fall(800)
	steps(t, part, 3)
	state := part.State
	held := weights.Held{}
	for _, tensor := range part.Tensors() {
		tensor.Values = slices.Clone(tensor.Values)
		held[tensor.Name] = tensor
	}
	steps(t, part, 2) // which are undone

	again, got := begun(t)
	if err := again.Restore(state, held); err != nil {
		t.Fatal(err)
	}
	steps(t, again, 7)
	if again.State != whole.State {
		t.Errorf("at %+v, without a stop at %+v", again.State, whole.State)
	}
	wanted := maps.Collect(want.Params())
	for name, p := range got.Params() {
		if !slices.Equal(op.Rows(p), op.Rows(wanted[name])) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestTheRate(t *testing.T) {
	training, _ := begun(t)
	low := training.Rate()
	steps(t, training, 5)
	if high := training.Rate(); low > options.LearningRate/100 || high != options.LearningRate {
		t.Errorf("it begins at %g and rises to %g", low, high)
	}
	training.Fall(300)
	for training.Tokens < training.FallTo {
		steps(t, training, 1)
	}
	if training.Rate() != 0 {
		t.Errorf("it falls to %g", training.Rate())
	}
}
