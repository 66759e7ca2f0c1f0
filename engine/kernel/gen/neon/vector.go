package main

func (f *file) add() {
	fn := f.neon("add", "func(dst, x []float32)", "adds x to dst.")
	dst, x := fn.slice("dst"), fn.slice("x")
	fn.stream("dst", unroll, []slice{dst, x}, func(s span) {
		sum := s.load(dst)
		s.add(sum, sum, s.load(x))
		s.store(sum, dst)
	})
	fn.end()
}

func (f *file) addScaled() {
	fn := f.neon("addScaled", "func(dst, x []float32, k float32)", "adds x times k to dst.")
	dst, x, k := fn.slice("dst"), fn.slice("x"), fn.number("k")
	fn.stream("dst", unroll, []slice{dst, x}, func(s span) {
		sum := s.load(dst)
		s.multiplyAdd(sum, s.load(x), k)
		s.store(sum, dst)
	})
	fn.end()
}

func (f *file) multiply() {
	fn := f.neon("multiply", "func(dst, x []float32)", "multiplies dst by x.")
	dst, x := fn.slice("dst"), fn.slice("x")
	fn.stream("dst", unroll, []slice{dst, x}, func(s span) {
		product := s.load(dst)
		s.multiply(product, product, s.load(x))
		s.store(product, dst)
	})
	fn.end()
}

func (f *file) scale() {
	fn := f.neon("scale", "func(dst []float32, k float32)", "multiplies dst by k.")
	dst, k := fn.slice("dst"), fn.number("k")
	fn.stream("dst", unroll, []slice{dst}, func(s span) {
		product := s.load(dst)
		s.multiply(product, product, k)
		s.store(product, dst)
	})
	fn.end()
}

func (f *file) sum() {
	fn := f.neon("sum", "func(x []float32) float32", "sums x.")
	x, sum := fn.slice("x"), fn.parts()
	fn.stream("x", unroll, []slice{x}, func(s span) { s.add(sum[s.part], sum[s.part], s.load(x)) })
	fn.give(fn.total(sum), "ret")
	fn.end()
}

func (f *file) sumSquares() {
	fn := f.neon("sumSquares", "func(x []float32, mean float32) float32", "sums the squares of x - mean.")
	x, mean, sum := fn.slice("x"), fn.number("mean"), fn.parts()
	fn.stream("x", unroll, []slice{x}, func(s span) {
		difference := s.load(x)
		s.subtract(difference, difference, mean)
		s.trim(difference)
		s.multiplyAdd(sum[s.part], difference, difference)
	})
	fn.give(fn.total(sum), "ret")
	fn.end()
}
