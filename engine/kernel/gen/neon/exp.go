package main

// exp replaces x, which is not above 0 by more than rounding, by e^x, after Cephes' expf (Moshier):
// x is split into n ln 2 and a rest of at most half of it, for which a polynomial serves. Results
// below the smallest normal number are 0.
func (fn *function) exp(x vector) {
	n, power, under := fn.vector(), fn.vector(), fn.vector()
	fn.multiply(n, x, fn.constant(1.44269504)) // 1 / ln 2
	fn.unary("fcvtns", power, n)
	fn.unary("scvtf", n, power)
	fn.emit("VSHL $23, %s, %s", power.whole(), power.whole())
	fn.binary("fcmgt", under, fn.constant(-87.33654), x) // false for NaN, which so is carried on
	// ln 2 in two parts, of which the first is exact when multiplied by n
	fn.multiplySubtract(x, n, fn.constant(0.693359375))
	fn.multiplySubtract(x, n, fn.constant(-2.12194440e-4))
	y := fn.polynomial(x, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	square := n
	fn.multiply(square, x, x)
	fn.add(x, x, fn.constant(1))
	fn.multiplyAdd(x, y, square)
	fn.emit("VADD %s, %s, %s", power.whole(), x.whole(), x.whole())
	fn.drop(under, x)
}

// polynomial gives (c[0] x + c[1]) x + ... A multiplication adds to its result's register, so
// that every coefficient is copied first.
func (fn *function) polynomial(x vector, c ...float32) vector {
	y, next := fn.constant(c[0]), fn.vector()
	other := fn.vector()
	for _, coefficient := range c[1:] {
		fn.copy(next, fn.constant(coefficient))
		fn.multiplyAdd(next, y, x)
		y, next, other = next, other, next
	}
	return y
}
