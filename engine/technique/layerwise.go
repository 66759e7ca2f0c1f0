package technique

import (
	"math"
	"slices"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/setting"
)

// Layerwise lets each layer of the body learn more slowly than the one above it, so
// that what all texts have in common stays: the discriminative learning rates of Howard
// & Ruder 2018 and Clark et al. 2020.
type Layerwise struct{ Decay float64 } // of the learning rate from layer to layer

// NewLayerwise gives the technique with its default settings: between the 0.8 of
// ELECTRA (Clark et al. 2020) and the 0.95 of Sun et al. 2019.
func NewLayerwise() Technique { return &Layerwise{Decay: 0.9} }

// Name is the name in attunectl and in saved runs.
func (l *Layerwise) Name() string { return "layerwise" }

// Title names the technique for a person.
func (l *Layerwise) Title() string { return "Lower layers learn slower" }

// About says when to use it.
func (l *Layerwise) About() string {
	return "Each layer learns a little more slowly than the one above it, so that what a pre-trained model knows of the language stays. Often a little better with few rows; costs nothing."
}

// Settings gives the knobs of the technique.
func (l *Layerwise) Settings() []setting.Field {
	return []setting.Field{{
		Key: "layer_decay", Label: "Rate from layer to layer", Value: &setting.Number{To: &l.Decay, Min: 0.1, Max: 1},
		Help: "The learning rate of a layer as a share of that of the one above it: 1 for the same, 0.8 for much slower below.",
	}}
}

// Apply plans the fine-tuning with a learning rate for each layer. The head learns at
// the whole rate.
func (l *Layerwise) Apply(p *Plan) error {
	if p.Base.Fresh {
		return knowsNothing("lower layers that learn slower")
	}
	if err := p.FineTune(); err != nil {
		return err
	}
	rates := map[*nn.Param]float64{}
	p.before(func() {
		layers := slices.Collect(p.Base.Backbone.Layers())
		for i, params := range layers {
			for _, param := range params {
				rates[param] = math.Pow(l.Decay, float64(len(layers)-i))
			}
		}
	})
	p.last().Rate = func(param *nn.Param) float64 {
		if rate, ok := rates[param]; ok {
			return rate
		}
		return 1
	}
	return nil
}
