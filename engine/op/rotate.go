package op

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Rotation holds the angles by which rotary position embeddings (Su et al. 2021) turn
// each row: its position times each frequency. Made once a pass, it serves every layer.
type Rotation struct {
	rows, size int       // size is that of a head
	cos, sin   []float32 // [rows x size/2]
}

// NewRotation makes the angles of rows at the positions, for heads of twice as many
// values as there are frequencies, in radians a position.
func NewRotation(t *Tape, positions []int, frequencies []float64) *Rotation {
	n := len(frequencies)
	r := &Rotation{rows: len(positions), size: 2 * n, cos: t.Buffer(len(positions) * n), sin: t.Buffer(len(positions) * n)}
	t.Workers.Rows(r.rows, grain(100*n), func(_, from, to int) {
		for i := from; i < to; i++ {
			for j, f := range frequencies {
				sin, cos := math.Sincos(float64(positions[i]) * f)
				r.cos[i*n+j], r.sin[i*n+j] = float32(cos), float32(sin)
			}
		}
	})
	return r
}

// Rotate turns the first heads of every row, and leaves the values after them as they
// are: queries and keys of rows that hold queries, keys and values. Value i of a
// head makes a pair with value i of the head's second half, as in Llama and
// GPT-NeoX.
func Rotate(t *Tape, x mat.Tensor, r *Rotation, heads int) mat.Tensor {
	rows, width := Size(x)
	check(rows == r.rows, "rotate", "%d rows meet angles for %d", rows, r.rows)
	check(heads*r.size <= width, "rotate", "%d heads of %d values in rows of %d", heads, r.size, width)
	return t.Run(&rotate{tape: t, x: x, by: r, heads: heads})
}

type rotate struct {
	tape  *Tape
	x     mat.Tensor
	by    *Rotation
	heads int
}

func (r *rotate) Operands() []mat.Tensor { return []mat.Tensor{r.x} }

func (*rotate) handsOn() {}

func (r *rotate) Forward() (mat.Tensor, error) {
	rows, width := Size(r.x)
	result, y := r.tape.New(rows, width)
	copy(y, Rows(r.x))
	r.turn(y, kernel.Rotate)
	return result, nil
}

func (r *rotate) Backward(gy mat.Tensor) error {
	if r.x.RequiresGrad() {
		dx := Rows(gy) // in place: nobody else reads it
		r.turn(dx, func(a, b, cos, sin []float32) { kernel.Rotate(b, a, cos, sin) })
		Give(r.x, dx)
	}
	return nil
}

// turn turns the pairs of the rows y.
func (r *rotate) turn(y []float32, pairs func(a, b, cos, sin []float32)) {
	rows, width := Size(r.x)
	half := r.by.size / 2
	r.tape.Workers.Rows(rows, grain(width), func(_, from, to int) {
		for i := from; i < to; i++ {
			cos, sin := r.by.cos[i*half:(i+1)*half], r.by.sin[i*half:(i+1)*half]
			for h := range r.heads {
				head := y[i*width+h*r.by.size:][:r.by.size]
				pairs(head[:half], head[half:], cos, sin)
			}
		}
	})
}
