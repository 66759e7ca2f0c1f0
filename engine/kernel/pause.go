//go:build !(amd64 || arm64) || purego

package kernel

// pause waits for a moment.
func pause(times uint64) {
	for range times {
	}
}
