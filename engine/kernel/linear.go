package kernel

// Linear computes Y = X Wᵀ + b for the rows of X [rows x in], with W [out x in] and b of out
// numbers, or nil for none.
func (w *Workers) Linear(rows, out, in int, x, weight, bias, y []float32) {
	p := newProduct(NT, rows, out, in, x, in, weight, in, y, out, false)
	if bias != nil {
		p.base = view{bias[:out], 0, 1}
	}
	w.multiply(p)
}

// AddRows adds every row of x [rows x len(sum)] to sum. The columns are split between the
// workers, so that the order of the additions is always the same.
func (w *Workers) AddRows(sum, x []float32) {
	width := len(sum)
	if width == 0 {
		return
	}
	rows := len(x) / width
	w.Rows(width, Grain(rows), func(_, from, to int) {
		for i := range rows {
			Add(sum[from:to], x[i*width+from:i*width+to])
		}
	})
}

// Grain is the number of rows of so many numbers below which a second worker would cost more
// than it saves.
func Grain(width int) int { return 1 + 1<<14/max(width, 1) }
