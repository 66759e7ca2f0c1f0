package main

func (f *file) rotate() {
	fn := f.neon("rotate", "func(a, b, cos, sin []float32)", "turns the pairs of a and b by angles.")
	a, b, cos, sin := fn.slice("a"), fn.slice("b"), fn.slice("cos"), fn.slice("sin")
	fn.stream("a", 1, []slice{a, b, cos, sin}, func(s span) {
		x, y, c, d := s.load(a), s.load(b), s.load(cos), s.load(sin)
		turned, other := s.vector(), s.vector()
		s.multiply(turned, x, c)
		s.multiplySubtract(turned, y, d)
		s.multiply(other, x, d)
		s.multiplyAdd(other, y, c)
		s.store(turned, a)
		s.store(other, b)
	})
	fn.end()
}
