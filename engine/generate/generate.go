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
	"attune/engine/setting"
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

// Settings gives the knobs of one who reads along.
func (o *Options) Settings() []setting.Field {
	return []setting.Field{
		{Key: "temperature", Label: "Temperature", Value: &setting.Number{To: &o.Temperature, Min: 0, Max: 2},
			Help: "0 always takes the likeliest word; higher lets it be more surprising, and less sensible."},
		{Key: "max_tokens", Label: "Longest text", Value: &setting.Count{To: &o.MaxTokens, Min: 1, Max: 4096},
			Help: "How many word pieces are written at most."},
		{Key: "top_k", Label: "Among the likeliest", Expert: true, Value: &setting.Count{To: &o.TopK, Min: 0, Max: 1000},
			Help: "Draws each piece among so many of the likeliest; 0 for all."},
		{Key: "top_p", Label: "Among a share of the likely", Expert: true, Value: &setting.Number{To: &o.TopP, Min: 0, Max: 1},
			Help: "Draws each piece among the likeliest that have this share of the probability; 0 for all."},
		{Key: "repetition_penalty", Label: "Against repeating", Expert: true, Value: &setting.Number{To: &o.RepetitionPenalty, Min: 1, Max: 3},
			Help: "Above 1 makes pieces that are there already less likely."},
	}
}

// Error says why nothing can be written.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }

// writing is one or several texts that are being written side by side.
type writing struct {
	w       *Writer
	past    *model.Past
	prompts [][]int // read before the first step, by the encoder where there is one
	written int     // steps done
	most    []int   // steps that each text may take
}

// begin prepares for some prompts. It fails when there is no room for one: an encoder
// reads as much as the model can, a decoder alone must have room to write behind it.
func (w *Writer) begin(prompts [][]int, o Options) (*writing, error) {
	t := &writing{w: w, past: w.body.NewPast(), prompts: prompts}
	for _, prompt := range prompts {
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
		t.most = append(t.most, min(o.MaxTokens, room))
	}
	return t, nil
}

// next gives for each sequence the logits of what follows, when its last piece is
// given. The first call takes no pieces and reads the prompts.
func (t *writing) next(ctx context.Context, last []int) (rows [][]float32, err error) {
	defer op.Guard(&err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := t.w
	w.tape.Infer()
	var memory *model.Memory
	b := onePiece(last)
	if last == nil {
		b = pack(t.prompts)
		if w.encoder != nil {
			memory = &model.Memory{Rows: w.encoder.Encode(w.tape, b), Starts: b.Starts}
			b = onePiece(slices.Repeat([]int{w.rules.Start}, len(t.prompts)))
		}
	}
	hidden := w.body.Decode(w.tape, b, memory, t.past)
	logits := w.head.Forward(w.tape, head.Last(w.tape, hidden, b.Starts))
	n, width := op.Size(logits)
	for i := range n {
		rows = append(rows, op.Rows(logits)[i*width:(i+1)*width])
	}
	t.written++
	return rows, nil
}

func pack(sequences [][]int) *batch.Packed {
	items := make([]batch.Item, len(sequences))
	for i, ids := range sequences {
		items[i].IDs = ids
	}
	return batch.Pack(items)
}

// onePiece packs sequences of one piece each.
func onePiece(pieces []int) *batch.Packed {
	var sequences [][]int
	for i := range pieces {
		sequences = append(sequences, pieces[i:i+1])
	}
	return pack(sequences)
}

// forced gives the piece that the rules want at this step of a text whatever the
// scores.
func (t *writing) forced(text int) (piece int, ok bool) {
	rules := t.w.rules
	switch {
	case t.written == 1 && rules.First != nil:
		return *rules.First, true
	case t.written == t.most[text] && rules.Last != nil:
		return *rules.Last, true
	}
	return 0, false
}

// ends says whether a piece ends the text.
func (w *Writer) ends(piece int) bool { return slices.Contains(w.rules.Ends, piece) }
