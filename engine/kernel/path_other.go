//go:build !(amd64 || arm64) || purego

package kernel

// paths lists what this processor can run.
func paths() []*path { return []*path{&plain} }
