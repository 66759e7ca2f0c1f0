package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestDropoutIsTheSameOnEveryPath(t *testing.T) {
	for _, d := range []Dropout{{1, 0.1}, {2, 0.5}, {1 << 60, 0.9}, {3, 1e-6}} {
		for _, at := range []uint64{0, 1, 12345, 1<<32 - 7} {
			for _, n := range lengths {
				want := normals(n, 1)
				key := mix(d.Seed)
				dropoutPlain(want, uint32(at), uint32(key), uint32(key>>32), uint32(float64(d.Rate)*(1<<32)), 1/(1-d.Rate))
				for _, p := range paths() {
					active = p
					got := fenced(normals(n, 1))
					d.Apply(got, at)
					checkFences(t, got)
					if !slices.Equal(got, want) {
						t.Fatalf("%v at %d, %d elements: %s differs from the plain path", d, at, n, p.name)
					}
				}
			}
		}
	}
	active = paths()[0]
}

// A mask written down, so that a saved run resumes with the masks that it began with.
func TestDropoutKeepsItsMasks(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		x := make([]float32, 48)
		for i := range x {
			x[i] = 1
		}
		Dropout{Seed: 42, Rate: 0.5}.Apply(x, 1000)
		kept := ""
		for _, v := range x {
			kept += fmt.Sprint(v / 2)
		}
		const want = "011010000101000110111000111111101100000001111101"
		if kept != want {
			t.Errorf("kept %s, want %s", kept, want)
		}
	})
}

func TestDropoutOfAPartIsThatPartOfTheWhole(t *testing.T) {
	d := Dropout{Seed: 5, Rate: 0.3}
	eachPath(t, func(t *testing.T) {
		whole := normals(300, 1)
		d.Apply(whole, 70)
		for _, cut := range []int{0, 1, 13, 64, 299} {
			parts := normals(300, 1)
			d.Apply(parts[:cut], 70)
			d.Apply(parts[cut:], 70+uint64(cut))
			if !slices.Equal(parts, whole) {
				t.Errorf("cut at %d the mask differs", cut)
			}
		}
	})
}

func TestDropoutDropsItsRate(t *testing.T) {
	const n = 1 << 20
	for _, rate := range []float32{0, 0.01, 0.1, 0.5, 0.99, 1} {
		for seed := range uint64(3) {
			x := make([]float32, n)
			for i := range x {
				x[i] = 1
			}
			Dropout{Seed: seed, Rate: rate}.Apply(x, 0)
			dropped := 0.0
			for _, v := range x {
				if v == 0 {
					dropped++
				}
			}
			deviation := math.Sqrt(n * float64(rate) * float64(1-rate))
			near(t, fmt.Sprintf("number dropped at rate %g, seed %d", rate, seed), dropped, n*float64(rate), 4*deviation)
		}
	}
}

// Streams of neighbouring seeds, and neighbours within a stream, must agree no more often
// than chance would have it.
func TestDropoutMasksAreIndependent(t *testing.T) {
	const n = 1 << 18
	ones := func() []float32 {
		x := make([]float32, n+512)
		for i := range x {
			x[i] = 1
		}
		return x
	}
	first := ones()
	Dropout{Seed: 7, Rate: 0.5}.Apply(first, 0)
	check := func(what string, other []float32) {
		agree := 0.0
		for i := range n {
			if first[i] == other[i] {
				agree++
			}
		}
		near(t, "agreement with "+what, agree, n/2, 4.5*math.Sqrt(n)/2)
	}
	for seed := uint64(8); seed < 24; seed++ {
		other := ones()
		Dropout{Seed: seed, Rate: 0.5}.Apply(other, 0)
		check(fmt.Sprint("seed ", seed), other)
	}
	for _, shift := range []int{1, 2, 16, 128, 384} {
		check(fmt.Sprint("itself shifted by ", shift), first[shift:])
	}
}

func BenchmarkDropout(b *testing.B) {
	const n = 384
	x := normals(n, 1)
	for b.Loop() {
		Dropout{Seed: 1, Rate: 0.1}.Apply(x, 0)
		x[0] = 1
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/number")
}
