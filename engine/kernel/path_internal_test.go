package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// eachPath runs a test once for every path that this machine has.
func eachPath(t *testing.T, test func(t *testing.T)) {
	chosen := active
	t.Cleanup(func() { active = chosen })
	for _, p := range paths() {
		t.Run(p.name, func(t *testing.T) {
			active = p
			test(t)
		})
	}
}

// normals gives n numbers of the standard normal distribution, the same in every run.
func normals(n int, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(random.NormFloat64())
	}
	return x
}

// near fails unless got is within tolerance of want, or both are not numbers.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) <= tolerance || math.IsNaN(got) && math.IsNaN(want) || got == want {
		return
	}
	t.Fatalf("%s is %g, want %g within %g", what, got, want, tolerance)
}

func TestPathsLackNoKernel(t *testing.T) {
	for _, p := range paths() {
		for _, part := range []reflect.Value{reflect.ValueOf(*p), reflect.ValueOf(p.tiling)} {
			for i := range part.NumField() {
				if part.Field(i).IsZero() {
					t.Errorf("%s has no %s", p.name, part.Type().Field(i).Name)
				}
			}
		}
	}
}

func TestChoose(t *testing.T) {
	fast, slow := &path{name: "fast"}, &path{name: "slow"}
	for name, c := range map[string]struct {
		asked string
		want  *path
	}{
		"nothing asked":          {"", fast},
		"the slower":             {"slow", slow},
		"what the machine lacks": {"quantum", fast},
	} {
		t.Run(name, func(t *testing.T) {
			if got := choose([]*path{fast, slow}, c.asked); got != c.want {
				t.Errorf("chose %s, want %s", got.name, c.want.name)
			}
		})
	}
}

// lengths are those of the slices that kernels are tried on: every remainder of a vector,
// and more than one piece.
var lengths = func() []int {
	var n []int
	for i := range 71 {
		n = append(n, i)
	}
	return append(n, 128, 385, 1000, piece+3)
}()

const (
	fence     = 20    // numbers behind a slice that no kernel may touch
	untouched = 12345 // what they are
)

// fenced copies x to where a kernel that writes too far is found out.
func fenced(x []float32) []float32 {
	data := append(make([]float32, 0, len(x)+fence), x...)
	for range fence {
		data = append(data, untouched)
	}
	return data[:len(x)]
}

// checkFences fails if a kernel wrote behind one of the slices.
func checkFences(t *testing.T, slices ...[]float32) {
	t.Helper()
	for _, s := range slices {
		for i, x := range s[len(s) : len(s)+fence] {
			if x != untouched {
				t.Fatalf("wrote %d behind the end of slice of %d", i+1, len(s))
			}
		}
	}
}

// FuzzPathsAgree compares the row kernels of every path with those in plain Go, on rows of any
// length and position in memory.
func FuzzPathsAgree(f *testing.F) {
	f.Add(uint16(1), uint8(0), uint64(1))
	f.Add(uint16(25), uint8(3), uint64(2))
	f.Add(uint16(385), uint8(15), uint64(3))
	f.Fuzz(func(t *testing.T, length uint16, offset uint8, seed uint64) {
		n := int(length)%2000 + 1
		var want [][]float32
		chosen := active
		defer func() { active = chosen }()
		for _, p := range slices.Backward(paths()) { // plain is the last
			active = p
			got := everyRowKernel(n, int(offset)%16, seed)
			if want == nil {
				want = got
			}
			for kernel := range got {
				checkFences(t, got[kernel])
				for i := range got[kernel] {
					w := float64(want[kernel][i])
					near(t, fmt.Sprintf("%s: number %d of %d of row %d", p.name, i, n, kernel), float64(got[kernel][i]), w, 1e-4*(1+math.Abs(w)))
				}
			}
		}
	})
}

// everyRowKernel runs the kernels that take rows and gives all that they write.
func everyRowKernel(n, offset int, seed uint64) [][]float32 {
	row := func(which uint64) []float32 {
		return fenced(append(make([]float32, offset), normals(n, seed+which)...))[offset:]
	}
	a, b, c, d, e, f := row(0), row(1), row(2), row(3), row(4), row(5)
	y, slope := row(6), row(7)
	Add(a, b)
	AddScaled(b, c, 0.3)
	Multiply(c, d)
	Scale(d, 1.7)
	GELU(y, slope, a)
	AddNorm(e, f, a, b, c, 1e-2, Dropout{seed, 0.2}, seed)
	dx, dgain, dbias := row(8), row(9), row(10)
	AddNormBackward(d, dx, a, f, b, dgain, dbias, 0.9, Dropout{seed, 0.2}, seed)
	RMSNorm(y, slope, a, 1e-2)
	RMSNormBackward(c, c, slope, b, dgain, 0.9)
	Rotate(e, dbias, a, b)
	p, dp := row(11), row(12)
	Softmax(p, 0.5)
	SoftmaxBackward(dp, p, 0.5)
	logits := row(13)
	CrossEntropy(logits, logits, n/2, 0.5, 0.1)
	weight, gradient, first, second := row(14), row(15), row(16), row(17)
	Multiply(second, second)
	AdamW(weight, gradient, first, second, AdamWStep{LearningRate: 0.1, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-3, GradScale: 1, Step: 2})
	return [][]float32{a, b, c, d, e, f, y, slope, dx, dgain, dbias, p, dp, logits, weight, gradient, first, second}
}
