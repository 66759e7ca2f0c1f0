package kernel

import (
	"fmt"
	"math"
	"testing"
)

func TestRotate(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range lengths {
			angles, cos, sin := normals(n, 1), make([]float32, n), make([]float32, n)
			for i, angle := range angles {
				cos[i], sin[i] = float32(math.Cos(float64(angle))), float32(math.Sin(float64(angle)))
			}
			a, b := fenced(normals(n, 2)), fenced(normals(n, 3))
			beforeA, beforeB := normals(n, 2), normals(n, 3)
			Rotate(a, b, cos, sin)
			checkFences(t, a, b)
			for i := range a {
				what := fmt.Sprintf(" %d of %d", i, n)
				x, y, c, s := float64(beforeA[i]), float64(beforeB[i]), math.Cos(float64(angles[i])), math.Sin(float64(angles[i]))
				near(t, "a"+what, float64(a[i]), x*c-y*s, 1e-6)
				near(t, "b"+what, float64(b[i]), y*c+x*s, 1e-6)
			}
			Rotate(b, a, cos, sin)
			for i := range a {
				near(t, fmt.Sprintf("a %d of %d, turned back,", i, n), float64(a[i]), float64(beforeA[i]), 1e-6)
				near(t, fmt.Sprintf("b %d of %d, turned back,", i, n), float64(b[i]), float64(beforeB[i]), 1e-6)
			}
		}
	})
}
