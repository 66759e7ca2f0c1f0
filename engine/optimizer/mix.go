package optimizer

import (
	"attune/engine/kernel"
	"attune/engine/op"
)

// Mix puts a share of the values of each parameter that is mixed back to what they were
// when it was added, chosen by the seed, and moves the others so much further from there
// that the mean stays: mixout (Lee et al. 2020, arXiv 1909.11299, eq. 2). The gradients
// of a step are computed so; Unmix follows before the step is taken.
func (a *AdamW) Mix(seed uint64) {
	a.eachMixed(func(number int, s *slot) {
		values := op.Rows(s.param)
		s.live = append(s.live[:0], values...)
		kernel.AddScaled(values, s.Start, -1)
		mask(s, seed, number).Apply(values, 0)
		kernel.Add(values, s.Start)
	})
}

// Unmix takes Mix back, with the same seed, and lets the gradients of the values that
// were put back be none.
func (a *AdamW) Unmix(seed uint64) {
	a.eachMixed(func(number int, s *slot) {
		copy(op.Rows(s.param), s.live)
		if gradient := op.Gradient(s.param); gradient != nil {
			mask(s, seed, number).Apply(gradient, 0)
		}
	})
}

func mask(s *slot, seed uint64, number int) kernel.Dropout {
	return kernel.Dropout{Seed: seed + uint64(number)*0x9e3779b97f4a7c15, Rate: float32(s.mixed)}
}

func (a *AdamW) eachMixed(f func(number int, s *slot)) {
	a.workers.Each(len(a.slots), func(_, i int) {
		if a.slots[i].mixed > 0 {
			f(i, &a.slots[i])
		}
	})
}
