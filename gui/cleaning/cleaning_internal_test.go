package cleaning

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// project holds one cleaning and says what any would do.
type project struct {
	holds  *projects.Cleaning
	tried  []string // steps of the previews
	undone int
	fails  error
}

func names(c *projects.Cleaning) string {
	var all []string
	for _, s := range c.Steps() {
		all = append(all, s.Name)
	}
	return strings.Join(all, " ")
}

func (p *project) Overview(context.Context) (projects.Overview, error) {
	return projects.Overview{Rows: 600, CanUndo: "cleaning of 3 rows"}, nil
}

func (p *project) Cleaning(context.Context) (*projects.Cleaning, error) { return p.holds.Copy(), nil }

func (p *project) PreviewCleaning(_ context.Context, c *projects.Cleaning, _ int, _ func(projects.Progress)) (projects.CleaningPreview, error) {
	p.tried = append(p.tried, names(c))
	preview := projects.CleaningPreview{Cleaned: projects.Cleaned{Rows: 600, Changed: 12, Dropped: 3}}
	for _, s := range c.Steps() {
		preview.Steps, preview.By = append(preview.Steps, s.Name), append(preview.By, 7)
	}
	preview.Samples = []projects.CleanedRow{{Before: []projects.TextPart{{Text: "a"}, {Text: "  ", Changed: true}, {Text: "b"}}, After: []projects.TextPart{{Text: "a"}, {Text: " ", Changed: true}, {Text: "b"}}, By: []int{0}}}
	return preview, p.fails
}

func (p *project) Clean(_ context.Context, c *projects.Cleaning, _ func(projects.Progress)) (projects.Cleaned, error) {
	if p.fails == nil {
		p.holds = c.Copy()
	}
	return projects.Cleaned{Rows: 600, Changed: 12, Dropped: 3}, p.fails
}

func (p *project) Undo(context.Context) (string, error) {
	p.holds = &projects.Cleaning{}
	p.undone++
	return "cleaning", p.fails
}

type desk struct{ changed int }

func (d *desk) DataChanged() { d.changed++ }
func (*desk) ShowImport()    {}

func newPanel(t *testing.T) (*Panel, *project, *desk) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	p, d := &project{holds: &projects.Cleaning{}}, &desk{}
	panel := New(p, d, parts.Background{})
	w := test.NewTempWindow(t, panel.Content())
	w.Resize(fyne.NewSize(1100, 700))
	panel.Reload()
	return panel, p, d
}

// tick taps the box of a step.
func tick(t *testing.T, panel *Panel, name string) {
	t.Helper()
	title := ""
	for _, s := range projects.CleaningSteps() {
		if s.Name == name {
			title = s.Title
		}
	}
	for _, o := range test.LaidOutObjects(panel.Content()) {
		if c, ok := o.(*widget.Check); ok && c.Text == title {
			test.Tap(c)
			return
		}
	}
	t.Fatalf("there is no box for %s", name)
}

func TestStepsAreTickedTriedAppliedAndUndone(t *testing.T) {
	panel, p, d := newPanel(t)
	if !panel.apply.Disabled() {
		t.Error("nothing can be applied")
	}
	tick(t, panel, "whitespace")
	tick(t, panel, "html")
	if got := p.tried[len(p.tried)-1]; got != "html whitespace" {
		t.Errorf("tried %q", got)
	}
	if said := panel.title.Sentence(); said != "2 steps would change 12 of 600 rows and would leave out 3. Nothing is changed until you apply." {
		t.Errorf("it says %q", said)
	}
	if names(p.holds) != "" {
		t.Error("it was applied before it was asked for")
	}
	tick(t, panel, "html")
	test.Tap(panel.apply)
	if names(p.holds) != "whitespace" || d.changed != 1 || panel.state.Notice.Tone != parts.Done {
		t.Errorf("%q holds, %+v", names(p.holds), panel.state.Notice)
	}
	if !panel.apply.Disabled() || panel.title.Sentence() != "1 step changes 12 of 600 rows and leaves out 3. The imported texts are kept." {
		t.Errorf("applied, it says %q", panel.title.Sentence())
	}
	tick(t, panel, "lower")
	test.Tap(panel.back)
	if names(panel.state.Draft) != "whitespace" {
		t.Errorf("discarded, the draft is %q", names(panel.state.Draft))
	}
	panel.Undo()
	if p.undone != 1 || names(panel.state.Draft) != "" || d.changed != 2 {
		t.Errorf("undone, the draft is %q", names(panel.state.Draft))
	}
}

func TestSettingsAreTried(t *testing.T) {
	panel, p, _ := newPanel(t)
	tick(t, panel, "replace")
	var entry *widget.Entry
	for _, o := range test.LaidOutObjects(panel.Content()) {
		if e, ok := o.(*widget.Entry); ok && entry == nil {
			entry = e
		}
	}
	before := len(p.tried)
	test.Type(entry, "(")
	if !panel.apply.Disabled() {
		t.Error("a pattern that does not hold can be applied")
	}
	entry.SetText("(a)")
	if len(p.tried) <= before || panel.apply.Disabled() {
		t.Error("a pattern that holds was not tried")
	}
	if got := panel.state.Draft.Steps()[0].Fields[0].Value.String(); got != "(a)" {
		t.Errorf("the pattern is %q", got)
	}
}

func TestFailuresAreTold(t *testing.T) {
	panel, p, _ := newPanel(t)
	tick(t, panel, "lower")
	p.fails = errors.New("the disk is full")
	test.Tap(panel.apply)
	if m := panel.notice.Said(); m.Tone != parts.Trouble || m.Safe == "" {
		t.Errorf("it says %+v", m)
	}
	if names(panel.state.Draft) != "lower" {
		t.Error("what was chosen is lost")
	}
}

func TestLongTextsAreShortened(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for name, test := range map[string]struct {
		first, last bool
		want        string
	}{
		"alone":         {true, true, long[:120] + " ..."},
		"before a part": {true, false, "... " + long[len(long)-60:]},
		"after a part":  {false, true, long[:60] + " ..."},
		"between two":   {false, false, long[:60] + " ... " + long[len(long)-60:]},
	} {
		if got := shortened(long, test.first, test.last); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := shortened("short", true, true); got != "short" {
		t.Errorf("a short one is %q", got)
	}
}
