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
	choices := make([]stretch, rows)
	for i := range choices {
		choices[i] = stretch{from: i * classes, n: classes, step: 1}
	}
	return distil(t, logits, teacher, choices, rows, temperature)
}

// BinaryDistillation is Distillation where each logit stands for a label of its own, as
// BinaryCrossEntropy has them.
func BinaryDistillation(t *op.Tape, logits mat.Tensor, teacher []float32, temperature float64) mat.Tensor {
	rows, labels := op.Size(logits)
	choices := make([]stretch, rows*labels)
	for i := range choices {
		choices[i] = stretch{from: i, n: 1}
	}
	return distil(t, logits, teacher, choices, rows, temperature)
}

// SpanDistillation is Distillation where the logits [tokens x 2] score each token of a
// sequence as the first and as the last of an answer, as Span has them.
func SpanDistillation(t *op.Tape, logits mat.Tensor, teacher []float32, starts []int, temperature float64) mat.Tensor {
	var choices []stretch
	for s := range len(starts) - 1 {
		for side := range 2 {
			choices = append(choices, stretch{from: 2*starts[s] + side, n: starts[s+1] - starts[s], step: 2})
		}
	}
	return distil(t, logits, teacher, choices, len(starts)-1, temperature)
}

// stretch says which logits are those of one choice: n of them, each so many steps after
// the one before. A single one is the choice between it and the logit 0.
type stretch struct{ from, n, step int }

// of gives the logits.
func (s stretch) of(logits []float32) []float32 {
	switch s.step {
	case 0:
		return []float32{logits[s.from], 0}
	case 1:
		return logits[s.from : s.from+s.n]
	}
	all := make([]float32, s.n)
	for i := range all {
		all[i] = logits[s.from+i*s.step]
	}
	return all
}

// distil compares the choices of so many rows.
func distil(t *op.Tape, logits mat.Tensor, teacher []float32, choices []stretch, rows int, temperature float64) mat.Tensor {
	if len(teacher) != logits.Size() {
		panic(&op.ShapeError{Op: "distillation", Reason: "student and teacher differ in shape"})
	}
	t.Weigh(float64(rows))
	return t.Run(&distillation{tape: t, logits: logits, teacher: teacher, choices: choices, temperature: temperature})
}

type distillation struct {
	tape        *op.Tape
	logits      mat.Tensor
	teacher     []float32
	choices     []stretch
	temperature float64
	grad        []float32 // of the logits
}

func (d *distillation) Operands() []mat.Tensor { return []mat.Tensor{d.logits} }

func (d *distillation) Forward() (mat.Tensor, error) {
	logits := op.Rows(d.logits)
	d.grad = d.tape.Buffer(len(logits))
	n, losses := float64(max(len(d.choices), 1)), make([]float64, len(d.choices))
	each := len(logits) / max(len(d.choices), 1)
	d.tape.Workers.Rows(len(d.choices), 1+1024/max(each, 1), func(_, from, to int) {
		for i := from; i < to; i++ {
			c := d.choices[i]
			p, q := logSoftmax(c.of(d.teacher), d.temperature), logSoftmax(c.of(logits), d.temperature)
			for k := range p {
				share := math.Exp(p[k])
				losses[i] += share * (p[k] - q[k])
				if k < c.n {
					d.grad[c.from+k*c.step] = float32((math.Exp(q[k]) - share) * d.temperature / n)
				}
			}
		}
	})
	sum := 0.0
	for _, l := range losses {
		sum += l
	}
	result, y := d.tape.New(1, 1)
	y[0] = float32(d.temperature * d.temperature * sum / n)
	return result, nil
}

func (d *distillation) Backward(gy mat.Tensor) error {
	giveScaled(d.logits, d.grad, gy)
	return nil
}

// logSoftmax gives the logarithms of the softmax of x/T.
func logSoftmax(x []float32, temperature float64) []float64 {
	all := make([]float64, len(x))
	top, sum := float64(slices.Max(x)), 0.0
	for i, v := range x {
		all[i] = (float64(v) - top) / temperature
		sum += math.Exp(all[i])
	}
	sum = math.Log(sum)
	for i := range all {
		all[i] -= sum
	}
	return all
}
