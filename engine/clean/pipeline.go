package clean

import (
	"fmt"
	"iter"

	"attune/engine/dataset"
	"attune/engine/setting"
)

// Pipeline is steps in the order in which they are done.
type Pipeline []Step

// Recipe is a pipeline as it is written down.
type Recipe []Saved

// Saved is a step of a recipe.
type Saved struct {
	Step     string            `json:"step"`
	Settings map[string]string `json:"settings"`
	Learned  []string          `json:"learned,omitempty"`
}

// Recipe writes the pipeline down.
func (p Pipeline) Recipe() Recipe {
	r := Recipe{}
	for _, s := range p {
		saved := Saved{Step: s.Name(), Settings: setting.Values(s.Settings())}
		if l, ok := s.(Learner); ok {
			saved.Learned = l.Learned()
		}
		r = append(r, saved)
	}
	return r
}

// Pipeline makes the steps that were written down; fresh gives one of each that
// there is. It fails with an *Error for a step or a setting that there is not.
func (r Recipe) Pipeline(fresh func() []Step) (Pipeline, error) {
	var p Pipeline
	for _, saved := range r {
		s := find(fresh(), saved.Step)
		if s == nil {
			return nil, &Error{saved.Step, "there is none of this name", "attunectl list cleaners names them all; one that a newer Attune knows needs that version"}
		}
		for key, value := range saved.Settings {
			if err := setting.Apply(s.Settings(), key, value); err != nil {
				return nil, fmt.Errorf("the step %s: %w", saved.Step, err)
			}
		}
		if l, ok := s.(Learner); ok {
			l.Recall(saved.Learned)
		}
		p = append(p, s)
	}
	return p, nil
}

func find(all []Step, name string) Step {
	for _, s := range all {
		if s.Name() == name {
			return s
		}
	}
	return nil
}

// Texts gives the steps that change texts, which a saved model takes along.
func (p Pipeline) Texts() Pipeline {
	var texts Pipeline
	for _, s := range p {
		if _, ok := s.(TextStep); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// Learn lets the steps that need it look at the texts, each as the steps before
// it leave them. A step that has learned already keeps what it knows.
func (p Pipeline) Learn(texts iter.Seq[string]) error {
	for i, s := range p {
		l, ok := s.(Learner)
		if !ok || l.Learned() != nil {
			continue
		}
		before, err := p[:i].Texts().Cleaner()
		if err != nil {
			return err
		}
		l.Learn(func(yield func(string) bool) {
			for text := range texts {
				if !yield(before.Text(text)) {
					return
				}
			}
		})
	}
	return nil
}

// Cleaner is a pipeline at work. It may be used from several goroutines.
type Cleaner struct{ steps []working }

// working is a step with its function; the others are nil.
type working struct {
	edit   Editor
	rename func(string) string
	judge  func(string) string
	divide func(string, []dataset.Span) []Range
}

// Cleaner makes the pipeline work with the settings that it has now. It fails with
// an *Error if one of them does not hold.
func (p Pipeline) Cleaner() (*Cleaner, error) {
	c := &Cleaner{}
	for _, s := range p {
		var w working
		var err error
		switch s := s.(type) {
		case TextStep:
			w.edit, err = s.Editor()
		case LabelStep:
			w.rename, err = s.Renamer()
		case Filter:
			w.judge, err = s.Judge()
		case Divider:
			w.divide, err = s.Divider()
		default:
			err = &Error{s.Name(), "it changes neither texts nor labels nor rows", ""}
		}
		if err != nil {
			return nil, err
		}
		c.steps = append(c.steps, w)
	}
	return c, nil
}

// Text cleans a text.
func (c *Cleaner) Text(text string) string {
	t := c.Trail(text)
	return t.After
}

// Trail cleans a text and says what was changed. Bytes that are no UTF-8 become
// U+FFFD first.
func (c *Cleaner) Trail(text string) Trail {
	t := newRepaired(text)
	for _, w := range c.steps {
		if w.edit != nil {
			t.apply(w.edit(t.After))
		}
	}
	return t
}

// Example cleans the texts that a model reads, and keeps spans in their places.
func (c *Cleaner) Example(e dataset.Example) dataset.Example {
	t := c.Trail(e.Text)
	e.Text, e.Spans = t.After, t.Forth(e.Spans)
	if e.Pair != "" {
		e.Pair = c.Text(e.Pair)
	}
	return e
}

// Row is an example after all steps.
type Row struct {
	dataset.Example                   // its first part if it was divided
	Rest            []dataset.Example // the other parts
	Text, Pair      Trail             // of all parts
	Dropped         string            // why the row is left out, "" if it stays
	By              []bool            // which steps changed it or left it out
}

// Row cleans an example, labels included, and says whether it stays.
func (c *Cleaner) Row(e dataset.Example) Row {
	r := Row{Example: e, Text: newRepaired(e.Text), Pair: newRepaired(e.Pair), By: make([]bool, len(c.steps))}
	for i, w := range c.steps {
		switch {
		case w.edit != nil:
			text, pair := r.Text.After, r.Pair.After
			r.Text.apply(w.edit(text))
			if pair != "" {
				r.Pair.apply(w.edit(pair))
			}
			r.By[i] = text != r.Text.After || pair != r.Pair.After
		case w.rename != nil:
			r.Labels, r.By[i] = renamed(r.Labels, w.rename)
		case w.judge != nil:
			r.Dropped = w.judge(r.Text.After)
			r.By[i] = r.Dropped != ""
		}
		if r.Dropped == "" && r.Text.After == "" && r.Text.Before != "" {
			r.Dropped = "nothing of its text is left"
		}
		if r.Dropped != "" {
			break
		}
	}
	r.Example.Text, r.Example.Pair, r.Spans = r.Text.After, r.Pair.After, r.Text.Forth(e.Spans)
	if r.Dropped == "" && r.Example.Pair == "" && r.Target == "" {
		c.divide(&r)
	}
	return r
}

// divide makes parts of a row.
func (c *Cleaner) divide(r *Row) {
	for i, w := range c.steps {
		if w.divide == nil || len(r.Rest) > 0 {
			continue
		}
		whole := r.Example
		for n, at := range w.divide(whole.Text, whole.Spans) {
			part := whole
			part.Text, part.Spans = whole.Text[at.Start:at.End], spansIn(at, whole.Spans)
			if n == 0 {
				r.Example = part
			} else {
				r.Rest = append(r.Rest, part)
			}
		}
		r.By[i] = len(r.Rest) > 0
	}
}

// renamed gives the labels their new names, each once.
func renamed(labels []string, rename func(string) string) (all []string, changed bool) {
	seen := map[string]bool{}
	for _, l := range labels {
		name := rename(l)
		changed = changed || name != l
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	if !changed {
		return labels, false
	}
	return all, true
}
