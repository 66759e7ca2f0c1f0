package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

func (v isa) softmax() {
	v.function("softmax", "func(p []float32, scale float32)", "makes probabilities of the scores p times scale.")
	p, n, scale := slice("p"), length("p"), v.number("scale")
	scaled := func(s span) reg.VecVirtual {
		x := s.load(p)
		VMULPS(scale, x, x)
		return x
	}
	top := v.constant(float32(math.Inf(-1)))
	v.stream(n, func(s span) {
		VMAXPS(s.pad(scaled(s), constants.float(float32(math.Inf(-1)))), top, top)
	})
	v.fold(top, VMAXPS)
	top = v.spread(top)
	sum := v.zero()
	v.stream(n, func(s span) {
		x := scaled(s)
		VSUBPS(top, x, x)
		v.exp(x)
		s.store(x, p)
		s.trim(x)
		VADDPS(x, sum, sum)
	})
	v.fold(sum, VADDPS)
	share := v.constant(1)
	VDIVSS(sum.AsX(), share.AsX(), share.AsX())
	share = v.spread(share)
	v.stream(n, func(s span) {
		x := s.load(p)
		VMULPS(share, x, x)
		s.store(x, p)
	})
	end()
}

func (v isa) softmaxBackward() {
	v.function("softmaxBackward", "func(dp, p []float32, scale float32)", "makes the gradient of the scores of the gradient dp of the probabilities p.")
	dp, p, n, scale := slice("dp"), slice("p"), length("dp"), v.number("scale")
	mean := v.zero()
	v.stream(n, func(s span) { VFMADD231PS(s.load(dp), s.load(p), mean) })
	v.fold(mean, VADDPS)
	mean = v.spread(mean)
	v.stream(n, func(s span) {
		x := s.load(dp)
		VSUBPS(mean, x, x)
		VMULPS(s.load(p), x, x)
		VMULPS(scale, x, x)
		s.store(x, dp)
	})
	end()
}

func (v isa) maximum() {
	v.function("maximum", "func(x []float32) float32", "gives the largest of x.")
	x, top := slice("x"), v.constant(float32(math.Inf(-1)))
	v.stream(length("x"), func(s span) {
		VMAXPS(s.pad(s.load(x), constants.float(float32(math.Inf(-1)))), top, top)
	})
	v.fold(top, VMAXPS)
	give(top, 0)
	end()
}

func (v isa) sumExp() {
	v.function("sumExp", "func(x []float32, top float32) float32", "sums e^(x-top).")
	x, top, sum := slice("x"), v.number("top"), v.zero()
	v.stream(length("x"), func(s span) {
		e := s.load(x)
		VSUBPS(top, e, e)
		v.exp(e)
		s.trim(e)
		VADDPS(e, sum, sum)
	})
	v.fold(sum, VADDPS)
	give(sum, 0)
	end()
}

func (v isa) scaledExp() {
	v.function("scaledExp", "func(y, x []float32, top, k, less float32)", "writes k e^(x-top) - less.")
	y, x := slice("y"), slice("x")
	top, k, less := v.number("top"), v.number("k"), v.number("less")
	v.stream(length("x"), func(s span) {
		e := s.load(x)
		VSUBPS(top, e, e)
		v.exp(e)
		VFMSUB213PS(less, k, e)
		s.store(e, y)
	})
	end()
}
