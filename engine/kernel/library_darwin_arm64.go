//go:build cgo && accelerate && !purego

package kernel

import "attune/engine/kernel/accelerate"

// libraryPaths lists the paths that have a library of the system multiply.
func libraryPaths() []*path { return []*path{&accelerated} }

// accelerated is NEON but for products that are worth a call of the library.
var accelerated = func() path {
	p := neon
	p.name = "accelerate"
	return p
}()

// library computes a product, and reports whether it did. The library has threads of its own,
// however many workers there are.
func library(p product) bool {
	if active.name != accelerated.name || p.m*p.n*p.k < worthSplitting {
		return false
	}
	if p.base.data != nil && &p.base.data[0] != &p.c.data[0] {
		p.begin()
	}
	accelerate.Multiply(p.m, p.n, p.k, operand(p.a, p.k), operand(p.b, p.n), operand(p.c, p.n), p.base.data != nil)
	return true
}

// operand is a matrix of so many columns as the library wants it: even one row has to be as far
// from the next as it is long.
func operand(v view, columns int) accelerate.Matrix {
	if v.col == 1 {
		return accelerate.Matrix{Data: v.data, Stride: max(v.row, columns)}
	}
	return accelerate.Matrix{Data: v.data, Stride: v.col, Turned: true}
}
