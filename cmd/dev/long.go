package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// longSteps are too slow for every change.
var longSteps = []step{
	{"all races", func(_ context.Context, m machine, t *tally) error {
		return race(m, t, true, []string{"./projects/...", "./gui/..."})
	}},
	{"checkptr", func(_ context.Context, m machine, t *tally) error {
		return suite{long: true, env: []string{"CGO_ENABLED=0"}}.run(m, t, "-gcflags=all=-d=checkptr", "./engine/kernel/...", "./engine/op/...")
	}},
	{"purego", func(_ context.Context, m machine, t *tally) error {
		return suite{long: true, env: []string{"CGO_ENABLED=0", "ATTUNE_SIMD=plain"}}.run(m, t, "-count=1", "./engine/...")
	}},
	{"arm64", emulate},
	{"systems", crossBuild},
	{"fuzz", fuzz},
}

// emulate runs the kernels for arm64 where only an emulator can: under Linux on another processor.
func emulate(_ context.Context, m machine, t *tally) error {
	if runtime.GOOS != "linux" || runtime.GOARCH == "arm64" {
		m.printf("Only Linux on another processor has to emulate arm64.\n")
		return nil
	}
	if err := newProvider(m).provide(toEmulate); err != nil {
		return err
	}
	return suite{long: true, env: []string{"CGO_ENABLED=0", "GOARCH=arm64"}}.run(m, t, "-count=1", "-timeout=1h", "-exec", emulator, "./engine/kernel")
}

// systems are those that Attune is built for beside this one.
var systems = []string{"darwin/arm64", "darwin/amd64", "windows/amd64", "windows/arm64", "linux/arm64"}

// crossBuild compiles all that is pure Go for the other systems.
func crossBuild(ctx context.Context, m machine, _ *tally) error {
	pure, err := m.packages()
	if err != nil {
		return err
	}
	for _, s := range systems {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.printf("%s\n", s)
		system, processor, _ := strings.Cut(s, "/")
		vet := golang(slices.Concat([]string{"vet"}, pure)...)
		if err := m.show(vet.with("CGO_ENABLED=0", "GOOS="+system, "GOARCH="+processor)); err != nil {
			return fmt.Errorf("for %s: %w", s, err)
		}
	}
	return nil
}

// fuzz gives every fuzz target half a minute. Without a bound, making the first input that
// reaches new code smaller takes all of it.
func fuzz(ctx context.Context, m machine, _ *tally) error {
	packages, err := m.packages()
	if err != nil {
		return err
	}
	var failures []string
	for _, p := range packages {
		out, err := m.output(golang("test", "-list", "^Fuzz", p))
		if err != nil {
			return err
		}
		for _, target := range fuzzTargets(out) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			m.printf("%s %s\n", p, target)
			if m.show(golang("test", "-run", "^$", "-fuzz", "^"+target+"$", "-fuzztime", "30s", "-fuzzminimizetime", "10x", p)) != nil {
				failures = append(failures, p+" "+target)
			}
		}
	}
	if len(failures) > 0 {
		return fmt.Errorf("found an input that breaks %s; it lies in the package's testdata/fuzz", strings.Join(failures, ", "))
	}
	return nil
}

// fuzzTargets finds the names in the output of `go test -list`.
func fuzzTargets(list string) []string {
	return slices.DeleteFunc(strings.Fields(list), func(word string) bool { return !strings.HasPrefix(word, "Fuzz") })
}
