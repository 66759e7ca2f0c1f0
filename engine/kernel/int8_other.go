//go:build !amd64 || purego

package kernel

// bytePaths lists what this processor can run.
func bytePaths() []*bytePath { return []*bytePath{&plainBytes} }
