package main

func (f *file) normalise() {
	fn := f.neon("normalise", "func(y, x, gain, bias []float32, mean, rstd float32)", "makes x (x-mean) rstd and writes that times gain plus bias.")
	y, x, gain, bias := fn.slice("y"), fn.slice("x"), fn.slice("gain"), fn.slice("bias")
	mean, rstd := fn.number("mean"), fn.number("rstd")
	fn.stream("x", unroll, []slice{y, x, gain, bias}, func(s span) {
		xhat := s.load(x)
		s.subtract(xhat, xhat, mean)
		s.multiply(xhat, xhat, rstd)
		s.store(xhat, x)
		result := s.load(bias)
		s.multiplyAdd(result, xhat, s.load(gain))
		s.store(result, y)
	})
	fn.end()
}

func (f *file) normSums() {
	fn := f.neon("normSums", "func(dgain, dbias, dy, xhat, gain []float32) (sum, dot float32)",
		"adds to the gradients of gain and bias, and sums dy*gain and dy*gain*xhat.")
	dgain, dbias, dy, xhat, gain := fn.slice("dgain"), fn.slice("dbias"), fn.slice("dy"), fn.slice("xhat"), fn.slice("gain")
	sum, dot := fn.parts(), fn.parts()
	fn.stream("dy", unroll, []slice{dgain, dbias, dy, xhat, gain}, func(s span) {
		d, x := s.load(dy), s.load(xhat)
		total := s.load(dbias)
		s.add(total, total, d)
		s.store(total, dbias)
		total = s.load(dgain)
		s.multiplyAdd(total, d, x)
		s.store(total, dgain)
		s.multiply(d, d, s.load(gain))
		s.add(sum[s.part], sum[s.part], d)
		s.multiplyAdd(dot[s.part], d, x)
	})
	fn.give(fn.total(sum), "sum")
	fn.give(fn.total(dot), "dot")
	fn.end()
}

func (f *file) gainSums() {
	fn := f.neon("gainSums", "func(dgain, dy, xhat, gain []float32) (dot float32)", "adds to the gradient of gain, and sums dy*gain*xhat.")
	dgain, dy, xhat, gain := fn.slice("dgain"), fn.slice("dy"), fn.slice("xhat"), fn.slice("gain")
	dot := fn.parts()
	fn.stream("dy", unroll, []slice{dgain, dy, xhat, gain}, func(s span) {
		d, x := s.load(dy), s.load(xhat)
		total := s.load(dgain)
		s.multiplyAdd(total, d, x)
		s.store(total, dgain)
		s.multiply(d, d, s.load(gain))
		s.multiplyAdd(dot[s.part], d, x)
	})
	fn.give(fn.total(dot), "dot")
	fn.end()
}

func (f *file) normGradient() {
	fn := f.neon("normGradient", "func(dx, dy, xhat, gain []float32, mean, slope, rstd float32)",
		"writes (dy*gain - mean - xhat*slope) rstd.")
	dx, dy, xhat, gain := fn.slice("dx"), fn.slice("dy"), fn.slice("xhat"), fn.slice("gain")
	mean, slope, rstd := fn.number("mean"), fn.number("slope"), fn.number("rstd")
	fn.stream("dy", unroll, []slice{dx, dy, xhat, gain}, func(s span) {
		d := s.load(dy)
		s.multiply(d, d, s.load(gain))
		s.subtract(d, d, mean)
		s.multiplySubtract(d, s.load(xhat), slope)
		s.multiply(d, d, rstd)
		s.store(d, dx)
	})
	fn.end()
}
