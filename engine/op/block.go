package op

import "attune/engine/kernel"

// block is a matrix within rows that begin stride values apart.
type block struct {
	values []float32
	stride int
}

// at is the block from a row and a column on; it is empty where there are none.
func (b block) at(row, column int) block {
	return block{b.values[min(row*b.stride+column, len(b.values)):], b.stride}
}

// row is the beginning of a row.
func (b block) row(i, cols int) []float32 { return b.values[i*b.stride:][:cols] }

func (b block) clear(rows, cols int) {
	for i := range rows {
		clear(b.row(i, cols))
	}
}

// plus gives some rows with a vector added to each, in a buffer.
func (b block) plus(vector []float32, rows int, buffer *[]float32) block {
	sum := block{grow(buffer, rows*len(vector)), len(vector)}
	for i := range rows {
		copy(sum.row(i, len(vector)), b.row(i, len(vector)))
		kernel.Add(sum.row(i, len(vector)), vector)
	}
	return sum
}

// add adds some rows of another block, as wide as its rows are long.
func (b block) add(x block, rows int) {
	for i := range rows {
		kernel.Add(b.row(i, x.stride), x.row(i, x.stride))
	}
}

// sum adds some rows to a vector.
func (b block) sum(vector []float32, rows int) {
	for i := range rows {
		kernel.Add(vector, b.row(i, len(vector)))
	}
}

func multiply(l kernel.Layout, m, n, k int, a, b, c block, add bool) {
	kernel.Gemm(l, m, n, k, a.values, a.stride, b.values, b.stride, c.values, c.stride, add)
}

// grow gives n values of a buffer, which becomes longer where it is too short.
func grow(buffer *[]float32, n int) []float32 {
	if cap(*buffer) < n {
		*buffer = make([]float32, n)
	}
	return (*buffer)[:n]
}
