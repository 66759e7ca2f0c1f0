package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// norm64 is AddNorm by definition, for a row that has already lost what dropout takes.
func norm64(x, residual, gain, bias []float32, eps float64) (y, xhat []float64, rstd float64) {
	n := float64(len(x))
	xhat = make([]float64, len(x))
	var mean, variance float64
	for i := range x {
		xhat[i] = float64(x[i])
		if residual != nil {
			xhat[i] += float64(residual[i])
		}
		mean += xhat[i] / n
	}
	for _, v := range xhat {
		variance += (v - mean) * (v - mean) / n
	}
	rstd = 1 / math.Sqrt(variance+eps)
	for i := range xhat {
		xhat[i] = (xhat[i] - mean) * rstd
		y = append(y, xhat[i]*float64(gain[i])+float64(bias[i]))
	}
	return y, xhat, rstd
}

func TestAddNorm(t *testing.T) {
	const eps, at = 1e-5, 77
	eachPath(t, func(t *testing.T) {
		for _, n := range lengths[1:] {
			for _, d := range []Dropout{{}, {Seed: 3, Rate: 0.4}} {
				for _, residual := range [][]float32{nil, normals(n, 2)} {
					gain, bias := normals(n, 3), normals(n, 4)
					x, y := fenced(normals(n, 1)), fenced(make([]float32, n))
					dropped := normals(n, 1)
					d.Apply(dropped, at)
					rstd := AddNorm(y, x, residual, gain, bias, eps, d, at)
					checkFences(t, x, y)
					wantY, wantX, wantRstd := norm64(dropped, residual, gain, bias, eps)
					near(t, fmt.Sprint("1/std of ", n), float64(rstd), wantRstd, 3e-4*wantRstd)
					for i := range y {
						// a row of few equal numbers has next to no variance, which multiplies every rounding
						tolerance := 2e-6 * (1 + wantRstd)
						near(t, fmt.Sprintf("xhat %d of %d", i, n), float64(x[i]), wantX[i], tolerance)
						near(t, fmt.Sprintf("y %d of %d", i, n), float64(y[i]), wantY[i], 4*tolerance)
					}
				}
			}
		}
	})
}

func TestAddNormOfARowFarFromZero(t *testing.T) {
	const n, offset = 384, 1000
	gain, bias := make([]float32, n), make([]float32, n)
	for i := range gain {
		gain[i] = 1
	}
	eachPath(t, func(t *testing.T) {
		x, y := normals(n, 1), make([]float32, n)
		for i := range x {
			x[i] += offset
		}
		want, _, _ := norm64(x, nil, gain, bias, 1e-12)
		AddNorm(y, x, nil, gain, bias, 1e-12, Dropout{}, 0)
		for i := range y {
			near(t, fmt.Sprint("element ", i), float64(y[i]), want[i], 3e-4) // offset is 2^-14 away from its neighbours
		}
	})
}

// The gradient is compared with differences of the definition in double precision.
func TestAddNormBackward(t *testing.T) {
	const eps, at, h = 1e-5, 5, 1e-3
	eachPath(t, func(t *testing.T) {
		for _, n := range []int{2, 3, 7, 8, 15, 16, 17, 33, 70} {
			for _, d := range []Dropout{{}, {Seed: 3, Rate: 0.4}} {
				gain, bias, dy, residual := normals(n, 3), normals(n, 4), normals(n, 5), normals(n, 2)
				loss := func(x []float32) float64 {
					y, _, _ := norm64(x, residual, gain, bias, eps)
					sum := 0.0
					for i := range y {
						sum += y[i] * float64(dy[i])
					}
					return sum
				}
				dropped := normals(n, 1)
				d.Apply(dropped, at)
				x, y := normals(n, 1), make([]float32, n)
				rstd := AddNorm(y, x, residual, gain, bias, eps, d, at)

				dresidual, dx := fenced(make([]float32, n)), fenced(make([]float32, n))
				dgain, dbias := fenced(normals(n, 6)), fenced(normals(n, 7))
				AddNormBackward(dresidual, dx, dy, x, gain, dgain, dbias, rstd, d, at)
				checkFences(t, dresidual, dx, dgain, dbias)

				want := make([]float32, n)
				for i := range n {
					kept := dropped[i]
					dropped[i] = kept + h
					up, above := loss(dropped), dropped[i]
					dropped[i] = kept - h
					down, below := loss(dropped), dropped[i]
					dropped[i] = kept
					want[i] = float32((up - down) / float64(above-below))
					what := fmt.Sprintf(" %d of %d", i, n)
					near(t, "dresidual"+what, float64(dresidual[i]), float64(want[i]), 2e-4*(1+float64(rstd)))
					near(t, "dgain"+what, float64(dgain[i]), float64(normals(n, 6)[i]+dy[i]*x[i]), 1e-6)
					near(t, "dbias"+what, float64(dbias[i]), float64(normals(n, 7)[i]+dy[i]), 1e-6)
				}
				d.Apply(want, at)
				for i := range n {
					near(t, fmt.Sprintf("dx %d of %d", i, n), float64(dx[i]), float64(want[i]), 4e-4*(1+float64(rstd)))
				}
			}
		}
	})
}

// rmsNorm64 is RMSNorm by definition.
func rmsNorm64(x, gain []float32, eps float64) (y, xhat []float64, scale float64) {
	square := 0.0
	for _, v := range x {
		square += float64(v) * float64(v) / float64(len(x))
	}
	scale = 1 / math.Sqrt(square+eps)
	for i, v := range x {
		xhat = append(xhat, float64(v)*scale)
		y = append(y, xhat[i]*float64(gain[i]))
	}
	return y, xhat, scale
}

func TestRMSNorm(t *testing.T) {
	const eps = 1e-5
	eachPath(t, func(t *testing.T) {
		for _, n := range lengths[1:] {
			gain, dy := normals(n, 3), normals(n, 5)
			x, y := fenced(normals(n, 1)), fenced(make([]float32, n))
			scale := RMSNorm(y, x, gain, eps)
			dx, dgain := fenced(make([]float32, n)), fenced(normals(n, 6))
			RMSNormBackward(dx, dy, x, gain, dgain, scale)
			checkFences(t, x, y, dx, dgain)
			wantY, wantX, wantScale := rmsNorm64(normals(n, 1), gain, eps)
			near(t, fmt.Sprint("1/rms of ", n), float64(scale), wantScale, 1e-5*wantScale)
			dot := 0.0
			for i := range y {
				dot += float64(dy[i]) * float64(gain[i]) * wantX[i] / float64(n)
			}
			for i := range y {
				what := fmt.Sprintf(" %d of %d", i, n)
				near(t, "xhat"+what, float64(x[i]), wantX[i], 2e-5)
				near(t, "y"+what, float64(y[i]), wantY[i], 8e-5)
				near(t, "dgain"+what, float64(dgain[i]), float64(normals(n, 6)[i])+float64(dy[i])*wantX[i], 1e-4)
				// the derivative of x/rms, by the quotient rule
				want := (float64(dy[i])*float64(gain[i]) - wantX[i]*dot) * wantScale
				near(t, "dx"+what, float64(dx[i]), want, 1e-4*(1+wantScale))
			}
			RMSNormBackward(dy, dy, x, gain, dgain, scale)
			if !slices.Equal(dy, dx) {
				t.Fatalf("in place the gradient of %d differs", n)
			}
		}
	})
}

func TestAddNormBackwardMayOverwriteItsGradient(t *testing.T) {
	const n = 37
	gain, xhat := normals(n, 1), normals(n, 2)
	eachPath(t, func(t *testing.T) {
		want, dy := make([]float32, n), normals(n, 3)
		AddNormBackward(want, nil, dy, xhat, gain, make([]float32, n), make([]float32, n), 0.5, Dropout{}, 0)
		AddNormBackward(dy, nil, dy, xhat, gain, make([]float32, n), make([]float32, n), 0.5, Dropout{}, 0)
		for i := range dy {
			if dy[i] != want[i] {
				t.Fatalf("element %d is %g in place, %g beside", i, dy[i], want[i])
			}
		}
	})
}

func BenchmarkAddNorm(b *testing.B) {
	const n = 384
	x, y, residual, gain, bias := normals(n, 1), normals(n, 2), normals(n, 3), normals(n, 4), normals(n, 5)
	dgain, dbias := make([]float32, n), make([]float32, n)
	d := Dropout{Seed: 1, Rate: 0.1}
	b.Run("forward", func(b *testing.B) {
		for b.Loop() {
			AddNorm(y, x, residual, gain, bias, 1e-12, d, 0)
		}
	})
	b.Run("backward", func(b *testing.B) {
		for b.Loop() {
			AddNormBackward(residual, y, x, x, gain, dgain, dbias, 1, d, 0)
		}
	})
}
