package kernel

import "math"

// exp gives e^x for an x that is not above 0 by more than rounding, after Cephes' expf
// (Moshier): x is split into n ln 2 and a rest of at most half of it, for which a polynomial
// serves. Results below the smallest normal number are 0.
func exp(x float32) float32 {
	const (
		lowest = -87.33654
		log2e  = 1.44269504
		ln2    = 0.693359375 // few enough digits to be exact times n
		ln2low = -2.12194440e-4
	)
	if x < lowest {
		return 0
	}
	n := float32(math.RoundToEven(float64(x * log2e)))
	x = x - n*ln2 - n*ln2low
	y := float32(1.9875691500e-4)
	y = y*x + 1.3981999507e-3
	y = y*x + 8.3334519073e-3
	y = y*x + 4.1665795894e-2
	y = y*x + 1.6666665459e-1
	y = y*x + 5.0000001201e-1
	y = y*x*x + x + 1
	const bias, mantissa = 127, 23
	return y * math.Float32frombits(uint32(int32(n)+bias)<<mantissa)
}

// sigmoid gives 1/(1+e^-x) and, without cancellation, 1 minus that.
func sigmoid(x float32) (sigmoid, rest float32) {
	e := exp(-abs(x))
	large := 1 / (1 + e)
	if x < 0 {
		return e * large, large
	}
	return large, e * large
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
