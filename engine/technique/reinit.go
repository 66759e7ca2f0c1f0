package technique

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/weights"
)

// Reinit lets the top layers of the body forget what they were pre-trained for and
// learn it anew (Zhang et al. 2021, arXiv 2006.05987, 4).
type Reinit struct{ Layers int } // from above

// NewReinit gives the technique with its default settings.
func NewReinit() Technique { return &Reinit{Layers: 1} }

// Name is the name in attunectl and in saved runs.
func (r *Reinit) Name() string { return "reinit" }

// Title names the technique for a person.
func (r *Reinit) Title() string { return "Begin the top layers anew" }

// About says when to use it.
func (r *Reinit) About() string {
	return "Gives the uppermost layers of a pre-trained model random values again: they know most of what it was pre-trained for and least of what you need. For under about 1,000 rows, where trainings differ much by chance."
}

// Settings gives the knobs of the technique.
func (r *Reinit) Settings() []setting.Field {
	return []setting.Field{{
		Key: "reinit_layers", Label: "Layers to begin anew", Value: &setting.Count{To: &r.Layers, Min: 1, Max: 100},
		Help: "How many layers begin anew, counted from above. 1 to 3 of 12 help with few rows; more forgets too much.",
	}}
}

const (
	reinitStream = 5    // keeps its random numbers apart from the others
	reinitSpread = 0.02 // BERT's initializer_range
)

// Apply plans the fine-tuning, before which the layers are drawn anew, and the head
// with them.
func (r *Reinit) Apply(p *Plan) error {
	if p.Base.Fresh {
		return knowsNothing("layers that begin anew")
	}
	layers := slices.Collect(p.Base.Backbone.Layers())
	if most := len(layers) - 2; r.Layers > most {
		return &Error{
			Reason: fmt.Sprintf("of the model's %d layers %d cannot begin anew: the table of word pieces and one layer above it must stay", len(layers), r.Layers),
			Way:    fmt.Sprintf("begin at most %d anew", max(most, 0)),
		}
	}
	if err := p.FineTune(); err != nil {
		return err
	}
	p.Altered = true
	p.before(func() {
		stays := map[*nn.Param]bool{}
		for _, params := range layers[:len(layers)-r.Layers] {
			for _, param := range params {
				stays[param] = true
			}
		}
		anew(p.Model.Params(), stays, rand.New(rand.NewPCG(p.Seed, reinitStream)))
	})
	return nil
}

// anew draws parameters as BERT's initialiser does, but for those that stay: matrices
// from a normal distribution, gains one, biases zero.
func anew(params iter.Seq2[string, *nn.Param], stays map[*nn.Param]bool, random *rand.Rand) {
	source := weights.Fresh(weights.Draw{Random: random, Spread: reinitSpread})
	for name, param := range params {
		if stays[param] {
			continue
		}
		rows, cols := op.Size(param)
		var drawn *nn.Param
		switch {
		case rows > 1:
			drawn = source.Matrix(name, rows, cols)
		case strings.HasSuffix(name, ".weight"):
			drawn = source.Gain(name, cols)
		default:
			drawn = source.Vector(name, cols)
		}
		copy(op.Rows(param), op.Rows(drawn))
	}
}
