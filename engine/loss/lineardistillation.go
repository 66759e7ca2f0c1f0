package loss

import (
	"math"
	"slices"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Opinion is what a teacher makes its logits of, and how they count: Rows·Tableᵀ + Bias.
type Opinion struct {
	Rows        []float32 // [rows x width]
	Table, Bias []float32 // [classes x width], [classes] or nil
	Temperature float64
	Share       float64 // of the loss that the teacher makes, 0 to 1
}

// LinearDistillation gives LinearCrossEntropy and Distillation of the same logits, each
// with its share, over the rows whose target is not Ignored. Neither the student's logits
// nor the teacher's are ever held for more than some rows.
func LinearDistillation(t *op.Tape, x mat.Tensor, table, bias *nn.Param, targets []int, o CrossEntropyOptions, teacher Opinion) mat.Tensor {
	rows, _ := op.Size(x)
	classes, _ := op.Size(table)
	if len(teacher.Rows)*classes != len(teacher.Table)*rows || teacher.Bias != nil && len(teacher.Bias) != classes {
		panic(&op.ShapeError{Op: "linear distillation", Reason: "student and teacher differ in rows or classes"})
	}
	return linear(t, x, table, bias, targets, o, &teacher)
}

// taught is losses beside a teacher.
func (l *linearCrossEntropy) taught(rows []int, logits []float32) float64 {
	width := len(l.teacher.Table) / l.classes
	x, others := l.tape.Buffer(len(rows)*width), l.tape.Buffer(len(logits))
	for i, row := range rows {
		copy(x[i*width:(i+1)*width], l.teacher.Rows[row*width:])
	}
	l.tape.Workers.Linear(len(rows), l.classes, width, x, l.teacher.Table, l.teacher.Bias, others)
	soft := make([]float64, len(rows))
	l.tape.Workers.Rows(len(rows), kernel.Grain(l.classes), func(_, from, to int) {
		p, q := make([]float32, l.classes), make([]float32, l.classes)
		for i := from; i < to; i++ {
			mine, theirs := logits[i*l.classes:(i+1)*l.classes], others[i*l.classes:(i+1)*l.classes]
			share := l.teacher.Share * l.o.weight(l.targets[rows[i]]) / l.total
			soft[i] = share * l.teacher.diverge(p, q, theirs, mine)
			for j := range theirs { // not needed any more
				theirs[j] = float32(share*l.teacher.Temperature) * (q[j] - p[j])
			}
		}
	})
	hard := 1 - l.teacher.Share
	sum := hard * l.losses(rows, logits)
	for _, s := range soft {
		sum += s
	}
	if l.tape.Learning() {
		l.tape.Workers.Rows(len(rows), kernel.Grain(l.classes), func(_, from, to int) {
			from, to = from*l.classes, to*l.classes
			kernel.Scale(logits[from:to], float32(hard))
			kernel.Add(logits[from:to], others[from:to])
		})
	}
	return sum
}

// diverge gives Distillation's loss of a row, and the probabilities of both.
func (o *Opinion) diverge(p, q, teacher, logits []float32) float64 {
	one, two := logSum(p, teacher, o.Temperature), logSum(q, logits, o.Temperature)
	between := 0.0
	for i := range p {
		between += float64(p[i]) * (float64(teacher[i]) - float64(logits[i]))
	}
	return o.Temperature * o.Temperature * (between/o.Temperature - one + two)
}

// logSum puts the softmax of x/T into p and gives the logarithm of what it divides by.
func logSum(p, x []float32, temperature float64) float64 {
	copy(p, x)
	kernel.Softmax(p, float32(1/temperature))
	return float64(slices.Max(x))/temperature - math.Log(float64(slices.Max(p)))
}
