package technique

import (
	"slices"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/setting"
)

// Unfreeze lets the head learn alone at first, then with it the layers below, one after
// another from above: gradual unfreezing (Howard & Ruder 2018, 3.3).
type Unfreeze struct{ Passes int } // until all layers learn

// NewUnfreeze gives the technique with its default settings.
func NewUnfreeze() Technique { return &Unfreeze{Passes: 2} }

// Name is the name in attunectl and in saved runs.
func (u *Unfreeze) Name() string { return "unfreeze" }

// Title names the technique for a person.
func (u *Unfreeze) Title() string { return "Wake the layers one by one" }

// About says when to use it.
func (u *Unfreeze) About() string {
	return "At first the new head alone learns, then the layers below it join from the top down, so that a head that knows nothing yet does not disturb a pre-trained model. The first passes are faster."
}

// Settings gives the knobs of the technique.
func (u *Unfreeze) Settings() []setting.Field {
	return []setting.Field{{
		Key: "unfreeze_passes", Label: "Passes until all learn", Value: &setting.Count{To: &u.Passes, Min: 1, Max: 1000},
		Help: "In the first pass the head learns alone; after so many passes all layers do. As many as the model has layers wakes one a pass.",
	}}
}

// Apply plans the fine-tuning, in which more of the body learns from pass to pass.
func (u *Unfreeze) Apply(p *Plan) error {
	if p.Base.Fresh {
		return knowsNothing("layers that wake one by one")
	}
	if err := p.FineTune(); err != nil {
		return err
	}
	var layers [][]*nn.Param // what learns of each, from above
	p.last().Pass = func(pass int) {
		if layers == nil {
			layers = learning(p)
		}
		awake := len(layers)
		if pass < u.Passes {
			awake = (len(layers)*pass + u.Passes - 1) / u.Passes
		}
		for i, params := range layers {
			for _, param := range params {
				param.SetRequiresGrad(i < awake)
			}
		}
	}
	return nil
}

// learning gives the parameters of the body that learn, by layers from above.
func learning(p *Plan) [][]*nn.Param {
	layers := slices.Collect(p.Base.Backbone.Layers())
	slices.Reverse(layers)
	for i := range layers {
		layers[i] = slices.DeleteFunc(layers[i], func(param *nn.Param) bool { return !param.RequiresGrad() })
	}
	return layers
}
