package run

import "math"

// Verdict is what the curves of a training tell of it.
type Verdict string

// The verdicts.
const (
	NotJudged    Verdict = ""
	AboutRight   Verdict = "about right"
	Underfitting Verdict = "underfitting"
	Overfitting  Verdict = "overfitting"
	NoisyLabels  Verdict = "noisy labels"
	Unstable     Verdict = "unstable"
)

// Bounds are the losses between which a training of classes moves, in nats.
type Bounds struct {
	Chance float64 // of guessing evenly
	Floor  float64 // of the training rows learned by heart
}

// BoundsOf gives the bounds for a number of classes, learned with label smoothing: a model
// that knows the rows by heart gives each label what smoothing leaves of it.
func BoundsOf(classes int, smoothing float64) Bounds {
	n := float64(classes)
	return Bounds{Chance: math.Log(n), Floor: -math.Log(1 - smoothing + smoothing/n)}
}

// What a curve must do for a verdict, as shares of the way from chance to the floor
// or to the lowest validation loss. They were set so that trainings made to show each
// case are told apart: see TestVerdicts.
const (
	drops      = 0.05 // of the score, from one check to the next in the later half, in the mean
	diverged   = 1.1  // times the loss of guessing
	climbs     = 0.2  // of the validation loss after its lowest point
	muchLeft   = 0.4  // of the training loss while the validation loss still falls
	mostLeft   = 0.7  // of the training loss in any case
	disagree   = 0.3  // of the training loss though nothing falls any more
	falling    = 0.05 // of the validation loss in the last third
	fewestTold = 3    // checks, before which curves tell nothing
)

// Judge says what the curves of a training's last phase tell, whose deciding score is
// main. Overfitting shows as a validation loss that rises again, underfitting as a
// training loss that was still high when the training ended, noisy labels as one that
// stays high though more passes do not help.
func Judge(c Curve, main string, b Bounds) Verdict {
	evaluations, losses := c.lastPhase()
	if len(evaluations) < fewestTold || len(losses) == 0 || b.Chance <= b.Floor {
		return NotJudged
	}
	last := evaluations[len(evaluations)-1].Loss
	least, worst, third := math.Inf(1), 0.0, evaluations[len(evaluations)*2/3-1].Loss
	for _, e := range evaluations {
		least, worst = min(least, e.Loss), max(worst, e.Loss)
	}
	end := meanOf(losses[len(losses)*9/10:])
	left := (end - b.Floor) / (b.Chance - b.Floor)
	way := max(b.Chance-least, 0.05)
	stillFalls := (third-last)/way > falling
	// Where counted words vote the score stays up though the network is thrown about: its
	// loss was once worse than guessing and came down again.
	thrown := worst > diverged*b.Chance && left > muchLeft && (worst-last)/way > climbs
	switch {
	case math.IsNaN(end+last) || end > diverged*b.Chance || thrown || dropsOf(evaluations, main) > drops:
		return Unstable
	case (last-least)/way > climbs:
		return Overfitting
	case left > mostLeft, left > muchLeft && stillFalls:
		return Underfitting
	case left > disagree:
		return NoisyLabels
	}
	return AboutRight
}

// lastPhase gives the part of the curves in which the task was learned: what went
// before was checked without scores.
func (c Curve) lastPhase() (evaluations []Evaluation, losses []Point) {
	from := 0
	for _, e := range c.Evaluations {
		if len(e.Scores) == 0 {
			from, evaluations = e.Step, nil
			continue
		}
		evaluations = append(evaluations, e)
	}
	for _, p := range c.Losses {
		if p.Step > from {
			losses = append(losses, p)
		}
	}
	return evaluations, losses
}

func meanOf(points []Point) float64 {
	sum := 0.0
	for _, p := range points {
		sum += p.Value
	}
	return sum / float64(len(points))
}

// dropsOf is how far a score falls from check to check in the later half, in the mean.
func dropsOf(evaluations []Evaluation, score string) float64 {
	later := evaluations[len(evaluations)/2:]
	sum := 0.0
	for i := 1; i < len(later); i++ {
		sum += max(0, later[i-1].Scores[score]-later[i].Scores[score])
	}
	return sum / float64(max(len(later)-1, 1))
}

// Sentence tells the verdict to a person.
func (v Verdict) Sentence() string {
	switch v {
	case AboutRight:
		return "The training went about right: it learned what the rows teach, and still judges new ones."
	case Underfitting:
		return "It ended before it had learned what the rows teach (underfitting). A longer training should help."
	case Overfitting:
		return "It began to learn the rows by heart (overfitting). The model from before that is kept; leaving out more at random while learning may give a better one."
	case NoisyLabels:
		return "Many rows kept contradicting what it had learned from others. Some labels may be wrong, or the texts do not tell them apart."
	case Unstable:
		return "Its scores jumped about (unstable). Smaller steps should help."
	}
	return ""
}
