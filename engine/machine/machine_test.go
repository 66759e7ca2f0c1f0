package machine_test

import (
	"testing"

	"attune/engine/machine"
)

func TestMemory(t *testing.T) {
	total, available := machine.Memory()
	if total < 0 || available < 0 || available > total && total > 0 {
		t.Errorf("%d of %d bytes are free", available, total)
	}
	if total > 0 && total < 1<<26 {
		t.Errorf("a machine with %d bytes could not run this test", total)
	}
}
