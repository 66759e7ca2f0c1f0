package gui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"attune/gui/parts"
	"attune/projects"
)

// projectEnding is how the folder of a project ends.
const projectEnding = ".attune"

// Dropped takes what was dropped on the window, on any page. A project's folder
// is opened; a model's folder, zip or GGUF file is added to the models. Files, and other
// folders and archives, go to the import of the open project, or are answered where its
// model is put to use; with none open, or on the home page, a project named after the first
// is made for them.
func (w *Window) Dropped(_ fyne.Position, uris []fyne.URI) {
	var files []string
	for _, u := range uris {
		files = append(files, u.Path())
	}
	w.Take(files...)
}

// Take does with files what a drop does.
func (w *Window) Take(files ...string) {
	if len(files) == 0 {
		return
	}
	first := files[0]
	switch info, err := os.Stat(first); {
	case strings.HasSuffix(first, projectEnding):
		w.OpenProject(first)
	case err == nil && (info.IsDir() || slices.Contains([]string{".zip", ".gguf"}, strings.ToLower(filepath.Ext(first)))):
		parts.Start(w.worker, func(context.Context) (bool, error) { return projects.IsModel(first), nil }, func(isModel bool, _ error) {
			if !isModel {
				w.takeTable(files)
				return
			}
			w.GoTo(Models)
			w.models.Add(files...)
		})
	default:
		w.takeTable(files)
	}
}

// takeTable imports files into the open project, or into one named after the first. On the
// page that puts a model to use a file is one to be answered.
func (w *Window) takeTable(files []string) {
	first := files[0]
	switch {
	case w.session == nil || w.page == Home:
		name := strings.TrimSuffix(filepath.Base(first), filepath.Ext(first))
		w.create(name, files, func() { w.load(files) })
	case len(files) == 1 && w.sees(w.session.using.Content()):
		w.session.using.Take(first)
	default:
		w.load(files)
	}
}

func (w *Window) load(files []string) {
	w.notice.Hush()
	w.GoTo(Import)
	w.session.importing.Load(files...)
}

// unused gives a folder for a project of that name where nothing is yet.
func unused(folder, name string) string {
	name = strings.Map(inFolder, strings.TrimSpace(name))
	dir := filepath.Join(folder, name+projectEnding)
	for n := 2; ; n++ {
		if _, err := os.Stat(dir); err != nil {
			return dir
		}
		dir = filepath.Join(folder, fmt.Sprintf("%s %d%s", name, n, projectEnding))
	}
}

// inFolder gives what stands for a character in the name of a folder: a dash for what has
// a meaning there on one system or another, so that "Q3/2026" is one project in one folder.
func inFolder(r rune) rune {
	if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
		return '-'
	}
	return r
}
