package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func (v isa) add() {
	v.function("add", "func(dst, x []float32)", "adds x to dst.")
	dst, x := slice("dst"), slice("x")
	v.stream(length("dst"), func(s span) {
		sum := s.load(dst)
		VADDPS(s.load(x), sum, sum)
		s.store(sum, dst)
	})
	end()
}

func (v isa) addScaled() {
	v.function("addScaled", "func(dst, x []float32, k float32)", "adds x times k to dst.")
	dst, x, k := slice("dst"), slice("x"), v.number("k")
	v.stream(length("dst"), func(s span) {
		sum := s.load(dst)
		VFMADD231PS(s.load(x), k, sum)
		s.store(sum, dst)
	})
	end()
}

func (v isa) multiply() {
	v.function("multiply", "func(dst, x []float32)", "multiplies dst by x.")
	dst, x := slice("dst"), slice("x")
	v.stream(length("dst"), func(s span) {
		product := s.load(dst)
		VMULPS(s.load(x), product, product)
		s.store(product, dst)
	})
	end()
}

func (v isa) scale() {
	v.function("scale", "func(dst []float32, k float32)", "multiplies dst by k.")
	dst, k := slice("dst"), v.number("k")
	v.stream(length("dst"), func(s span) {
		product := s.load(dst)
		VMULPS(k, product, product)
		s.store(product, dst)
	})
	end()
}

func (v isa) sum() {
	v.function("sum", "func(x []float32) float32", "sums x.")
	x, sum := slice("x"), v.zero()
	v.stream(length("x"), func(s span) { VADDPS(s.load(x), sum, sum) })
	v.fold(sum, VADDPS)
	give(sum, 0)
	end()
}

func (v isa) sumSquares() {
	v.function("sumSquares", "func(x []float32, mean float32) float32", "sums the squares of x - mean.")
	x, mean, sum := slice("x"), v.number("mean"), v.zero()
	v.stream(length("x"), func(s span) {
		difference := s.load(x)
		VSUBPS(mean, difference, difference)
		s.trim(difference)
		VFMADD231PS(difference, difference, sum)
	})
	v.fold(sum, VADDPS)
	give(sum, 0)
	end()
}
