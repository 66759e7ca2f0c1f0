package projects

import (
	"context"

	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/setting"
	"attune/engine/task"
)

// Telling is how a model writes while someone reads along.
type Telling struct {
	Seed    uint64 // another seed draws another text
	options generate.Options
	chooses bool // it can keep several texts in sight while it writes one
}

// Settings gives its knobs, bound to it.
func (t *Telling) Settings() []setting.Field {
	if !t.chooses {
		return t.options.Settings()
	}
	return append([]setting.Field{{Key: "beams", Label: "Texts to choose from", Value: &setting.Count{To: &t.options.Beams, Min: 1, Max: 16},
		Help: "How many texts are kept in sight while one is written. The best is given first, the others below it."}}, t.options.Settings()...)
}

// Chooses says whether several texts are kept in sight.
func (t *Telling) Chooses() bool { return t.chooses && t.options.Beams > 1 }

// Telling gives how the model writes by default, nil for one that does not write.
func (p *Predictor) Telling() *Telling {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model == nil || p.model.Writer() == nil {
		return nil
	}
	o := p.model.Writer().Manner()
	t := &Telling{Seed: o.Seed, options: o}
	if beams := p.beams(); beams != nil {
		t.chooses, t.options.Beams = true, *beams
	}
	return t
}

// beams is how many texts the model keeps in sight, nil for one that keeps none.
func (p *Predictor) beams() *int {
	if m, ok := p.model.Writer().(task.Choosing); ok {
		return m.Beams()
	}
	return nil
}

// Choose gives the best of the texts that the model keeps in sight, and the others. Once
// the predictor was closed it gives context.Canceled.
func (p *Predictor) Choose(ctx context.Context, text string, t *Telling) (dataset.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model == nil {
		return dataset.Answer{}, context.Canceled
	}
	if beams := p.beams(); beams != nil {
		defer func(was int) { *beams = was }(*beams)
		*beams = t.options.Beams
	}
	answers, err := p.answersNow(ctx, []dataset.Example{{Text: text}})
	if err != nil {
		return dataset.Answer{}, err
	}
	return answers[0], nil
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
