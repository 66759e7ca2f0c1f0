package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"attune/engine/task"
	"attune/engine/technique"
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

// room fails when the disk has none for what the run may write: its best model and a
// checkpoint, one of which is written beside the one before. Better after the first step,
// which shows what a checkpoint holds, than when hours were learned.
func (c *recorder) room(first train.State) error {
	values := 0
	for _, t := range first.Tensors {
		values += len(t.Values)
	}
	model, state := modelSize(c.plan), bytesOfValue*int64(values)
	needed := model + state + max(model, state)
	if info, err := os.Stat(c.store.Path(checkpointFile(c.record.Number))); err == nil {
		needed -= info.Size() // of a run that is resumed
	}
	return c.store.Room(needed)
}

const bytesOfValue = 4

// modelSize gives the bytes of the weights that are kept of a plan's model at most, with
// the head that it guessed words with and what it adds before its first check.
func modelSize(plan *technique.Plan) int64 {
	values := 0
	for _, p := range plan.Model.Params() {
		values += p.Size()
	}
	if plan.Guessed != nil {
		for _, p := range plan.Guessed.Params() {
			values += p.Size()
		}
	}
	if m, ok := plan.Model.(task.Preparing); ok {
		values += m.Adds()
	}
	return bytesOfValue * int64(values)
}

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
