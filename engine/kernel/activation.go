package kernel

import "math"

// GELU writes y = x Φ(x), Φ being the normal distribution (Hendrycks and Gimpel 2016), and
// its derivative at x into slope unless that is nil. y may be x.
func GELU(y, slope, x []float32) { activate(active.gelu, y, slope, x) }

// GELUTanh writes GELU in the approximation by tanh that GPT-2 was trained with, and its
// derivative at x into slope unless that is nil. y may be x.
func GELUTanh(y, slope, x []float32) { activate(active.geluTanh, y, slope, x) }

// SiLU writes y = x sigmoid(x), also known as swish, and its derivative at x into slope
// unless that is nil. y may be x.
func SiLU(y, slope, x []float32) { activate(active.silu, y, slope, x) }

// ReLU writes y = max(x, 0) and its derivative at x into slope unless that is nil. y may be x.
func ReLU(y, slope, x []float32) { activate(active.relu, y, slope, x) }

// Tanh writes y = tanh(x) and its derivative at x into slope unless that is nil. y may be
// x. It has no assembly: models apply it to one row of a text, not to all.
func Tanh(y, slope, x []float32) { activate(tanh, y, slope, x) }

func activate(f func(y, slope, x []float32), y, slope, x []float32) {
	if slope != nil {
		slope = slope[:len(x)]
	}
	f(y[:len(x)], slope, x)
}

// eachActivation is the loop of every activation in plain Go.
func eachActivation(y, slope, x []float32, f func(x float32) (y, slope float32)) {
	for i, v := range x {
		value, derivative := f(v)
		y[i] = value
		if slope != nil {
			slope[i] = derivative
		}
	}
}

func tanh(y, slope, x []float32) {
	eachActivation(y, slope, x, func(x float32) (float32, float32) {
		t := math.Tanh(float64(x))
		return float32(t), float32(1 - t*t)
	})
}

func reluPlain(y, slope, x []float32) {
	eachActivation(y, slope, x, func(x float32) (float32, float32) {
		if x <= 0 {
			return 0, 0
		}
		return x, 1
	})
}

func siluPlain(y, slope, x []float32) {
	eachActivation(y, slope, x, func(x float32) (float32, float32) {
		s, rest := sigmoid(x)
		return x * s, s + x*s*rest
	})
}

func geluTanhPlain(y, slope, x []float32) {
	const k, cubic = 0.7978845608028654, 0.044715 // k = sqrt(2/π)
	eachActivation(y, slope, x, func(x float32) (float32, float32) {
		// (1 + tanh(u)) / 2 = sigmoid(2u)
		s, rest := sigmoid(2 * k * x * (1 + cubic*x*x))
		return x * s, s + x*s*rest*2*k*(1+3*cubic*x*x)
	})
}

// geluPlain takes Φ from the error function of Abramowitz and Stegun, formula 7.1.26:
// erfc(z) = (a1 t + ... + a5 t^5) e^(-z^2) with t = 1/(1+pz), within 1.5e-7.
func geluPlain(y, slope, x []float32) {
	const (
		p                  = 0.3275911
		a1, a2, a3, a4, a5 = 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429
		density            = 0.3989422804014327 // 1/sqrt(2π)
	)
	eachActivation(y, slope, x, func(x float32) (float32, float32) {
		e := exp(-0.5 * x * x)
		t := 1 / (1 + p/math.Sqrt2*abs(x))
		normal := 0.5 * t * (a1 + t*(a2+t*(a3+t*(a4+t*a5)))) * e
		if x >= 0 {
			normal = 1 - normal
		}
		return x * normal, normal + x*e*density
	})
}
