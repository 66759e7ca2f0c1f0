//go:build !(darwin && cgo && accelerate) && !purego

package kernel

// libraryPaths lists the paths that have a library of the system multiply: none.
func libraryPaths() []*path { return nil }
