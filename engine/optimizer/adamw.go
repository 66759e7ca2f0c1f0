// Package optimizer moves parameters along their gradients. It knows neither
// models nor data.
package optimizer

import (
	"math"
	"strings"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// AdamW is Adam with bias correction and decoupled weight decay (Loshchilov &
// Hutter 2019), as torch.optim.AdamW computes it. Gradients are clipped to a
// global norm first, and cleared when they were used.
type AdamW struct {
	workers *kernel.Workers
	options Options
	slots   []slot
	step    int
}

// Options of AdamW. The zero value of a field means what its comment says.
type Options struct {
	Beta1, Beta2 float64                // 0 means 0.9 and 0.999
	Epsilon      float64                // 0 means 1e-8
	Decay        float64                // weight decay, 0 for none
	Clip         float64                // largest global norm of the gradients, 0 for no limit
	Decays       func(name string) bool // which parameters decay; nil means all
}

// Moments are what AdamW remembers of a parameter: running means of its gradient
// and of the gradient's square.
type Moments struct{ First, Second []float32 }

type slot struct {
	name  string
	param *nn.Param
	Moments
	decay float64
}

// NewAdamW makes an optimizer for named parameters, in the order in which they
// are added.
func NewAdamW(workers *kernel.Workers, o Options) *AdamW {
	if o.Beta1 == 0 {
		o.Beta1 = 0.9
	}
	if o.Beta2 == 0 {
		o.Beta2 = 0.999
	}
	if o.Epsilon == 0 {
		o.Epsilon = 1e-8
	}
	return &AdamW{workers: workers, options: o}
}

// Add takes a parameter in. One that wants no gradient is left alone.
func (a *AdamW) Add(name string, p *nn.Param) {
	if !p.RequiresGrad() {
		return
	}
	s := slot{name: name, param: p, Moments: Moments{First: make([]float32, p.Size()), Second: make([]float32, p.Size())}}
	if a.options.Decays == nil || a.options.Decays(name) {
		s.decay = a.options.Decay
	}
	a.slots = append(a.slots, s)
}

// chunk is how many values one task of a step takes: large enough to cost more
// than its dispatch, small enough to share a big table between the workers.
const chunk = 1 << 15

// Step moves every parameter that has a gradient, at the learning rate, clears
// the gradients, and gives their norm before clipping.
func (a *AdamW) Step(rate float64) (norm float64) {
	a.step++
	norm = a.norm()
	scale := 1.0
	if a.options.Clip > 0 && norm > a.options.Clip {
		scale = a.options.Clip / (norm + 1e-6)
	}
	pieces := a.pieces()
	a.workers.Each(len(pieces), func(_, i int) {
		s, from := pieces[i].slot, pieces[i].from
		to := min(from+chunk, len(s.First))
		kernel.AdamW(op.Rows(s.param)[from:to], op.Gradient(s.param)[from:to], s.First[from:to], s.Second[from:to], kernel.AdamWStep{
			LearningRate: float32(rate),
			Beta1:        float32(a.options.Beta1),
			Beta2:        float32(a.options.Beta2),
			Epsilon:      float32(a.options.Epsilon),
			Decay:        float32(s.decay),
			GradScale:    float32(scale),
			Step:         a.step,
		})
	})
	return norm
}

type piece struct {
	slot *slot
	from int
}

func (a *AdamW) pieces() []piece {
	var all []piece
	for i := range a.slots {
		s := &a.slots[i]
		if op.Gradient(s.param) == nil {
			continue
		}
		for from := 0; from < len(s.First); from += chunk {
			all = append(all, piece{slot: s, from: from})
		}
	}
	return all
}

// norm is the Euclidean norm of all gradients together. The pieces are summed in
// their order, whoever computed them.
func (a *AdamW) norm() float64 {
	pieces := a.pieces()
	squares := make([]float64, len(pieces))
	a.workers.Each(len(pieces), func(_, i int) {
		g := op.Gradient(pieces[i].slot.param)
		squares[i] = kernel.SumSquares(g[pieces[i].from:min(pieces[i].from+chunk, len(g))])
	})
	sum := 0.0
	for _, s := range squares {
		sum += s
	}
	return math.Sqrt(sum)
}

// State gives the number of steps taken and the moments by parameter name. They
// are the optimizer's own, not copies.
func (a *AdamW) State() (step int, moments map[string]Moments) {
	moments = make(map[string]Moments, len(a.slots))
	for _, s := range a.slots {
		moments[s.name] = s.Moments
	}
	return a.step, moments
}

// SetStep continues the count of a run that was interrupted.
func (a *AdamW) SetStep(step int) { a.step = step }

// SpareBiases lets everything decay but biases and normalisation
// (google-research/bert, optimization.py).
func SpareBiases(name string) bool {
	return !strings.HasSuffix(name, "bias") && !strings.Contains(name, "LayerNorm")
}
