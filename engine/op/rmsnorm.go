package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// RMSNorm divides each row of x by its root mean square and multiplies it by
// gain [1 x width] (Zhang and Sennrich 2019).
func RMSNorm(t *Tape, x, gain mat.Tensor, epsilon float64) mat.Tensor {
	rows, width := Size(x)
	_, w := Size(gain)
	check(w == width, "RMS norm", "rows of %d values meet a gain for %d", width, w)
	return t.Run(&rmsNorm{tape: t, x: x, gain: gain, rows: rows, width: width, epsilon: float32(epsilon)})
}

type rmsNorm struct {
	tape        *Tape
	x, gain     mat.Tensor
	rows, width int
	epsilon     float32
	normal      []float32 // [rows x width] the normalised rows, before gain
	scale       []float32 // [rows] one over their root mean square
}

func (r *rmsNorm) Operands() []mat.Tensor { return []mat.Tensor{r.x, r.gain} }

func (*rmsNorm) handsOn() {}

func (r *rmsNorm) Forward() (mat.Tensor, error) {
	result, y := r.tape.New(r.rows, r.width)
	r.normal, r.scale = r.tape.Buffer(r.rows*r.width), r.tape.Buffer(r.rows)
	x, gain := Rows(r.x), Rows(r.gain)
	r.tape.Workers.Rows(r.rows, grain(r.width), func(_, from, to int) {
		for i := from; i < to; i++ {
			at, end := i*r.width, (i+1)*r.width
			copy(r.normal[at:end], x[at:end])
			r.scale[i] = kernel.RMSNorm(y[at:end], r.normal[at:end], gain, r.epsilon)
		}
	})
	return result, nil
}

func (r *rmsNorm) Backward(gy mat.Tensor) error {
	dy, gain := Rows(gy), Rows(r.gain)
	// Each worker sums its rows' share of the gain's gradient; the shares are added
	// in the order of the workers.
	shares := r.tape.Buffer(r.tape.Workers.Count() * r.width)
	clear(shares)
	dx := dy // in place: nobody else reads it
	r.tape.Workers.Rows(r.rows, grain(r.width), func(worker, from, to int) {
		dgain := shares[worker*r.width:][:r.width]
		for i := from; i < to; i++ {
			at, end := i*r.width, (i+1)*r.width
			kernel.RMSNormBackward(dx[at:end], dy[at:end], r.normal[at:end], gain, dgain, r.scale[i])
		}
	})
	Learn(r.gain, func(gradient []float32) {
		for worker := range r.tape.Workers.Count() {
			kernel.Add(gradient, shares[worker*r.width:][:r.width])
		}
	})
	if r.x.RequiresGrad() {
		Give(r.x, dx)
	}
	return nil
}
