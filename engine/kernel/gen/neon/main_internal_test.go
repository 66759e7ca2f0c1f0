package main

import (
	"os"
	"testing"
)

func TestTheKernelsAreTheGenerators(t *testing.T) {
	f := generate()
	for name, want := range map[string]string{"simd_arm64.s": f.assembly(), "simd_arm64.go": f.stubs()} {
		got, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("engine/kernel/%s is not what the generator writes: run go generate ./engine/kernel", name)
		}
	}
}
