package parts

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/setting"
)

// newApp gives an application in Attune's light theme.
func newApp(t testing.TB) fyne.App {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(Theme{Appearance: Light})
	return app
}

// all gives the widgets of a kind in sight below an object.
func all[W fyne.CanvasObject](o fyne.CanvasObject) []W {
	var found []W
	for _, each := range test.LaidOutObjects(o) {
		if w, ok := each.(W); ok {
			found = append(found, w)
		}
	}
	return found
}

func TestFormWritesIntoTheSettings(t *testing.T) {
	newApp(t)
	epochs, rate, lower, decay := 24, 1e-3, true, "linear"
	f := NewForm([]setting.Field{
		{Label: "Passes", Value: &setting.Count{To: &epochs, Min: 1, Max: 100}},
		{Label: "Rate", Expert: true, Value: &setting.Number{To: &rate, Max: 1}},
		{Label: "Lower", Expert: true, Value: &setting.Switch{To: &lower}},
		{Label: "Decay", Expert: true, Value: &setting.Choice{To: &decay, Options: []string{"linear", "cosine"}}},
	})
	w := test.NewTempWindow(t, f)
	w.Resize(fyne.NewSize(900, 500))
	if !f.lines[0].content.Visible() || f.lines[1].content.Visible() {
		t.Error("the simple view shows the settings for experts, or hides the others")
	}
	f.ShowExpert(true)
	entries := all[*widget.Entry](f)
	entries[0].SetText("3")
	entries[1].SetText("0.01")
	all[*widget.Check](f)[0].SetChecked(false)
	all[*widget.Select](f)[0].SetSelected("cosine")
	if epochs != 3 || rate != 0.01 || lower || decay != "cosine" {
		t.Errorf("the settings are %d, %g, %t, %s", epochs, rate, lower, decay)
	}
	entries[0].SetText("0")
	if epochs != 3 || !f.Wrong() {
		t.Errorf("0 passes were taken: %d, wrong: %t", epochs, f.Wrong())
	}
	entries[0].SetText("4")
	if f.Wrong() {
		t.Error("a value that was put right is still refused")
	}
}

type hinted struct{ error }

func (hinted) Hint() string { return "free some space" }

func TestNoticeOfAnError(t *testing.T) {
	err := fmt.Errorf("write the model: %w", hinted{errors.New("the disk is full")})
	m := MessageOf(err, "Your rows are safe.")
	if m.What != "Write the model: the disk is full." || m.Way != "Free some space." || m.Safe != "Your rows are safe." || m.Details != err.Error() {
		t.Errorf("%+v", m)
	}
	app := newApp(t)
	n := NewNotice()
	w := test.NewTempWindow(t, n)
	w.Resize(fyne.NewSize(800, 200))
	n.Say(m)
	test.Tap(all[*widget.Button](n)[0])
	if got := app.Clipboard().Content(); got != err.Error() {
		t.Errorf("copied %q", got)
	}
	n.Hush()
	if n.Visible() || n.Said() != (Message{}) {
		t.Error("a hushed notice is still there")
	}
}

func TestSentencesLeaveNamesOfFiles(t *testing.T) {
	for text, want := range map[string]string{
		"tickets.csv should be there, but there is no such file": "tickets.csv should be there, but there is no such file.",
		"the file tickets.csv is empty":                          "The file tickets.csv is empty.",
		"cancelled.":                                             "Cancelled.",
		"élan":                                                   "Élan.",
	} {
		if got := Sentenced(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}

func TestPastedPaths(t *testing.T) {
	newApp(t)
	t.Setenv("HOME", "/home/ana")
	t.Setenv("USERPROFILE", "/home/ana")
	for typed, want := range map[string]string{
		"/data/x.csv":                 "/data/x.csv",
		" /data/my tickets.csv \n":    "/data/my tickets.csv",
		`"C:\data\my tickets.csv"`:    `C:\data\my tickets.csv`,
		"'/data/Ana\u2019s file.csv'": "/data/Ana\u2019s file.csv",
		"~/tickets.csv":               filepath.Join("/home/ana", "tickets.csv"),
		`"`:                           `"`,
		" ":                           "",
	} {
		var opened []string
		NewDropZone("", func() {}, func(path string) { opened = append(opened, path) }).path.OnSubmitted(typed)
		if got := strings.Join(opened, "|"); got != want {
			t.Errorf("%q opens %q, want %q", typed, got, want)
		}
	}
}

func TestChoices(t *testing.T) {
	newApp(t)
	var chosen []string
	c := NewChoices([]Option{{Name: "quick", Title: "Quick"}, {Name: "best", Title: "Best"}}, "quick", func(name string) { chosen = append(chosen, name) })
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(600, 120))
	test.Tap(c.cards[1])
	test.Tap(c.cards[1])
	w.Canvas().Focus(c.cards[0])
	c.cards[0].TypedRune(' ')
	if len(chosen) != 2 || chosen[0] != "best" || chosen[1] != "quick" || c.Selected() != "quick" {
		t.Errorf("chosen %q, now %q", chosen, c.Selected())
	}
}

func TestTableSortsAndSelects(t *testing.T) {
	newApp(t)
	asked := map[int]bool{}
	table := NewTable([]TableColumn{{Title: "Text", Parts: 1, Sort: "text"}, {Title: "Rows", Width: 80, Right: true}},
		func() int { return 100_000 }, func(row, column int) string { asked[row] = true; return fmt.Sprint(row, column) })
	w := test.NewTempWindow(t, table)
	w.Resize(fyne.NewSize(600, 400))
	w.Canvas().Capture()
	var sorts []string
	table.OnSorted = func(column string, down bool) { sorts = append(sorts, fmt.Sprint(column, down)) }
	table.Title(0)
	table.Title(0)
	table.Title(1)
	if len(sorts) != 2 || sorts[0] != "textfalse" || sorts[1] != "texttrue" {
		t.Errorf("sorted by %q", sorts)
	}
	picked := -1
	table.OnSelected = func(row int) { picked = row }
	table.table.Select(widget.TableCellID{Row: 7, Col: 1})
	if picked != 7 || table.Selected() != 7 {
		t.Errorf("picked row %d", picked)
	}
	if n := len(asked); n == 0 || n > 100 {
		t.Errorf("%d of 100,000 rows were asked for one screen", n)
	}
}

func TestConfusion(t *testing.T) {
	newApp(t)
	c := NewConfusion()
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(600, 300))
	c.Draw(Matrix{Labels: []string{"ham", "spam"}, Counts: [][]int{{9, 1}, {0, 5}}})
	if !c.named {
		t.Error("two short labels do not head the columns")
	}
	var want, got string
	c.OnTapped = func(w, g string) { want, got = w, g }
	c.table.Select(widget.TableCellID{Row: 0, Col: 1})
	if want != "ham" || got != "spam" {
		t.Errorf("the cell tells %q taken for %q", want, got)
	}
	many := Matrix{}
	for i := range 77 {
		many.Labels = append(many.Labels, fmt.Sprintf("a label with a long name %d", i))
		many.Counts = append(many.Counts, make([]int, 77))
	}
	c.Draw(many)
	if c.named || c.across(41) != "42" {
		t.Errorf("column 42 is headed %q", c.across(41))
	}
}

func TestBarsTellWhichWasTapped(t *testing.T) {
	newApp(t)
	var tapped string
	b := NewBars(false, func(name string) { tapped = name })
	w := test.NewTempWindow(t, b)
	w.Resize(fyne.NewSize(300, 200))
	b.Draw(CountBars([]int{3, 1}, func(n int) (string, int) { return fmt.Sprint("label ", n), n }))
	if bars := b.Drawn(); bars[0].Share != 1 || bars[1].Words != "1" {
		t.Errorf("%+v", bars)
	}
	b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, barLine+2)})
	if tapped != "label 1" {
		t.Errorf("tapped %q", tapped)
	}
	b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, 5*barLine)})
	if tapped != "label 1" {
		t.Error("a tap below the bars hit one")
	}
}

// TestUnfitChoice cannot be chosen, and says why.
func TestUnfitChoice(t *testing.T) {
	newApp(t)
	chosen := ""
	c := NewChoices([]Option{{Name: "a", Title: "A", About: "good"}, {Name: "b", Title: "B", About: "bad", Unfit: "Not for this model."}}, "a", func(name string) { chosen = name })
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(900, 300))
	test.Tap(c.cards[1])
	c.cards[1].TypedRune(' ')
	c.cards[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if chosen != "" || c.Selected() != "a" {
		t.Errorf("%q was chosen", chosen)
	}
	said := false
	for _, l := range all[*widget.Label](c) {
		said = said || l.Text == "Not for this model."
	}
	if !said {
		t.Error("it does not say why")
	}
}
