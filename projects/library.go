package projects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"attune/projects/store"
)

// Library is the list of projects that the user had open. It is kept in a file
// of the user's configuration, which several windows may use at once.
type Library struct{ path string }

// Summary is a project as the list of recent projects shows it.
type Summary struct {
	Path, Name, Task string
	Opened           time.Time
	Rows             int
	Labels           int     // different labels
	Runs             int     // trainings
	Score            float64 // best run's main score on the validation rows; 0 before the first
	Missing          bool    // its folder is gone or its drive not connected
}

// remembered is what the library's file holds of a project.
type remembered struct {
	Path   string    `json:"path"`
	Task   string    `json:"task"`
	Opened time.Time `json:"opened"`
}

// OpenLibrary gives the library that is kept in the folder dir, or, if that is
// "", in the user's folder for configuration. It fails only if there is no such
// folder.
func OpenLibrary(dir string) (*Library, error) {
	if dir == "" {
		config, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("find the folder for the list of projects: %w", err)
		}
		dir = filepath.Join(config, "attune")
	}
	return &Library{path: filepath.Join(dir, "library.json")}, nil
}

// Recent gives the projects, those opened last first, counted anew each time.
func (l *Library) Recent() ([]Summary, error) {
	text, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of projects: %w", err)
	}
	list := parse(text)
	slices.SortFunc(list, func(a, b remembered) int { return b.Opened.Compare(a.Opened) })
	recent := make([]Summary, len(list))
	for i, r := range list {
		recent[i] = r.summary()
	}
	return recent, nil
}

// parse reads the library's file. One that is damaged counts as empty: the
// projects themselves are not in it.
func parse(text []byte) []remembered {
	var list []remembered
	if json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list
}

// summary looks at the project; one that cannot be read now is shown without
// its numbers, and says why when it is opened.
func (r remembered) summary() Summary {
	s := Summary{Path: r.Path, Name: strings.TrimSuffix(filepath.Base(r.Path), store.Extension), Task: r.Task, Opened: r.Opened}
	g, err := store.Look(context.Background(), r.Path)
	s.Missing = errors.Is(err, fs.ErrNotExist)
	s.Rows, s.Labels, s.Runs, s.Score = g.Rows, g.Labels, g.Runs, g.Score
	return s
}

// Create makes a new project as the function Create does, and remembers it.
func (l *Library) Create(dir, task string) (*Project, error) {
	return l.remember(Create(dir, task))
}

// Open opens a project as the function Open does, and remembers it.
func (l *Library) Open(dir string) (*Project, error) {
	return l.remember(Open(dir))
}

// remember puts an opened project at the head of the list. A list that cannot
// be written does not keep the project from being used.
func (l *Library) remember(p *Project, err error) (*Project, error) {
	if err != nil {
		return nil, err
	}
	l.update(func(list []remembered) []remembered {
		list = without(list, p.Path())
		return append(list, remembered{Path: p.Path(), Task: p.Task(), Opened: time.Now()})
	})
	return p, nil
}

// Forget takes a project off the list; its folder stays.
func (l *Library) Forget(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	return l.update(func(list []remembered) []remembered { return without(list, dir) })
}

func without(list []remembered, path string) []remembered {
	return slices.DeleteFunc(list, func(r remembered) bool { return r.Path == path })
}

func (l *Library) update(change func([]remembered) []remembered) error {
	err := store.Update(l.path, func(old []byte) ([]byte, error) {
		return json.MarshalIndent(change(parse(old)), "", "\t")
	})
	if err != nil {
		return fmt.Errorf("keep the list of projects: %w", err)
	}
	return nil
}
