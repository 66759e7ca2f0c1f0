package hub

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"attune/engine/disk"
)

// validName is what a model that was added can be called.
var validName = regexp.MustCompile(`^[\pL\pN_][\pL\pN_ .()+-]{0,95}$`)

// Shelf is the folder of the models that were added from folders and zips.
type Shelf string

// List gives the models that were added, by name.
func (s Shelf) List() ([]Local, error) {
	entries, err := os.ReadDir(string(s))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look into the folder of models: %w", err)
	}
	var all []Local
	for _, e := range entries {
		if found, ok := s.Find(e.Name()); ok {
			all = append(all, found)
		}
	}
	return all, nil
}

// Find gives a model that was added; ok is false when there is none of that name.
func (s Shelf) Find(name string) (found Local, ok bool) {
	dir := filepath.Join(string(s), name)
	if !validName.MatchString(name) || whole(dir) != nil {
		return Local{}, false
	}
	return Local{ID: name, Folder: dir, Bytes: disk.FolderSize(dir)}, true
}

// Remove deletes a model that was added.
func (s Shelf) Remove(name string) error {
	found, ok := s.Find(name)
	if !ok {
		return &Error{Got: fmt.Sprintf("there is no model %q", name), Way: "attunectl models list names those that are here", Kind: ErrMissing}
	}
	if err := os.RemoveAll(found.Folder); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

// Add copies a model out of a folder, a zip or a GGUF file, which may go afterwards.
// Only the files that a model needs are taken. name is "" for that of the folder or
// file. It fails with an *Error when there is no model in it or the name is taken.
func (s Shelf) Add(ctx context.Context, source, name string, o PullOptions) (added Local, err error) {
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(filepath.Clean(source)), filepath.Ext(source))
		if info, err := os.Stat(source); err == nil && info.IsDir() {
			name = filepath.Base(filepath.Clean(source))
		}
	}
	if !validName.MatchString(name) {
		return added, &Error{Got: fmt.Sprintf("a model cannot be called %q", name), Way: "give it another name with --name", Kind: ErrUnfit}
	}
	place := filepath.Join(string(s), name)
	if _, err := os.Lstat(place); err == nil {
		return added, &Error{Got: fmt.Sprintf("there is a model %q already", name), Way: "give the new one another name with --name, or remove the old one first", Kind: ErrUnfit}
	}
	tree, only, closing, err := openTree(source)
	if err != nil {
		return added, err
	}
	defer func() { err = errors.Join(err, closing()) }()
	if err := os.MkdirAll(string(s), 0o777); err != nil {
		return added, explainRoom(string(s), err)
	}
	temporary, err := os.MkdirTemp(string(s), ".new-")
	if err != nil {
		return added, explainRoom(string(s), err)
	}
	defer os.RemoveAll(temporary) // what is left of it after a failure
	if err := copyModel(ctx, tree, only, temporary, source, o); err != nil {
		return added, explainRoom(string(s), err)
	}
	if err := errors.Join(os.Chmod(temporary, 0o755), os.Rename(temporary, place)); err != nil {
		return added, explainRoom(string(s), err)
	}
	return Local{ID: name, Folder: place, Bytes: disk.FolderSize(place)}, nil
}

// Holds says whether a source is a GGUF file, or a folder or zip that holds one or a
// config.json.
func Holds(source string) bool {
	_, _, closing, err := openTree(source)
	return err == nil && closing() == nil
}

// endingGGUF is how the name of a model ends that is a single file.
const endingGGUF = ".gguf"

// openTree gives the folder of a source that holds config.json: the source itself,
// or the one folder in it. Without a config.json it is the folder of the only GGUF
// file.
func openTree(source string) (tree fs.FS, only string, closing func() error, err error) {
	info, err := os.Stat(source)
	if err != nil {
		return nil, "", nil, &Error{Got: fmt.Sprintf("there is no %s", source), Way: "choose the folder of a model, or a zip of it", Kind: ErrMissing, Err: err}
	}
	closing = func() error { return nil }
	switch {
	case info.IsDir():
		tree = os.DirFS(source)
	case strings.HasSuffix(source, endingGGUF):
		return os.DirFS(filepath.Dir(source)), filepath.Base(source), closing, nil
	default:
		archive, err := zip.OpenReader(source)
		if err != nil {
			return nil, "", nil, &Error{Got: fmt.Sprintf("%s is no zip of a model", source), Way: "choose the folder of a model, or a zip of it", Kind: ErrUnfit, Err: err}
		}
		tree, closing = archive, archive.Close
	}
	for _, pattern := range []string{"config.json", "*/config.json", "*/*/config.json", "*" + endingGGUF, "*/*" + endingGGUF} {
		found, err := fs.Glob(tree, pattern)
		if err != nil || len(found) == 0 {
			continue
		}
		if len(found) > 1 {
			return nil, "", nil, errors.Join(&Error{Got: fmt.Sprintf("%s holds several models", source), Way: "add them one by one", Kind: ErrUnfit}, closing())
		}
		if tree, err = fs.Sub(tree, path.Dir(found[0])); err != nil {
			return nil, "", nil, errors.Join(err, closing())
		}
		if strings.HasSuffix(pattern, endingGGUF) {
			only = path.Base(found[0])
		}
		return tree, only, closing, nil
	}
	return nil, "", nil, errors.Join(&Error{Got: fmt.Sprintf("there is no config.json in %s", source), Way: "choose the folder that holds config.json and model.safetensors", Kind: ErrUnfit}, closing())
}

// copyModel copies the files that a model needs, or the only one, and looks whether it
// is whole.
func copyModel(ctx context.Context, tree fs.FS, only, into, source string, o PullOptions) error {
	files, total, err := listTree(tree, only, source)
	if err != nil {
		return err
	}
	if free, known := disk.Free(into); known && free < total+margin {
		return &Error{Got: fmt.Sprintf("%s needs %s on the disk, and %s are free", source, size(total+margin), size(free)), Way: "make room where " + filepath.Dir(into) + " is", Kind: ErrFull}
	}
	if o.Accept != nil && only == "" {
		text, err := fs.ReadFile(tree, "config.json")
		if err == nil {
			err = o.Accept(text)
		}
		if err != nil {
			return err
		}
	}
	var done int64
	for _, f := range files {
		err := copyFile(ctx, tree, f, filepath.Join(into, f.name), func(n int) {
			if done += int64(n); o.Show != nil {
				o.Show(Progress{File: f.name, Done: min(done, total), Total: total})
			}
		})
		if err != nil {
			return err
		}
	}
	return whole(into)
}

// listTree gives the files of a model's folder that it needs, its card among them, or
// the only one.
func listTree(tree fs.FS, only, source string) (files []file, total int64, err error) {
	if only != "" {
		info, err := fs.Stat(tree, only)
		if err != nil {
			return nil, 0, fmt.Errorf("look at %s: %w", source, err)
		}
		return []file{{name: only, size: info.Size()}}, info.Size(), nil
	}
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return nil, 0, fmt.Errorf("look into %s: %w", source, err)
	}
	v := revision{Reference: Reference{ID: source, Revision: mainRevision}}
	for _, e := range entries {
		if info, err := fs.Stat(tree, e.Name()); err == nil && info.Mode().IsRegular() {
			v.files = append(v.files, file{name: e.Name(), size: info.Size()})
		}
	}
	if files, err = v.needs(); err != nil {
		return nil, 0, err
	}
	for _, f := range v.files {
		if f.name == "README.md" || f.name == "LICENSE" {
			files = append(files, f)
		}
	}
	for _, f := range files {
		total += f.size
	}
	return files, total, nil
}

// copyFile copies one file, and no more of it than its announced size.
func copyFile(ctx context.Context, tree fs.FS, f file, into string, tell func(n int)) (err error) {
	in, err := tree.Open(f.name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(into)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	limited := io.LimitReader(in, f.size)
	buffer := make([]byte, 1<<18)
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := limited.Read(buffer)
		if n > 0 {
			if _, err := out.Write(buffer[:n]); err != nil {
				return err
			}
			tell(n)
		}
		if err == io.EOF {
			return out.Sync()
		}
		if err != nil {
			return &Error{Got: fmt.Sprintf("%s cannot be read to its end", f.name), Way: "copy or download the model again", Kind: ErrDamaged, Err: err}
		}
	}
}

// explainRoom turns a full disk into a sentence.
func explainRoom(dir string, err error) error {
	if !disk.Full(err) {
		return err
	}
	return &Error{Got: "the disk is full", Way: "make room where " + dir + " is", Kind: ErrFull, Err: err}
}
