//go:build !linux

package machine

func yield() {}
