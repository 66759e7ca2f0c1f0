package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"attune/engine/model"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// source is a model on the disk whose weights are not read yet.
type source struct {
	name   string
	family model.Family
	config []byte // the text of config.json, or what stands for it
	about  config
	folder string // "" for a model in one file

	tokenizer func() (tokenizer.Tokenizer, error)
	open      func() (tensors, error)
}

// tensors are those of an opened model.
type tensors interface {
	weights.Reader
	Close() error
}

// config is what config.json says of a model whatever its family.
type config struct {
	Type          string            `json:"model_type"`
	Architectures []string          `json:"architectures"`
	Labels        map[string]string `json:"id2label"` // by their numbers
	Pooling       string            `json:"classifier_pooling"`
}

// look finds which of the families the model at a path is of: a Hugging Face folder,
// a GGUF file, or a folder that holds one and no other weights.
func look(path string, families []model.Family) (source, error) {
	file, err := findGGUF(path)
	switch {
	case err != nil:
		return source{}, err
	case file != "":
		return lookGGUF(file, families)
	}
	if s, ok, err := lookAdapter(path, families); ok {
		return s, err
	}
	return lookFolder(path, families)
}

func lookFolder(dir string, families []model.Family) (source, error) {
	s, err := lookIn(dir, os.DirFS(dir), families)
	s.folder = dir
	s.open = func() (tensors, error) { return weights.OpenFolder(dir) }
	return s, err
}

// lookEmbedded finds the family of a folder that lies in the program itself, with its
// weights in one file of safetensors.
func lookEmbedded(name string, folder fs.FS, families []model.Family) (source, error) {
	s, err := lookIn(name, folder, families)
	s.open = func() (tensors, error) {
		content, err := fs.ReadFile(folder, weightsFile)
		if err != nil {
			return nil, err
		}
		return weights.OpenSafetensors(bytes.NewReader(content), int64(len(content)))
	}
	return s, err
}

// lookIn is what a folder says without its weights.
func lookIn(name string, folder fs.FS, families []model.Family) (s source, err error) {
	s.name = name
	if s.config, err = fs.ReadFile(folder, configFile); err != nil {
		return s, &Error{Folder: name, Reason: "there is no config.json in it", Way: "choose the folder that holds config.json and model.safetensors"}
	}
	if err := json.Unmarshal(s.config, &s.about); err != nil {
		return s, &Error{Folder: name, Reason: "its config.json is not readable", Way: "copy or download the model again"}
	}
	at := slices.IndexFunc(families, func(f model.Family) bool { return slices.Contains(f.Types, s.about.Type) })
	if at < 0 {
		return s, unknown(name, s.about.Type)
	}
	s.family = families[at]
	s.tokenizer = func() (tokenizer.Tokenizer, error) { return s.family.Tokenizer(folder) }
	return s, nil
}

// ReadConfig gives what config.json says of the model at a path, or what a GGUF file
// says in its place. It fails when no family reads the model.
func ReadConfig(path string, families []model.Family) ([]byte, error) {
	s, err := look(path, families)
	return s.config, err
}

// ReadTokenizer reads the tokenizer of the model at a path: tokenizer.json where there
// is one, else as the model's family has it, or a vocabulary alone where there is no
// model.
func ReadTokenizer(path string, families []model.Family) (tokenizer.Tokenizer, error) {
	folder := os.DirFS(path)
	has := func(pattern string) bool {
		found, err := fs.Glob(folder, pattern)
		return err == nil && len(found) > 0
	}
	file, err := findGGUF(path)
	if err != nil {
		return nil, err
	}
	if file == "" && (has("tokenizer.json") || !has(configFile) || !has("*.safetensors") && !has("*.bin")) {
		return tokenizer.Read(folder)
	}
	s, err := look(path, families)
	if err != nil {
		return nil, err
	}
	return s.tokenizer()
}

func unknown(name, architecture string) error {
	return &Error{
		Folder: name, Reason: fmt.Sprintf("its architecture %q is not one that Attune knows", architecture),
		Way: "attunectl list families names those it knows",
	}
}

// load reads the weights into a backbone, and holds those of heads.
func (s source) load(base *model.Base) (err error) {
	opened, err := s.open()
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	base.Weights = weights.NewSource(opened)
	if base.Backbone, err = s.family.Load(s.config, base.Weights); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	base.Weights.Hold()
	return nil
}
