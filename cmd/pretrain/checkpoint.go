package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"attune/engine/pretrain"
	"attune/engine/weights"
)

// The files of a run.
const (
	checkpointFile = "checkpoint.safetensors"
	curveFile      = "curve.tsv"
)

// recipe is what a run was begun with; it stays as it is over all its sittings.
type recipe struct {
	Family  string           `json:"family"`
	Model   shape            `json:"model"`
	Options pretrain.Options `json:"options"`
	Spread  float64          `json:"spread"`  // of the weights at first
	Prime   bool             `json:"prime"`   // begin with what counting tells of the pieces
	Threads int              `json:"threads"` // with another number the weights would not be bit-equal
}

// draw is how the weights are drawn at first.
func (r recipe) draw() weights.Draw {
	return weights.Draw{Random: rand.New(rand.NewPCG(r.Options.Seed, 0)), Spread: r.Spread}
}

// stage is what a run has done.
type stage struct {
	Recipe  recipe         `json:"recipe"`
	State   pretrain.State `json:"state"`
	Seconds float64        `json:"seconds"`        // at work, over all sittings
	Note    string         `json:"note,omitempty"` // what the numbers do not tell, written by hand
}

// checkpoint is a run at rest.
type checkpoint struct {
	stage
	tensors *weights.File
}

// The key of a checkpoint's numbers in the metadata of its file.
const checkpointKey = "pretraining"

// save writes the run's checkpoint, whole or not at all.
func (c *checkpoint) save(dir string, tensors []weights.Tensor) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(dir, checkpointFile), func(w io.Writer) error {
		return weights.WriteSafetensors(w, tensors, map[string]string{checkpointKey: string(text)})
	})
}

// readCheckpoint gives a run at rest, or nil when it was never saved. It must be
// closed when its tensors were read.
func readCheckpoint(dir string) (*checkpoint, error) {
	path := filepath.Join(dir, checkpointFile)
	f, err := weights.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	c := &checkpoint{tensors: f}
	if err := json.Unmarshal([]byte(f.Metadata[checkpointKey]), c); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
	}
	return c, nil
}
