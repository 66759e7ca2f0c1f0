package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// activation is a kernel that writes a function of x, and its derivative where one is wanted.
// value computes the function; slope, called after it, may use what value has left over.
func (v isa) activation(name, doc string, value func(x reg.VecVirtual) (y reg.VecVirtual, slope func() reg.VecVirtual)) {
	v.function(name, "func(y, slope, x []float32)", doc)
	y, slope, x := slice("y"), slice("slope"), slice("x")
	v.stream(length("x"), func(s span) {
		f, derivative := value(s.load(x))
		s.store(f, y)
		unwanted := label("unwanted")
		TESTQ(slope, slope)
		JZ(LabelRef(unwanted))
		s.store(derivative(), slope)
		Label(unwanted)
	})
	end()
}

func (v isa) relu() {
	v.activation("relu", "writes max(x, 0).", func(x reg.VecVirtual) (reg.VecVirtual, func() reg.VecVirtual) {
		y, zero := v.vector(), v.zero()
		VMAXPS(x, zero, y)
		return y, func() reg.VecVirtual {
			slope := v.constant(1)
			v.keep(v.compare(notLessEqual, x, zero), slope)
			return slope
		}
	})
}

func (v isa) silu() {
	v.activation("silu", "writes x sigmoid(x).", func(x reg.VecVirtual) (reg.VecVirtual, func() reg.VecVirtual) {
		sigmoid, rest := v.sigmoid(x)
		y := v.vector()
		VMULPS(sigmoid, x, y)
		return y, func() reg.VecVirtual {
			// sigmoid + x sigmoid (1-sigmoid)
			VFMADD231PS(y, rest, sigmoid)
			return sigmoid
		}
	})
}

func (v isa) geluTanh() {
	const k, cubic = 0.7978845608028654, 0.044715
	v.activation("geluTanh", "writes x (1 + tanh(k (x + 0.044715 x^3))) / 2, k being sqrt(2/pi).", func(x reg.VecVirtual) (reg.VecVirtual, func() reg.VecVirtual) {
		// (1 + tanh(u)) / 2 = sigmoid(2u)
		square, u := v.vector(), v.constant(2*k*cubic)
		VMULPS(x, x, square)
		VFMADD213PS(constants.float(2*k), square, u)
		VMULPS(x, u, u)
		sigmoid, rest := v.sigmoid(u)
		y := v.vector()
		VMULPS(sigmoid, x, y)
		return y, func() reg.VecVirtual {
			inner := v.constant(2 * k * cubic * 3)
			VFMADD213PS(constants.float(2*k), square, inner)
			VMULPS(rest, inner, inner)
			VFMADD231PS(inner, y, sigmoid)
			return sigmoid
		}
	})
}

// sigmoid gives 1/(1+e^-x) and, without cancellation, 1 minus that.
func (v isa) sigmoid(x reg.VecVirtual) (sigmoid, rest reg.VecVirtual) {
	e := v.vector()
	VORPS(constants.bits(1<<31), x, e) // -|x|
	v.exp(e)
	sum, large := v.vector(), v.constant(1)
	VADDPS(large, e, sum)
	VDIVPS(sum, large, large)
	VMULPS(large, e, e)
	negative := v.compare(less, x, v.zero())
	return v.choose(negative, e, large), v.choose(negative, large, e)
}

// gelu takes the normal distribution from the error function of Abramowitz and Stegun,
// formula 7.1.26: erfc(z) = (a1 t + ... + a5 t^5) e^(-z^2) with t = 1/(1+pz), within 1.5e-7.
func (v isa) gelu() {
	v.activation("gelu", "writes x times the normal distribution at x.", func(x reg.VecVirtual) (reg.VecVirtual, func() reg.VecVirtual) {
		f := constants.float
		e, t := v.vector(), v.vector()
		VMULPS(f(-0.5), x, e)
		VMULPS(x, e, e)
		v.exp(e)
		VANDPS(constants.bits(1<<31-1), x, t)
		VMULPS(f(0.3275911*0.70710678118654752), t, t)
		one := v.constant(1)
		VADDPS(one, t, t)
		VDIVPS(t, one, t)
		tail := v.constant(0.5 * 1.061405429)
		for _, a := range []float32{0.5 * -1.453152027, 0.5 * 1.421413741, 0.5 * -0.284496736, 0.5 * 0.254829592} {
			VFMADD213PS(f(a), t, tail)
		}
		VMULPS(t, tail, tail)
		VMULPS(e, tail, tail)
		most := v.vector()
		VSUBPS(tail, one, most)
		normal := v.choose(v.compare(less, x, v.zero()), tail, most)
		y := v.vector()
		VMULPS(normal, x, y)
		return y, func() reg.VecVirtual {
			VMULPS(f(0.3989422804014327), e, e) // 1/sqrt(2 pi)
			VFMADD231PS(e, x, normal)
			return normal
		}
	})
}
