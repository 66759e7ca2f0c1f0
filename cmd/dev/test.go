package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A step is one check of the whole tree. The tests among them count into the
// tally.
type step struct {
	name string
	do   func(ctx context.Context, m machine, t *tally) error
}

// test runs every step, whatever becomes of those before, and ends with the
// numbers of passed and failed tests on a line of their own. A failed step
// without a test counts as one failure.
func test(ctx context.Context, m machine, args []string) error {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	long := flags.Bool("long", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return usageError("test takes one flag, -long, and nothing else.")
	}
	steps := steps(*long)
	if *long {
		steps = append(steps, longSteps...)
	}
	begin, tally := time.Now(), newTally()
	failures, summary := runSteps(ctx, m, steps, tally)
	m.printf("\n%s\n", strings.Join(tally.worst(), "\n"))
	m.printf("\n%s%-12s %s\n\n%s\n", summary, "together", clock(time.Since(begin)), tally)
	if failures > 0 {
		return fmt.Errorf("%d of %d steps failed", failures, len(steps))
	}
	return ctx.Err()
}

// runSteps gives how many steps failed and a line for each.
func runSteps(ctx context.Context, m machine, steps []step, t *tally) (failures int, summary string) {
	var lines strings.Builder
	for _, s := range steps {
		if ctx.Err() != nil {
			break
		}
		m.printf("\n== %s\n", s.name)
		begin, before := time.Now(), t.broken
		err := s.do(ctx, m, t)
		verdict := "ok"
		if err != nil {
			verdict = "FAILED"
			failures++
			m.printf("%s: %v\n%s", s.name, err, lineOf(hintOf(err)))
			if t.broken == before {
				t.fail()
			}
		}
		took := clock(time.Since(begin))
		m.printf("== %s %s after %s\n", s.name, verdict, took)
		fmt.Fprintf(&lines, "%-12s %s  %s\n", s.name, took, verdict)
	}
	return failures, lines.String()
}

// lineOf ends a text that is not empty with a line break.
func lineOf(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}

// steps is what has to pass. Without long, tests that know testing.Short do
// less.
func steps(long bool) []step {
	pure := suite{env: []string{"CGO_ENABLED=0"}, long: long}
	// A first build of the window keeps one processor busy for minutes, so it
	// goes on beside the checks until its own step.
	built := make(chan error, 1)
	return []step{
		{"packages", func(_ context.Context, m machine, _ *tally) error {
			err := newProvider(m).provide(toFetch, toBuild, toDraw, toTest)
			go func() {
				_, err := m.compile("attune")
				built <- err
			}()
			return err
		}},
		{"gofmt", gofmt},
		{"vet", vet},
		{"staticcheck", staticcheck},
		{"layers", func(_ context.Context, m machine, t *tally) error {
			return pure.run(m, t, slices.Concat(headless, []string{"-run", policyTests, application})...)
		}},
		{"units", func(_ context.Context, m machine, t *tally) error {
			rest, err := m.packages()
			if err != nil {
				return err
			}
			return pure.run(m, t, rest...)
		}},
		{"race", func(_ context.Context, m machine, t *tally) error {
			return race(m, t, long, concurrent)
		}},
		{"build", func(_ context.Context, m machine, _ *tally) error {
			done := m.tick("building attune", glTakes)
			defer done()
			return <-built
		}},
		{"window", func(_ context.Context, m machine, t *tally) error {
			return suite{long: long}.run(m, t, "-count=1", "-skip", policyTests, application)
		}},
	}
}

const (
	application = "./cmd/attune"
	// policyTests read the tree; the application's other tests open its window,
	// on a display of their own.
	policyTests = "^TestLayers"
)

// headless makes Fyne's application package build without OpenGL, so that the
// whole tree compiles without cgo.
var headless = []string{"-tags", "ci"}

// concurrent are the packages whose own goroutines share something. The
// projects above them mostly wait for SQLite, which the race detector slows
// down twenty times; -long has them too.
var concurrent = []string{
	"./engine/kernel/...", "./engine/op/...", "./engine/train/...", "./projects/run/...", "./gui/parts/...",
}

// packages lists all but the application, which alone needs cgo.
func (m machine) packages() ([]string, error) {
	out, err := m.output(golang("list", "-e", "./..."))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Fields(out), func(p string) bool { return strings.HasSuffix(p, "/cmd/attune") }), nil
}

// race runs the tests of packages under the race detector, which is C.
func race(m machine, t *tally, long bool, packages []string) error {
	return suite{env: []string{"CGO_ENABLED=1"}, long: long}.run(m, t, append([]string{"-race", "-timeout=30m"}, packages...)...)
}

func vet(_ context.Context, m machine, _ *tally) error {
	return m.show(golang(slices.Concat([]string{"vet"}, headless, []string{"./..."})...).with("CGO_ENABLED=0"))
}

// staticcheck is a tool of go.mod, which pins its version and so its findings.
func staticcheck(_ context.Context, m machine, _ *tally) error {
	return m.show(golang(slices.Concat([]string{"tool", "staticcheck"}, headless, []string{"./..."})...).with("CGO_ENABLED=0"))
}

// A suite is a way to run tests.
type suite struct {
	env  []string
	long bool
}

// run runs `go test` with the arguments. That nothing ran is a failure: a
// pattern without a match would pass for ever.
func (s suite) run(m machine, t *tally, args ...string) error {
	p := golang("test", "-json")
	if !s.long {
		p.args = append(p.args, "-short")
	}
	p.args = append(p.args, args...)
	seen := t.runs
	if err := m.pipe(p.with(s.env...), func(r io.Reader) error { return t.read(r, m.out) }); err != nil {
		return err
	}
	if t.runs == seen {
		return errors.New("not a single test ran")
	}
	return nil
}
