// Package generate writes with a decoder, one piece after another: the likeliest, a
// drawn one, or the best of several beams. It knows pieces and no text.
//
// Cybertron's generationutils were read for this. They compute each beam alone and
// copy its keys and values at every step; here the beams of a step are one batch,
// and share what they have in common.
package generate

import (
	"context"
	"fmt"
	"slices"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/op"
)

// Writer is a decoder with the head that scores what it may write next, beside an
// encoder or alone.
type Writer struct {
	body    model.Decoder
	head    *head.LanguageModel
	encoder model.Encoder // or nil
	rules   model.Writing
	tape    *op.Tape
}

// New makes a writer. It serves one caller at a time.
func New(body model.Decoder, lm *head.LanguageModel, tape *op.Tape) *Writer {
	w := &Writer{body: body, head: lm, rules: body.Writing(), tape: tape}
	if body.NewPast().Cross != nil {
		w.encoder = body.(model.Encoder)
	}
	return w
}

// Options say how to write.
type Options struct {
	MaxTokens         int     // pieces at most
	Temperature       float64 // 0 for the likeliest piece each time
	TopK              int     // draws among so many of the likeliest, 0 for all
	TopP              float64 // draws among the likeliest that have this share of the probability, 0 for all
	RepetitionPenalty float64 // of pieces that are there already (Keskar et al. 2019), 0 for none
	Seed              uint64
	Beams             int     // sequences that are kept in sight
	LengthPenalty     float64 // exponent of the length that a beam's score is divided by
}

// Error says why nothing can be written.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }

// text is one that is being written, by one or several beams.
type text struct {
	w       *Writer
	past    *model.Past
	prompt  []int // read before the first step, by the encoder where there is one
	written int   // steps done
	most    int
}

// begin prepares for a prompt. It fails when there is no room for it: an encoder
// reads as much as the model can, a decoder alone must have room to write behind it.
func (w *Writer) begin(prompt []int, o Options) (*text, error) {
	room, longest := w.body.Longest()-len(prompt), w.body.Longest()-1
	if w.encoder != nil {
		room, longest = w.body.Longest()-1, w.body.Longest()
	}
	if len(prompt) == 0 || len(prompt) > longest {
		return nil, &Error{
			Reason: fmt.Sprintf("the text has %d pieces, and the model reads 1 to %d", len(prompt), longest),
			Way:    "give a shorter text",
		}
	}
	return &text{w: w, past: w.body.NewPast(), prompt: prompt, most: min(o.MaxTokens, room)}, nil
}

// next gives for each sequence the logits of what follows, when its last piece is
// given. The first call takes no pieces and reads the prompt.
func (t *text) next(ctx context.Context, last []int) (rows [][]float32, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the model could not be computed: %v", r)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := t.w
	w.tape.Infer()
	items := make([]batch.Item, max(1, len(last)))
	for i, id := range last {
		items[i].IDs = []int{id}
	}
	var memory *model.Memory
	if last == nil {
		items[0].IDs = t.prompt
		if w.encoder != nil {
			b := batch.Pack(items)
			memory = &model.Memory{Rows: w.encoder.Encode(w.tape, b), Starts: b.Starts}
			items[0].IDs = []int{w.rules.Start}
		}
	}
	b := batch.Pack(items)
	hidden := w.body.Decode(w.tape, b, memory, t.past)
	logits := w.head.Forward(w.tape, head.Last(w.tape, hidden, b.Starts))
	n, width := op.Size(logits)
	for i := range n {
		rows = append(rows, op.Rows(logits)[i*width:(i+1)*width])
	}
	t.written++
	return rows, nil
}

// forced gives the piece that the rules want at this step whatever the scores.
func (t *text) forced() (piece int, ok bool) {
	rules := t.w.rules
	switch {
	case t.written == 1 && rules.First != nil:
		return *rules.First, true
	case t.written == t.most && rules.Last != nil:
		return *rules.Last, true
	}
	return 0, false
}

// ends says whether a piece ends the text.
func (w *Writer) ends(piece int) bool { return slices.Contains(w.rules.Ends, piece) }
