// Package optimizer moves parameters along their gradients. It knows neither
// models nor data.
package optimizer

import (
	"iter"
	"math"
	"slices"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// AdamW is Adam with bias correction and decoupled weight decay (Loshchilov &
// Hutter 2019), as torch.optim.AdamW computes it. Gradients are clipped to a
// global norm first, and cleared when they were used. Rows that no gradient has
// reached yet, such as the words of a vocabulary that no text has, cost next to
// nothing.
type AdamW struct {
	workers *kernel.Workers
	options Options
	slots   []slot
	pieces  []piece
	step    int
}

// Options of AdamW. The zero value of a field means what its comment says.
type Options struct {
	Beta1, Beta2 float64              // 0 means 0.9 and 0.999
	Epsilon      float64              // 0 means 1e-8
	Decay        float64              // weight decay, 0 for none
	Clip         float64              // largest global norm of the gradients, 0 for no limit
	Decays       func(*nn.Param) bool // which parameters decay; nil means all

	Rate   func(*nn.Param) float64 // share of the learning rate that a parameter moves by; nil means all of it
	Return func(*nn.Param) float64 // decay of a parameter towards what it was when it was added; nil means none
	Mix    func(*nn.Param) float64 // share of a parameter that Mix puts back to what it was when it was added; nil means none
}

// Moments are what AdamW remembers of a parameter: running means of its gradient and
// of the gradient's square, and what it was when it was added, nil where it does not
// return there.
type Moments struct{ First, Second, Start []float32 }

type slot struct {
	name  string
	param *nn.Param
	Moments
	rate  float64 // share of the learning rate
	decay float64
	back  float64   // decay towards the start
	mixed float64   // share that is put back to the start while a step is computed
	live  []float32 // the values while it is mixed
	width int       // values of a row
	awake []bool    // for each row, whether a gradient has reached it; until then its moments are zero
}

// piece is what one worker moves at a time: some rows of a parameter.
type piece struct {
	*slot
	from, to int
	squares  float64 // the sum of the squares of its gradient
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
	rows, width := op.Size(p)
	s := slot{
		name: name, param: p, width: width, awake: make([]bool, rows), rate: 1,
		Moments: Moments{First: make([]float32, p.Size()), Second: make([]float32, p.Size())},
	}
	if a.options.Decays == nil || a.options.Decays(p) {
		s.decay = a.options.Decay
	}
	if a.options.Rate != nil {
		s.rate = a.options.Rate(p)
	}
	if a.options.Return != nil {
		s.back = a.options.Return(p)
	}
	if a.options.Mix != nil {
		s.mixed = a.options.Mix(p)
	}
	if s.back > 0 || s.mixed > 0 {
		s.Start = slices.Clone(op.Rows(p))
	}
	a.slots = append(a.slots, s)
}

// chunk is how many values a piece has, or one row if that is longer: enough to cost
// more than their dispatch, few enough to share a big table between the workers.
const chunk = 1 << 15

// Step moves every parameter that has a gradient, at the learning rate, clears
// the gradients, and gives their norm before clipping.
func (a *AdamW) Step(rate float64) (norm float64) { return a.StepOfSum(rate, 1) }

// StepOfSum is Step by the mean of what the gradients are the sum of, over so much
// weight.
func (a *AdamW) StepOfSum(rate, weight float64) (norm float64) {
	a.step++
	a.cut()
	norm = a.norm() / weight
	scale := 1 / weight
	if a.options.Clip > 0 && norm > a.options.Clip {
		scale *= a.options.Clip / (norm + 1e-6)
	}
	a.workers.Each(len(a.pieces), func(_, i int) {
		a.pieces[i].move(kernel.AdamWStep{
			LearningRate: float32(rate * a.pieces[i].rate),
			Beta1:        float32(a.options.Beta1),
			Beta2:        float32(a.options.Beta2),
			Epsilon:      float32(a.options.Epsilon),
			Decay:        float32(a.pieces[i].decay),
			GradScale:    float32(scale),
			Step:         a.step,
		})
	})
	return norm
}

// cut makes the pieces of all parameters that have a gradient.
func (a *AdamW) cut() {
	a.pieces = a.pieces[:0]
	for i := range a.slots {
		s := &a.slots[i]
		if op.Gradient(s.param) == nil || s.width == 0 {
			continue
		}
		rows := max(1, chunk/s.width)
		for from := 0; from < len(s.awake); from += rows {
			a.pieces = append(a.pieces, piece{slot: s, from: from, to: min(from+rows, len(s.awake))})
		}
	}
}

// norm is the Euclidean norm of all gradients together. The pieces are summed in
// their order, whoever computed them.
func (a *AdamW) norm() float64 {
	a.workers.Each(len(a.pieces), func(_, i int) { a.pieces[i].measure() })
	sum := 0.0
	for _, p := range a.pieces {
		sum += p.squares
	}
	return math.Sqrt(sum)
}

// measure sums the squares of the piece's gradient, and wakes the rows that it reaches.
func (p *piece) measure() {
	gradient := op.Gradient(p.param)
	for from, to := range p.runs() {
		if p.awake[from] {
			p.squares += kernel.SumSquares(gradient[from*p.width : to*p.width])
			continue
		}
		for row := from; row < to; row++ {
			squares := kernel.SumSquares(gradient[row*p.width : (row+1)*p.width])
			p.squares += squares
			p.awake[row] = squares != 0
		}
	}
}

// move takes the step for the piece. Where gradient and moments are zero, all that AdamW
// does is to decay.
func (p *piece) move(step kernel.AdamWStep) {
	values, gradient := op.Rows(p.param), op.Gradient(p.param)
	if p.back > 0 {
		i, j := p.from*p.width, p.to*p.width
		share := min(step.LearningRate*float32(p.back), 1)
		kernel.Scale(values[i:j], 1-share)
		kernel.AddScaled(values[i:j], p.Start[i:j], share)
	}
	for from, to := range p.runs() {
		i, j := from*p.width, to*p.width
		if p.awake[from] {
			kernel.AdamW(values[i:j], gradient[i:j], p.First[i:j], p.Second[i:j], step)
		} else if keep := step.Keep(); keep != 1 {
			kernel.Scale(values[i:j], keep)
		}
	}
}

// runs gives where rows that are all awake, or all not, begin and end.
func (p *piece) runs() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for from, to := p.from, p.from; from < p.to; from = to {
			for to < p.to && p.awake[to] == p.awake[from] {
				to++
			}
			if !yield(from, to) {
				return
			}
		}
	}
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

// SetStep continues the count of a run that was interrupted, once its moments are
// back in their place.
func (a *AdamW) SetStep(step int) {
	a.step = step
	isSet := func(v float32) bool { return v != 0 }
	for _, s := range a.slots {
		for row := range s.awake {
			i, j := row*s.width, (row+1)*s.width
			s.awake[row] = slices.ContainsFunc(s.First[i:j], isSet) || slices.ContainsFunc(s.Second[i:j], isSet)
		}
	}
}

// SpareVectors lets everything decay but biases and the gains of normalisation,
// which have one row whatever a family calls them (google-research/bert,
// optimization.py).
func SpareVectors(p *nn.Param) bool {
	rows, _ := op.Size(p)
	return rows > 1
}
