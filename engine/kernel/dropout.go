package kernel

import "math"

// Dropout is a mask that is never stored: whether element i of the stream Seed is kept
// follows from a hash of both, so the gradient meets the mask that the forward pass met.
// Each element is dropped with probability Rate; Rate 0 drops nothing. A stream repeats
// after 2^32 elements.
type Dropout struct {
	Seed uint64
	Rate float32
}

// Apply drops elements of x, which are the elements at, at+1, ... of the stream: x[i]
// becomes 0 or x[i]/(1-Rate). It serves the values and their gradients alike.
func (d Dropout) Apply(x []float32, at uint64) {
	if d.Rate <= 0 {
		return
	}
	m := d.mask()
	for i := range x {
		if m.hash(uint32(at)+uint32(i)) < m.threshold {
			x[i] = 0
		} else {
			x[i] *= m.scale
		}
	}
}

// mask is a Dropout made ready for its hash.
type mask struct {
	keys      [2]uint32
	threshold uint32 // an element whose hash is below it is dropped
	scale     float32
}

func (d Dropout) mask() mask {
	key := mix(d.Seed)
	m := mask{keys: [2]uint32{uint32(key), uint32(key >> 32)}}
	if d.Rate < 1 {
		m.threshold = uint32(math.Round(float64(d.Rate) * (1 << 32)))
		m.scale = 1 / (1 - d.Rate)
	}
	return m
}

// hash is the 32-bit mixer lowbias32 (https://github.com/skeeto/hash-prospector) with a
// key added before each of its rounds.
func (m *mask) hash(i uint32) uint32 {
	h := i + m.keys[0]
	h = (h ^ h>>16) * 0x21f0aaad
	h += m.keys[1]
	h = (h ^ h>>15) * 0x735a2d97
	return h ^ h>>15
}

// mix spreads a seed over 64 bits (SplitMix64, Steele et al. 2014), since seeds of
// neighbouring steps and layers are neighbours too.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
