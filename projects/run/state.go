package run

import (
	"math"
	"time"
)

// Status is where a training stands.
type Status string

// A run is Preparing (reading, tokenising, building the model), then Training,
// perhaps Paused in between; it ends Finished, Stopped by the user with its best
// model kept, or Failed. Interrupted is a run whose process ended before it did:
// it can be resumed.
const (
	Preparing   Status = "preparing"
	Training    Status = "training"
	Paused      Status = "paused"
	Finished    Status = "finished"
	Stopped     Status = "stopped"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
)

// AtRest says whether nothing more happens in a run of this status, unless it is
// resumed.
func (s Status) AtRest() bool {
	return s == Finished || s == Stopped || s == Failed || s == Interrupted
}

// State is all that a screen shows of a run at one moment. It is a value: a
// state that was shown never changes afterwards.
type State struct {
	Number      int
	Status      Status
	Phase       string             // what is being done, in words: "reading the texts", "fine-tuning"
	Step, Steps int                // optimizer steps done, and planned in all
	Epoch       float64            // passes over the training rows done
	Epochs      int                // and planned
	Speed       float64            // training rows a second, over the last seconds; of a run at rest over all
	Elapsed     time.Duration      // time spent training, pauses not counted
	Left        time.Duration      // forecast of the time to go; 0 while unknown
	Curve       Curve              // everything measured so far
	Best        *Evaluation        // the evaluation whose model is kept; nil before the first
	Main        string             // name of the score by which models are compared, "macro_f1"
	Baseline    map[string]float64 // scores of the baseline of counted words on the validation rows; nil until known
	NewHead     NewHead            // a head that the model lacked, once the model is built
	Note        string             // a sentence about how the run ended or what it waits for
	Err         error              // why it failed
}

// Curve is the history of a run.
type Curve struct {
	Losses      []Point      // training loss by step, averaged over a few steps, counted as that of the validation rows
	Evaluations []Evaluation // on the validation rows, in order
	Phases      []Phase      // that began so far
}

// Phase is a part of a training in which one thing is learned.
type Phase struct {
	Name  string // in words, "fine-tuning"; "" where it was not kept
	First int    // its first step
}

// During gives what was measured in one of the phases; all of it, where there are none.
func (c Curve) During(phase int) Curve {
	first, end := 0, math.MaxInt
	if phase < len(c.Phases) {
		first = c.Phases[phase].First
	}
	if phase+1 < len(c.Phases) {
		end = c.Phases[phase+1].First
	}
	var part Curve
	for _, p := range c.Losses {
		if p.Step >= first && p.Step < end {
			part.Losses = append(part.Losses, p)
		}
	}
	for _, e := range c.Evaluations {
		if e.Step >= first && e.Step < end {
			part.Evaluations = append(part.Evaluations, e)
		}
	}
	return part
}

// Point is one value of a curve.
type Point struct {
	Step  int
	Value float64
}

// Evaluation is what the model scored on the validation rows after a step.
type Evaluation struct {
	Step   int
	Epoch  float64
	Loss   float64            // mean cross-entropy of the validation rows
	Scores map[string]float64 // by metric name: accuracy, macro_f1, ...
}
