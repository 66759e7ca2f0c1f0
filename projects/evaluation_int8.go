package projects

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"attune/engine/dataset"
	"attune/engine/task"
)

// Int8Report compares a run's model with itself in 8 bits on rows whose labels are known.
type Int8Report struct {
	Run     int                `json:"run"`
	Split   dataset.Split      `json:"split,omitempty"`
	Rows    int                `json:"rows"`
	Metrics map[string]float64 `json:"metrics"` // in float32
	Bytes   int                `json:"weight_bytes"`
	Int8    Int8Scores         `json:"int8"`
}

// Int8Scores is how the model does in 8 bits.
type Int8Scores struct {
	Metrics map[string]float64 `json:"metrics"`
	Changed float64            `json:"changed"`      // share of the rows that it answers differently
	Bytes   int                `json:"weight_bytes"` // of the linear layers of its body
}

// EvaluateInt8 scores a run's model, 0 for the best one, on a split, and the same model in
// 8 bits.
func (p *Project) EvaluateInt8(ctx context.Context, number int, split dataset.Split, progress func(Progress)) (Int8Report, error) {
	r, err := p.scoreInt8(ctx, number, p.store.Imported(ctx, split), progress)
	r.Split = split
	switch {
	case err != nil:
	case r.Rows == 0:
		err = &Error{Got: fmt.Sprintf("there are no rows for %s", split), Way: "split the data so that some rows are kept for it"}
	case split == dataset.Test:
		err = p.look(ctx, r.Run)
	}
	return r, err
}

// EvaluateFileInt8 is EvaluateInt8 on the labelled rows of a file.
func (p *Project) EvaluateFileInt8(ctx context.Context, number int, file string, o ImportOptions, progress func(Progress)) (Int8Report, error) {
	rows, err := p.openRows(ctx, file, o, progress)
	if err != nil {
		return Int8Report{}, err
	}
	r, err := p.scoreInt8(ctx, number, rows.examples(), nil)
	if err == nil && r.Rows == 0 {
		err = &Error{Got: file + " has no labelled rows", Way: "say which column holds the labels"}
	}
	return r, err
}

func (p *Project) scoreInt8(ctx context.Context, number int, source dataset.Source, progress func(Progress)) (r Int8Report, err error) {
	var models [2]*Predictor // in float32, in 8 bits
	var sheets [2]*marking
	t, err := p.newTask()
	if err != nil {
		return r, err
	}
	for i := range models {
		if models[i], err = p.Predictor(ctx, number); err != nil {
			return r, err
		}
		defer models[i].Close()
		sheets[i] = newMarking(t)
	}
	r.Run = models[0].Run
	r.Bytes, r.Int8.Bytes = models[1].Quantise()
	changed := 0
	for chunk, err := range labelledChunks(t, cleanedBy(models[0].cleaner, source)) {
		if err != nil {
			return r, err
		}
		var answers [2][]dataset.Answer
		for i, m := range models {
			if answers[i], err = m.model.Answers(ctx, chunk); err != nil {
				return r, err
			}
			for n, e := range chunk {
				sheets[i].add(e, answers[i][n])
			}
		}
		for n, e := range chunk {
			if t.Compare(e, answers[0][n]).Got != t.Compare(e, answers[1][n]).Got {
				changed++
			}
		}
		if progress != nil {
			progress(Progress{Verb: "Scoring rows", Done: int64(sheets[0].rows)})
		}
	}
	r.Rows, r.Metrics, r.Int8.Metrics = sheets[0].rows, sheets[0].report().Metrics, sheets[1].report().Metrics
	r.Int8.Changed = float64(changed) / float64(max(1, r.Rows))
	return r, nil
}

// labelledChunks gives the rows that a task can score, some thousand at a time.
func labelledChunks(t task.Task, source dataset.Source) iter.Seq2[[]dataset.Example, error] {
	const most = 4096
	return func(yield func([]dataset.Example, error) bool) {
		var held []dataset.Example
		for e, err := range source {
			if err != nil {
				yield(nil, err)
				return
			}
			if !t.Labelled(e) {
				continue
			}
			if held = append(held, e); len(held) == most {
				if !yield(slices.Clone(held), nil) {
					return
				}
				held = held[:0]
			}
		}
		if len(held) > 0 {
			yield(held, nil)
		}
	}
}
