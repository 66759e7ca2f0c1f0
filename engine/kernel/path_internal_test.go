package kernel

import (
	"math"
	"math/rand/v2"
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
