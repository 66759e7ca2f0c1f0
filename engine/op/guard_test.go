package op_test

import (
	"errors"
	"strings"
	"testing"

	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestOperandsThatDoNotFitAreAnErrorWithAWayOut(t *testing.T) {
	tape := optest.Tape(t)
	compute := func(columns int) (err error) {
		defer op.Guard(&err)
		op.Linear(tape, optest.Random(2, columns, 1), optest.Random(3, 4, 2), nil)
		return nil
	}
	if err := compute(4); err != nil {
		t.Error(err)
	}
	var fault *op.Fault
	if err := compute(5); !errors.As(err, &fault) || fault.Hint() == "" || !strings.Contains(err.Error(), "linear") {
		t.Errorf("got %v", err)
	}
}
