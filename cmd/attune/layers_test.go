package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// plan is the order of the house, the same list as the README's map of the
// code. A package may import the packages of the lines above its own, never one
// below or beside it. A star stands for one folder name; a line that spells the
// name goes first.
//
// A package without a line fails the test. Give it one where it belongs; do not
// move a line down to make a build pass.
const plan = `
	engine/kernel/accelerate
	engine/kernel engine/disk engine/machine engine/script
	engine/kernel/gen engine/kernel/gen/neon
	engine/setting engine/dataset
	assets assets/*/generate
	engine/op
	engine/op/optest
	engine/weights engine/format
	engine/weights/weightstest engine/format/formattest
	engine/clean
	engine/tokenizer engine/batch
	engine/metric engine/optimizer engine/baseline engine/curve
	engine/health
	engine/layer engine/loss
	engine/model engine/head
	engine/model/modeltest
	engine/model/*
	engine/guessing engine/generate
	engine/task
	engine/technique engine/bundle
	engine/predict engine/explain
	engine/hub
	engine/hub/hubtest
	engine/train engine/pretrain engine/catalog
	engine/task/tasktest
	projects/store
	projects/run
	projects
	gui/parts
	gui/*
	gui
	cmd/attune cmd/attunectl cmd/dev cmd/gallery cmd/pretrain
`

// A rule keeps what matches path to the packages that match one of only. Tests
// are held to it too unless tests says that they are free.
type rule struct {
	path  string
	only  []string
	tests bool
	why   string
}

var rules = []rule{
	{path: "fyne.io/fyne/v2/app", only: []string{"cmd/attune"},
		why: "it brings OpenGL; everything else builds and tests without a C compiler"},
	{path: "fyne.io/...", only: []string{"gui", "gui/...", "cmd/attune", "cmd/gallery"},
		why: "the engine and the projects know no screen"},
	{path: "modernc.org/sqlite/...", only: []string{"projects/store"}, tests: true,
		why: "the store is the one place that speaks SQL"},
	{path: "github.com/mmcloughlin/avo/...", only: []string{"engine/kernel/gen"},
		why: "the kernels are generated once and committed"},
	{path: "github.com/ulikunitz/xz", only: []string{"cmd/pretrain"}, tests: true,
		why: "the corpus of the starter model is all that is packed so"},
	{path: "net/http", only: []string{"engine/hub", "engine/hub/hubtest"}, tests: true,
		why: "there is one way to the network, which can be switched off"},
	{path: "net", only: []string{"engine/hub"}, tests: true,
		why: "there is one way to the network, which can be switched off"},
	{path: module + "/projects/store", only: []string{"projects", "projects/..."}, tests: true,
		why: "projects is the only door to what the user has"},
}

// seen by gui is what the window may know of the engine.
var seenByGUI = []string{"engine/dataset", "engine/setting"}

// banned are names that say nothing of what a package holds.
var banned = []string{"utils", "util", "common", "helpers", "helper", "misc", "shared", "lib"}

const module = "attune"

// A listed package is what the policy needs of `go list -json`.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// name is the folder inside the module.
func (p listed) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

// tests are the imports that only the tests make.
func (p listed) tests() []string { return slices.Concat(p.TestImports, p.XTestImports) }

func TestLayers(t *testing.T) {
	packages := listPackages(t)
	for _, v := range violations(packages) {
		t.Error(v)
	}
}

// TestLayersCatchesEach shows the policy houses that break it.
func TestLayersCatchesEach(t *testing.T) {
	in := func(name string, imports ...string) listed {
		return listed{ImportPath: module + "/" + name, Imports: imports}
	}
	cases := []struct {
		name string
		give listed
		want string // part of the only violation, "" for none
	}{
		{"a line above", in("engine/op", "attune/engine/kernel", "fmt"), ""},
		{"a line below", in("engine/kernel", "attune/engine/op"), "below"},
		{"the line beside", in("engine/setting", "attune/engine/dataset"), "beside"},
		{"two families", in("engine/model/bert", "attune/engine/model/gpt2"), "beside"},
		{"two panels", in("gui/training", "attune/gui/importing"), "beside"},
		{"a family and its test kit", in("engine/model/bert", "attune/engine/model/modeltest"), "only tests"},
		{"a test kit on another", in("engine/model/modeltest", "attune/engine/op/optest"), ""},
		{"a test kit on a later one", in("engine/op/optest", "attune/engine/model/modeltest"), "below"},
		{"a test kit in a test", listed{ImportPath: "attune/engine/model/bert", TestImports: []string{"attune/engine/model/modeltest"}}, ""},
		{"no line", in("engine/gradient"), "no line"},
		{"a name that says nothing", in("gui/utils"), "says nothing"},
		{"a screen in the engine", in("engine/train", "fyne.io/fyne/v2"), "know no screen"},
		{"a screen in the engine's tests", listed{ImportPath: "attune/engine/train", XTestImports: []string{"fyne.io/fyne/v2/test"}}, "know no screen"},
		{"a widget in a panel", in("gui/training", "fyne.io/fyne/v2/widget"), ""},
		{"the driver in a panel", in("gui/training", "fyne.io/fyne/v2/app"), "OpenGL"},
		{"the driver in the application", in("cmd/attune", "fyne.io/fyne/v2/app"), ""},
		{"the engine in a panel", in("gui/training", "attune/engine/train"), "gui sees"},
		{"an answer in a panel", in("gui/tryout", "attune/engine/dataset"), ""},
		{"SQL in a run", in("projects/run", "modernc.org/sqlite"), "speaks SQL"},
		{"SQL in a run's tests", listed{ImportPath: "attune/projects/run", TestImports: []string{"modernc.org/sqlite"}}, ""},
		{"a way to the network of its own", in("gui/tryout", "net/http"), "one way to the network"},
		{"a library in cmd/dev", in("cmd/dev", "golang.org/x/sys/unix"), "only Go"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := violations([]listed{c.give})
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("violations = %q, want none", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("violations = %q, want one that says %q", got, c.want)
			}
		})
	}
}

// violations are the sentences in which packages break the policy.
func violations(packages []listed) []string {
	var all []string
	for _, p := range packages {
		all = append(all, badName(p)...)
		all = append(all, badOrder(p)...)
		all = append(all, badOutside(p)...)
		all = append(all, badSight(p)...)
	}
	return all
}

// badName finds the folders whose names tell nothing.
func badName(p listed) []string {
	var bad []string
	for _, part := range strings.Split(p.name(), "/") {
		if slices.Contains(banned, part) {
			bad = append(bad, fmt.Sprintf("%s: the name %q says nothing of what the package holds", p.name(), part))
		}
	}
	return bad
}

// badOrder finds imports against the order of the plan.
func badOrder(p listed) []string {
	own, ok := lineOf(p.name())
	if !ok {
		return []string{p.name() + " has no line in the plan of cmd/attune/layers_test.go"}
	}
	var bad []string
	for _, i := range p.Imports {
		name, inside := strings.CutPrefix(i, module+"/")
		line, known := lineOf(name)
		switch {
		case !inside || !known: // another module, or a package that fails on its own
		case testOnly(name) && !testOnly(p.name()):
			bad = append(bad, fmt.Sprintf("%s imports %s, which is for only tests", p.name(), name))
		case line == own:
			bad = append(bad, fmt.Sprintf("%s imports %s, which stands beside it in the plan", p.name(), name))
		case line > own:
			bad = append(bad, fmt.Sprintf("%s imports %s, which stands below it in the plan", p.name(), name))
		}
	}
	return bad
}

// badOutside finds imports that a rule keeps to others. The first rule that
// matches an import decides.
func badOutside(p listed) []string {
	var bad []string
	check := func(imports []string, tests bool) {
		for _, i := range imports {
			at := slices.IndexFunc(rules, func(r rule) bool { return matches(r.path, i) })
			if at < 0 || tests && rules[at].tests {
				continue
			}
			if r := rules[at]; !slices.ContainsFunc(r.only, func(pattern string) bool { return matches(pattern, p.name()) }) {
				bad = append(bad, fmt.Sprintf("%s imports %s: %s", p.name(), i, r.why))
			}
		}
	}
	check(p.Imports, false)
	check(p.tests(), true)
	return bad
}

// badSight finds what the window and cmd/dev see and should not.
func badSight(p listed) []string {
	var bad []string
	for _, i := range p.Imports {
		name := strings.TrimPrefix(i, module+"/")
		if matches("gui/...", p.name()) && matches("engine/...", name) && !slices.Contains(seenByGUI, name) {
			bad = append(bad, fmt.Sprintf("%s imports %s: of the engine, gui sees only %s", p.name(), name, strings.Join(seenByGUI, " and ")))
		}
		if p.name() == "cmd/dev" && strings.Contains(i, ".") {
			bad = append(bad, fmt.Sprintf("cmd/dev imports %s: it starts on a machine that has only Go", i))
		}
	}
	return bad
}

// lineOf gives the line of the plan on which a package stands.
func lineOf(name string) (line int, ok bool) {
	lines := strings.Split(strings.TrimSpace(plan), "\n")
	for n, l := range lines {
		if slices.Contains(strings.Fields(l), name) {
			return n, true
		}
	}
	for n, l := range lines {
		for _, pattern := range strings.Fields(l) {
			if match, err := path.Match(pattern, name); err == nil && match {
				return n, true
			}
		}
	}
	return 0, false
}

// testOnly tells the packages that exist for tests: modeltest beside model, as
// httptest beside http.
func testOnly(name string) bool {
	return strings.HasSuffix(name, path.Base(path.Dir(name))+"test")
}

// matches reports whether a name is the pattern or, where that ends in "/...",
// lies under it.
func matches(pattern, name string) bool {
	root, tree := strings.CutSuffix(pattern, "/...")
	return name == root || tree && strings.HasPrefix(name, root+"/")
}

// listPackages asks the go command for every package of the module.
func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("read the answer of go list: %v", err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list names no package of " + module)
	}
	return all
}
