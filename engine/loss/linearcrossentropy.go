package loss

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// LinearCrossEntropy gives CrossEntropy of the logits x·tableᵀ + bias, for x [rows x
// width], table [classes x width] and bias [1 x classes] or nil, without ever holding
// the logits of more than some rows: the loss of language models, whose classes are
// a vocabulary. Rows with the target Ignored cost nothing. A pass that learns computes
// the gradients at once with the loss; another computes the loss alone.
func LinearCrossEntropy(t *op.Tape, x mat.Tensor, table, bias *nn.Param, targets []int, o CrossEntropyOptions) mat.Tensor {
	return linear(t, x, table, bias, targets, o, nil)
}

func linear(t *op.Tape, x mat.Tensor, table, bias *nn.Param, targets []int, o CrossEntropyOptions, teacher *Opinion) mat.Tensor {
	rows, width := op.Size(x)
	classes, want := op.Size(table)
	switch {
	case rows != len(targets):
		panic(&op.ShapeError{Op: "linear cross-entropy", Reason: "rows and targets differ in number"})
	case width != want:
		panic(&op.ShapeError{Op: "linear cross-entropy", Reason: "rows and table differ in width"})
	case bias != nil && bias.Size() != classes:
		panic(&op.ShapeError{Op: "linear cross-entropy", Reason: "table and bias differ in classes"})
	}
	l := &linearCrossEntropy{tape: t, x: x, table: table, bias: bias, targets: targets, o: o, teacher: teacher, rows: rows, width: width, classes: classes}
	for i, target := range targets {
		if w := o.weight(target); w != 0 {
			l.counted = append(l.counted, i)
			l.total += w
		}
	}
	t.Weigh(l.total)
	return t.Run(l)
}

type linearCrossEntropy struct {
	tape                 *op.Tape
	x                    mat.Tensor
	table, bias          *nn.Param
	targets              []int
	o                    CrossEntropyOptions
	teacher              *Opinion // or nil
	rows, width, classes int
	counted              []int     // the rows that count
	total                float64   // sum of their weights
	plain                float64   // what they cost together without options
	dx                   []float32 // [rows x width]
	dtable               []float32 // [classes x width], or nil when it wants none
	dbias                []float32 // [1 x classes], or nil
}

func (l *linearCrossEntropy) Operands() []mat.Tensor {
	if l.bias == nil {
		return []mat.Tensor{l.x, l.table}
	}
	return []mat.Tensor{l.x, l.table, l.bias}
}

// slice is how many rows of logits are held at a time: enough that the table's
// gradient, which every slice is added to, is not what takes the time.
const slice = 256

func (l *linearCrossEntropy) Forward() (mat.Tensor, error) {
	if l.tape.Learning() {
		l.prepare()
	}
	n := min(slice, len(l.counted))
	x, logits := l.tape.Buffer(n*l.width), l.tape.Buffer(n*l.classes)
	sum := 0.0
	for from := 0; from < len(l.counted); from += n {
		rows := l.counted[from:min(from+n, len(l.counted))]
		sum += l.slice(rows, x[:len(rows)*l.width], logits[:len(rows)*l.classes])
	}
	counted := float64(len(l.counted))
	l.tape.Count(l.plain/max(counted, 1), counted)
	result, y := l.tape.New(1, 1)
	y[0] = float32(sum)
	return result, nil
}

// prepare borrows the gradients, to which the slices add.
func (l *linearCrossEntropy) prepare() {
	borrow := func(p mat.Tensor, n int) []float32 {
		if !p.RequiresGrad() {
			return nil
		}
		gradient := l.tape.Buffer(n)
		clear(gradient)
		return gradient
	}
	l.dx = borrow(l.x, l.rows*l.width)
	l.dtable = borrow(l.table, l.classes*l.width)
	if l.bias != nil {
		l.dbias = borrow(l.bias, l.classes)
	}
}

// slice gives the loss of some rows, for which it gets room to hold them and their
// logits, and adds to the gradients.
func (l *linearCrossEntropy) slice(rows []int, x, logits []float32) float64 {
	workers, all, table := l.tape.Workers, op.Rows(l.x), op.Rows(l.table)
	for i, row := range rows {
		copy(x[i*l.width:(i+1)*l.width], all[row*l.width:])
	}
	var bias []float32
	if l.bias != nil {
		bias = op.Rows(l.bias)
	}
	workers.Linear(len(rows), l.classes, l.width, x, table, bias, logits)
	losses := 0.0
	if l.teacher == nil {
		losses = l.losses(rows, logits)
	} else {
		losses = l.taught(rows, logits)
	}
	if l.dtable != nil {
		workers.Gemm(kernel.TN, l.classes, l.width, len(rows), logits, l.classes, x, l.width, l.dtable, l.width, true)
	}
	if l.dbias != nil {
		workers.AddRows(l.dbias, logits)
	}
	if l.dx != nil {
		workers.Gemm(kernel.NN, len(rows), l.width, l.classes, logits, l.classes, table, l.width, x, l.width, false)
		for i, row := range rows {
			copy(l.dx[row*l.width:(row+1)*l.width], x[i*l.width:])
		}
	}
	return losses
}

// losses gives the loss of some rows and, in a pass that learns, makes the gradients of
// their logits of these.
func (l *linearCrossEntropy) losses(rows []int, logits []float32) float64 {
	losses, plains := make([]float64, len(rows)), make([]float64, len(rows))
	l.tape.Workers.Rows(len(rows), kernel.Grain(l.classes), func(_, from, to int) {
		for i := from; i < to; i++ {
			row := logits[i*l.classes : (i+1)*l.classes]
			var gradient []float32
			if l.tape.Learning() {
				gradient = row
			}
			target := l.targets[rows[i]]
			losses[i], plains[i] = l.o.row(gradient, row, target, l.o.weight(target)/l.total)
		}
	})
	l.plain += total(plains)
	return total(losses)
}

func (l *linearCrossEntropy) Backward(gy mat.Tensor) error {
	k := op.Rows(gy)[0]
	l.learn(l.table, l.dtable, k)
	if l.bias != nil {
		l.learn(l.bias, l.dbias, k)
	}
	if l.dx != nil {
		if k != 1 {
			kernel.Scale(l.dx, k)
		}
		op.Give(l.x, l.dx)
	}
	return nil
}

// learn adds k times what the forward pass found to the gradient of a parameter.
func (l *linearCrossEntropy) learn(p *nn.Param, found []float32, k float32) {
	op.Learn(p, func(gradient []float32) {
		l.tape.Workers.Rows(len(found), kernel.Grain(1), func(_, from, to int) {
			kernel.AddScaled(gradient[from:to], found[from:to], k)
		})
	})
}
