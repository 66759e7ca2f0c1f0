package modeltest

import (
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
)

// CheckLanguageModel compares a decoder and its head with a reference whose labels
// are the tokens themselves.
func CheckLanguageModel(t *testing.T, r *Reference, body model.Decoder, lm *head.LanguageModel) {
	t.Helper()
	r.Check(t, func(tape *op.Tape, in Inputs) Computed {
		hidden := body.Decode(tape, batch.Pack([]batch.Item{{IDs: in.IDs}}), nil, nil)
		targets := append(slices.Clone(in.Targets(t)[1:]), loss.Ignored)
		return Computed{Hidden: hidden, Logits: lm.Forward(tape, hidden), Loss: lm.Loss(tape, hidden, targets)}
	}, body, lm)
}

// sequenceToSequence is an encoder beside a decoder.
type sequenceToSequence interface {
	model.Encoder
	model.Decoder
}

// CheckSequenceToSequence compares an encoder and decoder and their head with a
// reference, by what it was given to read and to write.
func CheckSequenceToSequence(t *testing.T, r *Reference, body sequenceToSequence, lm *head.LanguageModel) {
	t.Helper()
	r.Check(t, func(tape *op.Tape, in Inputs) Computed {
		read := batch.Pack([]batch.Item{{IDs: in.IDs}})
		memory := &model.Memory{Rows: body.Encode(tape, read), Starts: read.Starts}
		hidden := body.Decode(tape, batch.Pack([]batch.Item{{IDs: in.DecoderIDs}}), memory, nil)
		return Computed{
			Hidden: hidden, Memory: memory.Rows, Logits: lm.Forward(tape, hidden), Loss: lm.Loss(tape, hidden, in.Targets(t)),
		}
	}, body, lm)
}

// CheckGreedy writes on from each case's input, always the likeliest token and
// through the past, and compares with what the original wrote. It comes before
// Check, which trains.
func CheckGreedy(t *testing.T, r *Reference, body model.Decoder, lm *head.LanguageModel) {
	t.Helper()
	tape := optest.Tape(t)
	for _, c := range r.Cases {
		past := body.NewPast()
		ids := c.Inputs.IDs
		var written []int
		for range c.Greedy.New {
			tape.Infer()
			b := batch.Pack([]batch.Item{{IDs: ids}})
			hidden := head.Last(tape, body.Decode(tape, b, nil, past), b.Starts)
			scores := op.Rows(lm.Forward(tape, hidden))
			next := slices.Index(scores, slices.Max(scores))
			written, ids = append(written, next), []int{next}
		}
		if !slices.Equal(written, c.Greedy.New) {
			t.Errorf("wrote %v, want %v", written, c.Greedy.New)
		}
	}
}

// SameStepByStep checks that a decoder gives each token the same whether its
// sequence is read at once or token by token, several sequences side by side. The
// memory is computed anew in every pass, and may be nil.
func SameStepByStep(t *testing.T, body model.Decoder, items []batch.Item, memory func(*op.Tape) *model.Memory) {
	t.Helper()
	if memory == nil {
		memory = func(*op.Tape) *model.Memory { return nil }
	}
	tape := optest.Tape(t)
	tape.Infer()
	packed := batch.Pack(items)
	atOnce := slices.Clone(op.Rows(body.Decode(tape, packed, memory(tape), nil)))
	past, width := body.NewPast(), body.Width()
	running := make([]int, len(items)) // the items whose sequences the past holds
	for i := range running {
		running[i] = i
	}
	for place := 0; len(running) > 0; place++ {
		var step []batch.Item
		for _, i := range running {
			step = append(step, batch.Item{IDs: items[i].IDs[place : place+1]})
		}
		tape.Infer()
		var m *model.Memory
		if place == 0 {
			m = memory(tape) // later the past holds what is needed of it
		}
		rows := op.Rows(body.Decode(tape, batch.Pack(step), m, past))
		var going, kept []int
		for row, i := range running {
			at := (packed.Starts[i] + place) * width
			Close(t, rows[row*width:(row+1)*width], atOnce[at:at+width], 1e-4)
			if place+1 < len(items[i].IDs) {
				going, kept = append(going, i), append(kept, row)
			}
		}
		past.Keep(kept)
		running = going
	}
}
