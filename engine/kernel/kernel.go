// Package kernel is the arithmetic of training on plain float32 slices, row by
// row: matrix products, softmax, layer normalisation, activations, dropout, AdamW,
// and the workers that share it out. It knows no tensors, gradients or shapes of models.
package kernel

//go:generate go run ./gen -out simd_amd64.s -stubs simd_amd64.go -pkg kernel
//go:generate go run ./gen -int8 -out int8_amd64.s -stubs int8_stubs_amd64.go -pkg kernel
//go:generate go run ./gen/neon -out simd_arm64.s -stubs simd_arm64.go
