// Package projects is what an analyst has: a library of projects, each a folder
// with its examples, trainings and models. It is the only door that the window
// and attunectl use, and knows no screen.
package projects

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"attune/engine/dataset"
	"attune/projects/run"
	"attune/projects/store"
)

// Project is an open project. Its methods may be called from several
// goroutines, and several windows and commands may have the same project open:
// what one changes, the others show when they next ask. Only a training and an
// import need the project to themselves (see store.Store.Lock).
type Project struct {
	store *store.Store
	view  view
	tally tally

	testHash testHash

	activity sync.Mutex
	active   *run.Run // the training that this process started last
	task     string   // what its models learn
}

// Create makes a new project for a task in the folder dir, to whose name
// ".attune" is added where it is missing. It fails with an *Error if there is
// no such task, and with a *store.Error if something of that name is there.
func Create(dir, task string) (*Project, error) {
	if _, err := taskNamed(task); err != nil {
		return nil, err
	}
	s, err := store.Create(context.Background(), folder(dir), map[string]string{taskSetting: task})
	if err != nil {
		return nil, err
	}
	return &Project{store: s, task: task}, nil
}

// Open opens the project in the folder dir. It fails with a *store.Error if
// there is none, or it cannot be used; its Hint says what to do then.
func Open(dir string) (*Project, error) {
	ctx := context.Background()
	s, err := store.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	task, _, err := s.Setting(ctx, taskSetting)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &Project{store: s, task: task}, nil
}

// folder is the name of a project's folder.
func folder(dir string) string {
	dir = strings.TrimRight(dir, `/\`)
	if strings.HasSuffix(dir, store.Extension) {
		return dir
	}
	return dir + store.Extension
}

// Close ends all use of the project; everything was saved before.
func (p *Project) Close() error { return p.store.Close() }

// Path is the project's folder, absolute.
func (p *Project) Path() string { return p.store.Dir() }

// Name is what the user calls it: the folder's name without ".attune".
func (p *Project) Name() string { return p.store.Name() }

// Overview is a project at a glance.
type Overview struct {
	Task    string // what is to be learned
	Rows    int
	Labels  []LabelCount // most frequent first
	Splits  map[dataset.Split]int
	Sources []Source // imported files, oldest first
	Text    TextLengths
	Learn   Size // the training rows
	Runs    int
	CanUndo string // what Undo would take back, in words; "" for nothing
	CanRedo string // what Redo would do again
}

// Size is how much text there is.
type Size struct{ Rows, Words int }

// LabelCount is a label and how many rows have it.
type LabelCount struct {
	Label string
	Rows  int
}

// Source is an imported file: its name, the names of its columns that had no
// role, when it was imported, and how many of its rows are still there.
type Source = store.Source

// TextLengths says how long the texts are, in words; a character of Chinese,
// Japanese or Thai counts as a word.
type TextLengths struct{ MedianWords, LongestWords int }

// Overview counts what there is: for 100,000 rows in about a tenth of a second
// after a change, and at once when asked again.
func (p *Project) Overview(ctx context.Context) (Overview, error) {
	counts, err := p.tally.of(ctx, p.store)
	if err != nil {
		return Overview{}, err
	}
	places, err := p.tally.places(ctx, p.store)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Task: p.Task(), Labels: labelCounts(counts, places), Splits: map[dataset.Split]int{}, Text: textLengths(counts), Learn: sizeOf(counts)}
	fromSource := map[int64]int{}
	for _, c := range counts {
		o.Rows += c.Rows
		o.Splits[c.Split] += c.Rows
		fromSource[c.Source] += c.Rows
	}
	if o.Sources, err = p.store.Sources(ctx); err != nil {
		return Overview{}, err
	}
	for i, s := range o.Sources {
		o.Sources[i].Rows = fromSource[s.ID]
	}
	runs, err := p.store.Runs(ctx)
	if err != nil {
		return Overview{}, err
	}
	o.Runs = len(runs)
	if o.CanUndo, err = p.store.CanUndo(ctx); err != nil {
		return Overview{}, err
	}
	o.CanRedo, err = p.store.CanRedo(ctx)
	return o, err
}

// tally remembers the counts of the data as they were last counted.
type tally struct {
	mu     sync.Mutex
	known  bool
	data   string
	counts []store.Count
	spans  map[string]int // rows with a place of each label
}

// of gives the counts. The caller must not change them.
func (t *tally) of(ctx context.Context, s *store.Store) ([]store.Count, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.count(ctx, s)
	return t.counts, err
}

// places gives the rows with a place of each label. The caller must not change them.
func (t *tally) places(ctx context.Context, s *store.Store) (map[string]int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.count(ctx, s)
	return t.spans, err
}

// count counts anew if the data changed.
func (t *tally) count(ctx context.Context, s *store.Store) error {
	data, err := s.DataHash(ctx)
	if err != nil || t.known && t.data == data {
		return err
	}
	counts, err := s.Counts(ctx)
	if err != nil {
		return err
	}
	spans, err := s.SpanLabels(ctx)
	if err != nil {
		return err
	}
	t.known, t.data, t.counts, t.spans = true, data, counts, spans
	return nil
}

// labelCounts gives the rows of each label, be it of the whole text or of places in it.
func labelCounts(counts []store.Count, places map[string]int) []LabelCount {
	rows := maps.Clone(places)
	if rows == nil {
		rows = map[string]int{}
	}
	for _, c := range counts {
		for _, l := range c.Labels {
			rows[l] += c.Rows
		}
	}
	return mostFrequent(rows)
}

// mostFrequent orders labels by their rows, and those with equally many by name.
func mostFrequent(rows map[string]int) []LabelCount {
	labels := make([]LabelCount, 0, len(rows))
	for _, l := range slices.Sorted(maps.Keys(rows)) {
		labels = append(labels, LabelCount{Label: l, Rows: rows[l]})
	}
	slices.SortStableFunc(labels, func(a, b LabelCount) int { return cmp.Compare(b.Rows, a.Rows) })
	return labels
}

// sizeOf is the size of the training rows.
func sizeOf(counts []store.Count) (s Size) {
	for _, c := range counts {
		if c.Split == dataset.Train {
			s.Rows += c.Rows
			s.Words += c.Rows * c.Words
		}
	}
	return s
}

func textLengths(counts []store.Count) (t TextLengths) {
	byWords := slices.SortedFunc(slices.Values(counts), func(a, b store.Count) int { return cmp.Compare(a.Words, b.Words) })
	all := 0
	for _, c := range byWords {
		all += c.Rows
		t.LongestWords = c.Words
	}
	seen := 0
	for _, c := range byWords {
		if seen += c.Rows; 2*seen >= all {
			t.MedianWords = c.Words
			break
		}
	}
	return t
}
