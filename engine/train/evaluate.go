package train

import (
	"context"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/metric"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/technique"
)

// Evaluation is how the model did on the validation rows.
type Evaluation struct {
	Loss   float64            `json:"loss"`
	Scores map[string]float64 `json:"scores"`
	Main   string             `json:"main"` // name of the score that decides, "" for the loss
}

// better compares by the main score; a tie goes to the lower loss.
func (e *Evaluation) better(than *Evaluation) bool {
	if a, b := e.Scores[e.Main], than.Scores[e.Main]; a != b {
		return a > b
	}
	return e.Loss < than.Loss
}

// evaluator scores a model on the same rows again and again.
type evaluator struct {
	tape     *op.Tape
	model    task.Model
	metrics  func() []metric.Metric
	examples []dataset.Example
	items    []batch.Item
}

// newEvaluator encodes the rows; it is nil when there are none.
func newEvaluator(ctx context.Context, tape *op.Tape, phase technique.Phase) (*evaluator, error) {
	if phase.Check == nil {
		return nil, nil
	}
	examples, err := dataset.Collect(phase.Check)
	if err != nil || len(examples) == 0 {
		return nil, err
	}
	items, err := predict.Encode(ctx, tape.Workers, phase.Model, examples)
	if err != nil {
		return nil, err
	}
	return &evaluator{tape: tape, model: phase.Model, metrics: phase.Metrics, examples: examples, items: items}, nil
}

// evaluate computes the mean loss of all that counts, and every metric of the phase.
func (e *evaluator) evaluate(ctx context.Context) (*Evaluation, error) {
	var metrics []metric.Metric
	if e.metrics != nil {
		metrics = e.metrics()
	}
	add := func(i int, answer dataset.Answer) {
		for _, m := range metrics {
			m.Add(e.examples[i], answer)
		}
	}
	tuned, tunes := e.model.(task.Tuned)
	var answers []dataset.Answer // of a model that is tuned by all of them
	if tunes = tunes && len(metrics) > 0; tunes {
		answers = make([]dataset.Answer, len(e.examples))
	}
	sum, weight := 0.0, 0.0
	addLoss := func(loss mat.Tensor) {
		sum += e.tape.Weight() * float64(op.Rows(loss)[0])
		weight += e.tape.Weight()
	}
	var err error
	if m, ok := e.model.(task.AtOnce); ok && metrics == nil {
		err = predict.Losses(ctx, e.tape, m, e.items, addLoss)
	} else {
		joiner := predict.NewJoiner(e.model, e.examples, e.items)
		err = predict.Batches(ctx, e.tape, e.model, e.items, func(b *batch.Packed, logits mat.Tensor) {
			joiner.Add(b, logits, func(i int, answer dataset.Answer) {
				if tunes {
					answers[i] = answer
				} else {
					add(i, answer)
				}
			})
			addLoss(e.model.Loss(e.tape, logits, b))
		})
	}
	if err != nil {
		return nil, err
	}
	if tunes {
		tuned.Tune(e.examples, answers)
		for i, answer := range answers {
			add(i, answer)
		}
	}
	result := &Evaluation{Loss: sum / max(weight, 1), Scores: map[string]float64{}}
	for i, m := range metrics {
		if i == 0 {
			result.Main = m.Name()
		}
		result.Scores[m.Name()] = m.Value()
	}
	return result, nil
}
