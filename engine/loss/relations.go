package loss

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Relations gives how far the tokens of each sequence see each other otherwise than a
// teacher's do: the mean divergence, in nats, between the softmax of the scaled products
// of queries with queries, keys with keys and values with values of both, in relation
// heads of their own (Wang et al. 2021, MiniLMv2, arXiv 2012.15828, eq. 4 to 6). Student
// and teacher may differ in width. The teacher gets no gradient.
func Relations(t *op.Tape, student, teacher op.Projected, starts []int) mat.Tensor {
	rows, cols := op.Size(student.Rows)
	others, _ := op.Size(teacher.Rows)
	if rows != others || rows != starts[len(starts)-1] {
		panic(&op.ShapeError{Op: "relations", Reason: "student and teacher differ in tokens"})
	}
	t.Weigh(float64(rows))
	heads := 0
	for _, w := range append(student.Widths[:], teacher.Widths[:]...) {
		heads = common(heads, w)
	}
	for heads > mostRelations && heads%2 == 0 {
		heads /= 2
	}
	return t.Run(&relations{tape: t, student: student, teacher: teacher, starts: starts, heads: heads, rows: rows, cols: cols})
}

// mostRelations is from how many relation heads on there are half as many: more of them
// are narrower and take longer.
const mostRelations = 16

// common gives the greatest common divisor.
func common(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

type relations struct {
	tape             *op.Tape
	student, teacher op.Projected
	starts           []int
	heads            int
	rows, cols       int
	grad             []float32 // [rows x cols] gradient of the student's
}

func (r *relations) Operands() []mat.Tensor { return []mat.Tensor{r.student.Rows} }

func (r *relations) Forward() (mat.Tensor, error) {
	r.grad = r.tape.Buffer(r.rows * r.cols)
	clear(r.grad)
	longest := 0
	for s := range len(r.starts) - 1 {
		longest = max(longest, r.starts[s+1]-r.starts[s])
	}
	mine, theirs := r.tape.Buffer(longest*longest), r.tape.Buffer(longest*longest)
	sum := 0.0
	for s := range len(r.starts) - 1 {
		for h := range 3 * r.heads {
			sum += r.head(h, r.starts[s], r.starts[s+1], mine, theirs)
		}
	}
	result, y := r.tape.New(1, 1)
	y[0] = float32(sum / r.each())
	return result, nil
}

// each is how many distributions are compared.
func (r *relations) each() float64 { return float64(max(r.rows, 1) * 3 * r.heads) }

// head gives the sum of the divergences of a sequence's tokens in one relation head, of
// which those of the queries come first, and adds to the gradient.
func (r *relations) head(h, from, to int, mine, theirs []float32) float64 {
	n, workers := to-from, r.tape.Workers
	x, width := r.products(r.student, h, from, n, mine)
	_, other := r.products(r.teacher, h, from, n, theirs)
	scale, otherScale := 1/math.Sqrt(float64(width)), 1/math.Sqrt(float64(other))
	sums := make([]float64, n)
	workers.Rows(n, kernel.Grain(n), func(_, from, to int) {
		q := make([]float64, n)
		for i := from; i < to; i++ {
			p := logSoftmax(theirs[i*n:(i+1)*n], 1/otherScale)
			copy(q, logSoftmax(mine[i*n:(i+1)*n], 1/scale))
			for j := range p {
				share := math.Exp(p[j])
				sums[i] += share * (p[j] - q[j])
				mine[i*n+j] = float32((math.Exp(q[j]) - share) * scale / r.each())
			}
		}
	})
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	// Each product is one of both tokens.
	for i := range n {
		for j := range i + 1 {
			both := mine[i*n+j] + mine[j*n+i]
			mine[i*n+j], mine[j*n+i] = both, both
		}
	}
	at := from*r.cols + r.place(r.student, h)
	workers.Gemm(kernel.NN, n, width, n, mine, n, x, r.cols, r.grad[at:], r.cols, true)
	return sum
}

// products puts those of the tokens of a sequence in a relation head into to [n x n], and
// gives where the head's values begin and how many a token has.
func (r *relations) products(p op.Projected, h, from, n int, to []float32) (x []float32, width int) {
	_, cols := op.Size(p.Rows)
	width = p.Widths[h/r.heads] / r.heads
	x = op.Rows(p.Rows)[from*cols+r.place(p, h):]
	r.tape.Workers.Gemm(kernel.NT, n, n, width, x, cols, x, cols, to, n, false)
	return x, width
}

// place is the column in which a relation head begins.
func (r *relations) place(p op.Projected, h int) int {
	at := h % r.heads * (p.Widths[h/r.heads] / r.heads)
	for _, w := range p.Widths[:h/r.heads] {
		at += w
	}
	return at
}

func (r *relations) Backward(gy mat.Tensor) error {
	giveScaled(r.student.Rows, r.grad, gy)
	return nil
}
