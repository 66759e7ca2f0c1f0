package train_test

import (
	"context"
	"testing"

	"attune/engine/dataset"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// Counted by hand for the little encoder and decoder, 32 wide, of two blocks each: what is
// read costs the encoder, what is written the decoder and its look at what was read.
func TestTheWorkOfAnEncoderBesideADecoder(t *testing.T) {
	learn := dataset.FromSlice([]dataset.Example{{Text: "my card is lost please come", Target: "card lost"}})
	p := &technique.Plan{Task: task.NewTranslation(), Base: tasktest.EncoderDecoder(t), Learn: learn, Seed: 1}
	if err := p.FineTune(); err != nil {
		t.Fatal(err)
	}
	items, err := p.Model.Items(dataset.Example{Text: "my card is lost please come", Target: "card lost"})
	if err != nil {
		t.Fatal(err)
	}
	const width, inner, blocks = 32, 64, 2
	read, written := len(items[0].IDs), len(items[0].Output)
	reads := read*(4*width*width+2*width*inner) + 2*width*read*read
	writes := written*(8*width*width+2*width*inner) + 2*width*(written*written+read*written)
	want := float64(2 * 3 * blocks * (reads + writes)) // an addition each, and twice as much backward
	o := options
	o.Epochs = 1
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	if got := steps[0].Work; got != want {
		t.Errorf("%g for %d tokens read and %d written, want %g", got, read, written, want)
	}
}
