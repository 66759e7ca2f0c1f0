package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTallyOfRealTests lets the go command test a module made for it, so that
// what is read is what Go writes today.
func TestTallyOfRealTests(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"go.mod": "module made\n\ngo 1.26\n",
		"a/a_test.go": `package a
import ("strings"; "testing")
func TestGood(t *testing.T) { t.Run("one", func(*testing.T) {}); t.Run("two", func(*testing.T) {}) }
func TestAlsoGood(t *testing.T) {}
func TestSkipped(t *testing.T) { t.Skip("no folder") }
func TestBad(t *testing.T) { t.Run("part", func(t *testing.T) { t.Error("the sky is green", strings.Repeat("long", 200)) }) }
`,
		"b/b_test.go": "package b\nimport \"testing\"\nfunc TestGood(t *testing.T) {}\n",
		"e/e.go":      "package e\n",
		"c/c_test.go": "package c\nfunc broken( {}\n",
		"d/d_test.go": "package d\nimport (\"os\"; \"testing\")\nfunc TestMain(m *testing.M) { os.Exit(3) }\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-json", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err == nil {
		t.Fatal("the made module passes its tests")
	}

	tally, shown := newTally(), new(bytes.Buffer)
	if err := tally.read(bytes.NewReader(out), shown); err != nil {
		t.Fatal(err)
	}
	// failed: a.TestBad, c that does not compile, d that ends without a test
	if got, want := tally.String(), "3 passed, 3 failed, 1 skipped"; got != want {
		t.Errorf("tally %q, want %q", got, want)
	}
	for _, want := range []string{"the sky is green", "--- FAIL: TestBad", "ok  \tmade/b"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("nothing says %q in:\n%s", want, shown)
		}
	}
	for _, noise := range []string{"TestAlsoGood", "=== RUN", "no test files", strings.Repeat("long", 200)} {
		if strings.Contains(shown.String(), noise) {
			t.Errorf("%q is shown in:\n%s", noise, shown)
		}
	}
	lines := tally.worst()
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "FAIL") && !strings.HasPrefix(last, "--- FAIL") {
		t.Errorf("the last line is %q, want a failure", last)
	}
}

func TestTallyCountsATestOnce(t *testing.T) {
	run := func(action string) string {
		return `{"Action":"` + action + `","Package":"p","Test":"TestA"}` + "\n"
	}
	cases := []struct {
		name, give, want string
	}{
		{"twice passed", run("pass") + run("pass"), "1 passed, 0 failed"},
		{"failed with the race detector", run("pass") + run("fail"), "0 passed, 1 failed"},
		{"failed without it", run("fail") + run("pass"), "0 passed, 1 failed"},
		{"skipped at first", run("skip") + run("pass"), "1 passed, 0 failed"},
		{"always skipped", run("skip"), "0 passed, 0 failed, 1 skipped"},
		{"not of Go's making", "go: downloading x\n" + run("pass"), "1 passed, 0 failed"},
		{"nothing", "", "0 passed, 0 failed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tally := newTally()
			if err := tally.read(strings.NewReader(c.give), new(bytes.Buffer)); err != nil {
				t.Fatal(err)
			}
			if got := tally.String(); got != c.want {
				t.Errorf("tally %q, want %q", got, c.want)
			}
		})
	}
}
