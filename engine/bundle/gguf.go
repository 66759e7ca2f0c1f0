package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing/fstest"

	"attune/engine/model"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// findGGUF gives the GGUF file that a path means, or "" for a folder with weights of
// other kinds, or with none. It fails for a path that is not there, and for a folder with
// several such files.
func findGGUF(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", &Error{Folder: path, Reason: "there is no such folder or file", Way: "check the name, or choose the folder that holds config.json and model.safetensors"}
	case err == nil && info.Mode().IsRegular():
		return path, nil
	}
	files, _ := filepath.Glob(filepath.Join(path, "*.gguf"))
	for _, pattern := range []string{"*.safetensors", "*.bin"} {
		if others, _ := filepath.Glob(filepath.Join(path, pattern)); len(others) > 0 {
			return "", nil
		}
	}
	switch len(files) {
	case 0:
		return "", nil
	case 1:
		return files[0], nil
	}
	return "", &Error{Folder: path, Reason: fmt.Sprintf("it holds %d GGUF files", len(files)), Way: "name the file to open"}
}

// lookGGUF reads what a GGUF file says of its model.
func lookGGUF(path string, families []model.Family) (s source, err error) {
	s.name = path
	file, err := weights.Open(path)
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	architecture, _ := file.Settings["general.architecture"].(string)
	if architecture == "" {
		return s, &Error{Folder: path, Reason: "it is no GGUF file of a model", Way: "choose a .gguf file, or the folder of a model"}
	}
	names, ok := s.find(families, architecture)
	if !ok {
		return s, unknown(path, architecture)
	}
	if s.config, err = names.Config(file); err == nil {
		err = json.Unmarshal(s.config, &s.about)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	settings := file.Settings
	s.tokenizer = func() (tokenizer.Tokenizer, error) {
		files, err := tokenizer.GGUFFiles(settings)
		if err != nil {
			return nil, err
		}
		folder := fstest.MapFS{}
		for name, content := range files {
			folder[name] = &fstest.MapFile{Data: content}
		}
		return s.family.Tokenizer(folder)
	}
	s.open = func() (tensors, error) { return openGGUF(path, names) }
	return s, nil
}

// find takes the family that reads an architecture's files, and gives what it knows
// of them.
func (s *source) find(families []model.Family, architecture string) (model.GGUF, bool) {
	for _, f := range families {
		for _, g := range f.GGUF {
			if g.Architecture == architecture {
				s.family = f
				return g, true
			}
		}
	}
	return model.GGUF{}, false
}

func openGGUF(path string, names model.GGUF) (tensors, error) {
	file, err := weights.Open(path)
	if err != nil {
		return nil, err
	}
	renamed, err := names.Open(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return renamed, nil
}
