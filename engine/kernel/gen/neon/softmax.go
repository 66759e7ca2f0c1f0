package main

import "math"

var lowest = float32(math.Inf(-1))

// lowestParts gives a register per vector of a turn, for finding a largest number.
func (fn *function) lowestParts() []vector {
	parts := fn.parts()
	for _, p := range parts {
		fn.copy(p, fn.constant(lowest))
	}
	return parts
}

func (f *file) softmax() {
	fn := f.neon("softmax", "func(p []float32, scale float32)", "makes probabilities of the scores p times scale.")
	p, scale := fn.slice("p"), fn.number("scale")
	scaled := func(s span) vector {
		x := s.load(p)
		s.multiply(x, x, scale)
		return x
	}
	parts := fn.lowestParts()
	fn.stream("p", unroll, []slice{p}, func(s span) {
		x := scaled(s)
		s.pad(x, lowest)
		s.binary("fmax", parts[s.part], parts[s.part], x)
	})
	top, sum := fn.largest(parts), fn.zero()
	fn.stream("p", 1, []slice{p}, func(s span) {
		x := scaled(s)
		s.subtract(x, x, top)
		s.exp(x)
		s.store(x, p)
		s.trim(x)
		s.add(sum, sum, x)
	})
	share := fn.total([]vector{sum})
	fn.divide(share, fn.constant(1), share)
	fn.stream("p", unroll, []slice{p}, func(s span) {
		x := s.load(p)
		s.multiply(x, x, share)
		s.store(x, p)
	})
	fn.end()
}

func (f *file) softmaxBackward() {
	fn := f.neon("softmaxBackward", "func(dp, p []float32, scale float32)", "makes the gradient of the scores of the gradient dp of the probabilities p.")
	dp, p, scale := fn.slice("dp"), fn.slice("p"), fn.number("scale")
	parts := fn.parts()
	fn.stream("dp", unroll, []slice{dp, p}, func(s span) {
		s.multiplyAdd(parts[s.part], s.load(dp), s.load(p))
	})
	mean := fn.total(parts)
	fn.stream("dp", unroll, []slice{dp, p}, func(s span) {
		x := s.load(dp)
		s.subtract(x, x, mean)
		s.multiply(x, x, s.load(p))
		s.multiply(x, x, scale)
		s.store(x, dp)
	})
	fn.end()
}

func (f *file) maximum() {
	fn := f.neon("maximum", "func(x []float32) float32", "gives the largest of x.")
	x, parts := fn.slice("x"), fn.lowestParts()
	fn.stream("x", unroll, []slice{x}, func(s span) {
		v := s.load(x)
		s.pad(v, lowest)
		s.binary("fmax", parts[s.part], parts[s.part], v)
	})
	fn.give(fn.largest(parts), "ret")
	fn.end()
}

func (f *file) sumExp() {
	fn := f.neon("sumExp", "func(x []float32, top float32) float32", "sums e^(x-top).")
	x, top, sum := fn.slice("x"), fn.number("top"), fn.zero()
	fn.stream("x", 1, []slice{x}, func(s span) {
		e := s.load(x)
		s.subtract(e, e, top)
		s.exp(e)
		s.trim(e)
		s.add(sum, sum, e)
	})
	fn.give(fn.total([]vector{sum}), "ret")
	fn.end()
}

func (f *file) scaledExp() {
	fn := f.neon("scaledExp", "func(y, x []float32, top, k, less float32)", "writes k e^(x-top) - less.")
	y, x := fn.slice("y"), fn.slice("x")
	top, k, less := fn.number("top"), fn.number("k"), fn.number("less")
	fn.stream("x", 1, []slice{y, x}, func(s span) {
		e := s.load(x)
		s.subtract(e, e, top)
		s.exp(e)
		s.multiply(e, e, k)
		s.subtract(e, e, less)
		s.store(e, y)
	})
	fn.end()
}
