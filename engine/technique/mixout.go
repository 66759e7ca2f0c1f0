package technique

import (
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/setting"
)

// Mixout puts some weights of the linear layers back to what they were pre-trained to
// while a step is computed, others in each (Lee et al. 2020).
type Mixout struct{ Rate float64 }

// NewMixout gives the technique with its default settings: of the rates that the paper
// tries, 0.7 to 0.9 make trainings on few rows steady (figure 3).
func NewMixout() Technique { return &Mixout{Rate: 0.7} }

// Name is the name in attunectl and in saved runs.
func (m *Mixout) Name() string { return "mixout" }

// Title names the technique for a person.
func (m *Mixout) Title() string { return "Mix with the start" }

// About says when to use it.
func (m *Mixout) About() string {
	return "In each step a share of the model's weights, chosen by chance, is what it was before, so that no few of them learn the rows by heart. For large pre-trained models and under about 1,000 rows, where trainings differ much by chance."
}

// Settings gives the knobs of the technique.
func (m *Mixout) Settings() []setting.Field {
	return []setting.Field{{
		Key: "mixout_rate", Label: "Share of the start", Value: &setting.Number{To: &m.Rate, Min: 0, Max: 0.95},
		Help: "How many of the weights are as they were before in each step. More forgets less and learns more slowly.",
	}}
}

// Apply plans the fine-tuning, in which the linear layers of the body are mixed. The head
// is not: it begins at random.
func (m *Mixout) Apply(p *Plan) error {
	if p.Base.Fresh {
		return knowsNothing("weights that are mixed with their start")
	}
	if err := p.FineTune(); err != nil {
		return err
	}
	mixed := map[*nn.Param]bool{}
	p.before(func() {
		for _, linear := range p.Base.Backbone.Linears() {
			mixed[linear.Weight] = true
		}
	})
	p.last().Mix = func(param *nn.Param) float64 {
		if mixed[param] {
			return m.Rate
		}
		return 0
	}
	return nil
}
