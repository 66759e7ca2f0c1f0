package kernel

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var layouts = []struct {
	name   string
	layout Layout
}{{"NN", NN}, {"NT", NT}, {"TN", TN}}

// matrix is a test operand: its numbers lie in rows with a gap behind each, and the gaps
// hold what no kernel may read or change.
type matrix struct {
	data         []float32
	rows, cols   int
	stride       int
	gap          float32
	transposedIn bool
}

func randomMatrix(random *rand.Rand, rows, cols int, transposed bool, gap float32) matrix {
	m := matrix{rows: rows, cols: cols, gap: gap, transposedIn: transposed}
	if transposed {
		rows, cols = cols, rows
	}
	m.stride = cols + random.IntN(6)
	m.data = make([]float32, max(0, (rows-1)*m.stride+cols))
	for i := range m.data {
		m.data[i] = gap
		if i%m.stride < cols {
			m.data[i] = float32(random.NormFloat64())
		}
	}
	return m
}

func (m matrix) at(i, j int) float64 {
	if m.transposedIn {
		i, j = j, i
	}
	return float64(m.data[i*m.stride+j])
}

// gemmCase is a product with what its definition gives.
type gemmCase struct {
	layout  Layout
	m, n, k int
	a, b, c matrix
	sums    []float64 // [m x n] of the products
	sizes   []float64 // [m x n] of their absolute values
}

func newGemmCase(l Layout, m, n, k int) gemmCase {
	random := rand.New(rand.NewPCG(uint64(m*n), uint64(k)))
	nan := float32(math.NaN())
	c := gemmCase{
		layout: l, m: m, n: n, k: k,
		a:    randomMatrix(random, m, k, l == TN, nan),
		b:    randomMatrix(random, k, n, l == NT, nan),
		c:    randomMatrix(random, m, n, false, untouched),
		sums: make([]float64, m*n), sizes: make([]float64, m*n),
	}
	for i := range c.sums {
		for p := range k {
			term := c.a.at(i/n, p) * c.b.at(p, i%n)
			c.sums[i] += term
			c.sizes[i] += math.Abs(term)
		}
	}
	return c
}

// check computes the product on the workers, or on this goroutine when there are none.
func (c gemmCase) check(t *testing.T, w *Workers, accumulate bool) {
	t.Helper()
	compute := Gemm
	if w != nil {
		compute = w.Gemm
	}
	got := slices.Clone(c.c.data)
	compute(c.layout, c.m, c.n, c.k, c.a.data, c.a.stride, c.b.data, c.b.stride, got, c.c.stride, accumulate)
	for at, x := range got {
		i, j := at/c.c.stride, at%c.c.stride
		if j >= c.n {
			if x != untouched {
				t.Fatalf("wrote between the rows of C, at %d", at)
			}
			continue
		}
		want, size := c.sums[i*c.n+j], c.sizes[i*c.n+j]
		if accumulate {
			want += c.c.at(i, j)
			size += math.Abs(c.c.at(i, j))
		}
		// the error that any order of summing may make
		bound := float64(c.k+1) * size / (1 << 24)
		if d := math.Abs(float64(x) - want); !(d <= bound) {
			t.Fatalf("C(%d,%d) of %d x %d x %d is %g, want %g within %g", i, j, c.m, c.n, c.k, x, want, bound)
		}
	}
}

func TestGemmEqualsTheSumOfProducts(t *testing.T) {
	shapes := [][3]int{
		{1, 1, 1}, {1, 70, 3}, {70, 1, 5}, {12, 32, 4}, {6, 16, 8}, {13, 33, 9}, {24, 64, 32}, {11, 31, 7}, {5, 15, 0}, {0, 2000, 400}, {3, 0, 2},
		{65, 97, 17}, {70, 300, 19}, // packed A and B with ragged ends
		{485, 40, 390}, {30, 1550, 20}, {130, 100, 800}, // more than one block of rows, columns, terms
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 25 {
		shapes = append(shapes, [3]int{1 + random.IntN(70), 1 + random.IntN(70), 1 + random.IntN(70)})
	}
	pool := NewWorkers(3)
	defer pool.Close()
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			var cases []gemmCase
			for _, s := range shapes {
				cases = append(cases, newGemmCase(l.layout, s[0], s[1], s[2]))
			}
			eachPath(t, func(t *testing.T) {
				for i, c := range cases {
					c.check(t, nil, i%2 == 0)
					c.check(t, pool, i%2 == 1)
				}
			})
		})
	}
}

func TestGemmIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	const m, n, k = 301, 203, 157
	a, b := normals(m*k, 1), normals(k*n, 2)
	eachPath(t, func(t *testing.T) {
		for _, l := range layouts {
			lda, ldb := k, n
			if l.layout == TN {
				lda = m
			}
			if l.layout == NT {
				ldb = k
			}
			want := make([]float32, m*n)
			Gemm(l.layout, m, n, k, a, lda, b, ldb, want, n, false)
			for count := 1; count <= 5; count++ {
				w := NewWorkers(count)
				got := make([]float32, m*n)
				w.Gemm(l.layout, m, n, k, a, lda, b, ldb, got, n, false)
				w.Close()
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("%s with %d workers: element %d is %g, on one goroutine %g", l.name, count, i, got[i], want[i])
					}
				}
			}
		}
	})
}

func TestLinear(t *testing.T) {
	const rows, out, in = 70, 300, 41
	pool := NewWorkers(2)
	defer pool.Close()
	x, weight, bias := normals(rows*in, 1), normals(out*in, 2), normals(out, 3)
	eachPath(t, func(t *testing.T) {
		for _, b := range [][]float32{nil, bias} {
			y := fenced(make([]float32, rows*out))
			pool.Linear(rows, out, in, x, weight, b, y)
			checkFences(t, y)
			for i := range y {
				var want float64
				if b != nil {
					want = float64(b[i%out])
				}
				for k := range in {
					want += float64(x[i/out*in+k]) * float64(weight[i%out*in+k])
				}
				near(t, fmt.Sprint("number ", i), float64(y[i]), want, 2e-5)
			}
		}
	})
}

func TestGemmRefusesSlicesThatAreTooShort(t *testing.T) {
	for name, c := range map[string]struct {
		layout  Layout
		a, b, c int // lengths
		operand string
	}{
		"NN, A": {NN, 11, 20, 15, "A"}, "NN, B": {NN, 12, 19, 15, "B"}, "NN, C": {NN, 12, 20, 14, "C"},
		"NT, B": {NT, 12, 19, 15, "B"}, "TN, A": {TN, 11, 20, 15, "A"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var shape *ShapeError
				if !errors.As(err, &shape) || shape.Operand != c.operand {
					t.Errorf("panicked with %v, want a ShapeError for %s", err, c.operand)
				}
			}()
			lda, ldb := 4, 5
			if c.layout == NT {
				ldb = 4
			}
			if c.layout == TN {
				lda = 3
			}
			Gemm(c.layout, 3, 5, 4, make([]float32, c.a), lda, make([]float32, c.b), ldb, make([]float32, c.c), 5, false)
		})
	}
}

func FuzzGemm(f *testing.F) {
	f.Add(uint8(1), uint8(2), uint8(3), uint8(0), true)
	f.Add(uint8(65), uint8(97), uint8(17), uint8(2), false)
	f.Fuzz(func(t *testing.T, m, n, k, layout uint8, accumulate bool) {
		c := newGemmCase(layouts[int(layout)%len(layouts)].layout, int(m), int(n), int(k))
		eachPath(t, func(t *testing.T) { c.check(t, nil, accumulate) })
	})
}

func BenchmarkGemm(b *testing.B) {
	for _, s := range [][3]int{{512, 384, 384}, {512, 1536, 384}, {512, 384, 1536}, {1000, 128, 128}, {25, 25, 32}, {25, 32, 25}} {
		for _, l := range layouts {
			for _, count := range []int{1, 2} {
				b.Run(fmt.Sprintf("%dx%dx%d/%s/workers=%d", s[0], s[1], s[2], l.name, count), func(b *testing.B) {
					m, n, k := s[0], s[1], s[2]
					w := NewWorkers(count)
					defer w.Close()
					lda, ldb := k, n
					if l.layout == TN {
						lda = m
					}
					if l.layout == NT {
						ldb = k
					}
					x, y, z := normals(m*k, 1), normals(k*n, 2), make([]float32, m*n)
					for b.Loop() {
						w.Gemm(l.layout, m, n, k, x, lda, y, ldb, z, n, false)
					}
					b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}
