package kernel

import "time"

// Peak gives the floating-point operations a second of all workers together while each
// multiplies matrices that fit its innermost cache, for at least that long: what no product
// on this path can exceed.
func (w *Workers) Peak(d time.Duration) float64 {
	const k, turns = 128, 1000
	t := &active.tiling
	rows := t.rows()
	began, did := time.Now(), 0.0
	for did == 0 || time.Since(began) < d {
		w.Rows(w.count, 0, func(_, from, to int) {
			a, b, c := make([]float32, rows*k), make([]float32, k*t.cols), make([]float32, rows*t.cols)
			for range turns {
				t.tiles[rows-1](k, a, k, 1, b, t.cols, c, t.cols, t.cols, nil, 0)
			}
		})
		did += 2 * turns * k * float64(w.count*rows*t.cols)
	}
	return did / time.Since(began).Seconds()
}
