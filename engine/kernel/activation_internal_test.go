package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

var activations = []struct {
	name  string
	run   func(y, slope, x []float32)
	value func(x float64) float64
	slope func(x float64) float64
}{
	{"GELU", GELU, func(x float64) float64 { return x * normalCDF(x) }, func(x float64) float64 {
		return normalCDF(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	}},
	{"GELUTanh", GELUTanh, func(x float64) float64 { return x / 2 * (1 + math.Tanh(geluInner(x))) }, func(x float64) float64 {
		tanh := math.Tanh(geluInner(x))
		return (1+tanh)/2 + x/2*(1-tanh*tanh)*math.Sqrt(2/math.Pi)*(1+3*0.044715*x*x)
	}},
	{"SiLU", SiLU, func(x float64) float64 { return x / (1 + math.Exp(-x)) }, func(x float64) float64 {
		s := 1 / (1 + math.Exp(-x))
		return s + x*s*(1-s)
	}},
	{"ReLU", ReLU, func(x float64) float64 { return math.Max(x, 0) }, func(x float64) float64 {
		if x > 0 {
			return 1
		}
		return 0
	}},
	{"Tanh", Tanh, math.Tanh, func(x float64) float64 { return 1 - math.Tanh(x)*math.Tanh(x) }},
}

func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func geluInner(x float64) float64 { return math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x) }

// everyMagnitude gives numbers from tiny to large of both signs.
func everyMagnitude() []float32 {
	x := []float32{0}
	for v := float32(1e-30); v < 1000; v *= 1.03 {
		x = append(x, v, -v)
	}
	return x
}

func TestActivations(t *testing.T) {
	for _, a := range activations {
		t.Run(a.name, func(t *testing.T) {
			eachPath(t, func(t *testing.T) {
				inputs := [][]float32{everyMagnitude()}
				for _, n := range lengths {
					inputs = append(inputs, normals(n, 1))
				}
				for _, x := range inputs {
					y, slope := fenced(make([]float32, len(x))), fenced(make([]float32, len(x)))
					a.run(y, slope, x)
					checkFences(t, y, slope)
					for i, v := range x {
						what := fmt.Sprintf("at %g (%d of %d)", v, i, len(x))
						tolerance := 3e-7 * (1 + math.Abs(float64(v)))
						near(t, "value "+what, float64(y[i]), a.value(float64(v)), tolerance)
						near(t, "slope "+what, float64(slope[i]), a.slope(float64(v)), 2*tolerance)
					}
					inPlace := fenced(x)
					a.run(inPlace, nil, inPlace)
					checkFences(t, inPlace)
					if !slices.Equal(inPlace, y) {
						t.Fatalf("in place and without slope, %d values differ from those beside", len(x))
					}
				}
			})
		})
	}
}

func TestActivationsCarryWhatIsNotANumber(t *testing.T) {
	for _, a := range activations {
		t.Run(a.name, func(t *testing.T) {
			eachPath(t, func(t *testing.T) {
				x := make([]float32, 20)
				for i := range x {
					x[i] = float32(math.NaN())
				}
				a.run(x, nil, x)
				for i, y := range x {
					if y == y {
						t.Fatalf("element %d is %g", i, y)
					}
				}
			})
		})
	}
}

func BenchmarkActivations(b *testing.B) {
	const n = 1536
	x, y, slope := normals(n, 1), make([]float32, n), make([]float32, n)
	for _, a := range activations {
		b.Run(a.name, func(b *testing.B) {
			for b.Loop() {
				a.run(y, slope, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/number")
		})
	}
}
