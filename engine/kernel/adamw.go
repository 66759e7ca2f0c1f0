package kernel

import "math"

// AdamWStep holds the numbers of one optimizer step. Step counts from 1. GradScale
// multiplies the gradients first, which is how they are clipped.
type AdamWStep struct {
	LearningRate, Beta1, Beta2, Epsilon, Decay, GradScale float32
	Step                                                  int
}

// AdamW moves the parameters p by one step of Adam with decoupled weight decay and bias
// correction (Loshchilov and Hutter 2019), as torch.optim.AdamW does. m and v are the
// moments of the gradients g, which are cleared.
func AdamW(p, g, m, v []float32, s AdamWStep) {
	unbias1 := 1 - math.Pow(float64(s.Beta1), float64(s.Step))
	unbias2 := 1 - math.Pow(float64(s.Beta2), float64(s.Step))
	rate := float32(float64(s.LearningRate) / unbias1)
	root := float32(1 / math.Sqrt(unbias2))
	keep := 1 - s.LearningRate*s.Decay
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	for i := range p {
		grad := g[i] * s.GradScale
		m[i] = s.Beta1*m[i] + (1-s.Beta1)*grad
		v[i] = s.Beta2*v[i] + (1-s.Beta2)*grad*grad
		std := float32(math.Sqrt(float64(v[i])))
		p[i] = p[i]*keep - rate*m[i]/(std*root+s.Epsilon)
	}
	clear(g)
}
