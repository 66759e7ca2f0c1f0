package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func (v isa) normalise() {
	v.function("normalise", "func(y, x, gain, bias []float32, mean, rstd float32)", "makes x (x-mean) rstd and writes that times gain plus bias.")
	y, x, gain, bias := slice("y"), slice("x"), slice("gain"), slice("bias")
	mean, rstd := v.number("mean"), v.number("rstd")
	v.stream(length("x"), func(s span) {
		xhat := s.load(x)
		VSUBPS(mean, xhat, xhat)
		VMULPS(rstd, xhat, xhat)
		s.store(xhat, x)
		VMULPS(s.load(gain), xhat, xhat)
		VADDPS(s.load(bias), xhat, xhat)
		s.store(xhat, y)
	})
	end()
}

func (v isa) normSums() {
	v.function("normSums", "func(dgain, dbias, dy, xhat, gain []float32) (sum, dot float32)",
		"adds to the gradients of gain and bias, and sums dy*gain and dy*gain*xhat.")
	dgain, dbias, dy, xhat, gain := slice("dgain"), slice("dbias"), slice("dy"), slice("xhat"), slice("gain")
	sum, dot := v.zero(), v.zero()
	v.stream(length("dy"), func(s span) {
		d, x := s.load(dy), s.load(xhat)
		total := s.load(dbias)
		VADDPS(d, total, total)
		s.store(total, dbias)
		total = s.load(dgain)
		VFMADD231PS(d, x, total)
		s.store(total, dgain)
		VMULPS(s.load(gain), d, d)
		VADDPS(d, sum, sum)
		VFMADD231PS(d, x, dot)
	})
	v.fold(sum, VADDPS)
	v.fold(dot, VADDPS)
	give(sum, 0)
	give(dot, 1)
	end()
}

func (v isa) gainSums() {
	v.function("gainSums", "func(dgain, dy, xhat, gain []float32) (dot float32)",
		"adds to the gradient of gain, and sums dy*gain*xhat.")
	dgain, dy, xhat, gain := slice("dgain"), slice("dy"), slice("xhat"), slice("gain")
	dot := v.zero()
	v.stream(length("dy"), func(s span) {
		d, x := s.load(dy), s.load(xhat)
		total := s.load(dgain)
		VFMADD231PS(d, x, total)
		s.store(total, dgain)
		VMULPS(s.load(gain), d, d)
		VFMADD231PS(d, x, dot)
	})
	v.fold(dot, VADDPS)
	give(dot, 0)
	end()
}

func (v isa) normGradient() {
	v.function("normGradient", "func(dx, dy, xhat, gain []float32, mean, slope, rstd float32)",
		"writes (dy*gain - mean - xhat*slope) rstd.")
	dx, dy, xhat, gain := slice("dx"), slice("dy"), slice("xhat"), slice("gain")
	mean, slope, rstd := v.number("mean"), v.number("slope"), v.number("rstd")
	v.stream(length("dy"), func(s span) {
		d := s.load(dy)
		VMULPS(s.load(gain), d, d)
		VSUBPS(mean, d, d)
		VFNMADD231PS(s.load(xhat), slope, d)
		VMULPS(rstd, d, d)
		s.store(d, dx)
	})
	end()
}
