package technique

import "attune/engine/setting"

// Freeze leaves the lower layers of the body as they were pre-trained and trains
// the rest (Howard & Ruder 2018). With all of them it trains the head alone, on
// features that never change.
type Freeze struct{ Layers int } // from below, 0 for all

// NewFreeze gives the technique with its default settings.
func NewFreeze() Technique { return &Freeze{Layers: 1} }

// Name is the name in attunectl and in saved runs.
func (f *Freeze) Name() string { return "freeze" }

// Title names the technique for a person.
func (f *Freeze) Title() string { return "Keep the lower layers" }

// About says when to use it.
func (f *Freeze) About() string {
	return "Leaves the lower layers of a pre-trained model as they are. Faster, and safer with few rows."
}

// Settings gives the knobs of the technique.
func (f *Freeze) Settings() []setting.Field {
	return []setting.Field{{
		Key: "freeze_layers", Label: "Layers to keep", Value: &setting.Count{To: &f.Layers, Min: 0, Max: 100},
		Help: "How many layers stay as they are, counted from below; the first is the table of word pieces. 0 keeps all, so that only the head learns, in seconds.",
	}}
}

// Apply plans the fine-tuning, before which the layers are frozen.
func (f *Freeze) Apply(p *Plan) error {
	if err := p.FineTune(); err != nil {
		return err
	}
	p.before(func() {
		number := 0
		for params := range p.Base.Backbone.Layers() {
			if number++; f.Layers > 0 && number > f.Layers {
				break
			}
			for _, param := range params {
				param.SetRequiresGrad(false)
			}
		}
	})
	return nil
}
