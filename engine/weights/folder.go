package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The names under which Hugging Face's libraries keep weights in a folder, the
// best first: safetensors can be read faster, and hold nothing but tensors.
var folderFiles = []string{
	"model.safetensors", "model.safetensors.index.json",
	"pytorch_model.bin", "pytorch_model.bin.index.json",
}

// Folder is the weights of a model's folder, in one file or in several.
type Folder struct {
	files []*File
	of    map[string]*File // the file of each tensor
}

// OpenFolder opens the weights of a model's folder: safetensors or PyTorch's .bin,
// whole or in shards that an index lists. It fails with an *Error when there are
// none, when a shard is missing, or when a file cannot be read.
func OpenFolder(dir string) (*Folder, error) {
	for _, name := range folderFiles {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if strings.HasSuffix(name, ".json") {
			return openShards(path)
		}
		f, err := Open(path)
		if err != nil {
			return nil, err
		}
		folder := &Folder{of: map[string]*File{}}
		folder.add(f)
		return folder, nil
	}
	return nil, &Error{Reason: "there is no file with weights in " + dir, Way: "choose the folder that holds model.safetensors or pytorch_model.bin"}
}

// openShards opens the files that an index lists.
func openShards(index string) (*Folder, error) {
	text, err := os.ReadFile(index)
	if err != nil {
		return nil, err
	}
	names, err := Shards(text)
	if err != nil {
		return nil, err
	}
	folder := &Folder{of: map[string]*File{}}
	for _, name := range names {
		f, err := Open(filepath.Join(filepath.Dir(index), name))
		if err != nil {
			folder.Close()
			if errors.Is(err, fs.ErrNotExist) {
				return nil, &Error{Reason: fmt.Sprintf("the weights lie in %d files, and %s is missing", len(names), name)}
			}
			return nil, err
		}
		folder.add(f)
	}
	return folder, nil
}

// Shards gives the files that an index names, sorted, from its text. It fails when
// one of them does not lie beside the index.
func Shards(index []byte) ([]string, error) {
	var listed struct {
		Files map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(index, &listed); err != nil || len(listed.Files) == 0 {
		return nil, &Error{Reason: "the index of the weights is not readable"}
	}
	var names []string
	for _, name := range listed.Files {
		if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) {
			return nil, &Error{Reason: fmt.Sprintf("the index of the weights names %q, which is outside the folder", name)}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (f *Folder) add(file *File) {
	f.files = append(f.files, file)
	for name := range file.places {
		f.of[name] = file
	}
}

// Close gives the files back. Values that were read stay.
func (f *Folder) Close() error {
	var all []error
	for _, file := range f.files {
		all = append(all, file.Close())
	}
	return errors.Join(all...)
}

// Names lists the tensors, sorted.
func (f *Folder) Names() []string {
	return slices.Sorted(maps.Keys(f.of))
}

// Shape gives a tensor's shape; ok is false when there is no such tensor.
func (f *Folder) Shape(name string) (shape []int, ok bool) {
	file, ok := f.of[name]
	if !ok {
		return nil, false
	}
	return file.Shape(name)
}

// Values reads a tensor, widened to float32.
func (f *Folder) Values(name string) ([]float32, error) {
	file, ok := f.of[name]
	if !ok {
		return nil, noTensor(name)
	}
	return file.Values(name)
}

// Fill reads a tensor into as many values as it has.
func (f *Folder) Fill(name string, to []float32) error {
	file, ok := f.of[name]
	if !ok {
		return noTensor(name)
	}
	return file.Fill(name, to)
}
