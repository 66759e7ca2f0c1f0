package kernel

import "os"

// path is one way to run the kernels: with the vectors of an instruction set, or plain Go.
type path struct {
	name   string
	tiling tiling
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

// SIMD names the vector instructions in use: avx512, avx2 or plain. The environment variable
// ATTUNE_SIMD can ask for a lesser one than the machine's best.
func SIMD() string { return active.name }
