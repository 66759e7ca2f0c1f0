package kernel

import (
	"sync"
	"unsafe"
)

// scratch is the memory that one running product needs besides its operands.
type scratch struct {
	a, b []float32 // packed operands
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// grown gives a slice of n numbers that starts at a cache line: old, where that is long
// enough. Its content is arbitrary.
func grown(old []float32, n int) []float32 {
	if cap(old) >= n {
		return old[:n]
	}
	const line = 16 // numbers
	data := make([]float32, n+line)
	if past := int(uintptr(unsafe.Pointer(unsafe.SliceData(data)))) / 4 % line; past > 0 {
		data = data[line-past:]
	}
	return data[:n]
}

// leftOperand is A as tiles read it. Element (r, p) of the tile that starts in row i is
// data[i*start+r*row+p*col].
type leftOperand struct {
	data            []float32
	start, row, col int
}

func (l leftOperand) tile(i int) view { return view{l.data[i*l.start:], l.row, l.col} }

// left gives the A of a product: where it lies, or packed if it is stored transposed,
// since a tile would then jump to another memory page with every term.
func (t *tiling) left(p product, s *scratch) leftOperand {
	if p.a.row != 1 || p.n < packAFromColumns {
		return leftOperand{p.a.data, p.a.row, p.a.row, p.a.col}
	}
	rows := t.rows()
	s.a = grown(s.a, ceil(p.m, rows)*rows*p.k)
	t.packA(s.a, p)
	return leftOperand{s.a, p.k, 1, rows}
}

// packA copies the A of a product, stored transposed, so that the numbers that a tile
// needs for one term lie together, before those for the next. It goes along A
// as that is stored, since a jump from row to row would meet the same few lines of a cache
// again and again where rows are a multiple of 4096 bytes.
func (t *tiling) packA(dst []float32, p product) {
	rows := t.rows()
	tiles := p.m / rows
	whole := tiles * rows
	for k := range p.k {
		stored := p.a.data[k*p.a.col:][:p.m]
		t.pieces(dst[k*rows:], rows*p.k, stored, rows, rows, tiles)
		if whole < p.m {
			copy(dst[whole*p.k+k*rows:], stored[whole:])
		}
	}
}

// packB copies the B of a product at most one tile wide into a panel: a tile's columns
// for the first term, then those for the next. Columns that the product lacks are 0.
func (t *tiling) packB(dst []float32, p product) {
	if p.n < t.cols {
		clear(dst[:p.k*t.cols])
	}
	if p.b.row == 1 {
		t.packTransposed(dst, p)
		return
	}
	t.pieces(dst, t.cols, p.b.data, p.b.row, p.n, p.k)
}

// packTransposed is packB for a B that is stored transposed.
func (t *tiling) packTransposed(dst []float32, p product) {
	squares := p.k / 8
	whole := p.n / 8 * 8
	for j := 0; j < whole; j += 8 {
		t.transpose8(dst[j:], t.cols, p.b.data[j*p.b.col:], p.b.col, squares)
	}
	for j := range p.n {
		done := 0
		if j < whole {
			done = squares * 8
		}
		column := p.b.data[j*p.b.col:][:p.k]
		for k := done; k < p.k; k++ {
			dst[k*t.cols+j] = column[k]
		}
	}
}
