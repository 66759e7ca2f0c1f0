package kernel

const plainCols = 4

// plainTile4 keeps its sixteen sums in variables, as an array would live in memory.
func plainTile4(k int, a []float32, aRow, aStep int, b []float32, bStep int, c []float32, cRow, cols int, base []float32, baseRow int) {
	var (
		c00, c01, c02, c03 float32
		c10, c11, c12, c13 float32
		c20, c21, c22, c23 float32
		c30, c31, c32, c33 float32
	)
	for p := range k {
		right := b[p*bStep:][:plainCols]
		b0, b1, b2, b3 := right[0], right[1], right[2], right[3]
		at := p * aStep
		x := a[at]
		c00, c01, c02, c03 = c00+x*b0, c01+x*b1, c02+x*b2, c03+x*b3
		x = a[at+aRow]
		c10, c11, c12, c13 = c10+x*b0, c11+x*b1, c12+x*b2, c13+x*b3
		x = a[at+2*aRow]
		c20, c21, c22, c23 = c20+x*b0, c21+x*b1, c22+x*b2, c23+x*b3
		x = a[at+3*aRow]
		c30, c31, c32, c33 = c30+x*b0, c31+x*b1, c32+x*b2, c33+x*b3
	}
	storePlain(c, [plainCols]float32{c00, c01, c02, c03}, base, cols)
	storePlain(c[cRow:], [plainCols]float32{c10, c11, c12, c13}, rowOf(base, 1*baseRow), cols)
	storePlain(c[2*cRow:], [plainCols]float32{c20, c21, c22, c23}, rowOf(base, 2*baseRow), cols)
	storePlain(c[3*cRow:], [plainCols]float32{c30, c31, c32, c33}, rowOf(base, 3*baseRow), cols)
}

func plainTile3(k int, a []float32, aRow, aStep int, b []float32, bStep int, c []float32, cRow, cols int, base []float32, baseRow int) {
	plainTile2(k, a, aRow, aStep, b, bStep, c, cRow, cols, base, baseRow)
	plainTile1(k, a[2*aRow:], aRow, aStep, b, bStep, c[2*cRow:], cRow, cols, rowOf(base, 2*baseRow), 0)
}

func plainTile2(k int, a []float32, aRow, aStep int, b []float32, bStep int, c []float32, cRow, cols int, base []float32, baseRow int) {
	plainTile1(k, a, aRow, aStep, b, bStep, c, cRow, cols, base, 0)
	plainTile1(k, a[aRow:], aRow, aStep, b, bStep, c[cRow:], cRow, cols, rowOf(base, baseRow), 0)
}

func plainTile1(k int, a []float32, _, aStep int, b []float32, bStep int, c []float32, _, cols int, base []float32, _ int) {
	var sums [plainCols]float32
	for p := range k {
		x := a[p*aStep]
		for j, y := range b[p*bStep:][:plainCols] {
			sums[j] += x * y
		}
	}
	storePlain(c, sums, base, cols)
}

// rowOf is the part of a base from there on, nothing of none.
func rowOf(base []float32, at int) []float32 {
	if base == nil {
		return nil
	}
	return base[at:]
}

func storePlain(c []float32, sums [plainCols]float32, base []float32, cols int) {
	c = c[:cols]
	for j := range c {
		if base != nil {
			sums[j] += base[j]
		}
		c[j] = sums[j]
	}
}

func transpose8Plain(dst []float32, dstRow int, src []float32, srcRow, squares int) {
	for i := range 8 {
		for j, x := range src[i*srcRow:][:8*squares] {
			dst[j*dstRow+i] = x
		}
	}
}

func piecesPlain(dst []float32, dstStep int, src []float32, srcStep, width, n int) {
	for i := range n {
		copy(dst[i*dstStep:][:width], src[i*srcStep:])
	}
}
