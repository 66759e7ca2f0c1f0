package kernel

// Layout says which operand of a matrix product is stored transposed.
type Layout uint8

const (
	NN Layout = iota // A is stored [m x k], B [k x n]
	NT               // B is stored [n x k]
	TN               // A is stored [k x m]
)

// Gemm is the product of the package's Gemm, split over the workers. The split never
// divides a sum, so the result does not depend on the number of workers.
func (w *Workers) Gemm(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	w.multiply(newProduct(l, m, n, k, a, lda, b, ldb, c, ldc, accumulate))
}

func (w *Workers) multiply(p product) {
	t := &active.tiling
	switch {
	case !w.idle && library(p):
	case p.m*p.n*p.k < worthSplitting && !w.idle:
		t.multiply(p)
	case p.splitsByRows(t.cols, w.count):
		tiles := ceil(p.m, t.rows())
		w.Rows(tiles, 1, func(_, from, to int) {
			t.multiply(p.rows(from*t.rows(), min(p.m, to*t.rows())))
		})
	default:
		panels := ceil(p.n, t.cols)
		w.Rows(panels, 1, func(_, from, to int) {
			t.multiply(p.columns(from*t.cols, min(p.n, to*t.cols)))
		})
	}
}

// worthSplitting is the number of multiplications that takes a worker some microseconds,
// which is what waking it costs.
const worthSplitting = 1 << 17

// splitsByRows chooses what the workers share out. Columns are better, because then each
// packs its own part of B, unless there are too few for an even split or A has to be
// packed and is the larger.
func (p product) splitsByRows(cols, workers int) bool {
	if p.a.row == 1 {
		return p.m >= p.n
	}
	return p.n < 2*cols*workers
}

// Gemm computes C = op(A) op(B), or C += op(A) op(B) when it accumulates, on the calling
// goroutine: the way for the many small products within Each. C is [m x n], the sums
// run over k; lda, ldb and ldc are the distances between the starts of two stored rows. It
// panics with a *ShapeError when a slice is too short for its matrix.
func Gemm(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	p := newProduct(l, m, n, k, a, lda, b, ldb, c, ldc, accumulate)
	if !library(p) {
		active.tiling.multiply(p)
	}
}

// product is one matrix product: C [m x n] from A [m x k] and B [k x n].
type product struct {
	a, b, c view
	base    view // [m x n], what the sums are added to: C itself, a row for all rows, or nothing
	m, n, k int
}

func newProduct(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) product {
	p := product{a: view{a, lda, 1}, b: view{b, ldb, 1}, c: view{c, ldc, 1}, m: m, n: n, k: k}
	if accumulate {
		p.base = p.c
	}
	switch l {
	case NT:
		p.b.row, p.b.col = 1, ldb
		checkShape("B", b, n, k, ldb)
	case TN:
		p.a.row, p.a.col = 1, lda
		checkShape("A", a, k, m, lda)
	}
	if l != NT {
		checkShape("B", b, k, n, ldb)
	}
	if l != TN {
		checkShape("A", a, m, k, lda)
	}
	checkShape("C", c, m, n, ldc)
	return p
}

// rows is the part of a product that makes the rows [from, to) of C.
func (p product) rows(from, to int) product {
	p.a, p.c, p.base, p.m = p.a.from(from, 0), p.c.from(from, 0), p.base.from(from, 0), to-from
	return p
}

// columns is the part of a product that makes the columns [from, to) of C.
func (p product) columns(from, to int) product {
	p.b, p.c, p.base, p.n = p.b.from(0, from), p.c.from(0, from), p.base.from(0, from), to-from
	return p
}

// terms is the part of a product that adds the terms [from, to) of every sum; the parts
// are to be computed in order.
func (p product) terms(from, to int) product {
	p.a, p.b, p.k = p.a.from(0, from), p.b.from(from, 0), to-from
	if from > 0 {
		p.base = p.c
	}
	return p
}

// begin makes C what the sums are added to.
func (p product) begin() {
	for i := range p.m {
		row := p.c.data[i*p.c.row:][:p.n]
		if p.base.data == nil {
			clear(row)
		} else {
			copy(row, p.base.data[i*p.base.row:])
		}
	}
}

// view is a matrix as it lies in a slice: element (i, j) is data[i*row+j*col]. Without a slice
// it is no matrix.
type view struct {
	data     []float32
	row, col int
}

// from is the matrix without its first i rows and j columns.
func (v view) from(i, j int) view {
	if v.data != nil {
		v.data = v.data[i*v.row+j*v.col:]
	}
	return v
}

func ceil(n, d int) int { return (n + d - 1) / d }
