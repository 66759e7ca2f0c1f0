package kernel

import (
	"fmt"
	"math"
	"testing"
)

// softmax64 is the definition.
func softmax64(x []float32, scale float64) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, v := range x {
		top = max(top, float64(v)*scale)
	}
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(float64(v)*scale - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func TestSoftmax(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range lengths {
			for _, scale := range []float32{1, 0.125, -3, 30} {
				x := normals(n, 1)
				p := fenced(x)
				Softmax(p, scale)
				checkFences(t, p)
				for i, want := range softmax64(x, float64(scale)) {
					near(t, fmt.Sprintf("probability %d of %d at scale %g", i, n, scale), float64(p[i]), want, 2e-7+1e-5*want)
				}
			}
		}
	})
}

func TestSoftmaxOfTheExtremes(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		name    string
		p, want []float32
	}{
		{"masked scores", []float32{1, -inf, 1, -inf}, []float32{0.5, 0, 0.5, 0}},
		{"large scores", []float32{3e38, 3e38, 0}, []float32{0.5, 0.5, 0}},
		{"scores far below", []float32{-3e38, -3e38}, []float32{0.5, 0.5}},
		{"one score", []float32{-5}, []float32{1}},
		{"not a number", []float32{1, nan, 2}, []float32{nan, nan, nan}},
		{"all masked", []float32{-inf, -inf}, []float32{nan, nan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachPath(t, func(t *testing.T) {
				p := append([]float32(nil), c.p...)
				Softmax(p, 1)
				for i := range p {
					near(t, fmt.Sprint("probability ", i), float64(p[i]), float64(c.want[i]), 1e-7)
				}
			})
		})
	}
}

func TestSoftmaxBackward(t *testing.T) {
	const scale = 0.3
	eachPath(t, func(t *testing.T) {
		for _, n := range lengths {
			p, before := normals(n, 1), normals(n, 2)
			Softmax(p, 1)
			dp := fenced(before)
			SoftmaxBackward(dp, p, scale)
			checkFences(t, dp)
			mean := 0.0
			for i := range p {
				mean += float64(before[i]) * float64(p[i])
			}
			for i := range dp {
				want := (float64(before[i]) - mean) * float64(p[i]) * scale
				near(t, fmt.Sprintf("gradient %d of %d", i, n), float64(dp[i]), want, 1e-6)
			}
		}
	})
}

func BenchmarkSoftmax(b *testing.B) {
	for _, n := range []int{25, 128} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := normals(n, 1)
			for b.Loop() {
				Softmax(p, 0.1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/number")
		})
	}
}
