package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"attune/engine/model"
	"attune/engine/weights"
)

// source is a model on the disk whose weights are not read yet.
type source struct {
	dir    string
	family model.Family
	config []byte // the text of config.json
	about  config
}

// config is what config.json says of a model whatever its family.
type config struct {
	Type          string            `json:"model_type"`
	Architectures []string          `json:"architectures"`
	Labels        map[string]string `json:"id2label"` // by their numbers
}

// look finds which of the families a folder's model is of.
func look(dir string, families []model.Family) (s source, err error) {
	s.dir = dir
	if s.config, err = os.ReadFile(filepath.Join(dir, configFile)); err != nil {
		return s, &Error{Folder: dir, Reason: "there is no config.json in it", Way: "choose the folder that holds config.json and model.safetensors"}
	}
	if err := json.Unmarshal(s.config, &s.about); err != nil {
		return s, &Error{Folder: dir, Reason: "its config.json is not readable", Way: "copy or download the model again"}
	}
	at := slices.IndexFunc(families, func(f model.Family) bool { return slices.Contains(f.Types, s.about.Type) })
	if at < 0 {
		return s, &Error{
			Folder: dir, Reason: fmt.Sprintf("its architecture %q is not one that Attune knows", s.about.Type),
			Way: "attunectl list families names those it knows",
		}
	}
	s.family = families[at]
	return s, nil
}

// load reads the weights into a backbone, and holds those of heads.
func (s source) load(base *model.Base) (err error) {
	tensors, err := weights.OpenFolder(s.dir)
	if err != nil {
		return fmt.Errorf("%s: %w", s.dir, err)
	}
	defer func() { err = errors.Join(err, tensors.Close()) }()
	base.Weights = weights.NewSource(tensors)
	if base.Backbone, err = s.family.Load(s.config, base.Weights); err != nil {
		return fmt.Errorf("%s: %w", s.dir, err)
	}
	base.Weights.Hold()
	return nil
}
