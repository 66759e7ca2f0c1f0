package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"attune/engine/disk"
	"attune/engine/weights"
)

// Local is a model on this machine.
type Local struct {
	ID       string // or the name of one that was added
	Revision string // or "" for one that was added
	Commit   string
	Folder   string // a Hugging Face model folder
	Bytes    int64
}

// The cache is laid out as Python's huggingface_hub does it (hub-docs,
// docs/hub/local-cache.md): models--ORG--NAME with
//
//	refs/REVISION       the commit of a branch or tag, as text
//	blobs/ETAG          the files
//	snapshots/COMMIT/   names of files, links to the blobs
const modelPrefix = "models--"

func (e Environment) folder(id string, parts ...string) string {
	name := modelPrefix + strings.ReplaceAll(id, "/", "--")
	return filepath.Join(append([]string{e.Cache, name}, parts...)...)
}

// Find gives a model that is whole in the cache; ok is false when it is not there.
func (h *Hub) Find(ref Reference) (found Local, ok bool) {
	commit := ref.Revision
	if !validCommit.MatchString(commit) {
		text, err := os.ReadFile(h.env.folder(ref.ID, "refs", filepath.FromSlash(ref.Revision)))
		if err != nil {
			return Local{}, false
		}
		commit = strings.TrimSpace(string(text))
	}
	if !validCommit.MatchString(commit) {
		return Local{}, false
	}
	dir := h.env.folder(ref.ID, "snapshots", commit)
	if whole(dir) != nil {
		return Local{}, false
	}
	return Local{ID: ref.ID, Revision: ref.Revision, Commit: commit, Folder: dir, Bytes: disk.FolderSize(dir)}, true
}

// Cached lists the models that are whole in the cache, by name: each at main, or
// else at its other revisions.
func (h *Hub) Cached() ([]Local, error) {
	entries, err := os.ReadDir(h.env.Cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look into the cache of models: %w", err)
	}
	var all []Local
	for _, e := range entries {
		name, isModel := strings.CutPrefix(e.Name(), modelPrefix)
		if !isModel || !e.IsDir() {
			continue
		}
		id := strings.Replace(name, "--", "/", 1)
		if found, ok := h.Find(Reference{ID: id, Revision: mainRevision}); ok {
			all = append(all, found)
			continue
		}
		for _, revision := range h.revisions(id) {
			if found, ok := h.Find(Reference{ID: id, Revision: revision}); ok {
				all = append(all, found)
			}
		}
	}
	return all, nil
}

// revisions names the branches and tags of a model in the cache, or its commits
// when there are none.
func (h *Hub) revisions(id string) (names []string) {
	refs := h.env.folder(id, "refs")
	// What cannot be looked at is not there to be used.
	_ = filepath.WalkDir(refs, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			name, _ := filepath.Rel(refs, path)
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if len(names) > 0 {
		return names
	}
	commits, _ := os.ReadDir(h.env.folder(id, "snapshots"))
	for _, c := range commits {
		names = append(names, c.Name())
	}
	return names
}

// Remove takes a model out of the cache, with all its revisions.
func (h *Hub) Remove(id string) error {
	dir := h.env.folder(id)
	if _, err := os.Stat(dir); err != nil {
		return &Error{Got: fmt.Sprintf("%s is not on this computer", id), Way: "attunectl models list names those that are", Kind: ErrMissing, Err: err}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove %s: %w", id, err)
	}
	return nil
}

// whole says what a folder lacks to be a model, or gives nil.
func whole(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "config.json")); err != nil && onlyGGUF(dir) == "" {
		return &Error{Got: fmt.Sprintf("there is no config.json in %s", dir), Way: "choose the folder that holds config.json and model.safetensors", Kind: ErrUnfit, Err: err}
	}
	f, err := openWeights(dir)
	if err != nil {
		return err
	}
	return f.Close()
}

// opened are the weights of a model, of which nothing was read yet.
type opened interface {
	Names() []string
	Shape(name string) (shape []int, ok bool)
	Close() error
}

// openWeights opens those of a model's folder.
func openWeights(dir string) (opened, error) {
	if file := onlyGGUF(dir); file != "" {
		return weights.Open(file)
	}
	return weights.OpenFolder(dir)
}

// onlyGGUF gives the file of a model that is a single GGUF file in its folder, or "".
func onlyGGUF(dir string) string {
	found, _ := filepath.Glob(filepath.Join(dir, "*"+endingGGUF))
	if _, err := os.Stat(filepath.Join(dir, "config.json")); err == nil || len(found) != 1 {
		return ""
	}
	return found[0]
}
