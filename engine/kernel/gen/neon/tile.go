package main

import "fmt"

// A tile of the matrix product is 12 rows by 8 columns. Its 24 vectors of sums, two for each row,
// take V0 to V23; the other eight hold what is read. Where A lies in rows, six rows share them at
// a time:
//
//	V0..V11   sums of rows 0..5      V24..V29  four terms of A in each of six rows
//	V12..V23  sums of rows 6..11     V30, V31  a row of B
//
// A vector of A serves four terms, one lane each, so nothing has to be spread or packed. One
// turn of the loop, four terms, is 96 multiplications, 12 loads of A, 8 of two vectors of B, and
// two instructions that count: 81 % of its 118 instructions multiply. On a core with four units
// for that (Apple M1, Cortex-X1) they take 24 cycles, on one with two (Cortex-A76, Neoverse N1)
// 48. The loads are 28 vectors, which take 10 of those cycles at three a cycle and 14 at two. With
// the pointers that loads move, and B's loads being two each, 146 operations are to be issued:
// 6.1 and 3.0 a cycle, where such cores manage 8 and 4. So the units that multiply are the limit,
// and the rate to expect is near theirs: 32 flops a cycle (102 GFLOP/s at 3.2 GHz) and 16. That is
// reasoned, not measured. A sum of a group waits for its last term only every twelfth
// multiplication; a core with four units and a latency of four cycles needs 16 in flight, and
// finds the others in the other group, which does not depend on this one.
//
// Where A is stored transposed, or packed for that reason, the lanes of three vectors are a
// term in all twelve rows, and B is read once: 24 multiplications to 4 loads and an addition.
const (
	tileRows    = 12
	tileVectors = 2 // of a row
	groupRows   = 6
)

// terms is how many of them one turn of the loop takes.
const terms = 4

// tile is the micro-kernel of the matrix product: a block of C stays in registers while
// the sum over k runs through A, number by number, and B, row by row.
func (f *file) tile(rows int) {
	fn := f.neon(fmt.Sprintf("tile%d", rows),
		"func(k int, a []float32, aRow, aStep int, b []float32, bStep int, c []float32, cRow, cols int, base []float32, baseRow int)",
		fmt.Sprintf("is the tile of %d rows and %d columns; one of aRow and aStep is 1.", rows, tileVectors*lanes))
	t := tile{function: fn, k: fn.load("k", ""), a: fn.load("a", "base"), b: fn.load("b", "base"), bStep: fn.bytesOf("bStep")}
	aStep := fn.load("aStep", "")
	for range rows {
		var row [tileVectors]vector
		for j := range row {
			row[j] = fn.zero()
		}
		t.sums = append(t.sums, row)
	}
	fn.emit("CMP $1, %s", aStep)
	fn.emit("BNE columns")
	t.alongRows()
	fn.emit("B sum")
	fn.mark("columns")
	t.alongColumns(aStep)
	fn.mark("sum")
	t.store()
}

// tile is a tile in the making.
type tile struct {
	*function
	sums           [][tileVectors]vector
	k, a, b, bStep integer
}

// loop runs a turn of several terms as often as they fit k, and then a turn of one term.
func (t *tile) loop(name string, several, one func()) {
	turn, rest, single := name+"Turn", name+"Rest", name+"One"
	t.emit("SUBS $%d, %s, %s", terms, t.k, t.k)
	t.emit("BLT %s", rest)
	t.mark(turn)
	several()
	t.emit("SUBS $%d, %s, %s", terms, t.k, t.k)
	t.emit("BGE %s", turn)
	t.mark(rest)
	t.emit("ADDS $%d, %s, %s", terms, t.k, t.k)
	t.emit("BEQ sum")
	t.mark(single)
	one()
	t.emit("SUBS $1, %s, %s", t.k, t.k)
	t.emit("BNE %s", single)
}

// alongRows computes the sums from an A that lies in rows.
func (t *tile) alongRows() {
	taken := t.integers
	aRow := t.bytesOf("aRow")
	a := []integer{t.a}
	for range t.sums[1:] {
		a = append(a, t.integer())
		t.emit("ADD %s, %s, %s", aRow, a[len(a)-2], a[len(a)-1])
	}
	// each group of rows goes along B for itself
	b := []integer{t.b}
	if len(t.sums) > groupRows {
		b = append(b, t.integer())
		t.emit("MOVD %s, %s", b[0], b[1])
	}
	group := func(i int) (from, to int) { return i * groupRows, min((i+1)*groupRows, len(t.sums)) }
	turn := func(terms int, load string, bytes int) {
		for g, pointer := range b {
			from, to := group(g)
			t.scope(func() {
				left := t.registers(to - from)
				for i, v := range left {
					t.emit("%s.P %d(%s), %s", load, bytes, a[from+i], v.scalar())
				}
				for lane := range terms {
					t.multiply(from, left, lane, pointer)
				}
			})
		}
	}
	t.loop("rows", func() { turn(terms, "FMOVQ", vectorBytes) }, func() { turn(1, "FMOVS", vectorBytes/lanes) })
	t.integers = taken
}

// multiply adds one term to the sums of the rows whose numbers are the lanes of left, and goes
// on to the next row of B.
func (t *tile) multiply(from int, left []vector, lane int, b integer) {
	t.scope(func() {
		right := t.row(b)
		for i, v := range left {
			t.multiplyRow(from+i, right, v, lane)
		}
	})
}

// row loads a row of B.
func (t *tile) row(b integer) []vector {
	right := t.registers(tileVectors)
	t.emit("VLD1.P (%s)(%s), [%s, %s]", b, t.bStep, right[0].whole(), right[1].whole())
	return right
}

func (t *tile) multiplyRow(row int, right []vector, left vector, lane int) {
	for j, r := range right {
		t.multiplyAddLane(t.sums[row][j], r, left, lane)
	}
}

func (t *tile) registers(n int) (r []vector) {
	for range n {
		r = append(r, t.vector())
	}
	return r
}

// alongColumns computes the sums from an A whose numbers for one term lie together.
func (t *tile) alongColumns(aStep integer) {
	taken := t.integers
	spare := t.integer()
	t.emit("LSL $2, %s, %s", aStep, aStep)
	one := func() {
		t.scope(func() {
			left := t.registers((len(t.sums) + lanes - 1) / lanes)
			for i, v := range left {
				s := span{function: t.function, lanes: min(lanes, len(t.sums)-i*lanes), offset: i * vectorBytes, spare: spare}
				s.read(v, t.a)
			}
			t.emit("ADD %s, %s, %s", aStep, t.a, t.a)
			right := t.row(t.b)
			for i := range t.sums {
				t.multiplyRow(i, right, left[i/lanes], i%lanes)
			}
		})
	}
	t.loop("columns", func() {
		for range terms {
			one()
		}
	}, one)
	t.integers = taken
}

// store writes the sums, added to the base if there is one, to the columns that C has, and ends
// the function.
func (t *tile) store() {
	c, cRow, cols := t.load("c", "base"), t.bytesOf("cRow"), t.load("cols", "")
	base, baseRow := t.load("base", "base"), t.bytesOf("baseRow")
	t.emit("CMP $%d, %s", tileVectors*lanes, cols)
	t.emit("BNE ragged")
	t.emit("CBZ %s, overwrite", base)
	for i, sum := range t.sums {
		t.scope(func() {
			before := t.registers(tileVectors)
			t.emit("FLDPQ (%s), (%s, %s)", base, before[0].scalar(), before[1].scalar())
			for j := range sum {
				t.add(sum[j], sum[j], before[j])
			}
			if i < len(t.sums)-1 {
				t.emit("ADD %s, %s, %s", baseRow, base, base)
			}
		})
	}
	t.mark("overwrite")
	for i, sum := range t.sums {
		t.emit("FSTPQ (%s, %s), (%s)", sum[0].scalar(), sum[1].scalar(), c)
		if i < len(t.sums)-1 {
			t.emit("ADD %s, %s, %s", cRow, c, c)
		}
	}
	t.end()
	t.mark("ragged")
	t.storeRagged(c, cRow, cols, base, baseRow)
	t.end()
}

// storeRagged is store for fewer columns than a tile has. The sums go through memory, so that one
// loop serves all rows: four columns, then two, then one, as the bits of cols say.
func (t *tile) storeRagged(c, cRow, cols, base, baseRow integer) {
	const rowBytes = tileVectors * vectorBytes
	t.frame = len(t.sums) * rowBytes
	from, to, at, rows := t.integer(), t.integer(), t.integer(), t.integer()
	t.emit("MOVD $sums-%d(SP), %s", t.frame, from)
	for i, sum := range t.sums {
		t.emit("FSTPQ (%s, %s), %d(%s)", sum[0].scalar(), sum[1].scalar(), i*rowBytes, from)
	}
	t.emit("MOVD $%d, %s", len(t.sums), rows)
	t.mark("row")
	sum, next, old := vector(0), vector(1), vector(2) // the sums are in memory by now
	t.emit("FLDPQ.P %d(%s), (%s, %s)", rowBytes, from, sum.scalar(), next.scalar())
	t.emit("MOVD %s, %s", c, to)
	t.emit("MOVD %s, %s", base, at)
	for bit := 2; bit >= 0; bit-- {
		move := [...]string{"FMOVS", "FMOVD", "FMOVQ"}[bit]
		skip, overwrite := t.label("skip"), t.label("overwrite")
		t.emit("TBZ $%d, %s, %s", bit, cols, skip)
		t.emit("CBZ %s, %s", base, overwrite)
		t.emit("%s (%s), %s", move, at, old.scalar())
		t.add(sum, sum, old)
		t.mark(overwrite)
		t.emit("%s %s, (%s)", move, sum.scalar(), to)
		switch bit {
		case 2:
			t.emit("ADD $%d, %s, %s", vectorBytes, to, to)
			t.emit("ADD $%d, %s, %s", vectorBytes, at, at)
			t.copy(sum, next)
		case 1:
			t.emit("ADD $%d, %s, %s", vectorBytes/2, to, to)
			t.emit("ADD $%d, %s, %s", vectorBytes/2, at, at)
			t.emit("VEXT $8, %s, %s, %s", sum.bits(), sum.bits(), sum.bits())
		}
		t.mark(skip)
	}
	t.emit("ADD %s, %s, %s", cRow, c, c)
	t.emit("ADD %s, %s, %s", baseRow, base, base)
	t.emit("SUBS $1, %s, %s", rows, rows)
	t.emit("BNE row")
}
