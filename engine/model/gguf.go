package model

import (
	"encoding/json"
	"fmt"
	"strings"

	"attune/engine/weights"
)

// GGUF is how llama.cpp's files hold the models of one architecture: what they call
// its settings and its tensors (ggml-org/llama.cpp, gguf-py/gguf/constants.py and
// tensor_mapping.py).
type GGUF struct {
	Architecture string            // general.architecture there, model_type in config.json
	Class        string            // of transformers, with a head that writes
	Settings     map[string]string // what config.json calls each, by its name behind the architecture
	Tensors      map[string]Moved  // by their names there, without ".weight" or ".bias"; # is a block's number
}

// Moved is where a tensor of a GGUF file belongs.
type Moved struct {
	Name       string   // its published name, without ".weight" or ".bias"
	Transposed bool     // a matrix is published with its rows as columns
	Heads      []string // settings, the first that is there, of how many heads' rows lie in pairs; nil where they lie in order
}

// The names that all architectures have.
const (
	GGUFWords = "token_embd" // the table of pieces
	GGUFHead  = "output"     // the head, where it has a table of its own
)

// GGUFError says why a GGUF file cannot be opened as a model.
type GGUFError struct{ Reason string }

func (e *GGUFError) Error() string { return "GGUF: " + e.Reason }

// Hint tells the way out.
func (e *GGUFError) Hint() string { return "take the model as safetensors, or convert it again" }

// Config gives the config.json that a file stands for.
func (g GGUF) Config(f *weights.File) ([]byte, error) {
	words, ok := f.Shape(GGUFWords + ".weight")
	if !ok || len(words) == 0 {
		return nil, &GGUFError{"it has no table of pieces"}
	}
	if err := g.whole(f); err != nil {
		return nil, err
	}
	_, untied := f.Shape(GGUFHead + ".weight")
	config := map[string]any{
		"model_type": g.Architecture, "architectures": []string{g.Class},
		"vocab_size": words[0], "tie_word_embeddings": !untied,
	}
	for name, key := range g.Settings {
		if value, ok := f.Settings[g.Architecture+"."+name]; ok {
			config[key] = value
		}
	}
	for _, name := range []string{"bos_token_id", "eos_token_id"} {
		if id, ok := f.Number("tokenizer.ggml." + name); ok && id < words[0] { // a greater one stands for none
			config[name] = id
		}
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, &GGUFError{"its settings are no numbers: " + err.Error()}
	}
	return text, nil
}

// whole fails unless the file has as many blocks as it says. Other sizes are compared
// with the shapes of the tensors as these are read.
func (g GGUF) whole(f *weights.File) error {
	found := map[string]bool{}
	for _, name := range f.Names() {
		if _, number := numbered(name); number != "" {
			found[number] = true
		}
	}
	if said, _ := f.Number(g.Architecture + ".block_count"); said != len(found) {
		return &GGUFError{fmt.Sprintf("it says that it has %d blocks, and holds %d", said, len(found))}
	}
	return nil
}

// Open gives the tensors of a file under their published names. It fails where there
// are some that are not known of the architecture, such as those of experts: without
// them the model would compute something else.
func (g GGUF) Open(f *weights.File) (*weights.Renamed, error) {
	of := map[string]weights.Original{}
	var strange []string
	for _, name := range f.Names() {
		pattern, number := numbered(name)
		dot := max(strings.LastIndexByte(pattern, '.'), 0)
		to, ok := g.Tensors[pattern[:dot]]
		if !ok {
			strange = append(strange, name)
			continue
		}
		from := weights.Original{Name: name, Transposed: to.Transposed && pattern[dot:] == ".weight"}
		if to.Heads != nil {
			if from.Heads = g.heads(f, to.Heads); from.Heads < 1 {
				return nil, &GGUFError{"it does not say how many heads its attention has"}
			}
		}
		of[strings.Replace(to.Name, "#", number, 1)+pattern[dot:]] = from
	}
	if len(strange) > 0 {
		return nil, &GGUFError{fmt.Sprintf("it holds tensors that are not known of %s: %s", g.Architecture, strings.Join(strange, ", "))}
	}
	return f.Rename(of), nil
}

// heads gives the first of the settings that the file has, or 0.
func (g GGUF) heads(f *weights.File, settings []string) int {
	for _, name := range settings {
		if n, ok := f.Number(g.Architecture + "." + name); ok {
			return n
		}
	}
	return 0
}

// numbered gives the name of a tensor with # for its block's number, and the number,
// or "" for a tensor that is in no block.
func numbered(name string) (pattern, number string) {
	rest, ok := strings.CutPrefix(name, "blk.")
	number, rest, found := strings.Cut(rest, ".")
	if !ok || !found || number == "" || strings.Trim(number, "0123456789") != "" {
		return name, ""
	}
	return "blk.#." + rest, number
}
