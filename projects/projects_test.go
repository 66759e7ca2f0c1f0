package projects_test

import (
	"os"
	"path/filepath"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

// create makes an empty project that is closed when the test ends.
func create(t testing.TB) *projects.Project {
	t.Helper()
	return createFor(t, "classification")
}

func createFor(t testing.TB, task string) *projects.Project {
	t.Helper()
	p, err := projects.Create(filepath.Join(t.TempDir(), "Tickets"), task)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// file writes a file for an import and gives its path.
func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func imports(t testing.TB, p *projects.Project, o projects.ImportOptions, files ...string) projects.Imported {
	t.Helper()
	done, err := p.Import(t.Context(), files, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func overview(t testing.TB, p *projects.Project) projects.Overview {
	t.Helper()
	o, err := p.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// shared gives a file of the shared data, or skips the test.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("ATTUNE_SHARED")
	if dir == "" {
		t.Skip("ATTUNE_SHARED names no folder: the real data sets are not there")
	}
	return filepath.Join(dir, "data", filepath.FromSlash(name))
}

// texts reads the texts of a split.
func texts(t testing.TB, p *projects.Project, split dataset.Split) []string {
	t.Helper()
	var all []string
	for x, err := range p.Source(t.Context(), split) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x.Text)
	}
	return all
}
