package kernel

import "os"

// path is one way to run the kernels: with the vectors of an instruction set, or in plain Go. Slices
// that go together are equally long, which is for the exported functions to see to.
type path struct {
	name   string
	tiling tiling

	add, multiply func(dst, x []float32)
	addScaled     func(dst, x []float32, k float32)
	scale         func(dst []float32, k float32)
	sum           func(x []float32) float32
	sumSquares    func(x []float32, mean float32) float32 // of x - mean

	gelu, geluTanh, silu, relu func(y, slope, x []float32)

	dropout func(x []float32, at, key0, key1, threshold uint32, scale float32)

	softmax         func(p []float32, scale float32)
	softmaxBackward func(dp, p []float32, scale float32)
	maximum         func(x []float32) float32
	sumExp          func(x []float32, top float32) float32     // of e^(x-top)
	scaledExp       func(y, x []float32, top, k, less float32) // y = k e^(x-top) - less

	normalise    func(y, x, gain, bias []float32, mean, rstd float32)            // x = (x-mean) rstd; y = x gain + bias
	normSums     func(dgain, dbias, dy, xhat, gain []float32) (sum, dot float32) // of dy gain, and of that times xhat
	gainSums     func(dgain, dy, xhat, gain []float32) (dot float32)             // normSums without bias
	normGradient func(dx, dy, xhat, gain []float32, mean, slope, rstd float32)   // dx = (dy gain - mean - xhat slope) rstd

	rotate func(a, b, cos, sin []float32) // a = a cos - b sin; b = b cos + a sin

	adamW func(p, grad, m, v []float32, scale, beta1, rest1, beta2, rest2, rate, root, epsilon, keep float32)
}

// active is the path in use. It is chosen once, at start, and never changes: it is a fact
// about the machine, like its number of processors.
var active = choose(paths(), os.Getenv("ATTUNE_SIMD"))

// choose picks the path of that name, or the first, which is the fastest, if the machine
// has none of that name.
func choose(available []*path, name string) *path {
	for _, p := range available {
		if p.name == name {
			return p
		}
	}
	return available[0]
}

// SIMD names the vector instructions in use: avx512, avx2, neon or plain; or accelerate, where
// a build for macOS has that library multiply. The environment variable ATTUNE_SIMD can ask
// for less than the machine's best.
func SIMD() string { return active.name }
