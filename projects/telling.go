package projects

import (
	"context"

	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/setting"
)

// Telling is how a model writes while someone reads along.
type Telling struct {
	Seed    uint64 // another seed draws another text
	options generate.Options
}

// Settings gives its knobs, bound to it.
func (t *Telling) Settings() []setting.Field { return t.options.Settings() }

// Telling gives how the model writes by default, nil for one that does not write.
func (p *Predictor) Telling() *Telling {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model == nil || p.model.Writer() == nil {
		return nil
	}
	o := p.model.Writer().Manner()
	return &Telling{Seed: o.Seed, options: o}
}

// Tell lets the model write on from a text, or write what it makes of it, and shows all
// that stands there after each piece. When the context is done it gives what stands there,
// with the context's error; once the predictor was closed, nothing and context.Canceled.
func (p *Predictor) Tell(ctx context.Context, text string, t *Telling, show func(text string)) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model == nil {
		return "", context.Canceled
	}
	o := t.options
	o.Seed = t.Seed
	return p.model.Tell(ctx, p.cleaner.Example(dataset.Example{Text: text}), o, show)
}
