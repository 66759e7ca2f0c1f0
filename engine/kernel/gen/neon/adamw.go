package main

func (f *file) adamW() {
	fn := f.neon("adamW", "func(p, grad, m, v []float32, scale, beta1, rest1, beta2, rest2, rate, root, epsilon, keep float32)",
		"moves p by one step and clears grad.")
	p, grad, first, second := fn.slice("p"), fn.slice("grad"), fn.slice("m"), fn.slice("v")
	scale, beta1, rest1 := fn.number("scale"), fn.number("beta1"), fn.number("rest1")
	beta2, rest2, rate := fn.number("beta2"), fn.number("rest2"), fn.number("rate")
	root, epsilon, keep := fn.number("root"), fn.number("epsilon"), fn.number("keep")
	fn.stream("p", 1, []slice{p, grad, first, second}, func(s span) {
		d := s.load(grad)
		s.multiply(d, d, scale)
		s.store(s.constant(0), grad)
		moment := s.load(first)
		s.multiply(moment, moment, beta1)
		s.multiplyAdd(moment, d, rest1)
		s.store(moment, first)
		s.multiply(d, d, d)
		variance := s.load(second)
		s.multiply(variance, variance, beta2)
		s.multiplyAdd(variance, d, rest2)
		s.store(variance, second)
		std, bound := d, s.vector()
		s.unary("fsqrt", std, variance)
		s.copy(bound, epsilon)
		s.multiplyAdd(bound, std, root)
		s.divide(moment, moment, bound)
		parameter := s.load(p)
		s.multiply(parameter, parameter, keep)
		s.multiplySubtract(parameter, moment, rate)
		s.store(parameter, p)
	})
	fn.end()
}
