package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestRunStepsGoesOnAfterAFailure(t *testing.T) {
	var did []string
	say := func(name string, err error) step {
		return step{name, func(context.Context, machine, *tally) error {
			did = append(did, name)
			return err
		}}
	}
	out, tally := new(bytes.Buffer), newTally()
	steps := []step{say("first", nil), say("second", unformattedError{"a.go"}), say("third", nil)}
	failures, summary := runSteps(t.Context(), machine{out: out}, steps, tally)
	if want := []string{"first", "second", "third"}; !slices.Equal(did, want) {
		t.Errorf("did %q, want %q", did, want)
	}
	if failures != 1 || tally.String() != "0 passed, 1 failed" {
		t.Errorf("%d failures and %q, want one of each", failures, tally)
	}
	if !strings.Contains(out.String(), "gofmt -w a.go") {
		t.Errorf("the way out is not shown:\n%s", out)
	}
	if got := strings.Count(summary, "\n"); got != 3 {
		t.Errorf("%d lines of summary, want 3:\n%s", got, summary)
	}
}

func TestRunStepsCountsAFailedTestOnce(t *testing.T) {
	units := func(_ context.Context, _ machine, seen *tally) error {
		line := `{"Action":"fail","Package":"p","Test":"TestA"}`
		return errors.Join(seen.read(strings.NewReader(line), new(bytes.Buffer)), errors.New("go: exit status 1"))
	}
	seen := newTally()
	runSteps(t.Context(), machine{out: new(bytes.Buffer)}, []step{{"units", units}, {"race", units}}, seen)
	if seen.String() != "0 passed, 1 failed" {
		t.Errorf("tally %q, want one failure", seen)
	}
}

func TestRunStepsStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	steps := []step{
		{"first", func(context.Context, machine, *tally) error { cancel(); return nil }},
		{"second", func(context.Context, machine, *tally) error { t.Error("went on"); return nil }},
	}
	runSteps(ctx, machine{out: new(bytes.Buffer)}, steps, newTally())
}

func TestGofmt(t *testing.T) {
	cases := []struct {
		name, file, text, want string
	}{
		{"formatted", "a.go", "package a\n", ""},
		{"unformatted", "sub/a.go", "package  a\n", "sub/a.go"},
		{"not Go at all", "a.go", "to do\n", "a.go"},
		{"of git's own", ".git/a.go", "package  a\n", ""},
		{"another language", "a.c", "int  a;\n", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			err := gofmt(t.Context(), machine{dir: dir}, newTally())
			switch {
			case c.want == "" && err != nil:
				t.Errorf("gofmt: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(filepath.ToSlash(err.Error()), c.want)):
				t.Errorf("gofmt = %v, want an error that names %s", err, c.want)
			}
		})
	}
}

func TestFuzzTargets(t *testing.T) {
	got := fuzzTargets("FuzzRead\nFuzzFind\nok  \tattune/engine/format\t0.004s\n")
	if want := []string{"FuzzRead", "FuzzFind"}; !slices.Equal(got, want) {
		t.Errorf("targets %q, want %q", got, want)
	}
}

func TestProgramsPrintAsTheyCanBeTyped(t *testing.T) {
	p := golang("test", "-run", "^TestLayers", "my folder", "it's").with("CGO_ENABLED=0")
	if got, want := p.String(), `CGO_ENABLED=0 go test -run '^TestLayers' 'my folder' 'it'\''s'`; got != want {
		t.Errorf("program %s, want %s", got, want)
	}
}

func TestDispatchRefuses(t *testing.T) {
	for name, args := range map[string][]string{
		"nothing":             {},
		"an unknown command":  {"dance"},
		"an unknown flag":     {"test", "-fast"},
		"a word too many":     {"run", "now"},
		"a word after a flag": {"test", "-long", "now"},
	} {
		t.Run(name, func(t *testing.T) {
			var usage usageError
			if err := dispatch(t.Context(), args, new(bytes.Buffer)); !errors.As(err, &usage) {
				t.Errorf("dispatch(%q) = %v, want a usage error", args, err)
			}
		})
	}
}

// TestSampleFilesExist keeps the way through the sample on paths that are there.
func TestSampleFilesExist(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, sampleTickets)); err != nil {
		t.Error(err)
	}
	for _, p := range concurrent {
		if _, err := os.Stat(filepath.Join(root, strings.TrimSuffix(p, "/..."))); err != nil {
			t.Error(err)
		}
	}
}

// TestReadmeNamesTheCommands keeps the README's lines those that dev knows.
func TestReadmeNamesTheCommands(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, use := range regexp.MustCompile(`go run \./cmd/dev (\w+)`).FindAllStringSubmatch(string(text), -1) {
		if !slices.ContainsFunc(commands, func(c command) bool { return c.name == use[1] }) {
			t.Errorf("README.md says %q", use[0])
		}
	}
}
