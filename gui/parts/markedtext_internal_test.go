package parts

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
)

func TestWrapLosesNothing(t *testing.T) {
	newApp(t)
	for name, text := range map[string]string{
		"empty":            "",
		"one word":         "Paris",
		"words":            strings.Repeat("Monet painted in Giverny. ", 20),
		"paragraphs":       "one\n\ntwo\n",
		"windows' lines":   "one\r\ntwo",
		"a long word":      strings.Repeat("Donaudampfschiff", 30),
		"no blanks at all": strings.Repeat("我的包裹在哪里", 30),
		"many blanks":      "a" + strings.Repeat(" ", 300) + "b",
		"broken UTF-8":     "caf\xe9 \xff\xfe " + strings.Repeat("\xf0", 200),
		"tabs":             "a\tb\tc",
	} {
		for _, width := range []float32{1, 40, 200} {
			rest := text
			for i, line := range wrap(text, width) {
				at := len(text) - len(rest)
				if line.start != at || line.end < at {
					t.Fatalf("%s at %g: line %d begins at %d, want %d", name, width, i, line.start, at)
				}
				if words := strings.TrimRight(text[line.start:line.end], " \t\r"); width > 20 && widthOf(words) > width && len(words) > 4 {
					t.Errorf("%s: the line %q is wider than %g", name, words, width)
				}
				rest = strings.TrimPrefix(text[line.end:], "\n")
			}
			if rest != "" {
				t.Errorf("%s at %g: the end %q is lost", name, width, rest)
			}
		}
	}
}

// marked gives a text 300 wide that says where Monet painted.
func marked(t *testing.T) *MarkedText {
	newApp(t)
	m := NewMarkedText(&Palette{})
	w := test.NewTempWindow(t, m)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 200))
	m.Draw("Monet painted the garden of his house in Giverny near Paris for more than forty years.", []dataset.Span{
		{Start: 0, End: 5, Label: "person"}, {Start: 41, End: 59, Label: "location"}, {Start: 80, End: 900, Label: "outside"}, {Start: 5, End: 2},
	})
	return m
}

func TestMarksStandBehindTheirWords(t *testing.T) {
	m := marked(t)
	if len(m.Marks()) != 2 {
		t.Errorf("%d places are marked, want the 2 inside the text", len(m.Marks()))
	}
	first := m.lines[0]
	m.Draw(m.Text(), []dataset.Span{{Start: 0, End: 5, Label: "person"}, {Start: first.end - 4, End: first.end + 4, Label: "location"}})
	var surfaces, rules []*canvas.Rectangle
	for _, o := range test.WidgetRenderer(m).Objects() {
		if r, ok := o.(*canvas.Rectangle); ok {
			if r.Size().Height == ruleHeight {
				rules = append(rules, r)
			} else {
				surfaces = append(surfaces, r)
			}
		}
	}
	if len(surfaces) != 3 || len(rules) != 3 {
		t.Fatalf("%d surfaces and %d rules are drawn, want 3: the second place stands in two lines", len(surfaces), len(rules))
	}
	if got, want := surfaces[2].Size().Width, widthOf("Monet"); got != want {
		t.Errorf("Monet's mark is %g wide, want %g", got, want)
	}
	if surfaces[0].Position().Y == surfaces[1].Position().Y {
		t.Error("both parts of the second place are drawn in one line")
	}
	if rules[0].FillColor == rules[2].FillColor {
		t.Error("two labels have one colour")
	}
}

func TestMarkedTextIsCopied(t *testing.T) {
	m := marked(t)
	y := m.Size().Height / 1000
	m.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(0, y)}})
	m.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(8+widthOf("Monet")+1, y)}})
	if got := m.Selected(); got != "Monet" {
		t.Errorf("%q is selected", got)
	}
	m.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "Monet" {
		t.Errorf("%q was copied", got)
	}
	m.TypedShortcut(&fyne.ShortcutSelectAll{})
	if m.Selected() != m.Text() {
		t.Errorf("all is %q", m.Selected())
	}
	m.Draw("Short", nil)
	if m.Selected() != "" {
		t.Error("a new text is selected like the old one")
	}
}

func TestTextsOfAnExample(t *testing.T) {
	for name, c := range map[string]struct {
		e    dataset.Example
		want string
	}{
		"one":         {dataset.Example{Text: "a", Labels: []string{"x"}}, ": a"},
		"two":         {dataset.Example{Text: "a", Pair: "b"}, "Text: a, Second text: b"},
		"answering":   {dataset.Example{Text: "a", Pair: "b?", Spans: []dataset.Span{{End: 1}}}, "Question: b?, Passage: a"},
		"translation": {dataset.Example{Text: "a", Target: "b"}, "Text: a, To be written: b"},
	} {
		var got []string
		for _, p := range PartsOf(c.e) {
			got = append(got, p.Name+": "+p.Text)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTableHidesColumns(t *testing.T) {
	newApp(t)
	columns := []TableColumn{{Title: "A", Parts: 1}, {Title: "B", Parts: 1, Hidden: true}, {Title: "C", Width: 50}}
	table := NewTable(columns, func() int { return 1 }, func(_, column int) string { return columns[column].Title })
	w := test.NewTempWindow(t, table)
	w.Resize(fyne.NewSize(400, 200))
	said := func() (words string) {
		_, n := table.table.Length()
		for i := range n {
			cell := newTableCell()
			table.updateCell(widget.TableCellID{Col: i}, cell)
			words += cell.label.Text
		}
		return words
	}
	if said() != "AC" {
		t.Errorf("the cells say %q", said())
	}
	shown := []TableColumn{columns[0], {Title: "B", Parts: 1}, columns[2]}
	table.SetColumns(shown)
	if said() != "ABC" {
		t.Errorf("with all columns the cells say %q", said())
	}
}
