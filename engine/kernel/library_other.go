//go:build !(darwin && arm64 && cgo && accelerate) || purego

package kernel

// library would have a library of the system compute a product, and reports whether it did.
func library(product) bool { return false }
