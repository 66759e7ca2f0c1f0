package optimizer_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/weights"
)

// moving is a parameter with its optimizer, pushed by numbers that follow from the
// step alone.
type moving struct {
	p *nn.Param
	a *optimizer.AdamW
}

func newMoving(workers *kernel.Workers, seed uint64) moving {
	m := moving{optest.Random(5, 7, seed), optimizer.NewAdamW(workers, optimizer.Options{
		Decay: 0.1, Return: func(*nn.Param) float64 { return 3 },
	})}
	m.a.Add("w", m.p)
	return m
}

func (m moving) steps(from, to int) {
	for step := from; step < to; step++ {
		op.Give(m.p, op.Rows(optest.Random(5, 7, rand.New(rand.NewPCG(3, uint64(step))).Uint64())))
		m.a.Step(0.01)
	}
}

func TestGoesOnBitByBit(t *testing.T) {
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	whole := newMoving(workers, 1)
	whole.steps(0, 10)
	part := newMoving(workers, 1)
	part.steps(0, 4)
	held := weights.Held{}
	for _, tensor := range part.a.Tensors() {
		tensor.Values = slices.Clone(tensor.Values)
		held[tensor.Name] = tensor
	}
	part.steps(4, 6) // which is undone
	again := newMoving(workers, 2)
	if err := again.a.Restore(held, 4); err != nil {
		t.Fatal(err)
	}
	again.steps(4, 10)
	if !slices.Equal(op.Rows(again.p), op.Rows(whole.p)) {
		t.Error("other weights than without a stop")
	}
}

func TestAStateThatDoesNotFit(t *testing.T) {
	workers := kernel.NewWorkers(1)
	defer workers.Close()
	m := newMoving(workers, 1)
	if err := m.a.Restore(weights.Held{}, 1); err == nil {
		t.Error("nothing passed")
	}
	short := weights.Held{"weight.w": {Values: make([]float32, 3)}}
	if err := m.a.Restore(short, 1); err == nil {
		t.Error("three values passed for 35")
	}
}
