package kernel

import "math"

// Dropout is a mask that is never stored: whether element i of the stream Seed is kept
// follows from a hash of both, so the gradient meets the mask that the values met. Each element
// is dropped with probability Rate (Srivastava et al. 2014); Rate 0 drops nothing. A
// stream repeats after 2^32 elements, and is the same on every machine.
type Dropout struct {
	Seed uint64
	Rate float32
}

// Apply drops elements of x, which are the elements at, at+1, ... of the stream: x[i]
// becomes 0 or x[i]/(1-Rate). It serves values and gradients alike.
func (d Dropout) Apply(x []float32, at uint64) {
	if d.Rate <= 0 {
		return
	}
	key := mix(d.Seed)
	threshold, scale := uint32(math.MaxUint32), float32(0)
	if d.Rate < 1 {
		threshold, scale = uint32(float64(d.Rate)*(1<<32)), 1/(1-d.Rate)
	}
	active.dropout(x, uint32(at), uint32(key), uint32(key>>32), threshold, scale)
}

// dropoutPlain keeps the elements whose hash reaches the threshold.
func dropoutPlain(x []float32, at, key0, key1, threshold uint32, scale float32) {
	for i := range x {
		if hash(at+uint32(i), key0, key1) < threshold {
			x[i] = 0
		} else {
			x[i] *= scale
		}
	}
}

// hash is the 32-bit mixer of https://github.com/skeeto/hash-prospector with the smallest
// known bias, given a key before each of its rounds.
func hash(i, key0, key1 uint32) uint32 {
	h := i + key0
	h = (h^h>>16)*0x21f0aaad + key1
	h = (h ^ h>>15) * 0x735a2d97
	return h ^ h>>15
}

// mix spreads a seed over 64 bits (SplitMix64, Steele et al. 2014), since the seeds of
// neighbouring steps and layers are neighbours too.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
