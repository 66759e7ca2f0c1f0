package loss

import (
	"math"
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/op"
)

// Distillation gives the mean divergence of the students' probabilities from the
// teacher's, in nats, both softened by a temperature and times its square, so that the
// gradients stay as large whatever it is (Hinton et al. 2015): T²·KL(softmax(teacher/T)
// || softmax(logits/T)). The logits and the teacher's are [rows x classes]; the teacher
// gets no gradient.
func Distillation(t *op.Tape, logits mat.Tensor, teacher []float32, temperature float64) mat.Tensor {
	rows, classes := op.Size(logits)
	if len(teacher) != rows*classes {
		panic(&op.ShapeError{Op: "distillation", Reason: "student and teacher differ in shape"})
	}
	t.Weigh(float64(rows))
	return t.Run(&distillation{tape: t, logits: logits, teacher: teacher, classes: classes, temperature: temperature})
}

type distillation struct {
	tape        *op.Tape
	logits      mat.Tensor
	teacher     []float32
	classes     int
	temperature float64
	grad        []float32 // [rows x classes] gradient of the logits
}

func (d *distillation) Operands() []mat.Tensor { return []mat.Tensor{d.logits} }

func (d *distillation) Forward() (mat.Tensor, error) {
	logits := op.Rows(d.logits)
	d.grad = d.tape.Buffer(len(logits))
	rows := len(logits) / d.classes
	losses := make([]float64, rows)
	d.tape.Workers.Rows(rows, 1+1024/d.classes, func(_, from, to int) {
		p, q := make([]float64, d.classes), make([]float64, d.classes)
		for i := from; i < to; i++ {
			at, end := i*d.classes, (i+1)*d.classes
			logSoftmax(p, d.teacher[at:end], d.temperature)
			logSoftmax(q, logits[at:end], d.temperature)
			for c := range p {
				share := math.Exp(p[c])
				losses[i] += share * (p[c] - q[c])
				d.grad[at+c] = float32((math.Exp(q[c]) - share) * d.temperature / float64(rows))
			}
		}
	})
	sum := 0.0
	for _, l := range losses {
		sum += l
	}
	result, y := d.tape.New(1, 1)
	y[0] = float32(d.temperature * d.temperature * sum / float64(max(rows, 1)))
	return result, nil
}

func (d *distillation) Backward(gy mat.Tensor) error {
	giveScaled(d.logits, d.grad, gy)
	return nil
}

// logSoftmax puts the logarithms of the softmax of x/T into to.
func logSoftmax(to []float64, x []float32, temperature float64) {
	top, sum := float64(slices.Max(x)), 0.0
	for i, v := range x {
		to[i] = (float64(v) - top) / temperature
		sum += math.Exp(to[i])
	}
	sum = math.Log(sum)
	for i := range to {
		to[i] -= sum
	}
}
