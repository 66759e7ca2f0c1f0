package kernel

import (
	"fmt"
	"math"
	"testing"
)

func TestVectors(t *testing.T) {
	const k = -0.7
	for _, c := range []struct {
		name string
		run  func(dst, x []float32)
		want func(dst, x float64) float64
	}{
		{"Add", Add, func(dst, x float64) float64 { return dst + x }},
		{"AddScaled", func(dst, x []float32) { AddScaled(dst, x, k) }, func(dst, x float64) float64 { return dst + x*k }},
		{"Multiply", Multiply, func(dst, x float64) float64 { return dst * x }},
		{"Scale", func(dst, _ []float32) { Scale(dst, k) }, func(dst, _ float64) float64 { return dst * k }},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachPath(t, func(t *testing.T) {
				for _, n := range lengths {
					x, before := normals(n, 1), normals(n, 2)
					dst := fenced(before)
					c.run(dst, x)
					checkFences(t, dst)
					for i := range dst {
						want := c.want(float64(before[i]), float64(x[i]))
						near(t, fmt.Sprintf("element %d of %d", i, n), float64(dst[i]), want, 1e-6)
					}
				}
			})
		})
	}
}

func TestSum(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range append(lengths, 3*piece+1) {
			x, want, size := normals(n, 1), 0.0, 0.0
			for _, v := range x {
				want += float64(v)
				size += math.Abs(float64(v))
			}
			near(t, fmt.Sprint("the sum of ", n), float64(Sum(x)), want, 1e-6*size)
		}
	})
}

func TestSumSquares(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range append(lengths, 3*piece+1) {
			x, want := normals(n, 1), 0.0
			for _, v := range x {
				want += float64(v) * float64(v)
			}
			near(t, fmt.Sprint("the sum of ", n), SumSquares(x), want, 1e-6*want)
		}
	})
}

func TestSumSquaresKeepsItsDigitsOverMillions(t *testing.T) {
	x := make([]float32, 5_000_000)
	for i := range x {
		x[i] = 0.1
	}
	const tenth = float64(float32(0.1))
	eachPath(t, func(t *testing.T) {
		want := tenth * tenth * float64(len(x))
		near(t, "the sum", SumSquares(x), want, 1e-5*want)
	})
}

func TestVectorsCarryWhatIsNotANumber(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := []float32{1, float32(math.NaN()), 2}
		Add(x, []float32{1, 1, 1})
		if x[1] == x[1] || x[0] != 2 || x[2] != 3 {
			t.Errorf("got %v", x)
		}
		if s := SumSquares(x); s == s {
			t.Errorf("the sum is %g", s)
		}
	})
}
