package task

import (
	"context"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
)

// rewriter is an encoder that reads a text beside a decoder that writes another about
// it: a translation, a summary.
type rewriter struct {
	writing
	encoder   model.Encoder
	pieces    tokenizer.Tokenizer // of what is written
	o         rewriting
	start     int // what the decoder writes on from
	maxLength int
	maxOutput int
}

// rewriting says how texts are read and written.
type rewriting struct {
	MaxLength int     // pieces that are read of a text
	MaxOutput int     // pieces that are written at most
	Beams     int     // texts that are kept in sight while one is written
	Smoothing float64 // label smoothing, 0 for none
	Prefix    string  // set before each text
}

// twoSided is a tokenizer that cuts what is written otherwise than what is read.
type twoSided interface{ Target() tokenizer.Tokenizer }

// newRewriter takes a body that readsFirst.
func newRewriter(base *model.Base, o rewriting) (*rewriter, error) {
	w, err := newWriting(base, o.Smoothing)
	if err != nil {
		return nil, err
	}
	m := &rewriter{
		writing: w, encoder: base.Backbone.(model.Encoder), pieces: base.Tokenizer, o: o, start: w.body.Writing().Start,
		maxLength: min(o.MaxLength, w.body.Longest()), maxOutput: min(o.MaxOutput, w.body.Longest()),
	}
	if two, ok := base.Tokenizer.(twoSided); ok {
		m.pieces = two.Target()
	}
	m.hidden = m.decode
	return m, nil
}

// decode gives what the decoder makes of the texts that it is given to write on from,
// all pieces at once: each is guessed from the right ones before it.
func (m *rewriter) decode(t *op.Tape, b *batch.Packed) mat.Tensor {
	memory := &model.Memory{Rows: m.encoder.Encode(t, b), Starts: b.Starts}
	return m.body.Decode(t, b.Output, memory, nil)
}

// Items encodes an example. Of a target that is cut the end is not learned, for it is not
// where the text ends.
func (m *rewriter) Items(e dataset.Example) ([]batch.Item, error) {
	return []batch.Item{m.item(e)}, nil
}

func (m *rewriter) item(e dataset.Example) batch.Item {
	item := batch.Item{IDs: m.read(e), Output: []int{m.start}, Targets: []int{loss.Ignored}}
	if e.Target == "" {
		return item
	}
	written := m.pieces.Encode(e.Target)
	whole := written[:min(len(written), max(0, m.maxOutput-m.pieces.Specials(false)))]
	ids, _ := m.pieces.Join(whole, nil)
	ids = m.ended(ids)
	item.Output = append(item.Output, ids[:len(ids)-1]...)
	item.Targets = ids
	if len(whole) < len(written) {
		item.Targets[len(ids)-1] = loss.Ignored
	}
	return item
}

// ItemsVaried is Items: what is written must be spelt as it is.
func (m *rewriter) ItemsVaried(e dataset.Example, _ float64, _ *rand.Rand) ([]batch.Item, error) {
	return m.Items(e)
}

// read gives the pieces of an example's text for the encoder.
func (m *rewriter) read(e dataset.Example) []int {
	pieces := m.base.Tokenizer.Encode(m.o.Prefix + e.Text)
	ids, _ := m.base.Tokenizer.Join(pieces[:min(len(pieces), m.maxLength-m.base.Tokenizer.Specials(false))], nil)
	return ids
}

// Write writes what the beams found for each example, the best first.
func (m *rewriter) Write(ctx context.Context, t *op.Tape, examples []dataset.Example) ([]dataset.Answer, error) {
	answers := make([]dataset.Answer, len(examples))
	var known []batch.Item
	prompts := make([][]int, len(examples))
	for i, e := range examples {
		prompts[i] = m.read(e)
		if e.Target == "" {
			continue
		}
		item := m.item(e)
		item.Index = i
		known = append(known, item)
	}
	if err := m.surprise(ctx, t, known, answers); err != nil {
		return nil, err
	}
	return answers, m.along(ctx, t, prompts, generate.Options{MaxTokens: m.maxOutput, Beams: m.o.Beams, LengthPenalty: 1}, answers)
}

// Beams is how many texts are kept in sight.
func (m *rewriter) Beams() *int { return &m.o.Beams }

// Manner is to write the likeliest piece each time.
func (m *rewriter) Manner() generate.Options { return generate.Options{MaxTokens: m.maxOutput} }

// Tell writes for one who reads along.
func (m *rewriter) Tell(ctx context.Context, t *op.Tape, e dataset.Example, o generate.Options, show func(text string)) (string, error) {
	return m.tell(ctx, t, m.read(e), o, show)
}
