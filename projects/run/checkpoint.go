package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"attune/engine/train"
	"attune/engine/weights"
)

// ModelFolder is the folder of a run's best model inside its project.
func ModelFolder(number int) string { return fmt.Sprintf("runs/%d", number) }

// checkpointFile holds a run at rest: its tensors, and its numbers as JSON in the
// metadata. It lies apart from the models, whose folders belong to the user.
func checkpointFile(number int) string { return fmt.Sprintf("checkpoints/%d.safetensors", number) }

// stateKey is where the metadata holds the numbers.
const stateKey = "state"

func (c *recorder) writeCheckpoint(s train.State) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = c.store.WriteFile(checkpointFile(c.record.Number), func(w io.Writer) error {
		return weights.WriteSafetensors(w, s.Tensors, map[string]string{stateKey: string(text)})
	})
	if err != nil {
		return fmt.Errorf("write a checkpoint: %w", err)
	}
	return nil
}

// readCheckpoint gives the state of a run at rest. A run that was interrupted
// before its first checkpoint starts again from the beginning.
func (c *recorder) readCheckpoint() (*train.State, error) {
	f, err := os.Open(c.store.Path(checkpointFile(c.record.Number)))
	if errors.Is(err, os.ErrNotExist) {
		return &train.State{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	tensors, err := weights.OpenSafetensors(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("read the checkpoint: %w", err)
	}
	var s train.State
	if err := json.Unmarshal([]byte(tensors.Metadata[stateKey]), &s); err != nil {
		return nil, fmt.Errorf("read the checkpoint: %w", err)
	}
	for _, name := range tensors.Names() {
		shape, _ := tensors.Shape(name)
		values, err := tensors.Values(name)
		if err != nil {
			return nil, err
		}
		s.Tensors = append(s.Tensors, weights.Tensor{Name: name, Shape: shape, Values: values})
	}
	return &s, nil
}

func (c *recorder) removeCheckpoint() {
	// A checkpoint that stays costs room on the disk and nothing else.
	_ = os.Remove(c.store.Path(checkpointFile(c.record.Number)))
}
