package loss

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/op"
)

// BinaryDistillation is Distillation where each logit [rows x labels] stands for a label
// of its own: the mean divergence over all of them of sigmoid(logit/T) from the
// teacher's, times T².
func BinaryDistillation(t *op.Tape, logits mat.Tensor, teacher []float32, temperature float64) mat.Tensor {
	rows, _ := op.Size(logits)
	if len(teacher) != logits.Size() {
		panic(&op.ShapeError{Op: "binary distillation", Reason: "student and teacher differ in shape"})
	}
	t.Weigh(float64(rows))
	return t.Run(&binaryDistillation{tape: t, logits: logits, teacher: teacher, temperature: temperature})
}

type binaryDistillation struct {
	tape        *op.Tape
	logits      mat.Tensor
	teacher     []float32
	temperature float64
	grad        []float32 // [rows x labels] gradient of the logits
}

func (d *binaryDistillation) Operands() []mat.Tensor { return []mat.Tensor{d.logits} }

func (d *binaryDistillation) Forward() (mat.Tensor, error) {
	logits := op.Rows(d.logits)
	d.grad = d.tape.Buffer(len(logits))
	n, sum := float64(max(len(logits), 1)), 0.0
	for i, v := range logits {
		p, notP := logSigmoids(float64(d.teacher[i]) / d.temperature)
		q, notQ := logSigmoids(float64(v) / d.temperature)
		sum += math.Exp(p)*(p-q) + math.Exp(notP)*(notP-notQ)
		d.grad[i] = float32(d.temperature * (math.Exp(q) - math.Exp(p)) / n)
	}
	result, y := d.tape.New(1, 1)
	y[0] = float32(d.temperature * d.temperature * sum / n)
	return result, nil
}

func (d *binaryDistillation) Backward(gy mat.Tensor) error {
	giveScaled(d.logits, d.grad, gy)
	return nil
}

// logSigmoids gives the logarithms of sigmoid(x) and of what it lacks to one.
func logSigmoids(x float64) (is, isNot float64) {
	rest := math.Log1p(math.Exp(-math.Abs(x)))
	return min(x, 0) - rest, min(-x, 0) - rest
}
