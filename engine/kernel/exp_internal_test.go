package kernel

import (
	"fmt"
	"math"
	"testing"
)

func TestExp(t *testing.T) {
	var x []float32
	for v := float32(0); v > -87.3; v -= 0.0123 {
		x = append(x, v)
	}
	eachPath(t, func(t *testing.T) {
		y := make([]float32, len(x))
		active.scaledExp(y, x, 0, 1, 0)
		for i, v := range x {
			want := math.Exp(float64(v))
			near(t, fmt.Sprintf("e^%g", v), float64(y[i]), want, 1.5e-7*want)
		}
	})
}

func TestExpOfTheExtremes(t *testing.T) {
	inf := float32(math.Inf(1))
	x := []float32{-87.4, -100, -1e10, -math.MaxFloat32, -inf, float32(math.Copysign(0, -1)), 1e-6}
	want := []float32{0, 0, 0, 0, 0, 1, 1.000001}
	eachPath(t, func(t *testing.T) {
		y := make([]float32, len(x))
		active.scaledExp(y, x, 0, 1, 0)
		for i := range x {
			near(t, fmt.Sprintf("e^%g", x[i]), float64(y[i]), float64(want[i]), 1.2e-7)
		}
	})
}
