package projects

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"attune/engine/catalog"
	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/projects/store"
)

// Cleaning is steps that make texts and labels tidy, in the order in which they are
// done. It changes nothing until Clean applies it.
type Cleaning struct{ steps clean.Pipeline }

// CleaningStep is one step as a form shows it.
type CleaningStep struct {
	Choice
	Fields []setting.Field // bound to the step
	Again  bool            // there may be several of it, each set in another way
	Rows   bool            // it leaves rows out or changes labels: a trained model does not do it again
}

// CleaningSteps gives one of each step that there is, in the order in which they are
// best done.
func CleaningSteps() []CleaningStep { return (&Cleaning{steps: catalog.Cleaners()}).Steps() }

// Steps gives the steps, whose fields change this cleaning.
func (c *Cleaning) Steps() []CleaningStep {
	var all []CleaningStep
	for _, s := range c.steps {
		_, again := s.(clean.Several)
		_, text := s.(clean.TextStep)
		all = append(all, CleaningStep{Choice{s.Name(), s.Title(), s.About()}, s.Settings(), again, !text})
	}
	return all
}

// Add puts a step after those that are best done before it, and gives its place. It
// fails with an *Error if there is none of this name.
func (c *Cleaning) Add(name string) (int, error) {
	all := catalog.Cleaners()
	place := func(name string) int {
		return slices.IndexFunc(all, func(s clean.Step) bool { return s.Name() == name })
	}
	new := place(name)
	if new < 0 {
		return 0, &Error{Got: "there is no step " + name, Way: "attunectl list cleaners names them all"}
	}
	at := len(c.steps)
	for at > 0 && place(c.steps[at-1].Name()) > new {
		at--
	}
	c.steps = slices.Insert(c.steps, at, all[new])
	return at, nil
}

// Remove takes the step at a place out.
func (c *Cleaning) Remove(at int) { c.steps = slices.Delete(c.steps, at, at+1) }

// Move puts the step at a place to another.
func (c *Cleaning) Move(from, to int) {
	s := c.steps[from]
	c.steps = slices.Insert(slices.Delete(c.steps, from, from+1), to, s)
}

// Copy gives a cleaning of its own with the same steps, to be looked at while the
// user goes on changing this one.
func (c *Cleaning) Copy() *Cleaning {
	copied, err := cleaningOf(c.steps.Recipe())
	if err != nil {
		panic(err) // every setting was taken once
	}
	return copied
}

// Same says whether both would do the same.
func (c *Cleaning) Same(as *Cleaning) bool { return c.written() == as.written() }

// Relearn makes the steps that learn from the rows do so anew.
func (c *Cleaning) Relearn() {
	for _, s := range c.steps {
		if l, ok := s.(clean.Learner); ok {
			l.Recall(nil)
		}
	}
}

// written is the cleaning as the store keeps it, "" for none.
func (c *Cleaning) written() string {
	if len(c.steps) == 0 {
		return ""
	}
	text, err := json.Marshal(c.steps.Recipe())
	if err != nil {
		panic(err) // there is nothing in a recipe that JSON has no word for
	}
	return string(text)
}

func cleaningOf(r clean.Recipe) (*Cleaning, error) {
	steps, err := r.Pipeline(catalog.Cleaners)
	return &Cleaning{steps: steps}, err
}

// divides says whether long texts become several rows.
func (c *Cleaning) divides() bool {
	return slices.ContainsFunc(c.steps, func(s clean.Step) bool { _, ok := s.(clean.Divider); return ok })
}

// read makes a cleaning of what the store keeps.
func readCleaning(written string) (*Cleaning, error) {
	var r clean.Recipe
	if written != "" {
		if err := json.Unmarshal([]byte(written), &r); err != nil {
			return nil, &Error{Got: "the project's steps of cleaning are not readable", Way: "undo the last changes, or clean the rows anew"}
		}
	}
	return cleaningOf(r)
}

// Cleaning gives a copy of the cleaning that holds: rows are shown and learned from
// as it leaves them, those of later imports too.
func (p *Project) Cleaning(ctx context.Context) (*Cleaning, error) {
	written, err := p.store.Recipe(ctx)
	if err != nil {
		return nil, err
	}
	return readCleaning(written)
}

// Cleaned says what a cleaning does to the rows.
type Cleaned struct {
	Rows    int   `json:"rows"`    // looked at
	Changed int   `json:"changed"` // of which text or label is another than was imported
	Dropped int   `json:"dropped"` // left out
	Added   int   `json:"added"`   // further parts of those that were divided
	By      []int `json:"by"`      // how many each step changed or left out
}

// Clean makes a cleaning hold, as one event that Undo takes back: every row is shown
// as its steps make it of the imported text, which is kept, and of the labels that it
// would have without cleaning. An empty cleaning brings everything back.
//
// It fails with an *Error if a step cannot be used as it is set, and with a
// *store.Error while a training or an import has the project.
func (p *Project) Clean(ctx context.Context, c *Cleaning, progress func(Progress)) (Cleaned, error) {
	unlock, err := p.store.Lock("cleaning")
	if err != nil {
		return Cleaned{}, err
	}
	defer unlock()
	if err := p.learn(ctx, c); err != nil {
		return Cleaned{}, err
	}
	told, err := p.cleaningMeter(ctx, "Cleaning rows", progress)
	if err != nil {
		return Cleaned{}, err
	}
	var done Cleaned
	err = p.store.Edit(ctx, func(e *store.Edit) error {
		if done, err = c.show(e, told); err != nil {
			return err
		}
		if !c.divides() {
			if err := e.Reunite(); err != nil {
				return err
			}
		}
		e.Title = c.title(done)
		return e.SetRecipe(c.written())
	})
	return done, err
}

// show makes the rows of an edit be shown as the steps make them.
func (c *Cleaning) show(e *store.Edit, told func(int64)) (Cleaned, error) {
	cleaner, err := c.steps.Cleaner()
	if err != nil {
		return Cleaned{}, err
	}
	done := Cleaned{By: make([]int, len(c.steps))}
	for o, err := range e.Originals() {
		if err != nil {
			return done, err
		}
		row := cleaner.Row(o.Example)
		done.count(row, o.Example)
		now, rest := shown(row)
		if _, err := e.Show(o, now); err != nil {
			return done, err
		}
		if err := e.Divide(o, now.Labels, rest); err != nil {
			return done, err
		}
		told(int64(done.Rows))
	}
	return done, nil
}

// shown gives how a row is shown, and the further parts of one that was divided.
func shown(r clean.Row) (now store.Shown, rest []store.Shown) {
	for _, e := range append([]dataset.Example{r.Example}, r.Rest...) {
		rest = append(rest, store.Shown{
			Text: e.Text, Pair: e.Pair, Spans: e.Spans, Labels: e.Labels, Words: words(e.Text) + words(e.Pair), Dropped: r.Dropped != "",
		})
	}
	return rest[0], rest[1:]
}

func (done *Cleaned) count(r clean.Row, before dataset.Example) {
	done.Rows++
	done.Added += len(r.Rest)
	switch {
	case r.Dropped != "":
		done.Dropped++
	case len(r.Rest) > 0 || r.Text.Changed() || r.Pair.Changed() || !slices.Equal(r.Labels, before.Labels):
		done.Changed++
	}
	for i, by := range r.By {
		if by {
			done.By[i]++
		}
	}
}

// cleaningTitle begins the title of every event that cleans.
const cleaningTitle = "cleaning"

// UndoesCleaning says whether Undo would take back a cleaning.
func (o Overview) UndoesCleaning() bool { return strings.HasPrefix(o.CanUndo, cleaningTitle) }

func (c *Cleaning) title(done Cleaned) string {
	if len(c.steps) == 0 {
		return cleaningTitle + " ended: all as imported"
	}
	var names []string
	for _, s := range c.steps {
		names = append(names, s.Title())
	}
	title := fmt.Sprintf("%s (%s)", cleaningTitle, strings.Join(names, "; "))
	if len(names) > 2 {
		title = fmt.Sprintf("%s in %d steps", cleaningTitle, len(names))
	}
	title += ": " + rows(done.Changed) + " changed" + andDropped(done.Dropped)
	if done.Added > 0 {
		title += ", " + dataset.Thousands(done.Added) + " added"
	}
	return title
}

func andDropped(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + fmt.Sprint(n) + " left out"
}

// learn lets the steps that must look at the rows before them do so.
func (p *Project) learn(ctx context.Context, c *Cleaning) error {
	var failed error
	err := c.steps.Learn(func(yield func(string) bool) {
		for o, err := range p.store.Originals(ctx) {
			if failed = err; err != nil || !yield(o.Text) {
				return
			}
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

func (p *Project) cleaningMeter(ctx context.Context, verb string, progress func(Progress)) (func(int64), error) {
	counts, err := p.tally.of(ctx, p.store)
	if err != nil {
		return nil, err
	}
	all := 0
	for _, c := range counts {
		all += c.Rows
	}
	return newMeter(int64(all), progress).part(verb, int64(all)), nil
}

// cleanImported cleans rows that an import added as the others are.
func (p *Project) cleanImported(e *store.Edit) (Cleaned, error) {
	written, err := e.Recipe()
	if err != nil || written == "" {
		return Cleaned{}, err
	}
	c, err := readCleaning(written)
	if err != nil || len(c.steps) == 0 {
		return Cleaned{}, err
	}
	done, err := c.show(e, func(int64) {})
	if err != nil {
		return done, err
	}
	return done, e.SetRecipe(written)
}

// recipe gives the steps that a model takes along: those that change texts.
func (p *Project) recipe(ctx context.Context) (clean.Recipe, error) {
	c, err := p.Cleaning(ctx)
	if err != nil || len(c.steps.Texts()) == 0 {
		return nil, err
	}
	return c.steps.Texts().Recipe(), nil
}

// cleanedBy gives a source with its texts cleaned.
func cleanedBy(c *clean.Cleaner, source dataset.Source) iter.Seq2[dataset.Example, error] {
	return func(yield func(dataset.Example, error) bool) {
		for e, err := range source {
			if err == nil {
				e = c.Example(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
