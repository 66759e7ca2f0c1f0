package kernel

// Layout says which operands of a matrix product are stored transposed.
type Layout uint8

const (
	NN Layout = iota // A[m x k] B[k x n]
	NT               // B is stored [n x k]
	TN               // A is stored [k x m]
)

// Gemm is the product of package-level Gemm, split over the workers.
func (w *Workers) Gemm(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	w.Rows(m, 16, func(_, from, to int) {
		first := from * lda
		if l == TN {
			first = from
		}
		Gemm(l, to-from, n, k, a[first:], lda, b, ldb, c[from*ldc:], ldc, accumulate)
	})
}

// Gemm computes C = op(A) op(B), or C += op(A) op(B) when it accumulates, on the calling
// goroutine. C is [m x n], the sum runs over k; lda, ldb and ldc are the distances
// between the starts of two rows as they are stored.
func Gemm(l Layout, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, accumulate bool) {
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		if !accumulate {
			clear(row)
		}
		if l == NT {
			for j := range row {
				sum := float32(0)
				x, y := a[i*lda:i*lda+k], b[j*ldb:j*ldb+k]
				for p := range x {
					sum += x[p] * y[p]
				}
				row[j] += sum
			}
			continue
		}
		for p := range k {
			at := i*lda + p
			if l == TN {
				at = p*lda + i
			}
			AddScaled(row, b[p*ldb:p*ldb+n], a[at])
		}
	}
}
