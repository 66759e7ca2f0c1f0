package kernel

import "math"

// GELU computes y = x Φ(x), Φ being the normal distribution (Hendrycks and Gimpel 2016),
// and its derivative at x into slope unless that is nil. y may be x.
func GELU(y, slope, x []float32) {
	activate(y, slope, x, func(x float64) (float64, float64) {
		cdf := 0.5 * math.Erfc(-x/math.Sqrt2)
		return x * cdf, cdf + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	})
}

// GELUTanh is GELU in the approximation by tanh that GPT-2 was trained with.
func GELUTanh(y, slope, x []float32) {
	activate(y, slope, x, func(x float64) (float64, float64) {
		const k, cubic = 0.7978845608028654, 0.044715
		s := 1 / (1 + math.Exp(-2*k*(x+cubic*x*x*x)))
		return x * s, s + x*s*(1-s)*2*k*(1+3*cubic*x*x)
	})
}

// SiLU computes y = x sigmoid(x), also known as swish, and its derivative at x into slope
// unless that is nil. y may be x.
func SiLU(y, slope, x []float32) {
	activate(y, slope, x, func(x float64) (float64, float64) {
		s := 1 / (1 + math.Exp(-x))
		return x * s, s * (1 + x*(1-s))
	})
}

// ReLU computes y = max(x, 0) and its derivative at x into slope unless that is nil. y may be x.
func ReLU(y, slope, x []float32) {
	activate(y, slope, x, func(x float64) (float64, float64) {
		if x <= 0 {
			return 0, 0
		}
		return x, 1
	})
}

// Tanh computes y = tanh(x) and its derivative at x into slope unless that is nil. y may be x.
func Tanh(y, slope, x []float32) {
	activate(y, slope, x, func(x float64) (float64, float64) {
		t := math.Tanh(x)
		return t, 1 - t*t
	})
}

func activate(y, slope, x []float32, f func(float64) (value, slope float64)) {
	for i, v := range x {
		value, derivative := f(float64(v))
		y[i] = float32(value)
		if slope != nil {
			slope[i] = float32(derivative)
		}
	}
}
