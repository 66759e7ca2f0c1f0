package train_test

import (
	"context"
	"testing"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/op/optest"
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
