package run

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"attune/engine/bundle"
	"attune/engine/dataset"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/projects/store"
)

// The room that is asked for a model holds it, with the head that it guessed words with and
// the words that it may count.
func TestTheSizeOfAModelIsForetold(t *testing.T) {
	learned := task.NewClassification().(*task.Classification)
	p := &technique.Plan{Task: learned, Base: tasktest.Base(t), Seed: 1, Learn: dataset.FromSlice([]dataset.Example{
		{Text: "my card is lost", Labels: []string{"cards"}}, {Text: "the parcel has not come", Labels: []string{"parcels"}},
	})}
	if err := technique.NewDomain().Apply(p); err != nil {
		t.Fatal(err)
	}
	if err := p.FineTune(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := bundle.Take(p.Model, p.Guessed, p.Base.Tokenizer, nil).Save(dir, bundle.About{Task: learned.Name()}); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	const counted = 4 << 22 // bytes of the numbers that counted words have at most
	names := 8 + int64(binary.LittleEndian.Uint64(file))
	if size := int64(len(file)) - names; modelSize(p) != size+counted {
		t.Errorf("%d bytes are foretold of %d and %d", modelSize(p), size, counted)
	}
}

// A run that ends because the disk is full can go on when there is room.
func TestARunWithoutDiskIsInterrupted(t *testing.T) {
	full := fmt.Errorf("write a checkpoint: %w", &store.Error{Project: "Tickets", Got: "the disk is full", Kind: store.ErrFull})
	for _, c := range []struct {
		reason error
		want   Status
	}{{full, Interrupted}, {errors.New("the loss is not a number"), Failed}} {
		if got, note := failed(c.reason); got != c.want || note == "" {
			t.Errorf("%v: %s, %q", c.reason, got, note)
		}
	}
}
