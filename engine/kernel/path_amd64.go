//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// paths lists what this processor can run, fastest first.
func paths() []*path {
	available := []*path{&plain}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		available = append([]*path{&avx2}, available...)
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		available = append([]*path{&avx512}, available...)
	}
	return available
}

var avx2 = path{
	name: "avx2",
	tiling: tiling{
		cols:       16,
		tiles:      []tile{tile1AVX2, tile2AVX2, tile3AVX2, tile4AVX2, tile5AVX2, tile6AVX2},
		transpose8: transpose8AVX2,
		pieces:     piecesAVX2,
	},
	add: addAVX2, multiply: multiplyAVX2, addScaled: addScaledAVX2, scale: scaleAVX2,
	sum: sumAVX2, sumSquares: sumSquaresAVX2,
	gelu: geluAVX2, geluTanh: geluTanhAVX2, silu: siluAVX2, relu: reluAVX2,
	dropout: dropoutAVX2,
	softmax: softmaxAVX2, softmaxBackward: softmaxBackwardAVX2,
	maximum: maximumAVX2, sumExp: sumExpAVX2, scaledExp: scaledExpAVX2,
	normalise: normaliseAVX2, normSums: normSumsAVX2, normGradient: normGradientAVX2,
	gainSums: gainSumsAVX2,
	rotate:   rotateAVX2,
	adamW:    adamWAVX2,
}

var avx512 = path{
	name: "avx512",
	tiling: tiling{
		cols: 32,
		tiles: []tile{
			tile1AVX512, tile2AVX512, tile3AVX512, tile4AVX512, tile5AVX512, tile6AVX512,
			tile7AVX512, tile8AVX512, tile9AVX512, tile10AVX512, tile11AVX512, tile12AVX512,
		},
		transpose8: transpose8AVX2,
		pieces:     piecesAVX512,
	},
	add: addAVX512, multiply: multiplyAVX512, addScaled: addScaledAVX512, scale: scaleAVX512,
	sum: sumAVX512, sumSquares: sumSquaresAVX512,
	gelu: geluAVX512, geluTanh: geluTanhAVX512, silu: siluAVX512, relu: reluAVX512,
	dropout: dropoutAVX512,
	softmax: softmaxAVX512, softmaxBackward: softmaxBackwardAVX512,
	maximum: maximumAVX512, sumExp: sumExpAVX512, scaledExp: scaledExpAVX512,
	normalise: normaliseAVX512, normSums: normSumsAVX512, normGradient: normGradientAVX512,
	gainSums: gainSumsAVX512,
	rotate:   rotateAVX512,
	adamW:    adamWAVX512,
}
