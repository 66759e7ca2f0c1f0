package run

import (
	"errors"
	"fmt"
	"testing"

	"attune/projects/store"
)

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
