//go:build accelerate

package accelerate

/*
#cgo LDFLAGS: -framework Accelerate
#cgo noescape multiply
#cgo nocallback multiply
#include <Accelerate/Accelerate.h>

static void multiply(int turnA, int turnB, int m, int n, int k, const float *a, int lda,
		const float *b, int ldb, float beta, float *c, int ldc) {
	cblas_sgemm(CblasRowMajor, turnA ? CblasTrans : CblasNoTrans, turnB ? CblasTrans : CblasNoTrans,
		m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}
*/
import "C"

import "unsafe"

// A Matrix is an operand: the distance between the starts of its rows as they are stored, and
// whether it is stored transposed.
type Matrix struct {
	Data   []float32
	Stride int
	Turned bool
}

// Multiply computes C = A B, or C += A B when it accumulates, C being [m x n] and not turned, and
// the sums running over k. None of the three may be 0. It uses as many threads as it sees fit.
func Multiply(m, n, k int, a, b, c Matrix, accumulate bool) {
	beta := C.float(0)
	if accumulate {
		beta = 1
	}
	C.multiply(a.turned(), b.turned(), C.int(m), C.int(n), C.int(k), a.first(), C.int(a.Stride),
		b.first(), C.int(b.Stride), beta, c.first(), C.int(c.Stride))
}

func (m Matrix) first() *C.float { return (*C.float)(unsafe.SliceData(m.Data)) }

func (m Matrix) turned() C.int {
	if m.Turned {
		return 1
	}
	return 0
}
