package kernel

// Add adds x to dst, element by element. Here as in all that follow, slices that are read
// or written beside another one may be longer than it, and must not be shorter.
func Add(dst, x []float32) { active.add(dst, x[:len(dst)]) }

// AddScaled adds x times k to dst, element by element.
func AddScaled(dst, x []float32, k float32) { active.addScaled(dst, x[:len(dst)], k) }

// Multiply multiplies dst by x, element by element.
func Multiply(dst, x []float32) { active.multiply(dst, x[:len(dst)]) }

// Scale multiplies every element of dst by k.
func Scale(dst []float32, k float32) { active.scale(dst, k) }

// Sum gives the sum of x.
func Sum(x []float32) float32 {
	return float32(inPieces(x, active.sum))
}

// SumSquares gives the sum of the squares of x.
func SumSquares(x []float32) float64 {
	return inPieces(x, func(piece []float32) float32 { return active.sumSquares(piece, 0) })
}

// piece is the length up to which numbers are summed in single precision, and for which a
// kernel holds up the garbage collector, which waits for assembly to return.
const piece = 4096

// inPieces adds up what a kernel gives for each piece of x.
func inPieces(x []float32, kernel func(piece []float32) float32) float64 {
	sum := 0.0
	for len(x) > piece {
		sum += float64(kernel(x[:piece]))
		x = x[piece:]
	}
	return sum + float64(kernel(x))
}

func addPlain(dst, x []float32) {
	for i := range dst {
		dst[i] += x[i]
	}
}

func addScaledPlain(dst, x []float32, k float32) {
	for i := range dst {
		dst[i] += x[i] * k
	}
}

func multiplyPlain(dst, x []float32) {
	for i := range dst {
		dst[i] *= x[i]
	}
}

func scalePlain(dst []float32, k float32) {
	for i := range dst {
		dst[i] *= k
	}
}

func sumPlain(x []float32) float32 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return float32(sum)
}

func sumSquaresPlain(x []float32, mean float32) float32 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v-mean) * float64(v-mean)
	}
	return float32(sum)
}
