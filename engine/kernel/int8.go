package kernel

import (
	"math"
	"slices"
	"sync"
)

// Quantised is the matrix W [out x in] of a linear layer in whole numbers of 8 bits, with
// its bias b: row o of W is about scale[o] times its numbers. It serves products with rows
// of float32 that are turned into bytes row by row while they run (dynamic quantisation;
// Jacob et al. 2018, arXiv 1712.05877, section 2), and takes a quarter of the memory.
type Quantised struct {
	out, in int
	// numbers holds the columns of the product in panels as wide as a tile: group after
	// group of four terms, and in each the four numbers of every column. What fills up the
	// last group and the last panel is 0.
	numbers           []int8
	scale, bias       []float32 // of each row
	sums              []int32   // of the numbers of each row
	cols, groupsOfRow int
}

// group is how many terms of a sum lie together.
const group = 4

// Quantise turns W [out x in] and b, which may be nil, into bytes. A row that has a number
// that is not finite gives results that are none.
func Quantise(out, in int, w, bias []float32) *Quantised {
	checkShape("W", w, out, in, in)
	p := activeBytes
	padded := ceil(out, p.cols) * p.cols
	q := &Quantised{
		out: out, in: in, cols: p.cols, groupsOfRow: ceil(in, group),
		scale: make([]float32, padded), bias: make([]float32, padded), sums: make([]int32, padded),
	}
	q.numbers = make([]int8, padded*q.groupsOfRow*group)
	copy(q.bias[:out], bias)
	for o := range out {
		q.setRow(o, w[o*in:(o+1)*in], p.largest)
	}
	return q
}

// setRow spreads the largest number that is allowed over the greatest of the row.
func (q *Quantised) setRow(o int, row []float32, largest float32) {
	low, high, spoilt := activeBytes.extent(row)
	greatest := max(high, -low)
	q.scale[o] = greatest/largest + spoilt
	if greatest == 0 || q.scale[o] != q.scale[o] {
		return
	}
	for i, x := range row {
		n := int8(math.RoundToEven(float64(x) / float64(greatest) * float64(largest)))
		q.numbers[q.place(o, i)] = n
		q.sums[o] += int32(n)
	}
}

// place is where number i of row o lies.
func (q *Quantised) place(o, i int) int {
	panel, column := o/q.cols, o%q.cols
	return ((panel*q.groupsOfRow+i/group)*q.cols+column)*group + i%group
}

// Size gives the rows and columns of W.
func (q *Quantised) Size() (out, in int) { return q.out, q.in }

// Bytes is the memory that the matrix takes.
func (q *Quantised) Bytes() int {
	return len(q.numbers) + 4*(len(q.scale)+len(q.bias)+len(q.sums))
}

// Weights gives W [out x in] as the products see it.
func (q *Quantised) Weights() []float32 {
	w := make([]float32, q.out*q.in)
	for o := range q.out {
		for i := range q.in {
			w[o*q.in+i] = q.scale[o] * float32(q.numbers[q.place(o, i)])
		}
	}
	return w
}

// Multiply writes x Wᵀ + b to y [rows x out], for x [rows x in]. The sums are exact, so the
// result does not depend on the number of workers.
func (q *Quantised) Multiply(w *Workers, rows int, y, x []float32) {
	checkShape("x", x, rows, q.in, q.in)
	checkShape("y", y, rows, q.out, q.out)
	p := activeBytes
	tiles, panels := ceil(rows, len(p.tiles)), ceil(q.out, q.cols)
	if tiles >= 2*w.count || rows*q.out*q.in < worthSplitting {
		w.Rows(tiles, worthSplitting/(len(p.tiles)*q.out*q.in+1), func(_, from, to int) {
			q.multiplyRows(from*len(p.tiles), min(rows, to*len(p.tiles)), y, x)
		})
		return
	}
	b := newByteRows(rows, q.in)
	defer byteRowsPool.Put(b)
	w.Rows(rows, 1+worthSplitting/(4*q.in), func(_, from, to int) { b.set(from, x[from*q.in:to*q.in], q.in) })
	w.Rows(panels, 1, func(_, from, to int) { q.multiply(b, rows, from, to, y) })
}

// blockBytes is how many rows are turned into bytes together: they stay in the second-level
// cache while all panels pass by.
const blockBytes = 96

func (q *Quantised) multiplyRows(from, to int, y, x []float32) {
	b := newByteRows(blockBytes, q.in)
	defer byteRowsPool.Put(b)
	for ; from < to; from += blockBytes {
		rows := min(blockBytes, to-from)
		b.set(0, x[from*q.in:(from+rows)*q.in], q.in)
		q.multiply(b, rows, 0, ceil(q.out, q.cols), y[from*q.out:])
	}
}

// multiply computes the panels [from, to) of the product with rows of bytes.
func (q *Quantised) multiply(b *byteRows, rows, from, to int, y []float32) {
	tiles := activeBytes.tiles
	for panel := from; panel < to; panel++ {
		column := panel * q.cols
		numbers := q.numbers[column*q.groupsOfRow*group:]
		for i := 0; i < rows; i += len(tiles) {
			tile := tiles[min(len(tiles), rows-i)-1]
			tile(q.groupsOfRow, b.u[i*b.stride:], b.stride, numbers, b.zero[i:], q.sums[column:], b.step[i:],
				q.scale[column:], q.bias[column:], y[i*q.out+column:], q.out, min(q.cols, q.out-column))
		}
	}
}

// byteRows are rows of float32 in bytes: number i of a row is about step (u[i] - zero).
type byteRows struct {
	u      []uint8
	zero   []int32
	step   []float32
	stride int // between the starts of two rows of u
}

var byteRowsPool = sync.Pool{New: func() any { return new(byteRows) }}

func newByteRows(rows, width int) *byteRows {
	b := byteRowsPool.Get().(*byteRows)
	b.stride = ceil(width, widestVector) * widestVector
	b.u = slices.Grow(b.u[:0], rows*b.stride)[:rows*b.stride]
	b.zero = slices.Grow(b.zero[:0], rows)[:rows]
	b.step = slices.Grow(b.step[:0], rows)[:rows]
	return b
}

// widestVector is how many numbers any path writes at once.
const widestVector = 16

// set turns rows of x, one after another, into the bytes of the rows from one on. The 256
// values of a byte are spread evenly from a row's least to its greatest number, 0 being
// one of them.
func (b *byteRows) set(from int, x []float32, width int) {
	for i := from; len(x) > 0; i++ {
		row := x[:width]
		x = x[width:]
		low, high, spoilt := activeBytes.extent(row)
		step := (high - low) / math.MaxUint8
		inverse := 1 / step
		b.zero[i] = 0
		if inverse > math.MaxFloat32 || inverse != inverse {
			inverse = 0 // the row is 0, or so near that it makes no difference, or spoilt
		} else {
			b.zero[i] = int32(math.RoundToEven(float64(-low * inverse)))
		}
		b.step[i] = step + spoilt
		activeBytes.toBytes(b.u[i*b.stride:(i+1)*b.stride], row, inverse, uint32(b.zero[i]))
	}
}

// byteTile computes a block of a product of bytes that fits the registers, from so many groups of four
// terms: result (i, j) is (sum of u q of row i and column j - zero[i] sums[j]) scale[j] step[i] + bias[j].
// Row i of u starts at u[i*uRow]; row i of y at y[i*yRow], and has the first cols results.
type byteTile func(groups int, u []uint8, uRow int, q []int8, zero, sums []int32, step, scale, bias, y []float32, yRow, cols int)

// bytePath is one way to run the kernels for bytes.
type bytePath struct {
	name    string
	largest float32    // of the weights; more could overflow
	cols    int        // of every tile
	tiles   []byteTile // tiles[r-1] makes r rows

	extent  func(x []float32) (low, high, spoilt float32)
	toBytes func(u []uint8, x []float32, inverse float32, zero uint32)
}

// activeBytes is the path in use, chosen like active and together with it: the one of its
// name, or the fastest if there is none.
var activeBytes = func() *bytePath {
	available := bytePaths()
	return available[max(0, slices.IndexFunc(available, func(p *bytePath) bool { return p.name == active.name }))]
}()
