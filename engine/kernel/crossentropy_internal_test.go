package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestCrossEntropy(t *testing.T) {
	const weight = 0.25
	eachPath(t, func(t *testing.T) {
		for _, n := range append(lengths[1:], 3*piece+5) {
			for _, smoothing := range []float64{0, 0.1, 1} {
				logits := normals(n, 1)
				for i := range logits {
					logits[i] *= 4
				}
				target := n / 2
				p := softmax64(logits, 1)
				loss, plain, gradient := 0.0, -math.Log(p[target]), make([]float64, n)
				for i := range p {
					q := smoothing / float64(n)
					if i == target {
						q += 1 - smoothing
					}
					loss -= q * math.Log(p[i])
					gradient[i] = (p[i] - q) * weight
				}
				got := fenced(make([]float32, n))
				smoothed, whole := CrossEntropy(got, logits, target, weight, float32(smoothing))
				near(t, fmt.Sprint("loss over ", n), smoothed, loss, 2e-6*(1+loss))
				near(t, fmt.Sprint("plain loss over ", n), whole, plain, 2e-6*(1+plain))
				checkFences(t, got)
				for i := range got {
					near(t, fmt.Sprintf("gradient %d of %d", i, n), float64(got[i]), gradient[i], 1e-7+2e-6*math.Abs(gradient[i]))
				}
				smoothed, whole = CrossEntropy(nil, logits, target, weight, float32(smoothing))
				near(t, "loss without gradient", smoothed, loss, 2e-6*(1+loss))
				near(t, "plain loss without gradient", whole, plain, 2e-6*(1+plain))
				CrossEntropy(logits, logits, target, weight, float32(smoothing))
				if !slices.Equal(logits, got) {
					t.Fatalf("in place the gradient over %d differs", n)
				}
			}
		}
	})
}

func TestCrossEntropyOfTheExtremes(t *testing.T) {
	for _, c := range []struct {
		name   string
		logits []float32
		want   float64
	}{
		{"certain and right", []float32{1000, -1000}, 0},
		{"certain and wrong", []float32{-1000, 1000}, 2000},
		{"not a number", []float32{0, float32(math.NaN())}, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachPath(t, func(t *testing.T) {
				loss, plain := CrossEntropy(nil, c.logits, 0, 1, 0)
				near(t, "loss", loss, c.want, 1e-6)
				near(t, "plain loss", plain, c.want, 1e-6)
			})
		})
	}
}
