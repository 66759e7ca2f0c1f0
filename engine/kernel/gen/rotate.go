package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func (v isa) rotate() {
	v.function("rotate", "func(a, b, cos, sin []float32)", "turns the pairs of a and b by angles.")
	a, b, cos, sin := slice("a"), slice("b"), slice("cos"), slice("sin")
	v.stream(length("a"), func(s span) {
		x, y, c, d := s.load(a), s.load(b), s.load(cos), s.load(sin)
		turned := v.vector()
		VMULPS(d, y, turned)
		VFMSUB231PS(c, x, turned)
		s.store(turned, a)
		VMULPS(d, x, x)
		VFMADD231PS(c, y, x)
		s.store(x, b)
	})
	end()
}
