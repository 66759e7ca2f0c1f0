package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exp replaces x, which is not above 0 by more than rounding, by e^x, after Cephes' expf (Moshier):
// x is split into n ln 2 and a rest of at most half of it, for which a polynomial serves. Results
// below the smallest normal number are 0.
func (v isa) exp(x reg.VecVirtual) {
	f := constants.float
	n, power := v.vector(), v.vector()
	VMULPS(f(1.44269504), x, n) // 1 / ln 2
	VCVTPS2DQ(n, power)
	VCVTDQ2PS(power, n)
	VPSLLD(Imm(23), power, power)
	keep := v.compare(notLess, x, f(-87.33654))
	// ln 2 in two parts, of which the first is exact when multiplied by n
	VFNMADD231PS(f(0.693359375), n, x)
	VFNMADD231PS(f(-2.12194440e-4), n, x)
	y := v.constant(1.9875691500e-4)
	for _, c := range []float32{1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1} {
		VFMADD213PS(f(c), x, y)
	}
	square := v.vector()
	VMULPS(x, x, square)
	VADDPS(f(1), x, x)
	VFMADD231PS(y, square, x)
	VPADDD(power, x, x)
	v.keep(keep, x)
}
