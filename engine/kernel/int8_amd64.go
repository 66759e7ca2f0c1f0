//go:build !purego

package kernel

import (
	"math"

	"golang.org/x/sys/cpu"
)

// bytePaths lists what this processor can run, fastest first.
func bytePaths() []*bytePath {
	var available []*bytePath
	for _, p := range paths() {
		switch {
		case p == &avx512 && cpu.X86.HasAVX512VNNI:
			available = append(available, &avx512Bytes)
		case p == &avx2:
			available = append(available, &avx2Bytes)
		case p == &plain:
			available = append(available, &plainBytes)
		}
	}
	return available
}

// avx2Bytes adds pairs of products in 16 bits, which 8 bits of a row and 6 bits and a sign
// of a weight always fit.
var avx2Bytes = bytePath{
	name: "avx2", largest: 63, cols: 16,
	tiles:  []byteTile{byteTile1AVX2, byteTile2AVX2, byteTile3AVX2, byteTile4AVX2, byteTile5AVX2, byteTile6AVX2},
	extent: extentAVX2, toBytes: toBytesAVX2,
}

var avx512Bytes = bytePath{
	name: "avx512", largest: math.MaxInt8, cols: 32,
	tiles: []byteTile{
		byteTile1AVX512, byteTile2AVX512, byteTile3AVX512, byteTile4AVX512, byteTile5AVX512, byteTile6AVX512,
		byteTile7AVX512, byteTile8AVX512, byteTile9AVX512, byteTile10AVX512, byteTile11AVX512, byteTile12AVX512,
	},
	extent: extentAVX512, toBytes: toBytesAVX512,
}
