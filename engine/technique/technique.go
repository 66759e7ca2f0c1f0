// Package technique holds the ways of fine-tuning, one file each. A technique
// edits the plan of a training before it starts, so that techniques combine in
// order; it knows no loop.
package technique

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/task"
)

// Technique is one way of fine-tuning, with its settings.
type Technique interface {
	Name() string
	Title() string             // in a few words, for a person
	About() string             // when to use it, in a sentence
	Settings() []setting.Field // bound to this technique
	Apply(*Plan) error
}

// Plan is what a training will do: techniques fill it in, the loop carries it out.
type Plan struct {
	Task         task.Task
	Base         *model.Base
	Learn, Check dataset.Source // training rows and validation rows
	Seed         uint64

	Phases []Phase
	Model  task.Model // what comes out in the end
}

// Phase is one training: a model, what it learns from, and what is made small.
type Phase struct {
	Name         string
	Model        task.Model
	Learn, Check dataset.Source
	Loss         func(*op.Tape, *batch.Packed) mat.Tensor // one number for a batch
	Metrics      func() []metric.Metric                   // on the rows of Check, the deciding one first
}

// FineTune appends the phase in which the plan's task is learned, unless a
// technique before did so already.
func (p *Plan) FineTune() error {
	if p.Model != nil {
		return nil
	}
	m, err := p.Task.Learn(p.Base, p.Learn, p.Seed)
	if err != nil {
		return err
	}
	p.Model = m
	p.Phases = append(p.Phases, Phase{
		Name: "fine-tuning", Model: m, Learn: p.Learn, Check: p.Check, Metrics: p.Task.Metrics,
		Loss: func(t *op.Tape, b *batch.Packed) mat.Tensor { return m.Loss(t, m.Logits(t, b), b) },
	})
	return nil
}
