package task

import (
	"context"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// writingBody is a body that has a head for the piece that comes next.
type writingBody interface {
	model.Decoder
	LanguageModel(*weights.Source) *head.LanguageModel
}

// readsFirst says whether a body writes about what an encoder beside it has read.
func readsFirst(b writingBody) bool {
	_, reads := b.(model.Encoder)
	return reads && b.NewPast().Cross != nil
}

// writing is what the models have in common that write.
type writing struct {
	nn.Module
	base      *model.Base
	body      writingBody
	head      *head.LanguageModel
	ends      []int // pieces that end what is written
	smoothing float64
	hidden    func(*op.Tape, *batch.Packed) mat.Tensor // [targets x width]
}

func newWriting(base *model.Base, smoothing float64) (writing, error) {
	body := base.Backbone.(writingBody)
	w := writing{base: base, body: body, head: body.LanguageModel(base.Weights), ends: body.Writing().Ends, smoothing: smoothing}
	return w, base.Weights.Err()
}

func (w *writing) Backbone() model.Backbone { return w.body }

func (w *writing) Params() iter.Seq2[string, *nn.Param] {
	return inTurn(w.body.Params(), w.head.Params())
}

// Logits gives [targets x pieces].
func (w *writing) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	return w.head.Forward(t, w.hidden(t, b))
}

// Loss is the mean over the pieces that count, in nats: smoothed while the model learns,
// plain on the validation rows.
func (w *writing) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	return loss.CrossEntropy(t, logits, b.Targets, w.counting(t))
}

// LossAtOnce is Loss without all logits at a time.
func (w *writing) LossAtOnce(t *op.Tape, b *batch.Packed) mat.Tensor {
	return w.head.LossWith(t, w.hidden(t, b), b.Targets, w.counting(t))
}

// common gives what a model has in common with others that write.
func (w *writing) common() *writing { return w }

// Hears says whether another model writes with the same pieces.
func (w *writing) Hears(teacher Model) bool {
	other, ok := teacher.(interface{ common() *writing })
	if !ok {
		return false
	}
	mine, _ := op.Size(w.head.Table)
	others, _ := op.Size(other.common().head.Table)
	return mine == others
}

// LossBeside is LossAtOnce, a share of which is how far the probabilities of the pieces
// that count lie from a teacher's.
func (w *writing) LossBeside(t, own *op.Tape, b *batch.Packed, teacher Model, temperature, share float64) mat.Tensor {
	other := teacher.(interface{ common() *writing }).common()
	said := other.head.Opinion(own, other.hidden(own, b))
	said.Temperature, said.Share = temperature, share
	return w.head.LossBeside(t, w.hidden(t, b), b.Targets, w.counting(t), said)
}

func (w *writing) counting(t *op.Tape) loss.CrossEntropyOptions {
	if !t.Learning() {
		return loss.CrossEntropyOptions{}
	}
	return loss.CrossEntropyOptions{Smoothing: w.smoothing}
}

// Answers says how surprised the model is at what is right; Write writes.
func (w *writing) Answers(logits mat.Tensor, b *batch.Packed) []dataset.Answer {
	answers := make([]dataset.Answer, b.Len())
	values, starts := op.Rows(logits), b.Starts
	if b.Output != nil {
		starts = b.Output.Starts
	}
	_, pieces := op.Size(logits)
	for i := range answers {
		for row := starts[i]; row < starts[i+1]; row++ {
			if target := b.Targets[row]; target != loss.Ignored {
				nats, _ := kernel.CrossEntropy(nil, values[row*pieces:(row+1)*pieces], target, 1, 0)
				answers[i].Surprise.Nats += nats
				answers[i].Surprise.Pieces++
			}
		}
	}
	return answers
}

// Join adds up how surprised the model is at the parts of a text.
func (w *writing) Join(_ dataset.Example, parts []dataset.Answer) dataset.Answer {
	whole := parts[0]
	for _, part := range parts[1:] {
		whole.Surprise.Nats += part.Surprise.Nats
		whole.Surprise.Pieces += part.Surprise.Pieces
	}
	return whole
}

// loggedTokens bounds a batch whose logits are all held: 100 MB of a vocabulary of
// 50,000 pieces.
const loggedTokens = 512

// surprise adds to the answers how surprised the model is at the targets of the items,
// whose indices are those of the answers.
func (w *writing) surprise(ctx context.Context, t *op.Tape, items []batch.Item, answers []dataset.Answer) error {
	lengths := make([]int, len(items))
	for i, it := range items {
		lengths[i] = it.Tokens()
	}
	for _, numbers := range batch.InOrder(lengths, batch.Options{Size: loggedTokens, Tokens: loggedTokens}) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		chosen := make([]batch.Item, len(numbers))
		for i, n := range numbers {
			chosen[i] = items[n]
		}
		b := batch.Pack(chosen)
		t.Infer()
		for i, a := range w.Answers(w.Logits(t, b), b) {
			answers[b.Indices[i]].Surprise.Nats += a.Surprise.Nats
			answers[b.Indices[i]].Surprise.Pieces += a.Surprise.Pieces
		}
	}
	return nil
}

// ended gives the pieces with one that ends them, if they have none.
func (w *writing) ended(pieces []int) []int {
	if len(w.ends) == 0 || len(pieces) > 0 && slices.Contains(w.ends, pieces[len(pieces)-1]) {
		return pieces
	}
	return append(pieces, w.ends[0])
}

// along gives what the beams write on from each prompt, the best first. An answer
// without a prompt stays as it is.
func (w *writing) along(ctx context.Context, t *op.Tape, prompts [][]int, o generate.Options, answers []dataset.Answer) error {
	var asked [][]int
	var numbers []int
	for i, prompt := range prompts {
		if prompt != nil {
			asked, numbers = append(asked, prompt), append(numbers, i)
		}
	}
	all, err := generate.New(w.body, w.head, t).Texts(ctx, asked, o)
	if err != nil {
		return err
	}
	for i, found := range all {
		a := &answers[numbers[i]]
		for _, f := range found {
			text := w.base.Tokenizer.Decode(f.Pieces)
			same := func(s dataset.Score) bool { return s.Label == text }
			if !slices.ContainsFunc(a.Texts, same) { // other pieces may make the same text
				// The mean logarithm of a piece's probability becomes a probability again.
				a.Texts = append(a.Texts, dataset.Score{Label: text, Score: math.Exp(f.Score)})
			}
		}
		a.Text = a.Texts[0].Label
	}
	return nil
}

// tell writes on from a prompt.
func (w *writing) tell(ctx context.Context, t *op.Tape, prompt []int, o generate.Options, show func(text string)) (text string, err error) {
	var pieces []int
	for piece, err := range generate.New(w.body, w.head, t).Stream(ctx, prompt, o) {
		if err != nil {
			return text, err
		}
		pieces = append(pieces, piece)
		// A letter that is not yet whole comes with the next piece.
		text = strings.TrimRight(w.base.Tokenizer.Decode(pieces), "\uFFFD")
		if show != nil {
			show(text)
		}
	}
	return text, nil
}

func (w *writing) Save(s *weights.Sink) {
	w.body.Save(s)
	w.head.Save(s)
}

func (w *writing) Config() map[string]any {
	c := w.body.Config()
	w.head.Describe(c)
	return c
}
