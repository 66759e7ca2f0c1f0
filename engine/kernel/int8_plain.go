package kernel

import "math"

var plainBytes = bytePath{
	name: "plain", largest: math.MaxInt8, cols: plainCols, tiles: []byteTile{plainByteTile},
	extent: extentPlain, toBytes: toBytesPlain,
}

// plainByteTile makes one row.
func plainByteTile(groups int, u []uint8, _ int, q []int8, zero, sums []int32, step, scale, bias, y []float32, _, cols int) {
	var sum [plainCols]int32
	u, q = u[:groups*group], q[:groups*group*plainCols]
	for len(u) > 0 {
		for j := range sum {
			four := q[j*group : j*group+group]
			sum[j] += int32(u[0])*int32(four[0]) + int32(u[1])*int32(four[1]) + int32(u[2])*int32(four[2]) + int32(u[3])*int32(four[3])
		}
		u, q = u[group:], q[group*plainCols:]
	}
	for j := range cols {
		// rounded one by one, as vectors do it
		result := float32(float32(sum[j]-zero[0]*sums[j]) * scale[j])
		y[j] = float32(result*step[0]) + bias[j]
	}
}

// extentPlain gives the least and the greatest of x and 0, and 0, or not a number if x has
// one that is not finite.
func extentPlain(x []float32) (low, high, spoilt float32) {
	for _, v := range x {
		low, high = min(low, v), max(high, v)
		spoilt += v * 0
	}
	return low, high, spoilt
}

// toBytesPlain writes x times inverse, rounded, plus zero, kept between 0 and 255.
func toBytesPlain(u []uint8, x []float32, inverse float32, zero uint32) {
	for i, v := range x {
		n := math.RoundToEven(float64(v*inverse)) + float64(zero)
		u[i] = uint8(min(max(n, 0), math.MaxUint8))
	}
	for i := len(x); i%group > 0; i++ {
		u[i] = uint8(zero)
	}
}
