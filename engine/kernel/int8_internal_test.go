package kernel

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// eachBytePath runs a test once for every path for bytes that this machine has.
func eachBytePath(t *testing.T, test func(t *testing.T)) {
	chosen := activeBytes
	t.Cleanup(func() { activeBytes = chosen })
	for _, p := range bytePaths() {
		t.Run(p.name, func(t *testing.T) {
			activeBytes = p
			test(t)
		})
	}
}

// exactly gives result (r, o) of a product of bytes, whose every step is defined to the
// last bit.
func exactly(q *Quantised, b *byteRows, r, o int) float32 {
	sum := int32(0)
	for i := range q.in {
		sum += (int32(b.u[r*b.stride+i]) - b.zero[r]) * int32(q.numbers[q.place(o, i)])
	}
	return float32(float32(float32(sum)*q.scale[o])*b.step[r]) + q.bias[o]
}

// plainRows turns rows into bytes in plain Go.
func plainRows(rows, width int, x []float32) *byteRows {
	chosen := activeBytes
	defer func() { activeBytes = chosen }()
	activeBytes = &plainBytes
	b := newByteRows(rows, width)
	b.set(0, x, width)
	return b
}

func checkQuantised(t *testing.T, workers *Workers, rows, out, in int, x, w, bias []float32) {
	t.Helper()
	q := Quantise(out, in, w, bias)
	y := fenced(make([]float32, rows*out))
	q.Multiply(workers, rows, y, x)
	checkFences(t, y)
	b := plainRows(rows, in, x)
	values := q.Weights()
	for r := range rows {
		for o := range out {
			what := fmt.Sprintf("y(%d,%d) of %d x %d x %d", r, o, rows, out, in)
			got := y[r*out+o]
			if want := exactly(q, b, r, o); got != want {
				t.Fatalf("%s is %g, want %g to the last bit", what, got, want)
			}
			// half a step of rounding in every number of either side
			want, size, bound := float64(q.bias[o]), 0.0, 0.0
			for i := range in {
				a, c := float64(x[r*in+i]), float64(w[o*in+i])
				want += a * c
				size += math.Abs(a * c)
				bound += math.Abs(a)*float64(q.scale[o])/2 + float64(b.step[r])*math.Abs(float64(values[o*in+i]))
			}
			near(t, what, float64(got), want, 1.001*bound+1e-6*(size+math.Abs(want)))
		}
	}
}

func TestQuantisedProducts(t *testing.T) {
	shapes := [][3]int{
		{1, 1, 1}, {1, 33, 3}, {12, 32, 16}, {13, 31, 5}, {6, 16, 4}, {5, 17, 70}, {70, 3, 19}, {100, 40, 65},
		{97, 65, 33}, {300, 70, 50}, {2, 700, 384}, {0, 5, 7},
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 25 {
		shapes = append(shapes, [3]int{1 + random.IntN(70), 1 + random.IntN(70), 1 + random.IntN(70)})
	}
	pool := NewWorkers(3)
	defer pool.Close()
	eachBytePath(t, func(t *testing.T) {
		for i, s := range shapes {
			rows, out, in := s[0], s[1], s[2]
			x, w := normals(rows*in, uint64(i)), normals(out*in, uint64(i)+100)
			var bias []float32
			if i%2 == 0 {
				bias = normals(out, uint64(i)+200)
			}
			checkQuantised(t, pool, rows, out, in, x, w, bias)
		}
	})
}

// The largest numbers there are must not overflow on the way to their sum.
func TestQuantisedProductsDoNotOverflow(t *testing.T) {
	const rows, out, in = 3, 40, 3072
	x, w := make([]float32, rows*in), make([]float32, out*in)
	for i := range x {
		x[i] = []float32{1, -1, 0}[i/in] // all at the top, all at the bottom, nothing
	}
	for i := range w {
		w[i] = float32(1 - i/in%2*2)
	}
	pool := NewWorkers(1)
	defer pool.Close()
	eachBytePath(t, func(t *testing.T) {
		checkQuantised(t, pool, rows, out, in, x, w, nil)
		y := make([]float32, rows*out)
		Quantise(out, in, w, nil).Multiply(pool, rows, y, x)
		for i, want := range []float64{in, -in, 0} {
			near(t, fmt.Sprintf("row %d", i), float64(y[i*out]), want, 1e-3*in)
		}
	})
}

func TestQuantisedProductsAreTheSameForAnyNumberOfWorkers(t *testing.T) {
	const out, in = 203, 157
	w := normals(out*in, 1)
	eachBytePath(t, func(t *testing.T) {
		q := Quantise(out, in, w, nil)
		for _, rows := range []int{5, 301} {
			x := normals(rows*in, 2)
			var want []float32
			for count := 1; count <= 5; count++ {
				pool := NewWorkers(count)
				got := make([]float32, rows*out)
				q.Multiply(pool, rows, got, x)
				pool.Close()
				if want == nil {
					want = got
				}
				if !slices.Equal(got, want) {
					t.Errorf("%d rows: %d workers computed something else than one", rows, count)
				}
			}
		}
	})
}

func TestWhatIsNoNumberSpoilsItsRowAlone(t *testing.T) {
	const rows, out, in = 4, 20, 37
	pool := NewWorkers(1)
	defer pool.Close()
	for name, bad := range map[string]float64{"not a number": math.NaN(), "infinity": math.Inf(1), "minus infinity": math.Inf(-1)} {
		t.Run(name, func(t *testing.T) {
			x, w := normals(rows*in, 1), normals(out*in, 2)
			x[2*in+36], w[7*in+3] = float32(bad), float32(bad)
			eachBytePath(t, func(t *testing.T) {
				y := make([]float32, rows*out)
				Quantise(out, in, w, nil).Multiply(pool, rows, y, x)
				for i, v := range y {
					if spoilt := v != v; spoilt != (i/out == 2 || i%out == 7) {
						t.Fatalf("y(%d,%d) is %g", i/out, i%out, v)
					}
				}
			})
		})
	}
}

func TestQuantisedMatricesTakeAQuarter(t *testing.T) {
	const out, in = 768, 768
	eachBytePath(t, func(t *testing.T) {
		if got, most := Quantise(out, in, normals(out*in, 1), nil).Bytes(), out*in*11/10; got > most {
			t.Errorf("%d bytes for %d numbers", got, out*in)
		}
	})
}

func TestQuantisedProductsRefuseSlicesThatAreTooShort(t *testing.T) {
	pool := NewWorkers(1)
	defer pool.Close()
	q := Quantise(3, 4, make([]float32, 12), nil)
	for name, call := range map[string]func(){
		"W": func() { Quantise(3, 4, make([]float32, 11), nil) },
		"x": func() { q.Multiply(pool, 2, make([]float32, 6), make([]float32, 7)) },
		"y": func() { q.Multiply(pool, 2, make([]float32, 5), make([]float32, 8)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var shape *ShapeError
				if !errors.As(err, &shape) || shape.Operand != name {
					t.Errorf("panicked with %v, want a ShapeError for %s", err, name)
				}
			}()
			call()
		})
	}
}

func FuzzQuantised(f *testing.F) {
	f.Add(uint8(1), uint8(2), uint8(3), uint64(1), float32(1))
	f.Add(uint8(65), uint8(97), uint8(17), uint64(2), float32(1e-30))
	f.Add(uint8(13), uint8(5), uint8(70), uint64(3), float32(1e30))
	pool := NewWorkers(2)
	f.Fuzz(func(t *testing.T, rows, out, in uint8, seed uint64, size float32) {
		if !(math.Abs(float64(size)) < 1e30 && math.Abs(float64(size)) > 1e-30) || in == 0 {
			t.Skip("results would leave the range of float32")
		}
		eachBytePath(t, func(t *testing.T) {
			x := normals(int(rows)*int(in), seed)
			Scale(x, size)
			w := normals(int(out)*int(in), seed+1)
			for i := range w {
				w[i] += float32(seed % 5) // not every row lies around 0
			}
			checkQuantised(t, pool, int(rows), int(out), int(in), x, w, normals(int(out), seed+2))
		})
	})
}

// BenchmarkQuantised gives the speed of products as they stand in MiniLM and BERT, and that
// of the same products in float32.
func BenchmarkQuantised(b *testing.B) {
	w := NewWorkers(0)
	defer w.Close()
	for _, s := range [][3]int{{800, 1536, 384}, {800, 384, 1536}, {4096, 1536, 384}, {800, 3072, 768}, {2048, 768, 3072}, {12, 3072, 768}} {
		rows, out, in := s[0], s[1], s[2]
		x, weights, y := normals(rows*in, 1), normals(out*in, 2), make([]float32, rows*out)
		q := Quantise(out, in, weights, nil)
		for name, multiply := range map[string]func(){
			"int8":    func() { q.Multiply(w, rows, y, x) },
			"float32": func() { w.Gemm(NT, rows, out, in, x, in, weights, in, y, out, false) },
		} {
			b.Run(fmt.Sprintf("%dx%dx%d/%s", rows, out, in, name), func(b *testing.B) {
				for b.Loop() {
					multiply()
				}
				b.ReportMetric(2*float64(rows*out*in)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GOP/s")
			})
		}
	}
}
