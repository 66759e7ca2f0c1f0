package main

// activation is a kernel that writes a function of x, and its derivative where one is wanted.
// value computes the function; slope, called after it, may use what value has left over.
func (f *file) activation(name, doc string, value func(s span, x vector) (y vector, slope func() vector)) {
	fn := f.neon(name, "func(y, slope, x []float32)", doc)
	y, slope, x := fn.slice("y"), fn.slice("slope"), fn.slice("x")
	wanted := fn.load("slope", "base")
	fn.stream("x", 1, []slice{y, slope, x}, func(s span) {
		result, derivative := value(s, s.load(x))
		s.store(result, y)
		unwanted := fn.label("unwanted")
		fn.emit("CBZ %s, %s", wanted, unwanted)
		s.store(derivative(), slope)
		fn.mark(unwanted)
	})
	fn.end()
}

func (f *file) relu() {
	f.activation("relu", "writes max(x, 0).", func(s span, x vector) (vector, func() vector) {
		y := s.vector()
		s.binary("fmax", y, x, s.constant(0))
		return y, func() vector {
			slope, none := s.vector(), s.vector()
			s.unary("fcmle", none, x)
			s.copy(slope, s.constant(1))
			s.drop(none, slope)
			return slope
		}
	})
}

func (f *file) silu() {
	f.activation("silu", "writes x sigmoid(x).", func(s span, x vector) (vector, func() vector) {
		sigmoid, rest := s.sigmoid(x)
		y := s.vector()
		s.multiply(y, sigmoid, x)
		return y, func() vector {
			// sigmoid + x sigmoid (1-sigmoid)
			s.multiplyAdd(sigmoid, y, rest)
			return sigmoid
		}
	})
}

func (f *file) geluTanh() {
	const k, cubic = 0.7978845608028654, 0.044715
	f.activation("geluTanh", "writes x (1 + tanh(k (x + 0.044715 x^3))) / 2, k being sqrt(2/pi).", func(s span, x vector) (vector, func() vector) {
		// (1 + tanh(u)) / 2 = sigmoid(2u)
		square, u := s.vector(), s.vector()
		s.multiply(square, x, x)
		s.copy(u, s.constant(2*k))
		s.multiplyAdd(u, square, s.constant(2*k*cubic))
		s.multiply(u, u, x)
		sigmoid, rest := s.sigmoid(u)
		y := s.vector()
		s.multiply(y, sigmoid, x)
		return y, func() vector {
			inner := u
			s.copy(inner, s.constant(2*k))
			s.multiplyAdd(inner, square, s.constant(2*k*cubic*3))
			s.multiply(inner, inner, rest)
			s.multiplyAdd(sigmoid, y, inner)
			return sigmoid
		}
	})
}

// sigmoid gives 1/(1+e^-x) and, without cancellation, 1 minus that.
func (fn *function) sigmoid(x vector) (sigmoid, rest vector) {
	e := fn.vector()
	fn.emit("VORR %s, %s, %s", fn.constantBits(1<<31).bits(), x.bits(), e.bits()) // -|x|
	fn.exp(e)
	large := fn.vector()
	fn.add(large, e, fn.constant(1))
	fn.divide(large, fn.constant(1), large)
	fn.multiply(e, e, large)
	sigmoid, rest = fn.vector(), fn.vector()
	fn.unary("fcmlt", sigmoid, x)
	fn.copy(rest, sigmoid)
	fn.choose(sigmoid, e, large)
	fn.choose(rest, large, e)
	return sigmoid, rest
}

// gelu takes the normal distribution from the error function of Abramowitz and Stegun,
// formula 7.1.26: erfc(z) = (a1 t + ... + a5 t^5) e^(-z^2) with t = 1/(1+pz), within 1.5e-7.
func (f *file) gelu() {
	f.activation("gelu", "writes x times the normal distribution at x.", func(s span, x vector) (vector, func() vector) {
		e, t := s.vector(), s.vector()
		s.multiply(e, x, s.constant(-0.5))
		s.multiply(e, e, x)
		s.exp(e)
		one := s.constant(1)
		s.unary("fabs", t, x)
		s.multiply(t, t, s.constant(0.3275911*0.70710678118654752))
		s.add(t, t, one)
		s.divide(t, one, t)
		tail := s.polynomial(t, 0.5*1.061405429, 0.5*-1.453152027, 0.5*1.421413741, 0.5*-0.284496736, 0.5*0.254829592)
		s.multiply(tail, tail, t)
		s.multiply(tail, tail, e)
		most, normal := t, s.vector()
		s.subtract(most, one, tail)
		s.unary("fcmlt", normal, x)
		s.choose(normal, tail, most)
		y := tail
		s.multiply(y, normal, x)
		return y, func() vector {
			s.multiply(e, e, s.constant(0.3989422804014327)) // 1/sqrt(2 pi)
			s.multiplyAdd(normal, e, x)
			return normal
		}
	})
}
