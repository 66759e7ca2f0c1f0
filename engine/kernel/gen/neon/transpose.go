package main

// transpose turns eight rows into eight columns, a square of 8 x 8 at a time, by quarters of 4 x 4:
// numbers are interleaved within two rows, then pairs of numbers within four.
func (f *file) transpose() {
	const side = 8
	fn := f.neon("transpose8", "func(dst []float32, dstRow int, src []float32, srcRow, squares int)",
		"writes eight rows of src, 8*squares columns of each, as columns of dst.")
	dst, dstRow := fn.load("dst", "base"), fn.bytesOf("dstRow")
	src, srcRow := fn.load("src", "base"), fn.bytesOf("srcRow")
	squares := fn.load("squares", "")
	rows := []integer{src}
	for range side - 1 {
		rows = append(rows, fn.integer())
		fn.emit("ADD %s, %s, %s", srcRow, rows[len(rows)-2], rows[len(rows)-1])
	}
	fn.emit("CBZ %s, done", squares)
	fn.mark("square")
	for left := 0; left < side; left += lanes {
		fn.scope(func() {
			var columns [2][]vector
			for half := range columns {
				var row [lanes]vector
				for i := range row {
					row[i] = fn.vector()
					fn.emit("FMOVQ.P %d(%s), %s", vectorBytes, rows[half*lanes+i], row[i].scalar())
				}
				columns[half] = fn.square(row)
			}
			for i := range lanes {
				fn.emit("FSTPQ (%s, %s), (%s)", columns[0][i].scalar(), columns[1][i].scalar(), dst)
				fn.emit("ADD %s, %s, %s", dstRow, dst, dst)
			}
		})
	}
	fn.emit("SUBS $1, %s, %s", squares, squares)
	fn.emit("BNE square")
	fn.mark("done")
	fn.end()
}

// square transposes 4 x 4 numbers.
func (fn *function) square(row [lanes]vector) (column []vector) {
	var pair [lanes]vector // of rows 0 and 2, low and high lanes, then of rows 1 and 3
	for i := range 2 {
		pair[2*i], pair[2*i+1] = fn.vector(), fn.vector()
		fn.emit("VZIP1 %s, %s, %s", row[i+2].whole(), row[i].whole(), pair[2*i].whole())
		fn.emit("VZIP2 %s, %s, %s", row[i+2].whole(), row[i].whole(), pair[2*i+1].whole())
	}
	for i := range 2 {
		low, high := row[2*i], row[2*i+1] // free by now
		fn.emit("VZIP1 %s, %s, %s", pair[i+2].whole(), pair[i].whole(), low.whole())
		fn.emit("VZIP2 %s, %s, %s", pair[i+2].whole(), pair[i].whole(), high.whole())
		column = append(column, low, high)
	}
	return column
}
