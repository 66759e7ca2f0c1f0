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
	},
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
	},
}
