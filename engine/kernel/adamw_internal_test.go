package kernel

import (
	"fmt"
	"math"
	"testing"
)

func TestAdamW(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range append(lengths, 2*piece+1) {
			s := AdamWStep{LearningRate: 1e-2, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, GradScale: 0.5}
			p, m, v := fenced(normals(n, 1)), fenced(make([]float32, n)), fenced(make([]float32, n))
			want, first, second := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range p {
				want[i] = float64(p[i])
			}
			lr, b1, b2 := float64(s.LearningRate), float64(s.Beta1), float64(s.Beta2)
			for s.Step = 1; s.Step <= 3; s.Step++ {
				gradient := normals(n, uint64(10+s.Step))
				g := fenced(gradient)
				AdamW(p, g, m, v, s)
				checkFences(t, p, g, m, v)
				for i := range p {
					// torch.optim.AdamW, line by line
					d := float64(gradient[i]) * float64(s.GradScale)
					want[i] *= 1 - lr*float64(s.Decay)
					first[i] = b1*first[i] + (1-b1)*d
					second[i] = b2*second[i] + (1-b2)*d*d
					rate := lr / (1 - math.Pow(b1, float64(s.Step)))
					want[i] -= rate * first[i] / (math.Sqrt(second[i])/math.Sqrt(1-math.Pow(b2, float64(s.Step))) + float64(s.Epsilon))
					near(t, fmt.Sprintf("parameter %d of %d after step %d", i, n, s.Step), float64(p[i]), want[i], 1e-6)
					if g[i] != 0 {
						t.Fatalf("gradient %d of %d was left at %g", i, n, g[i])
					}
				}
			}
		}
	})
}

func TestAdamWLeavesParametersWithoutGradientAlone(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		p := []float32{1, -2, 3}
		AdamW(p, make([]float32, 3), make([]float32, 3), make([]float32, 3),
			AdamWStep{LearningRate: 1, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, GradScale: 1, Step: 1})
		if p[0] != 1 || p[1] != -2 || p[2] != 3 {
			t.Errorf("parameters are %v", p)
		}
	})
}

func BenchmarkAdamW(b *testing.B) {
	const n = 1 << 20
	p, g, m, v := normals(n, 1), normals(n, 2), make([]float32, n), make([]float32, n)
	b.SetBytes(4 * 4 * n)
	for b.Loop() {
		AdamW(p, g, m, v, AdamWStep{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, GradScale: 1, Step: 10})
	}
}
