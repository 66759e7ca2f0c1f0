package kernel

import "math"

// AdamWStep holds the numbers of one step of AdamW. Step counts from 1. GradScale
// multiplies the gradients first, which is how they are clipped.
type AdamWStep struct {
	LearningRate, Beta1, Beta2, Epsilon, Decay, GradScale float32
	Step                                                  int
}

// Keep is what weight decay multiplies the parameters by.
func (s AdamWStep) Keep() float32 { return 1 - s.LearningRate*s.Decay }

// AdamW moves the parameters p by one step of Adam with decoupled weight decay and bias
// correction (Loshchilov and Hutter 2019), as torch.optim.AdamW does. m and v are the
// moments of the gradients g, which are cleared.
func AdamW(p, g, m, v []float32, s AdamWStep) {
	unbias1 := 1 - math.Pow(float64(s.Beta1), float64(s.Step))
	unbias2 := 1 - math.Pow(float64(s.Beta2), float64(s.Step))
	rate := float32(float64(s.LearningRate) / unbias1)
	root := float32(1 / math.Sqrt(unbias2))
	for from := 0; from < len(p); from += piece {
		to := min(len(p), from+piece)
		active.adamW(p[from:to], g[from:to], m[from:to], v[from:to],
			s.GradScale, s.Beta1, 1-s.Beta1, s.Beta2, 1-s.Beta2, rate, root, s.Epsilon, s.Keep())
	}
}

// adamWPlain scales the moments by beta and adds the gradient times rest to them; rate and
// root already hold the bias corrections.
func adamWPlain(p, grad, m, v []float32, scale, beta1, rest1, beta2, rest2, rate, root, epsilon, keep float32) {
	for i := range p {
		d := grad[i] * scale
		m[i] = beta1*m[i] + rest1*d
		v[i] = beta2*v[i] + rest2*d*d
		std := float32(math.Sqrt(float64(v[i])))
		p[i] = keep*p[i] - rate*(m[i]/(std*root+epsilon))
	}
	clear(grad)
}
