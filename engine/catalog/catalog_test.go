package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/catalog"
)

// What makes a thing of a kind: an exported variable of the kind's type, or an
// exported function without parameters that gives one.
var kinds = []struct {
	kind    string // as the package writes it
	folders string // where such things are written
}{
	{"Format", "../format"},
	{"Step", "../clean"},
	{"model.Family", "../model/*"},
	{"Task", "../task"},
	{"Technique", "../technique"},
	{"Metric", "../metric"},
	{"Check", "../health"},
}

// TestNothingIsForgotten fails on a format, family, task, technique, metric or check that
// was written and is not in the catalog.
func TestNothingIsForgotten(t *testing.T) {
	listed, err := os.ReadFile("catalog.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		found := 0
		for _, name := range written(t, k.folders, k.kind) {
			found++
			if !strings.Contains(string(listed), name) {
				t.Errorf("%s is a %s and not in the catalog", name, k.kind)
			}
		}
		if found == 0 {
			t.Errorf("no %s was found in %s: does this test still look in the right place?", k.kind, k.folders)
		}
	}
}

// written gives "package.Name" of every thing of a kind in the folders.
func written(t *testing.T, pattern, kind string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(pattern, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			for _, thing := range things(d, kind) {
				all = append(all, file.Name.Name+"."+thing)
			}
		}
	}
	return all
}

// things names what a declaration declares of a kind.
func things(d ast.Decl, kind string) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		gives := d.Recv == nil && d.Name.IsExported() && len(d.Type.Params.List) == 0 &&
			d.Type.Results != nil && len(d.Type.Results.List) == 1 && spelled(d.Type.Results.List[0].Type) == kind
		if gives {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, s := range d.Specs {
			v, ok := s.(*ast.ValueSpec)
			if !ok || d.Tok != token.VAR || len(v.Values) != 1 || !v.Names[0].IsExported() {
				continue
			}
			if literal, ok := v.Values[0].(*ast.CompositeLit); ok && spelled(literal.Type) == kind {
				names = append(names, v.Names[0].Name)
			}
		}
		return names
	}
	return nil
}

// spelled is a type as it stands in the source: Name or package.Name.
func spelled(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return spelled(e.X) + "." + e.Sel.Name
	}
	return ""
}

func TestNamesAreDifferent(t *testing.T) {
	seen := map[string]bool{}
	once := func(kind, name string) {
		if name == "" || seen[kind+name] {
			t.Errorf("%s %q has no name of its own", kind, name)
		}
		seen[kind+name] = true
	}
	for _, f := range catalog.Formats() {
		once("format", f.Name)
	}
	for _, s := range catalog.Cleaners() {
		once("cleaner", s.Name())
		if s.Title() == "" || s.About() == "" {
			t.Errorf("the step %s says nothing of itself", s.Name())
		}
		for _, f := range s.Settings() {
			once("setting of "+s.Name()+" ", f.Key)
		}
	}
	for _, f := range catalog.Families() {
		once("family", f.Name)
	}
	ofTasks := map[string]bool{} // a project has one task, so tasks may share the names of knobs and scores
	for _, x := range catalog.Tasks() {
		once("task", x.Name())
		for _, f := range x.Settings() {
			once("setting of "+x.Name()+" ", f.Key)
			ofTasks[f.Key] = true
		}
		for _, m := range x.Metrics() {
			once("metric of "+x.Name()+" ", m.Name())
		}
	}
	for _, x := range catalog.Techniques() {
		once("technique", x.Name())
		for _, f := range x.Settings() {
			once("setting", f.Key)
			if ofTasks[f.Key] {
				t.Errorf("the setting %q of %s is one of a task's too", f.Key, x.Name())
			}
		}
	}
	for _, c := range catalog.Checks() {
		once("check", c.Name)
	}
}
