package examples

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// project has many rows and notes what is done to them.
type project struct {
	rows    int
	queries []projects.Query
	fetched []int // offsets
	done    []string
	example dataset.Example // what each row has besides its text
	task    string
	fails   error
	locked  bool
}

func (p *project) Overview(context.Context) (projects.Overview, error) {
	return projects.Overview{Task: p.task, Rows: p.rows, Labels: []projects.LabelCount{{Label: "ham", Rows: p.rows}}, CanUndo: "deleting a row", CanRedo: "splitting",
		Splits: map[dataset.Split]int{dataset.Train: p.rows}, Sources: []projects.Source{{Columns: []string{"sent", "customer"}}}}, nil
}

func (p *project) Count(_ context.Context, q projects.Query) (int, error) {
	p.queries = append(p.queries, q)
	return p.rows, nil
}

func (p *project) Rows(_ context.Context, _ projects.Query, offset, limit int) ([]projects.Row, error) {
	p.fetched = append(p.fetched, offset)
	var rows []projects.Row
	e := p.example
	if e.Spans == nil && e.Target == "" {
		e.Labels = []string{"ham"}
	}
	for i := offset; i < min(offset+limit, p.rows); i++ {
		rows = append(rows, projects.Row{ID: int64(i), Text: fmt.Sprint("text ", i), Pair: e.Pair, Labels: e.Labels, Spans: e.Spans, Target: e.Target, SourceRow: i + 1})
	}
	return rows, p.fails
}

func (p *project) Relabel(_ context.Context, ids []int64, label string) error {
	p.done = append(p.done, fmt.Sprint("relabel ", ids, label))
	return p.fails
}

func (p *project) Delete(_ context.Context, ids []int64) error {
	p.done = append(p.done, fmt.Sprint("delete ", ids))
	return p.fails
}

func (p *project) Split(_ context.Context, o projects.SplitOptions) (projects.SplitSummary, error) {
	p.done = append(p.done, fmt.Sprintf("split %.2f %.2f", o.Validation, o.Test))
	return projects.SplitSummary{}, p.fails
}

func (p *project) Undo(context.Context) (string, error) { return "deleting a row", p.fails }
func (p *project) TestSet(context.Context) (projects.TestSet, error) {
	return projects.TestSet{Rows: 20, Looks: 3, Locked: p.locked}, nil
}

func (p *project) LockTest(_ context.Context, on bool) error {
	p.locked = on
	return p.fails
}

func (p *project) Redo(context.Context) (string, error) { return "splitting", p.fails }

type desk struct{ changed int }

func (d *desk) DataChanged() { d.changed++ }
func (*desk) ShowImport()    {}
func (*desk) ShowDoctor()    {}
func (*desk) ShowGrowth()    {}
func (*desk) ShowTechnique() {}

// newPanel gives a page whose drawings are made at once, but for those that a
// drawing itself asks for: they come after it.
func newPanel(t *testing.T, rows int) (*Panel, *project, *desk) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	p, d := &project{rows: rows}, &desk{}
	var waiting []func()
	drawing := false
	place := parts.Background{Do: func(draw func()) {
		waiting = append(waiting, draw)
		if drawing {
			return
		}
		drawing = true
		for len(waiting) > 0 {
			next := waiting[0]
			waiting = waiting[1:]
			next()
		}
		drawing = false
	}}
	panel := New(p, d, place)
	w := test.NewTempWindow(t, panel.Content())
	w.Resize(fyne.NewSize(1100, 700))
	panel.Reload()
	return panel, p, d
}

func TestOnlyRowsInSightAreFetched(t *testing.T) {
	panel, p, _ := newPanel(t, 100_000)
	if got := panel.cell(99_999, 1); got != "text 99999" {
		t.Errorf("the last row reads %q", got)
	}
	if len(p.fetched) > 4 {
		t.Errorf("blocks were fetched at %v to show the first and the last row", p.fetched)
	}
}

// TestRowsOfEveryShape shows rows of other tasks than classification.
func TestRowsOfEveryShape(t *testing.T) {
	for name, c := range map[string]struct {
		example dataset.Example
		right   string // what the table says is right
		pair    bool   // has a column
		parts   int    // texts shown of the row
	}{
		"entities":    {dataset.Example{Spans: []dataset.Span{{Start: 0, End: 4, Label: "noun"}}}, "text (noun)", false, 1},
		"answering":   {dataset.Example{Pair: "Which?", Spans: []dataset.Span{{Start: 5, End: 6}}}, "1", true, 2},
		"translation": {dataset.Example{Target: "Text eins"}, "Text eins", false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			panel, p, _ := newPanel(t, 3)
			p.example = c.example
			panel.Reload()
			if got := panel.cell(1, columnRight); got != c.right {
				t.Errorf("the table says that %q is right, want %q", got, c.right)
			}
			if shown := panel.State().Shape.Pair; shown != c.pair {
				t.Errorf("a column for the second text: %t, want %t", shown, c.pair)
			}
			panel.table.Select(1)
			if got := panel.detail.texts.Drawn(); len(got) != c.parts || panel.detail.labels.Visible() {
				t.Errorf("the row is shown as %+v; its label can be changed: %t", got, panel.detail.labels.Visible())
			}
		})
	}
}

// TestTextsAlone shows rows of which the task learns nothing but their texts.
func TestTextsAlone(t *testing.T) {
	panel, _, _ := newPanel(t, 3)
	row := projects.Row{ID: 1, Text: "once upon a time"}
	for task, bare := range map[string]bool{"generation": true, "classification": false} {
		panel.Show(State{Overview: projects.Overview{Task: task, Rows: 3}, Found: 3, Chosen: &row})
		if hidden := columns(panel.state.Shape, panel.state.bare())[columnRight].Hidden; hidden != bare || panel.detail.labels.Hidden != bare {
			t.Errorf("%s: labels are hidden in the table: %v, beside the row: %v", task, hidden, panel.detail.labels.Hidden)
		}
	}
}

// TestSeveralLabels shows rows of which each may have several labels.
func TestSeveralLabels(t *testing.T) {
	panel, p, _ := newPanel(t, 3)
	for task, want := range map[string]string{"classification": "Label", "multilabel": "Labels"} {
		p.task = task
		panel.Reload()
		panel.table.Select(1)
		if got := columns(panel.State().Shape, false)[columnRight].Title; got != want || !strings.EqualFold(panel.detail.relabel.Text, "Set "+want) {
			t.Errorf("%s: the column is called %q and the button %q", task, got, panel.detail.relabel.Text)
		}
	}
}

func TestSearchAndFilter(t *testing.T) {
	panel, p, _ := newPanel(t, 10)
	panel.filter.search.SetText("parcel")
	panel.filter.use.SetSelected("test")
	panel.filter.setLabel("ham")
	panel.sort("text", true)
	q := p.queries[len(p.queries)-1]
	if q.Search != "parcel" || q.Split == nil || *q.Split != dataset.Test || q.Label == nil || *q.Label != "ham" || q.Sort != "text" || !q.Descending {
		t.Errorf("the last search was for %+v", q)
	}
	panel.filter.label.SetSelected(unlabeled)
	if q := p.queries[len(p.queries)-1]; q.Label == nil || *q.Label != "" {
		t.Errorf("rows without a label are searched by %v", q.Label)
	}
}

func TestChangesAreMadeAndTold(t *testing.T) {
	panel, p, d := newPanel(t, 10)
	panel.table.Select(3)
	if !panel.detail.relabel.Disabled() {
		t.Error("a row can be given the label that it has")
	}
	panel.detail.label.SetText("spam")
	test.Tap(panel.detail.relabel)
	panel.table.Select(4)
	panel.delete(*panel.State().Chosen)
	panel.splitting.test.SetValue(0.3)
	panel.split(panel.splitting.options)
	if want := []string{"relabel [3]spam", "delete [4]", "split 0.10 0.30"}; !slices.Equal(p.done, want) {
		t.Errorf("done %q, want %q", p.done, want)
	}
	panel.Undo()
	if said := panel.notice.Said().What; said != "Undone: deleting a row." || d.changed != 4 {
		t.Errorf("after Undo it says %q; %d changes were told", said, d.changed)
	}
	p.fails = errors.New("the disk is full")
	panel.Redo()
	if said := panel.notice.Said(); said.Tone != parts.Trouble || said.Safe == "" {
		t.Errorf("after a failure it says %+v", said)
	}
}

func TestRulesOfSplitting(t *testing.T) {
	panel, p, _ := newPanel(t, 10)
	s := panel.splitting
	columns := func() bool { return s.lines[s.column].Visible() }
	if columns() || s.lines[s.part].Visible() || !s.lines[s.group].Visible() {
		t.Error("by chance, other choices are offered than a group")
	}
	s.group.SetSelected("customer")
	s.rule.SetSelected(byTime)
	s.column.SetSelected("sent")
	if o := s.options; o.Time != "sent" || o.Group != "customer" || o.Folds != 0 || !columns() || s.even.Visible() {
		t.Errorf("by time, the options are %+v", o)
	}
	s.rule.SetSelected(byTurns)
	s.part.SetSelected("3")
	if o := s.options; o.Time != "" || o.Folds != turns || o.Fold != 3 || columns() {
		t.Errorf("by turns, the options are %+v", o)
	}
	panel.Reload()
	if o := s.options; o.Fold != 3 || o.Group != "customer" {
		t.Errorf("read again, the options are %+v", o)
	}
	if s.testSet.Text != "The 20 test rows were looked at 3 times." {
		t.Errorf("it says %q", s.testSet.Text)
	}
	test.Tap(s.lock)
	if !p.locked || panel.notice.Said().Tone != parts.Done || !panel.State().TestSet.Locked {
		t.Errorf("locked: %t, %+v", p.locked, panel.notice.Said())
	}
	panel.Reload()
	if panel.notice.Said().What == "" {
		t.Error("what was said is gone when the rows are read again")
	}
}

func TestEmptyProject(t *testing.T) {
	panel, _, _ := newPanel(t, 0)
	if !panel.empty.Visible() || panel.filled.Visible() {
		t.Error("a project without rows does not say so")
	}
}

// TestASearchOutlivesAReload reads the rows again while a search is under way.
func TestASearchOutlivesAReload(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	var under []func() // work that was not done yet
	place := parts.Background{Spawn: func(work func()) { under = append(under, work) }, Do: func(draw func()) { draw() }}
	panel := New(&project{rows: 10}, &desk{}, place)
	panel.Search("parcel")
	panel.Reload()
	for len(under) > 0 {
		next := under[0]
		under = under[1:]
		next()
	}
	if got := panel.State().Query.Search; got != "parcel" {
		t.Errorf("the search for a parcel became one for %q", got)
	}
}
