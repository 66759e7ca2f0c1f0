// Package accelerate multiplies matrices with Apple's Accelerate, which alone reaches the matrix
// units of Apple's processors. It is a package of its own because one with cgo may have no Go
// assembly, and it is empty but for a macOS on arm64, with cgo and the build tag accelerate.
package accelerate
