package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An event is a line of `go test -json`, as `go doc test2json` describes it.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a package that is being built
	Test       string
	Output     string
}

// An outcome is how a test ended. Of several runs of one test, the worst counts
// before the best, and a run before none.
type outcome int

const (
	skipped outcome = iota + 1
	passed
	failed
)

var outcomes = map[string]outcome{"skip": skipped, "pass": passed, "fail": failed}

// A tally counts tests over any number of runs. A test is a function: its
// subtests are part of it, and a test that runs twice, once with the race
// detector, counts once.
type tally struct {
	results map[string]outcome // by package and test
	lines   []string           // what Go says of each test and package, in order
	checks  int                // failures that are no test's
	runs    int                // tests that ran, those that ran twice counted twice
	broken  int                // failures seen, those seen twice counted twice
}

func newTally() *tally { return &tally{results: map[string]outcome{}} }

// read takes in the output of one `go test -json`. It shows one line a package
// and all that a failing test said.
func (t *tally) read(r io.Reader, show io.Writer) error {
	run := tallyRun{tally: t, show: show, said: map[string][]string{}, ended: map[string]int{}}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			run.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// A tallyRun is the state of reading one output.
type tallyRun struct {
	*tally
	show  io.Writer
	said  map[string][]string // by package and test, until the test has ended
	ended map[string]int      // failed tests by package
}

func (r *tallyRun) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		fmt.Fprintf(r.show, "%s", line) // the go command itself speaks plainly
		return
	}
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.show, e.Output)
	case "output":
		r.output(e)
	case "pass", "fail", "skip":
		r.end(e)
	}
}

// output keeps what a test says, subtests with their parents; what Go says of
// packages is shown.
func (r *tallyRun) output(e event) {
	if e.Test == "" {
		r.packageLine(e.Output)
		return
	}
	if strings.HasPrefix(e.Output, "=== ") {
		return // which test begins, waits, goes on
	}
	top, _, sub := strings.Cut(e.Test, "/")
	key := e.Package + " " + top
	r.said[key] = append(r.said[key], shorten(e.Output))
	if !sub && strings.HasPrefix(e.Output, "--- ") {
		r.lines = append(r.lines, strings.TrimRight(e.Output, "\n"))
	}
}

func (r *tallyRun) packageLine(line string) {
	if line == "PASS\n" || line == "FAIL\n" || strings.HasPrefix(line, "?   \t") {
		return // of one package among many, with the next line saying which; or of one without tests
	}
	fmt.Fprint(r.show, line)
	if strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "FAIL\t") {
		r.lines = append(r.lines, strings.TrimRight(line, "\n"))
	}
}

// longest is how much of a line is shown: tests may print whole files.
const longest = 600

func shorten(line string) string {
	if len(line) <= longest {
		return line
	}
	return strings.ToValidUTF8(line[:longest], "") + " ...\n"
}

// end records how a test or a package ended.
func (r *tallyRun) end(e event) {
	if strings.Contains(e.Test, "/") {
		return
	}
	how := outcomes[e.Action]
	if e.Test == "" {
		if how == failed && r.ended[e.Package] == 0 {
			r.fail() // it did not build, or ended outside any test
		}
		return
	}
	key := e.Package + " " + e.Test
	if how == failed {
		r.broken++
		r.ended[e.Package]++
		fmt.Fprint(r.show, strings.Join(r.said[key], ""))
	}
	delete(r.said, key)
	if how != skipped {
		r.runs++
	}
	r.results[key] = max(r.results[key], how)
}

// fail counts a failure that is no test's.
func (t *tally) fail() {
	t.checks++
	t.broken++
}

// failures are the failed tests and checks.
func (t *tally) failures() int { return t.count(failed) + t.checks }

func (t *tally) count(how outcome) int {
	n := 0
	for _, o := range t.results {
		if o == how {
			n++
		}
	}
	return n
}

// String is the last line of a test run. A check that failed counts as a
// failure, since nothing is well that has one.
func (t *tally) String() string {
	s := fmt.Sprintf("%d passed, %d failed", t.count(passed), t.failures())
	if n := t.count(skipped); n > 0 {
		s += fmt.Sprintf(", %d skipped", n)
	}
	return s
}

// worst lists the lines with the failures last, where people look.
func (t *tally) worst() []string {
	lines := slices.Clone(t.lines)
	slices.SortStableFunc(lines, func(a, b string) int { return rank(a) - rank(b) })
	return lines
}

func rank(line string) int {
	if strings.HasPrefix(line, "--- FAIL") || strings.HasPrefix(line, "FAIL") {
		return 1
	}
	return 0
}
