package train

import (
	"cmp"
	"time"

	"attune/engine/batch"
	"attune/engine/setting"
	"attune/engine/technique"
)

// Options are the knobs of the loop.
type Options struct {
	Epochs       int     // passes over the training rows at most
	BatchSize    int     // rows a step
	LearningRate float64 // at its height
	Warmup       float64 // share of the steps in which the rate rises
	Decay        float64 // weight decay; biases and normalisation are spared
	Clip         float64 // largest norm of the gradients, 0 for no limit
	Average      float64 // share of the steps over which the weights that are scored and kept are averaged, 0 for the last ones
	Evaluations  int     // on the validation rows, each epoch
	Patience     int     // evaluations in which neither the score nor the loss is better than ever before it stops, 0 for never
	Seed         uint64
	MaxTime      time.Duration // stops when it is over, 0 for never
	Parts        int           // that a step is computed in, 0 for as many as bound its memory
	Recompute    bool          // blocks are computed again in the backward pass instead of kept

	// Doing is told, in words, of what takes a while beside the steps, and then of the
	// phase that goes on; nil for nobody.
	Doing func(what string)
}

func (o *Options) tell(what string) {
	if o.Doing != nil {
		o.Doing(what)
	}
}

// Settings gives the knobs that a user may turn.
func (o *Options) Settings() []setting.Field {
	return []setting.Field{
		{Key: "epochs", Label: "Passes over the rows", Value: &setting.Count{To: &o.Epochs, Min: 1, Max: 1000},
			Help: "How often the model sees every training row at most. Early stopping may end it sooner."},
		{Key: "patience", Label: "Patience", Value: &setting.Count{To: &o.Patience, Min: 0, Max: 1000},
			Help: "Stops after this many checks on the validation rows in which neither the score nor the loss got better; 0 never stops early."},
		{Key: "learning_rate", Label: "Learning rate", Expert: true, Value: &setting.Number{To: &o.LearningRate, Min: 1e-7, Max: 1},
			Help: "How far each step goes. Too high and the loss jumps about; too low and nothing is learned."},
		{Key: "batch", Label: "Rows a step", Expert: true, Value: &setting.Count{To: &o.BatchSize, Min: 1, Max: 4096},
			Help: "How many rows are looked at before the model changes. More is smoother and takes more memory."},
		{Key: "warmup", Label: "Warm-up", Expert: true, Value: &setting.Number{To: &o.Warmup, Min: 0, Max: 1},
			Help: "Share of the steps in which the learning rate rises from nothing to its height."},
		{Key: "weight_decay", Label: "Weight decay", Expert: true, Value: &setting.Number{To: &o.Decay, Min: 0, Max: 1},
			Help: "Pulls weights towards zero a little at each step, against learning rows by heart."},
		{Key: "clip", Label: "Gradient clipping", Expert: true, Value: &setting.Number{To: &o.Clip, Min: 0, Max: 1000},
			Help: "Bounds how much a single odd batch can change the model; 0 for no bound."},
		{Key: "average", Label: "Averaging", Expert: true, Value: &setting.Number{To: &o.Average, Min: 0, Max: 1},
			Help: "Share of the steps over which the weights that are scored and kept are averaged, which evens out the last steps; 0 keeps them as they are."},
		{Key: "evaluations", Label: "Checks a pass", Expert: true, Value: &setting.Count{To: &o.Evaluations, Min: 1, Max: 100},
			Help: "How often the model is scored on the validation rows during one pass."},
		{Key: "accumulate", Label: "Parts a step", Expert: true, Value: &setting.Count{To: &o.Parts, Min: 0, Max: 4096},
			Help: "A step's rows are computed in so many parts, one after another, which takes less memory; 0 for as many as it needs."},
		{Key: "recompute", Label: "Compute twice", Expert: true, Value: &setting.Switch{To: &o.Recompute},
			Help: "Computes each layer a second time instead of keeping what it gave: a third slower, in much less memory."},
	}
}

// window is how many batches are sorted by length together.
const window = 16

func (o *Options) batches() batch.Options {
	return batch.Options{Size: o.BatchSize, Window: window, Seed: o.Seed}
}

// stepsOf counts the steps of a phase by its rows alone.
func (o *Options) stepsOf(p technique.Phase) (int, error) {
	rows := 0
	for e, err := range p.Learn {
		if err != nil {
			return 0, err
		}
		items, err := p.Model.Items(e)
		if err != nil {
			return 0, err
		}
		rows += len(items)
	}
	size := max(1, cmp.Or(p.BatchSize, o.BatchSize))
	return cmp.Or(p.Epochs, o.Epochs) * ((rows + size - 1) / size), nil
}
