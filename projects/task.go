package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/engine/catalog"
	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/format"
	"attune/engine/task"
	"attune/projects/store"
)

// taskSetting is the setting that holds the project's task.
const taskSetting = "task"

// Tasks lists what can be learned.
func Tasks() []Choice {
	var all []Choice
	for _, t := range catalog.Tasks() {
		all = append(all, Choice{Name: t.Name(), Title: t.Title(), About: t.About()})
	}
	return all
}

// Task names what the project's models learn: "classification".
func (p *Project) Task() string {
	p.activity.Lock()
	defer p.activity.Unlock()
	return p.task
}

// Columns says which columns of a file a task learns from, beside that of the text.
type Columns struct {
	Pair, Label, Spans, Target bool
	Several                    bool // a row may have any number of labels
}

// ColumnsOf gives the columns of a task: those that make a row one to learn from.
func ColumnsOf(name string) (c Columns) {
	t, err := taskNamed(name)
	if err != nil {
		return c
	}
	text := dataset.Example{Text: "a"}
	any := t.Labelled(text)
	label, spans, target := text, text, text
	label.Labels, spans.Spans, target.Target = []string{"a"}, []dataset.Span{{End: 1, Label: "a"}}, "a"
	c.Label, c.Spans = !any && t.Labelled(label), !any && t.Labelled(spans)
	c.Target = any || t.Labelled(target)
	c.Pair = c.Label || c.Spans && t.PerLabel() == nil // places without labels answer a question
	c.Several = t.Needs().Several
	return c
}

// newTask gives the project's task with its default settings.
func (p *Project) newTask() (task.Task, error) { return taskNamed(p.Task()) }

func taskNamed(name string) (task.Task, error) {
	for _, t := range catalog.Tasks() {
		if t.Name() == name {
			return t, nil
		}
	}
	return nil, &Error{Got: fmt.Sprintf("there is no task %q", name), Way: "choose one of " + strings.Join(taskNames(), ", ")}
}

func taskNames() (all []string) {
	for _, t := range catalog.Tasks() {
		all = append(all, t.Name())
	}
	return all
}

// SetTask changes what the project's models are to learn, and with it which rows are
// unlabelled. It fails with an *Error once there are trainings, whose models could
// not be compared with those to come, and with a *store.Error during an import.
func (p *Project) SetTask(ctx context.Context, name string) error {
	t, err := taskNamed(name)
	if err != nil || name == p.Task() {
		return err
	}
	runs, err := p.store.Runs(ctx)
	if err != nil {
		return err
	}
	if len(runs) > 0 {
		return &Error{Got: "this project has models that learned something else", Way: "make a new project for it"}
	}
	const title = "choice of what is to be learned"
	unlock, err := p.store.Lock(title)
	if err != nil {
		return err
	}
	defer unlock()
	err = p.store.Edit(ctx, func(e *store.Edit) error {
		e.Title = title
		return useFor(e, t)
	})
	if err != nil {
		return err
	}
	if err := p.store.SetSetting(ctx, taskSetting, name); err != nil {
		return err
	}
	p.activity.Lock()
	defer p.activity.Unlock()
	p.task = name
	return nil
}

// useFor makes those rows unlabelled from which a task cannot learn, and gives back
// their use to those from which it can.
func useFor(e *store.Edit, t task.Task) error {
	from, err := e.Assigned("")
	if err != nil {
		return err
	}
	place := make(map[int64]int, len(from))
	to := make([]dataset.Split, len(from))
	for i, a := range from {
		place[a.ID], to[i] = i, a.Split
	}
	for o, err := range e.Originals() {
		if err != nil {
			return err
		}
		i, shown := place[o.ID]
		switch labelled := t.Labelled(o.Example); {
		case !shown:
		case !labelled:
			to[i] = dataset.Unlabelled
		case from[i].Split == dataset.Unlabelled:
			to[i] = from[i].Given
		}
	}
	for i, a := range from { // parts of texts go with the first
		if first, shown := place[a.Whole]; shown && to[first] != from[first].Split {
			to[i] = to[first]
		}
	}
	_, err = e.Assign(from, to)
	return err
}

// useOf is the split of an example that was given one: one from which the task cannot
// learn is unlabelled.
func useOf(t task.Task, x dataset.Example, given dataset.Split) dataset.Split {
	if !t.Labelled(x) {
		return dataset.Unlabelled
	}
	return given
}

// taskOf guesses from the columns of a file what its rows are for; "" where only texts
// are found. Texts to write about as long as those that are read are translations, and so
// are two columns in two languages that no name tells apart.
func taskOf(l format.Layout, r Roles) string {
	switch {
	case r.Spans != "" && r.Pair != "":
		return known("answering")
	case r.Spans != "":
		return known("entities")
	case r.Target != "":
		if aboutAsLong(l, r.Text, r.Target) {
			return known("translation")
		}
		return known("generation")
	case translated(l, r):
		return known("translation")
	case l.Several(r):
		return known("multilabel")
	case r.Label != "":
		return known("classification")
	}
	return ""
}

// translated says whether the two columns that look most like texts are in two languages,
// and none but them was taken for the labels.
func translated(l format.Layout, r Roles) bool {
	text, other := format.GuessPair(l)
	if other == "" || r.Label != "" && r.Label != text && r.Label != other || !aboutAsLong(l, text, other) {
		return false
	}
	from, sure := clean.LanguageOf(excerpt(l, text))
	to, alsoSure := clean.LanguageOf(excerpt(l, other))
	return sure && alsoSure && from != to
}

// excerpt is what the sample has of a column, some thousand bytes of it.
func excerpt(l format.Layout, column string) string {
	const enough = 4 << 10
	at := slices.Index(l.Columns, column)
	var b strings.Builder
	for _, row := range l.Sample {
		if b.Len() > enough {
			break
		}
		b.WriteString(row[at] + "\n")
	}
	return b.String()
}

// aboutAsLong says whether the values of two columns are, as a text and its translation
// are.
func aboutAsLong(l format.Layout, text, other string) bool {
	read, written := meanLength(l, text), meanLength(l, other)
	return 2*written > read && written < 2*read
}

// known gives the name of a task, "" if there is none of that name.
func known(name string) string {
	if slices.Contains(taskNames(), name) {
		return name
	}
	return ""
}

// meanLength is that of the values of a column in the sample, in bytes.
func meanLength(l format.Layout, column string) float64 {
	at, sum := slices.Index(l.Columns, column), 0
	for _, row := range l.Sample {
		sum += len(row[at])
	}
	return float64(sum) / float64(max(1, len(l.Sample)))
}
