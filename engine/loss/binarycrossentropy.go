package loss

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/op"
)

// BinaryCrossEntropy gives the mean negative log-probability of the targets where each
// logit [rows x labels] stands for a label of its own, which applies with the
// probability of its sigmoid. The targets, one a logit, are 1, 0 or Ignored.
func BinaryCrossEntropy(t *op.Tape, logits mat.Tensor, targets []int) mat.Tensor {
	rows, labels := op.Size(logits)
	if rows*labels != len(targets) {
		panic(&op.ShapeError{Op: "binary cross-entropy", Reason: "logits and targets differ in number"})
	}
	b := &binaryCrossEntropy{tape: t, logits: logits, targets: targets}
	for _, target := range targets {
		if target != Ignored {
			b.total++
		}
	}
	t.Weigh(b.total)
	return t.Run(b)
}

type binaryCrossEntropy struct {
	tape    *op.Tape
	logits  mat.Tensor
	targets []int
	total   float64   // targets that count
	grad    []float32 // [rows x labels] gradient of the logits
}

func (b *binaryCrossEntropy) Operands() []mat.Tensor { return []mat.Tensor{b.logits} }

func (b *binaryCrossEntropy) Forward() (mat.Tensor, error) {
	logits := op.Rows(b.logits)
	b.grad = b.tape.Buffer(len(logits))
	sum := 0.0
	for i, target := range b.targets {
		if b.grad[i] = 0; target == Ignored {
			continue
		}
		// log(1+exp(x)) - x·target, in the form that cannot overflow.
		x, y := float64(logits[i]), float64(target)
		sum += max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) - x*y
		b.grad[i] = float32((1/(1+math.Exp(-x)) - y) / b.total)
	}
	sum /= max(b.total, 1)
	b.tape.Count(sum, b.total)
	result, y := b.tape.New(1, 1)
	y[0] = float32(sum)
	return result, nil
}

func (b *binaryCrossEntropy) Backward(gy mat.Tensor) error {
	giveScaled(b.logits, b.grad, gy)
	return nil
}
