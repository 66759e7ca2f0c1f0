package weights

import (
	"encoding/binary"
	"io"
	"math"
)

func writeHalves(w io.Writer, values []float32) error {
	var block [1 << 14]byte
	for len(values) > 0 {
		n := min(len(values), len(block)/2)
		for i, v := range values[:n] {
			binary.LittleEndian.PutUint16(block[2*i:], toHalf(v))
		}
		if _, err := w.Write(block[:2*n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// toHalf rounds a value to IEEE 754 binary16, to the nearest, of two as near to the
// even one. What is too large becomes infinite.
func toHalf(value float32) uint16 {
	bits := math.Float32bits(value)
	sign := uint16(bits>>16) & 0x8000
	magnitude := bits &^ (1 << 31)
	switch {
	case magnitude > 0x7f800000: // not a number
		return sign | 0x7e00
	case magnitude >= 0x477ff000: // nearer to 65536 than to the largest, 65504
		return sign | 0x7c00
	case magnitude < 0x38800000: // subnormal: a number of 2^-24ths
		return sign | uint16(math.RoundToEven(math.Abs(float64(value))*(1<<24)))
	}
	magnitude -= 112 << 23               // the exponents' biases are 127 and 15
	magnitude += 0xfff + magnitude>>13&1 // half of the last place, less when that keeps it even
	return sign | uint16(magnitude>>13)
}
