package train_test

import (
	"context"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// TestTheForecastIsWhatTheTapeHolds compares with a training that is carried out.
func TestTheForecastIsWhatTheTapeHolds(t *testing.T) {
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	for name, change := range map[string]func(*train.Options, *technique.Plan){
		"whole":      func(o *train.Options, _ *technique.Plan) { o.Parts = 1 },
		"in parts":   func(o *train.Options, _ *technique.Plan) { o.Parts = 5 },
		"recomputed": func(o *train.Options, _ *technique.Plan) { o.Recompute = true },
		"without validation rows": func(_ *train.Options, p *technique.Plan) {
			p.Phases[0].Check = nil
		},
		"two layers frozen": func(_ *train.Options, p *technique.Plan) {
			freeze := technique.NewFreeze().(*technique.Freeze)
			freeze.Layers = 2
			if err := freeze.Apply(p); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, rows(600, 1), rows(40, 2))
			o := options
			o.Epochs, o.BatchSize = 1, 300
			change(&o, p)
			m, err := train.Forecast(context.Background(), workers, p, o)
			if err != nil {
				t.Fatal(err)
			}
			var values, learned int64
			for _, param := range p.Model.Params() {
				values += int64(param.Size())
				if param.RequiresGrad() {
					learned += int64(param.Size())
				}
				for _, g := range op.Gradient(param) {
					if g != 0 {
						t.Fatal("the rehearsal left a gradient behind")
					}
				}
			}
			if m.Weights != 4*values || m.Gradients != 4*learned || m.Moments != 8*learned {
				t.Errorf("%+v for %d values of which %d learn", m, values, learned)
			}
			tape := optest.Tape(t)
			collect(t, train.Steps(context.Background(), tape, p, o, nil))
			if held := tape.Held(); m.Passes < held*8/10 || m.Passes > held*12/10 && m.Passes > 1<<20 {
				t.Errorf("foretold %d bytes of buffers, held %d", m.Passes, held)
			}
		})
	}
}

// What is to be written lies in memory twice, as what the decoder reads and as what it is to
// say.
func TestTheForecastCountsWhatIsWritten(t *testing.T) {
	workers := kernel.NewWorkers(1)
	defer workers.Close()
	foretold := func(target string) int64 {
		learn := dataset.FromSlice([]dataset.Example{{Text: "my card is lost please come", Target: target}})
		p := &technique.Plan{Task: task.NewTranslation(), Base: tasktest.EncoderDecoder(t), Learn: learn, Seed: 1}
		if err := p.FineTune(); err != nil {
			t.Fatal(err)
		}
		m, err := train.Forecast(t.Context(), workers, p, options)
		if err != nil {
			t.Fatal(err)
		}
		return m.Rows
	}
	const times = 40
	more := strings.Repeat(" card", times)
	if got, least := foretold("lost"+more)-foretold("lost"), int64(2*8*times); got < least {
		t.Errorf("%d pieces more add %d bytes, want %d at least", times, got, least)
	}
}
