package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"attune/engine/kernel"
)

func TestGemmMultipliesEveryLayout(t *testing.T) {
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	random := rand.New(rand.NewPCG(1, 2))
	const m, n, k = 37, 21, 13
	for name, layout := range map[string]kernel.Layout{"NN": kernel.NN, "NT": kernel.NT, "TN": kernel.TN} {
		t.Run(name, func(t *testing.T) {
			lda, ldb := k, n
			a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
			for _, s := range [][]float32{a, b, c} {
				for i := range s {
					s[i] = float32(random.NormFloat64())
				}
			}
			at := func(i, p int) float32 { return a[i*k+p] }
			bt := func(p, j int) float32 { return b[p*n+j] }
			if layout == kernel.TN {
				lda, at = m, func(i, p int) float32 { return a[p*m+i] }
			}
			if layout == kernel.NT {
				ldb, bt = k, func(p, j int) float32 { return b[j*k+p] }
			}
			want := make([]float64, m*n)
			for i := range m {
				for j := range n {
					want[i*n+j] = float64(c[i*n+j])
					for p := range k {
						want[i*n+j] += float64(at(i, p)) * float64(bt(p, j))
					}
				}
			}
			workers.Gemm(layout, m, n, k, a, lda, b, ldb, c, n, true)
			for i := range want {
				if math.Abs(float64(c[i])-want[i]) > 1e-5 {
					t.Fatalf("element %d is %g, want %g", i, c[i], want[i])
				}
			}
		})
	}
}
