package kernel

// tile computes a block of C that fits the registers: C = base + A B, or A B where base is
// nil. Element (i, p) of A is a[i*aRow+p*aStep]; row p of B starts at b[p*bStep] and has all
// of the tile's columns; row i of C starts at c[i*cRow] and that of base at base[i*baseRow],
// with the first cols of them. k and cols are at least 1.
type tile func(k int, a []float32, aRow, aStep int, b []float32, bStep int, c []float32, cRow, cols int, base []float32, baseRow int)

// tiling multiplies matrices tile by tile, in blocks that fit the caches, after Goto and
// van de Geijn (Anatomy of High-Performance Matrix Multiplication, 2008).
type tiling struct {
	cols  int    // of every tile
	tiles []tile // tiles[r-1] makes r rows
	// transpose8 writes eight rows of src, 8*squares columns of each, as columns of dst
	transpose8 func(dst []float32, dstRow int, src []float32, srcRow, squares int)
	// pieces copies n pieces of width numbers, at most cols, from every srcStep to every dstStep
	pieces func(dst []float32, dstStep int, src []float32, srcStep, width, n int)
}

func (t *tiling) rows() int { return len(t.tiles) }

// The blocks: A's [blockM x blockK] stays in the second-level cache, a panel of B,
// [blockK x cols of a tile], in the first.
const (
	blockM = 480
	blockN = 1536
	blockK = 384
)

// Below these sizes an operand is read where it lies, because packing pays only when
// what was packed is read several times.
const (
	packBFromRows    = 64  // rows of C
	packAFromColumns = 256 // columns of C
)

func (t *tiling) multiply(p product) {
	if p.m == 0 || p.n == 0 {
		return
	}
	if p.k == 0 {
		p.begin()
		return
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	step := evenBlock(p.k, blockK)
	for j := 0; j < p.n; j += blockN {
		columns := p.columns(j, min(p.n, j+blockN))
		for k := 0; k < p.k; k += step {
			t.block(columns.terms(k, min(p.k, k+step)), s)
		}
	}
}

// evenBlock is the length of blocks when n is cut into equal ones of at most limit, so
// that no short one is left over.
func evenBlock(n, limit int) int {
	const unit = 8 // keeps blocks whole turns of a tile's loop, and whole squares to transpose
	return ceil(ceil(n, ceil(n, limit)), unit) * unit
}

// block computes a product of at most blockN columns and blockK terms.
func (t *tiling) block(p product, s *scratch) {
	direct := p.b.col == 1 && p.m < packBFromRows
	s.b = grown(s.b, ceil(p.n, t.cols)*t.cols*p.k)
	for i := 0; i < p.m; i += blockM {
		strip := p.rows(i, min(p.m, i+blockM))
		left := t.left(strip, s)
		for j := 0; j < p.n; j += t.cols {
			part := strip.columns(j, min(p.n, j+t.cols))
			if direct && part.n == t.cols {
				t.column(part, left, part.b)
				continue
			}
			panel := view{s.b[j*p.k:], t.cols, 1}
			if i == 0 {
				t.packB(panel.data, part)
			}
			t.column(part, left, panel)
		}
	}
}

// column computes a product at most one tile wide, from A and B as left and panel hold them.
func (t *tiling) column(p product, left leftOperand, panel view) {
	for i := 0; i < p.m; i += t.rows() {
		tile := t.tiles[min(t.rows(), p.m-i)-1]
		a := left.tile(i)
		tile(p.k, a.data, a.row, a.col, panel.data, panel.row, p.c.data[i*p.c.row:], p.c.row, p.n, p.base.from(i, 0).data, p.base.row)
	}
}
