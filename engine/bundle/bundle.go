// Package bundle is a saved model: a folder as Hugging Face transformers writes
// it, which from_pretrained opens, with what Attune needs besides in attune.json.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"attune/engine/clean"
	"attune/engine/guessing"
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// The files of a folder that do not belong to the tokenizer.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
	aboutFile   = "attune.json"
	cardFile    = "README.md"
)

// About is attune.json: what transformers does not keep.
type About struct {
	Version    int                `json:"version"`
	Task       string             `json:"task"`
	Pipeline   string             `json:"pipeline"` // what the Hugging Face hub calls the task
	Settings   map[string]string  `json:"settings"` // of the task, by key
	Base       string             `json:"base"`
	Techniques []string           `json:"techniques"`
	Project    string             `json:"project"`
	Run        int                `json:"run"`
	Rows       int                `json:"rows"`               // it was trained on
	Scores     map[string]float64 `json:"scores"`             // on the validation rows
	Cleaning   clean.Recipe       `json:"cleaning,omitempty"` // of every text before the model reads it
}

// version of attune.json that this program writes.
// Version 2 brought the cleaning.
const version = 2

// Error says why a folder is not a model that can be opened.
type Error struct{ Folder, Reason, Way string }

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Folder, e.Reason) }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }

// Snapshot is a model as it was at one moment, while the live one learns on.
type Snapshot struct {
	config    map[string]any
	tokenizer tokenizer.Tokenizer
	tensors   []weights.Tensor
	adapter   weights.Adapter  // what LoRA added, or none
	head      *head.Classifier // nil for a model without
	guesser   string           // the architecture of the head that is kept beside, "" for none
}

// classifier is a model that sorts texts into classes.
type classifier interface{ Head() *head.Classifier }

// Take copies a model, and beside it the head that its body guessed words with, which may
// be nil. The buffers of an older snapshot of the same model, which may be nil, are used
// again.
func Take(m task.Model, guessed guessing.Head, t tokenizer.Tokenizer, older *Snapshot) *Snapshot {
	sink := weights.NewSink()
	m.Save(sink)
	adapter := adapterOf(m, sink)
	tensors := beside(sink.Tensors(), guessed)
	for i := range tensors {
		var buffer []float32
		if older != nil && i < len(older.tensors) {
			buffer = older.tensors[i].Values[:0]
		}
		tensors[i].Values = append(buffer, tensors[i].Values...)
	}
	s := &Snapshot{config: m.Config(), tokenizer: t, tensors: tensors, adapter: adapter}
	if c, ok := m.(classifier); ok {
		s.head = c.Head()
	}
	s.guesser = classOf(guessed)
	return s
}

// beside adds the tensors of a head to a model's, but for those that it has too.
func beside(tensors []weights.Tensor, guessed guessing.Head) []weights.Tensor {
	if guessed == nil {
		return tensors
	}
	sink, own := weights.NewSink(), tensors
	guessed.Save(sink)
	for _, other := range sink.Tensors() {
		if !slices.ContainsFunc(own, func(t weights.Tensor) bool { return t.Name == other.Name }) {
			tensors = append(tensors, other)
		}
	}
	return tensors
}

// classOf gives the class of transformers that a head makes of a body, "" for no head.
func classOf(h guessing.Head) string {
	if h == nil {
		return ""
	}
	config := map[string]any{}
	h.Describe(config)
	return config["architectures"].([]string)[0]
}

// Save writes the model into a folder that exists and is empty.
func (s *Snapshot) Save(dir string, about About) error {
	about.Version = version
	files, err := s.tokenizer.Files()
	if err != nil {
		return err
	}
	config := maps.Clone(s.config)
	config["transformers_version"] = "4.26.1" // the version whose config.json this follows
	config["torch_dtype"] = "float32"
	if files[configFile], err = indented(config); err != nil {
		return err
	}
	if files[aboutFile], err = indented(about); err != nil {
		return err
	}
	files[cardFile] = card(about, config, s.head, s.guesser)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	if err := s.saveAdapter(dir, about, files[configFile]); err != nil {
		return err
	}
	return saveWeights(filepath.Join(dir, weightsFile), s.tensors)
}

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return append(text, '\n'), err
}

func saveWeights(path string, tensors []weights.Tensor) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return weights.WriteSafetensors(f, tensors, map[string]string{"format": "pt"})
}

// Model is an opened model. Its weights are in memory; the folder may go.
type Model struct {
	Base  *model.Base
	About About // zero when it is not Attune's
}

// Open reads a folder, or a GGUF file, with one of the families.
func Open(path string, families []model.Family) (*Model, error) {
	s, err := look(path, families)
	if err != nil {
		return nil, err
	}
	return s.model()
}

// OpenEmbedded reads a folder that lies in the program itself. The name is for
// messages.
func OpenEmbedded(name string, folder fs.FS, families []model.Family) (*Model, error) {
	s, err := lookEmbedded(name, folder, families)
	if err != nil {
		return nil, err
	}
	return s.model()
}

// model reads all of it.
func (s source) model() (*Model, error) {
	base := &model.Base{Name: s.name, Config: s.config, Labels: ordered(s.about.Labels)}
	var err error
	if base.Tokenizer, err = s.tokenizer(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if err := s.load(base); err != nil {
		return nil, err
	}
	about, err := readAbout(s.folder)
	return &Model{Base: base, About: about}, err
}

// ordered gives the labels by their numbers, or nil when some number is missing.
func ordered(labels map[string]string) []string {
	all := make([]string, len(labels))
	for i := range all {
		label, ok := labels[strconv.Itoa(i)]
		if !ok {
			return nil
		}
		all[i] = label
	}
	return all
}

// readAbout gives what Attune wrote beside a model; nothing of a model that is no
// folder, or of one from elsewhere.
func readAbout(dir string) (About, error) {
	var about About
	if dir == "" {
		return about, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, aboutFile))
	if errors.Is(err, fs.ErrNotExist) {
		return about, nil
	}
	if err != nil {
		return about, err
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return about, &Error{Folder: dir, Reason: "its attune.json is not readable", Way: "keep a copy, remove the file, and open the model again"}
	}
	if about.Version > version {
		return about, &Error{Folder: dir, Reason: "it was saved by a newer Attune", Way: "update Attune"}
	}
	return about, nil
}

// Task gives the task that the model was saved for, with its settings, out of all.
func (m *Model) Task(tasks []task.Task) (task.Task, error) {
	if m.About.Task == "" {
		return nil, &Error{Folder: m.Base.Name, Reason: "its attune.json is missing or does not say what the model was trained for", Way: "take the folder back from a backup, or fine-tune the model again"}
	}
	for _, t := range tasks {
		if t.Name() != m.About.Task {
			continue
		}
		for key, value := range m.About.Settings {
			if err := setting.Apply(t.Settings(), key, value); err != nil {
				return nil, fmt.Errorf("%s: %w", m.Base.Name, err)
			}
		}
		return t, nil
	}
	return nil, &Error{Folder: m.Base.Name, Reason: fmt.Sprintf("it was saved for the task %q, which is not known", m.About.Task), Way: "update Attune"}
}
