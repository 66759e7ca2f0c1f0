package optimizer

import (
	"math"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Average is the running mean of parameters over the last steps of a training, which
// often does better than where the last of them ended (Polyak & Juditsky 1992; Izmailov
// et al. 2018). In puts the means into the parameters, Out takes them out again.
type Average struct {
	workers *kernel.Workers
	steps   float64 // that the mean reaches back, about
	taken   int
	slots   []averaged
	in      bool
}

// averaged is a parameter with its mean; while that is in, the other holds what the
// parameter was.
type averaged struct {
	name  string
	param *nn.Param
	other []float32
}

// NewAverage makes a mean that reaches about so many steps back.
func NewAverage(workers *kernel.Workers, steps float64) *Average {
	return &Average{workers: workers, steps: max(steps, 1)}
}

// Add takes a parameter in. One that wants no gradient is left alone.
func (a *Average) Add(name string, p *nn.Param) {
	if p.RequiresGrad() {
		a.slots = append(a.slots, averaged{name, p, make([]float32, p.Size())})
	}
}

// Update moves the means towards the parameters. The first steps weigh as if the mean
// had begun with them, so that it knows nothing of the start.
func (a *Average) Update() {
	a.taken++
	share := float32(math.Max(1/a.steps, 1/float64(a.taken)))
	a.each(func(s *averaged, from, to int) {
		kernel.Scale(s.other[from:to], 1-share)
		kernel.AddScaled(s.other[from:to], op.Rows(s.param)[from:to], share)
	})
}

// In puts the means into the parameters, once there are any.
func (a *Average) In() {
	if !a.in && a.taken > 0 {
		a.exchange()
	}
}

// Out puts back what the parameters were before In.
func (a *Average) Out() {
	if a.in {
		a.exchange()
	}
}

func (a *Average) exchange() {
	a.in = !a.in
	a.each(func(s *averaged, from, to int) {
		values := op.Rows(s.param)
		for i := from; i < to; i++ {
			values[i], s.other[i] = s.other[i], values[i]
		}
	})
}

// each visits the values of all parameters, in pieces that workers share.
func (a *Average) each(visit func(s *averaged, from, to int)) {
	for i := range a.slots {
		s := &a.slots[i]
		a.workers.Rows(len(s.other), chunk, func(_, from, to int) { visit(s, from, to) })
	}
}

// State gives the means by parameter name, and what the parameters are without them.
// All are the live ones.
func (a *Average) State() (means, values map[string][]float32) {
	means, values = map[string][]float32{}, map[string][]float32{}
	for _, s := range a.slots {
		means[s.name], values[s.name] = s.other, op.Rows(s.param)
		if a.in {
			means[s.name], values[s.name] = values[s.name], means[s.name]
		}
	}
	return means, values
}

// SetStep continues the count of a run that was interrupted, once its means are back
// in their place and out of the parameters.
func (a *Average) SetStep(taken int) { a.taken = taken }
