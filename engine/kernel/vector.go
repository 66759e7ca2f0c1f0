package kernel

// Add adds x to dst, element by element.
func Add(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += x[i]
	}
}

// AddScaled adds x times k to dst, element by element.
func AddScaled(dst, x []float32, k float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += x[i] * k
	}
}

// Multiply multiplies dst by x, element by element.
func Multiply(dst, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] *= x[i]
	}
}

// Scale multiplies every element of dst by k.
func Scale(dst []float32, k float32) {
	for i := range dst {
		dst[i] *= k
	}
}

// SumSquares gives the sum of the squares of x.
func SumSquares(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum
}
