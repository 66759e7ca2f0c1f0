package projects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"sync"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/explain"
	"attune/engine/kernel"
	"attune/engine/predict"
	"attune/engine/task"
)

// Predictor answers texts with the model of one run. It may be called from several
// goroutines; they take turns. It may be closed while it is asked, as happens when a
// user types and leaves the page.
type Predictor struct {
	Run     int
	mu      sync.Mutex
	workers *kernel.Workers
	model   *predict.Predictor // nil once closed
	cleaner *clean.Cleaner     // does to texts what was done to those that the model learned from
	choice  task.Applying      // which labels apply, nil where the surest does
}

// Predictor opens the model of a run, 0 for the best one.
func (p *Project) Predictor(ctx context.Context, number int) (*Predictor, error) {
	info, err := p.Run(ctx, number)
	if err != nil {
		return nil, err
	}
	m, opened, err := p.kept(info)
	if err != nil {
		return nil, err
	}
	cleaner, err := cleanerOf(opened.About)
	if err != nil {
		return nil, err
	}
	workers := kernel.NewWorkers(runtime.NumCPU())
	predictor := &Predictor{Run: info.Number, workers: workers, model: predict.New(m, workers), cleaner: cleaner}
	t, err := taskNamed(opened.About.Task)
	predictor.choice, _ = t.(task.Applying)
	return predictor, err
}

// cleanerOf gives what cleans the texts that a saved model is asked.
func cleanerOf(about bundle.About) (*clean.Cleaner, error) {
	cleaning, err := cleaningOf(about.Cleaning)
	if err != nil {
		return nil, err
	}
	return cleaning.steps.Cleaner()
}

// Apply gives the labels that an answer stands by, the surest first: one of those that
// exclude each other, else any number. several says which.
func (p *Predictor) Apply(a dataset.Answer) (labels []dataset.Score, several bool) {
	if p.choice != nil {
		return p.choice.Apply(a), true
	}
	return a.Labels[:min(1, len(a.Labels))], false
}

// kept opens the model that a run kept.
func (p *Project) kept(info RunInfo) (task.Model, *bundle.Model, error) {
	if info.Model == "" {
		return nil, nil, &Error{Got: "this run kept no model", Way: "choose another run, or train again"}
	}
	if _, err := os.Stat(p.store.Path(info.Model)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, &Error{Got: fmt.Sprintf("the model of run %d is gone: there is no folder %s in the project", info.Number, info.Model), Way: "choose another run, take the folder back from a backup, or train again"}
	}
	opened, err := bundle.Open(p.store.Path(info.Model), catalog.Families())
	if err != nil {
		return nil, nil, err
	}
	t, err := opened.Task(catalog.Tasks())
	if err != nil {
		return nil, nil, err
	}
	m, err := t.Open(opened.Base)
	return m, opened, err
}

// Quantise makes the model answer with weights in 8 bits from now on. It gives the bytes
// that the weights of its linear layers took and take.
func (p *Predictor) Quantise() (before, after int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.model.Quantise()
}

// Answer gives what the model says about a text, and its pair if the task has one,
// or context.Canceled once the predictor was closed.
func (p *Predictor) Answer(ctx context.Context, text, pair string) (dataset.Answer, error) {
	answers, err := p.answers(ctx, []dataset.Example{{Text: text, Pair: pair}})
	if err != nil {
		return dataset.Answer{}, err
	}
	return p.back(text, answers[0]), nil
}

// Why gives what the words of a text do for a label that Answer gave it, the weightiest
// first. Answers to newer texts come in between.
func (p *Predictor) Why(ctx context.Context, text, pair, label string) ([]dataset.Reason, error) {
	return explain.Words(ctx, p.answers, dataset.Example{Text: text, Pair: pair}, label)
}

// answers cleans examples and answers them.
func (p *Predictor) answers(ctx context.Context, examples []dataset.Example) ([]dataset.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answersNow(ctx, examples)
}

// answersNow is answers for one who holds the lock.
func (p *Predictor) answersNow(ctx context.Context, examples []dataset.Example) ([]dataset.Answer, error) {
	if p.model == nil {
		return nil, context.Canceled
	}
	cleaned := make([]dataset.Example, len(examples))
	for i, e := range examples {
		cleaned[i] = p.cleaner.Example(e)
	}
	return p.model.Answers(ctx, cleaned)
}

// back gives an answer to a cleaned text with its places where they are in the text as
// it was, and with its words as they stand there.
func (p *Predictor) back(text string, a dataset.Answer) dataset.Answer {
	if len(a.Spans) == 0 {
		return a
	}
	trail := p.cleaner.Trail(text)
	a.Spans = trail.Back(a.Spans)
	if a.Text != "" && len(a.Spans) > 0 {
		a.Text = text[a.Spans[0].Start:a.Spans[0].End]
	}
	return a
}

// Bounds gives the probability from which on each label applies, where they were set on the
// validation rows; else nil.
func (p *Predictor) Bounds() map[string]float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model == nil {
		return nil
	}
	return p.model.Bounds()
}

// Probability gives what a model with bounds takes a label's probability for: in its
// answers a score of a half stands for the bound.
func Probability(score, bound float64) float64 {
	odds := score / (1 - score) * bound / (1 - bound)
	if math.IsInf(odds, 1) {
		return 1
	}
	return odds / (1 + odds)
}

// Close lets the model go, after the answer that it is giving. Closing it again does
// nothing.
func (p *Predictor) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers.Close()
	p.model = nil
}
