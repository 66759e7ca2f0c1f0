package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func (v isa) adamW() {
	v.function("adamW", "func(p, grad, m, v []float32, scale, beta1, rest1, beta2, rest2, rate, root, epsilon, keep float32)",
		"moves p by one step and clears grad.")
	p, grad, first, second := slice("p"), slice("grad"), slice("m"), slice("v")
	scale, beta1, rest1 := v.number("scale"), v.number("beta1"), v.number("rest1")
	beta2, rest2, rate := v.number("beta2"), v.number("rest2"), v.number("rate")
	root, epsilon, keep := v.number("root"), v.number("epsilon"), v.number("keep")
	v.stream(length("p"), func(s span) {
		d := s.load(grad)
		VMULPS(scale, d, d)
		s.store(s.zero(), grad)
		moment := s.load(first)
		VMULPS(beta1, moment, moment)
		VFMADD231PS(d, rest1, moment)
		s.store(moment, first)
		VMULPS(d, d, d)
		variance := s.load(second)
		VMULPS(beta2, variance, variance)
		VFMADD231PS(d, rest2, variance)
		s.store(variance, second)
		VSQRTPS(variance, variance)
		VFMADD213PS(epsilon, root, variance)
		VDIVPS(variance, moment, moment)
		parameter := s.load(p)
		VMULPS(keep, parameter, parameter)
		VFNMADD231PS(moment, rate, parameter)
		s.store(parameter, p)
	})
	end()
}
