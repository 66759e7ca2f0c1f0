// Package loss holds the functions that training makes small: operators whose
// result is one number. It knows no model and no task.
package loss

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Ignored is the target of a row that does not count, as in Hugging Face's data.
const Ignored = -100

// CrossEntropyOptions change how rows count.
type CrossEntropyOptions struct {
	Smoothing float64   // share of the probability spread over all classes (Szegedy et al. 2016), 0 to 1
	Weights   []float64 // weight of each class, or nil when all weigh the same
	Focus     float64   // by which rows that are right already count less (Lin et al. 2017, γ), 0 for none
}

// weight is what a row with the target counts.
func (o CrossEntropyOptions) weight(target int) float64 {
	if target == Ignored {
		return 0
	}
	if o.Weights == nil {
		return 1
	}
	return o.Weights[target]
}

// row gives the loss of a row of logits times its share, and puts the gradient of that
// into grad, unless it is nil. With a focus γ the loss l counts (1-e⁻ˡ)^γ times, where e⁻ˡ
// is the probability of the target. It gives also what the row costs without all options.
func (o CrossEntropyOptions) row(grad, logits []float32, target int, share float64) (loss, plain float64) {
	l, plain := kernel.CrossEntropy(grad, logits, target, float32(share), float32(o.Smoothing))
	if o.Focus == 0 {
		return share * l, plain
	}
	wrong := max(-math.Expm1(-l), 0)
	factor := math.Pow(wrong, o.Focus)
	if grad != nil {
		slope := factor
		if wrong > 0 {
			slope += o.Focus * factor / wrong * (1 - wrong) * l
		}
		kernel.Scale(grad, float32(slope))
	}
	return share * factor * l, plain
}

// CrossEntropy gives the mean negative log-probability of the targets under the
// softmax of the logits [rows x classes], computed from the logits so that no
// probability can vanish. Rows with the target Ignored do not count; with class
// weights the mean is weighted, as in PyTorch.
func CrossEntropy(t *op.Tape, logits mat.Tensor, targets []int, o CrossEntropyOptions) mat.Tensor {
	rows, classes := op.Size(logits)
	if rows != len(targets) {
		panic(&op.ShapeError{Op: "cross-entropy", Reason: "rows and targets differ in number"})
	}
	c := &crossEntropy{tape: t, logits: logits, targets: targets, classes: classes, o: o}
	for _, target := range targets {
		if w := o.weight(target); w != 0 {
			c.total += w
			c.counted++
		}
	}
	t.Weigh(c.total)
	return t.Run(c)
}

type crossEntropy struct {
	tape    *op.Tape
	logits  mat.Tensor
	targets []int
	classes int
	o       CrossEntropyOptions
	total   float64   // sum of the weights of the rows
	counted float64   // rows that have one
	grad    []float32 // [rows x classes] gradient of the logits
}

func (c *crossEntropy) Operands() []mat.Tensor { return []mat.Tensor{c.logits} }

func (c *crossEntropy) Forward() (mat.Tensor, error) {
	logits := op.Rows(c.logits)
	c.grad = c.tape.Buffer(len(logits))
	losses, plains := make([]float64, len(c.targets)), make([]float64, len(c.targets))
	c.tape.Workers.Rows(len(c.targets), 1+4096/c.classes, func(_, from, to int) {
		for i := from; i < to; i++ {
			row, grad := logits[i*c.classes:(i+1)*c.classes], c.grad[i*c.classes:(i+1)*c.classes]
			w := c.o.weight(c.targets[i])
			if w == 0 || c.total == 0 {
				clear(grad)
				continue
			}
			losses[i], plains[i] = c.o.row(grad, row, c.targets[i], w/c.total)
		}
	})
	c.tape.Count(total(plains)/max(c.counted, 1), c.counted)
	result, y := c.tape.New(1, 1)
	y[0] = float32(total(losses))
	return result, nil
}

// total adds up values in their order.
func total(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

func (c *crossEntropy) Backward(gy mat.Tensor) error {
	giveScaled(c.logits, c.grad, gy)
	return nil
}

// giveScaled hands the logits their gradient, times the loss's own.
func giveScaled(logits mat.Tensor, gradient []float32, gy mat.Tensor) {
	if !logits.RequiresGrad() {
		return
	}
	if k := op.Rows(gy)[0]; k != 1 {
		kernel.Scale(gradient, k)
	}
	op.Give(logits, gradient)
}
