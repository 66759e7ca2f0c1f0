package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ulikunitz/xz"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/guessing"
)

// beCommand names the variable that makes the test program the command itself, so
// that a process can be killed.
const beCommand = "ATTUNE_TEST_PRETRAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// call runs the command in this process.
func call(t *testing.T, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if status := run(context.Background(), args, &out, &problems); status != done {
		t.Fatalf("pretrain %v gave %d: %s", args, status, problems.String())
	}
	return out.String()
}

// materials prepares the sources, and gives the folder.
func materials(t *testing.T) (data, told string) {
	t.Helper()
	from, tests := sources(t)
	data = t.TempDir()
	told = call(t, "prepare", "--from", from, "--tests", tests, "--to", data, "--pieces", "120")
	return data, told
}

// sources writes a corpus of few words and test sets of one text each.
func sources(t *testing.T) (from, tests string) {
	t.Helper()
	from, tests = t.TempDir(), t.TempDir()
	words := strings.Fields("my card is lost the parcel has not come i want a refund please money back where door late")
	random := rand.New(rand.NewPCG(1, 1))
	corpus := func(documents int) string {
		var b strings.Builder
		for range documents {
			for range 1 + random.IntN(3) {
				for range 5 + random.IntN(30) {
					b.WriteString(words[random.IntN(len(words))] + " ")
				}
				b.WriteString("\"well\".\n")
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	packed(t, filepath.Join(from, "corpus.txt.xz"), corpus(300)+"the answer is known here and it is forty two\n\n")
	packed(t, filepath.Join(from, "heldout.txt.xz"), corpus(30))
	write(t, filepath.Join(from, sourcesFile), "source\trepository\tcommit\tlicence as stated\tkind\twords\nnotes\tme/notes\tabc\tCC0\tsentences\t5000\nTOTAL\t\t\t\t\t5000\n")
	for _, name := range testSets {
		write(t, filepath.Join(tests, name), "text,label\nthe answer is known here and it is forty two,x\n")
	}
	return from, tests
}

func packed(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := xz.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// small is the recipe of the tests.
func small(data, run string, more ...string) []string {
	return append([]string{"train", "--data", data, "--run", run, "--width", "32", "--blocks", "2", "--heads", "2", "--inner", "64",
		"--positions", "64", "--short", "32", "--step", "256", "--warmup", "1000", "--check", "4000", "--sample", "1000"}, more...)
}

// The weights after a kill in the middle of the work, and another sitting, are those
// of a run that nothing disturbed.
func TestAKilledRunGoesOnBitByBit(t *testing.T) {
	data, _ := materials(t)
	whole, killed := t.TempDir(), t.TempDir()
	call(t, small(data, whole, "--tokens", "20k")...)

	// The test program is the command, once it is told so.
	c := exec.Command(os.Args[0], small(data, killed, "--tokens", "1000M", "--save", "1ms")...)
	c.Env = append(os.Environ(), beCommand+"=1")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return steps(t, killed) >= 5 })
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	at := steps(t, killed)
	if end := steps(t, whole); at >= end {
		t.Fatalf("it was killed after %d steps, which is past the %d of the other", at, end)
	}
	call(t, "train", "--data", data, "--run", killed, "--tokens", "20k", "--check", "4000", "--sample", "1000")

	a, b := state(t, whole), state(t, killed)
	if a.State != b.State {
		t.Errorf("at %+v, undisturbed at %+v", b.State, a.State)
	}
	for _, name := range a.tensors.Names() {
		want, _ := a.tensors.Values(name)
		got, err := b.tensors.Values(name)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s differs, %v", name, err)
		}
	}
	if got, want := withoutTimes(read(t, killed, curveFile)), withoutTimes(read(t, whole, curveFile)); got != want {
		t.Errorf("the curve is\n%s, undisturbed\n%s", got, want)
	}
}

func wait(t *testing.T, until func() bool) {
	t.Helper()
	for range 6000 {
		if until() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came so far")
}

func state(t *testing.T, dir string) *checkpoint {
	t.Helper()
	c, err := readCheckpoint(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		t.Cleanup(func() { c.tensors.Close() })
	}
	return c
}

// steps that the checkpoint in a folder has behind it, 0 without one.
func steps(t *testing.T, dir string) int {
	if c := state(t, dir); c != nil {
		return c.State.Step
	}
	return 0
}

// withoutTimes leaves out the seconds of a curve, and what was averaged since the
// last line: a sitting begins to average anew.
func withoutTimes(curve string) string {
	var b strings.Builder
	for line := range strings.Lines(curve) {
		cells := strings.Split(line, "\t")
		b.WriteString(strings.Join([]string{cells[0], cells[1], cells[3], cells[6], cells[7], cells[8]}, "\t"))
	}
	return b.String()
}

func TestFromTextToModel(t *testing.T) {
	data, told := materials(t)
	if !strings.Contains(told, "1 paragraphs dropped") || strings.Contains(read(t, data, preparedFile), `"dropped": 2`) {
		t.Errorf("%s", told)
	}
	trunk, branch, model := t.TempDir(), t.TempDir(), t.TempDir()
	call(t, small(data, trunk, "--tokens", "8k")...)
	call(t, "train", "--data", data, "--run", branch, "--from", trunk, "--fall", "4k", "--sample", "1000")
	if s := state(t, branch); s.State.FallTo == 0 || s.State.Tokens < s.State.FallTo {
		t.Errorf("the branch ended at %+v", s.State)
	}
	again := t.TempDir()
	call(t, "train", "--data", data, "--run", again, "--from", branch, "--fall", "2k", "--sample", "1000")
	if s, fallen := state(t, again), state(t, branch); s.State.FallFrom != fallen.State.Tokens || s.State.Tokens < s.State.FallTo {
		t.Errorf("after a branch that ended at %+v the next ended at %+v", fallen.State, s.State)
	}
	if s := state(t, trunk); s.State.FallTo != 0 {
		t.Errorf("the trunk fell too: %+v", s.State)
	}
	call(t, "export", "--data", data, "--run", branch, "--to", model)
	opened, err := bundle.Open(model, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := guessing.New(opened.Base.Backbone, opened.Base.Tokenizer, opened.Base.Weights); err != nil {
		t.Error(err)
	}
	if unused := opened.Base.Weights.Unused(); len(unused) > 0 {
		t.Errorf("not used: %v", unused)
	}
	card := read(t, model, "README.md")
	for _, part := range []string{"pipeline_tag: fill-mask", "| notes | me/notes | CC0 |", "falls to zero", "1 paragraphs were left out"} {
		if !strings.Contains(card, part) {
			t.Errorf("the card does not say %q:\n%s", part, card)
		}
	}
	if strings.Contains(card, "TOTAL") || !strings.Contains(read(t, model, "config.json"), `"BertForMaskedLM"`) {
		t.Errorf("%s", card)
	}
}

// A branch may learn capitals that its trunk did not; what it learned is exported.
func TestABranchLearnsCapitals(t *testing.T) {
	data, _ := materials(t)
	trunk, branch, model := t.TempDir(), t.TempDir(), t.TempDir()
	call(t, small(data, trunk, "--tokens", "4k")...)
	call(t, "train", "--data", data, "--run", branch, "--from", trunk, "--tokens", "8k", "--capitals", "0.5")
	told := call(t, "train", "--data", data, "--run", branch, "--tokens", "16k", "--sample", "1000", "--check", "4000")
	if s := state(t, branch); s.Recipe.Options.Capitals != 0.5 || !strings.Contains(told, "words with a capital") {
		t.Errorf("it went on as %+v, and said\n%s", s.Recipe.Options, told)
	}
	call(t, "export", "--data", data, "--run", branch, "--to", model)
	opened, err := bundle.Open(model, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := guessing.New(opened.Base.Backbone, opened.Base.Tokenizer, opened.Base.Weights); err != nil {
		t.Error(err)
	}
	if guessing.SavedCapitals(opened.Base.Weights, opened.Base.Backbone.Width()) == nil {
		t.Error("what it learned of capitals is not there")
	}
	if unused := opened.Base.Weights.Unused(); len(unused) > 0 {
		t.Errorf("not used: %v", unused)
	}
	if card := read(t, model, "README.md"); !regexp.MustCompile(`after \d+ tokens it learned which words begin with a capital`).MatchString(card) {
		t.Errorf("the card does not tell of capitals:\n%s", card)
	}
}

// A model goes on in a run of its own, and its card tells of both. The history that it
// carries is enough to make it again, bit by bit.
func TestAModelGoesOnAndIsMadeAgain(t *testing.T) {
	from, tests := sources(t)
	data, first, model, second, result := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	call(t, "prepare", "--from", from, "--tests", tests, "--to", data, "--pieces", "120")
	call(t, small(data, first, "--tokens", "6k")...)
	call(t, "train", "--data", data, "--run", first, "--tokens", "9k", "--capitals", "0.5")
	call(t, "train", "--data", data, "--run", first, "--fall", "3k")
	call(t, "export", "--data", data, "--run", first, "--to", model)
	call(t, "train", "--data", data, "--run", second, "--model", model, "--fall", "5k", "--mask", "0.2", "--check", "2000", "--seed", "7")
	call(t, "export", "--data", data, "--run", second, "--to", result)

	h, err := modelHistory(result)
	if err != nil {
		t.Fatal(err)
	}
	one, two := h.Stages[0].State.Tokens, h.Stages[1].State.Tokens
	if one < 9000 || two < 5000 || h.Stages[1].Recipe.Model.Width != 32 || h.Stages[1].Recipe.Options.Rate != 0.2 {
		t.Errorf("%+v", h.Stages)
	}
	if last := h.Curve[len(h.Curve)-1]; last.Tokens != one+two {
		t.Errorf("the curve ends after %d tokens, the runs after %d and %d", last.Tokens, one, two)
	}
	card := read(t, result, "README.md")
	for _, part := range []string{fmt.Sprintf("%d tokens were read", one+two), "Run 2 went on from those weights", "20 % of the pieces are guessed", "pretrain repeat"} {
		if !strings.Contains(card, part) {
			t.Errorf("the card does not say %q:\n%s", part, card)
		}
	}

	work := t.TempDir()
	call(t, "repeat", "--model", result, "--from", from, "--tests", tests, "--to", work, "--name", "again")
	for _, file := range []string{"model.safetensors", "vocab.txt", "config.json"} {
		if read(t, result, file) != read(t, work, "again", file) {
			t.Errorf("%s is not the same when the model is made again", file)
		}
	}
}

// Each family learns in its own way, goes on as what it was begun as, and is opened with
// the head that it guesses with.
func TestEveryFamilyIsMade(t *testing.T) {
	data, _ := materials(t)
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			dir, folder := t.TempDir(), t.TempDir()
			call(t, small(data, dir, "--family", f.name, "--tokens", "4k", "--learning-rate", "3e-3")...)
			call(t, "train", "--data", data, "--run", dir, "--tokens", "30k", "--check", "4000", "--sample", "1000")
			rows, err := readTable(filepath.Join(dir, curveFile), 9)
			if err != nil {
				t.Fatal(err)
			}
			if first, last := perplexity(t, rows[0]), perplexity(t, rows[len(rows)-1]); last > 0.85*first {
				t.Errorf("the perplexity was %g at first and %g in the end", first, last)
			}
			call(t, "export", "--data", data, "--run", dir, "--to", folder)
			opened, err := bundle.Open(folder, catalog.Families())
			if err != nil {
				t.Fatal(err)
			}
			m, err := guessing.New(opened.Base.Backbone, opened.Base.Tokenizer, opened.Base.Weights)
			if err != nil {
				t.Fatal(err)
			}
			if unused := opened.Base.Weights.Unused(); len(unused) > 0 {
				t.Errorf("not used: %v", unused)
			}
			card := read(t, folder, "README.md")
			for _, part := range []string{"pipeline_tag: " + f.pipeline, f.measured} {
				if !strings.Contains(card, part) {
					t.Errorf("the card of a model that guesses %s does not say %q:\n%s", m.Asking.Name(), part, card)
				}
			}
			if h, err := modelHistory(folder); err != nil || h.Stages[0].Recipe.Family != f.name {
				t.Errorf("its history is %+v, %v", h, err)
			}
			if strings.Contains(card, "{{") || strings.Contains(card, "no value") {
				t.Errorf("%s", card)
			}
		})
	}
}

// perplexity is that of a row of a curve.
func perplexity(t *testing.T, row []string) float64 {
	t.Helper()
	p, err := strconv.ParseFloat(row[8], 64)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMistakes(t *testing.T) {
	empty := t.TempDir()
	cases := []struct {
		name   string
		args   []string
		status int
	}{
		{"nothing", nil, misuse},
		{"no such command", []string{"fly"}, misuse},
		{"no such flag", []string{"train", "--fly"}, misuse},
		{"no folders", []string{"train"}, misuse},
		{"a word too many", []string{"export", "now"}, misuse},
		{"tokens that are no number", []string{"train", "--tokens", "many"}, misuse},
		{"no such family", []string{"train", "--data", empty, "--run", empty, "--family", "cat"}, misuse},
		{"a family without capitals", []string{"train", "--data", empty, "--run", empty, "--family", "gpt2", "--capitals", "1"}, misuse},
		{"nothing prepared", []string{"train", "--data", empty, "--run", empty}, failed},
		{"nothing to branch off from", []string{"train", "--data", empty, "--run", empty, "--from", empty}, failed},
		{"no model to begin with", []string{"train", "--data", empty, "--run", empty, "--model", empty}, failed},
		{"a run and a model to begin with", []string{"train", "--data", empty, "--run", empty, "--from", empty, "--model", empty}, misuse},
		{"nothing to repeat", []string{"repeat", "--model", empty, "--from", empty, "--tests", empty, "--to", empty}, failed},
		{"repeating without a place", []string{"repeat", "--model", empty}, misuse},
		{"nothing to export", []string{"export", "--data", empty, "--run", empty, "--to", empty}, failed},
		{"no corpus", []string{"prepare", "--from", empty, "--tests", empty, "--to", empty}, failed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out, problems bytes.Buffer
			if got := run(context.Background(), c.args, &out, &problems); got != c.status || problems.Len() == 0 {
				t.Errorf("status %d, want %d: %s", got, c.status, problems.String())
			}
		})
	}
}
