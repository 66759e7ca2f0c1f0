package pretrain

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/op"
	"attune/engine/optimizer"
	"attune/engine/weights"
)

// Options are the knobs of a pre-training. They stay the same over all sittings.
type Options struct {
	Cut
	StepTokens   int     // tokens a step at least
	LearningRate float64 // at its height
	Warmup       int     // tokens in which the rate rises
	Decay        float64 // weight decay; biases and normalisation are spared
	Clip         float64 // largest norm of the gradients
	Rate         float64 // share of the pieces that is to be guessed, where they are hidden
	Swapped      float64 // share of those that another piece replaces
	Kept         float64 // share of those that stay
	Capitals     float64 // how much it weighs which words begin with a capital, where the tokenizer hides it; 0 for nothing
	Seed         uint64
}

// State is where a pre-training stands; its tensors are those of the optimizer.
type State struct {
	Step     int `json:"step"`     // of the optimizer
	Tokens   int `json:"tokens"`   // read so far
	Pass     int `json:"pass"`     // over the corpus
	Position int `json:"position"` // in the sequences of the pass
	FallFrom int `json:"fall_from"`
	FallTo   int `json:"fall_to"` // tokens between which the rate falls to zero, or 0 for never

	CapitalsFrom int `json:"capitals_from,omitempty"` // tokens after which it began to learn capitals, if it does
}

// Training is a pre-training under way.
type Training struct {
	State
	tape      *op.Tape
	model     *guessing.Model
	corpus    *Corpus
	options   Options
	optimizer *optimizer.AdamW
	sequences []Sequence // of the pass
}

// New begins a pre-training of a model on a corpus.
func New(tape *op.Tape, m *guessing.Model, c *Corpus, o Options) (*Training, error) {
	if masking, ok := m.Asking.(*guessing.Masking); ok {
		masking.Rate, masking.Swapped, masking.Kept = o.Rate, o.Swapped, o.Kept
	}
	t := &Training{tape: tape, model: m, corpus: c, options: o}
	t.optimizer = optimizer.NewAdamW(tape.Workers, optimizer.Options{
		Beta2: 0.98, Epsilon: 1e-6, Decay: o.Decay, Clip: o.Clip, Decays: optimizer.SpareVectors,
	})
	for name, p := range m.Params() {
		t.optimizer.Add(name, p)
	}
	t.LearnCapitals(o.Capitals)
	return t, t.begin(0)
}

// LearnCapitals lets it weigh so much from now on which words begin with a capital.
func (t *Training) LearnCapitals(share float64) {
	t.options.Capitals, t.model.CapitalsShare = share, share
	if share == 0 || t.model.Capitals != nil {
		return
	}
	t.CapitalsFrom = t.Tokens
	t.model.Capitals = guessing.NewCapitals(t.model.Body.Width())
	for name, p := range t.model.Capitals.Params() {
		t.optimizer.Add(name, p)
	}
}

// begin starts a pass over the corpus.
func (t *Training) begin(pass int) error {
	t.Pass, t.Position = pass, 0
	t.sequences = t.corpus.Sequences(t.options.Cut, t.options.Seed, pass)
	if len(t.sequences) == 0 {
		return fmt.Errorf("the corpus has no text")
	}
	return nil
}

// LearnsCapitals says whether it weighs anything which words begin with a capital.
func (t *Training) LearnsCapitals() bool { return t.model.Capitals != nil }

// Restore goes on from a state, bit by bit as if nothing had happened.
func (t *Training) Restore(s State, from weights.Reader) error {
	if err := t.optimizer.Restore(from, s.Step); err != nil {
		return fmt.Errorf("go on with a pre-training: %w", err)
	}
	if err := t.begin(s.Pass); err != nil {
		return err
	}
	t.State = s
	return nil
}

// Tensors gives what Restore reads, the live values.
func (t *Training) Tensors() []weights.Tensor { return t.optimizer.Tensors() }

// Fall lets the learning rate fall to zero over so many tokens from now on.
func (t *Training) Fall(tokens int) { t.FallFrom, t.FallTo = t.Tokens, t.Tokens+tokens }

// Rate is the learning rate of the next step.
func (t *Training) Rate() float64 {
	return t.options.LearningRate * optimizer.Trapezoid(t.options.Warmup, t.FallFrom, t.FallTo)(t.Tokens)
}

// Step learns from the next sequences, and gives the loss and the norm of the
// gradients before clipping.
func (t *Training) Step() (loss, norm float64, err error) {
	b, err := t.next()
	if err != nil {
		return 0, 0, err
	}
	t.tape.Learn(t.options.Seed ^ uint64(t.State.Step+1)*0x9e3779b97f4a7c15)
	value := t.model.Loss(t.tape, b)
	loss = float64(op.Rows(value)[0])
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, 0, fmt.Errorf("the loss of step %d is no longer a number: go on from the last checkpoint with a lower learning rate", t.State.Step)
	}
	if err := ag.Backward(value); err != nil {
		return 0, 0, err
	}
	norm = t.optimizer.Step(t.Rate())
	t.State.Step++
	t.Tokens += b.Tokens()
	return loss, norm, nil
}

// next packs the sequences of a step, asked by random numbers of its own.
func (t *Training) next() (*batch.Packed, error) {
	random := rand.New(rand.NewPCG(t.options.Seed, uint64(t.State.Step)))
	var items []batch.Item
	for tokens := 0; tokens < t.options.StepTokens; {
		if t.Position == len(t.sequences) {
			if err := t.begin(t.Pass + 1); err != nil {
				return nil, err
			}
		}
		item := t.corpus.Item(t.sequences[t.Position], t.options.Together)
		items = append(items, t.model.Asking.Ask(item, random))
		tokens += len(item.IDs)
		t.Position++
	}
	return batch.Pack(items), nil
}

// Score lets the model guess pieces of another corpus: about as many tokens as asked
// for, the same ones in every call. It is asked plainly, so that scores can be compared.
func (t *Training) Score(held *Corpus, tokens int) guessing.Score {
	asking := t.model.Asking.Plain()
	var score guessing.Score
	var items []batch.Item
	random := rand.New(rand.NewPCG(0, 0))
	read, waiting := 0, 0
	for _, s := range held.Sequences(t.options.Cut, 0, 0) {
		item := asking.Ask(held.Item(s, t.options.Together), random)
		items = append(items, item)
		waiting += len(item.IDs)
		if waiting < t.options.StepTokens {
			continue
		}
		t.model.Score(t.tape, batch.Pack(items), &score)
		items, read, waiting = nil, read+waiting, 0
		if read >= tokens {
			return score
		}
	}
	if len(items) > 0 {
		t.model.Score(t.tape, batch.Pack(items), &score)
	}
	return score
}
