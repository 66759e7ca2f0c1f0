package evaluation

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// mistakes lists the rows that a model gets wrong, the surest first, all or
// those of one cell of the confusion matrix; a chosen one is shown in full.
type mistakes struct {
	report  projects.Report
	shape   parts.Shape
	written bool
	shown   []projects.Mistake
	palette parts.Palette
	title   *widget.Label
	all     *widget.Button
	table   *parts.Table
	whole   *parts.Texts
	card    *fyne.Container // holds it
	beside  *fyne.Container // the list and the card
	content fyne.CanvasObject
}

func newMistakes() *mistakes {
	m := &mistakes{title: parts.Strong("")}
	m.whole = parts.NewTexts(&m.palette)
	m.palette.Know(rightPlace, answeredPlace)
	m.all = parts.Link("Show all mistakes", func() { m.show(m.report) })
	m.table = parts.NewTable(m.columns(), func() int { return len(m.shown) }, m.cell)
	m.table.OnSelected = func(row int) {
		m.whole.Draw(m.full(m.shown[row]))
		m.beside.Refresh()
	}
	m.card = parts.AtLeast(fyne.NewSize(parts.Grid*36, 0), parts.NewCard(container.NewVScroll(m.whole)))
	m.beside = container.New(nil, m.table, m.card)
	m.share()
	m.content = container.NewBorder(container.NewBorder(nil, nil, m.title, m.all), nil, nil, nil, m.beside)
	return m
}

// share gives the chosen mistake the room that it needs: half of it where answers are
// places or texts.
func (m *mistakes) share() {
	m.beside.Layout = layout.NewBorderLayout(nil, nil, nil, m.card)
	if m.textual() {
		m.beside.Layout = parts.Evenly(parts.Grid * 2).Layout
	}
	m.beside.Refresh()
}

// The columns of the list.
const (
	columnText = iota
	columnPair
	columnWant
	columnGot
	columnSure
)

// columns are those that the report's mistakes need.
func (m *mistakes) columns() []parts.TableColumn {
	all := []parts.TableColumn{
		columnText: {Title: m.shape.TextName(), Parts: 2},
		columnPair: {Title: m.shape.PairName(), Parts: 2, Hidden: !m.shape.Pair},
		columnWant: {Title: "Right label", Width: 136},
		columnGot:  {Title: "Answer", Width: 136},
		columnSure: {Title: "How sure", Width: 88, Right: true,
			Hidden: m.read() || !slices.ContainsFunc(m.report.Mistakes, func(x projects.Mistake) bool { return x.Score > 0 })},
	}
	if m.textual() {
		all[columnWant] = parts.TableColumn{Title: "Right", Parts: 2, Hidden: m.read()}
		all[columnGot] = parts.TableColumn{Title: m.gotName(), Parts: 2}
		all[columnText].Hidden = !m.written // what is marked in it, or asked of it, tells more
	}
	return all
}

// gotName is what is called so that the model made of a text.
func (m *mistakes) gotName() string {
	if m.read() {
		return "How well it is foreseen"
	}
	return "Answer"
}

// textual tells whether answers are places or texts, not labels.
func (m *mistakes) textual() bool { return m.written || m.shape.Places || m.shape.Answers }

// read tells whether the texts were not written anew but read along, and what is listed
// is how well each was foreseen.
func (m *mistakes) read() bool {
	return m.written && !slices.ContainsFunc(m.report.Mistakes, func(x projects.Mistake) bool { return x.Want != x.Text })
}

// show lists all mistakes of a report.
func (m *mistakes) show(r projects.Report) {
	m.report, m.written = r, written(r)
	m.shape = parts.ShapeOf(examplesOf(r.Mistakes))
	for _, c := range r.PerClass {
		m.palette.Know(c.Label)
	}
	m.share()
	m.table.SetColumns(m.columns())
	m.list(r.Mistakes, m.heading())
	m.all.Hide()
}

// heading says what is listed.
func (m *mistakes) heading() string {
	switch {
	case m.written && len(m.report.Mistakes) > 0 && m.read():
		return "Texts that it foresees worst"
	case m.written:
		return "What it wrote"
	case len(m.report.Mistakes) == 0:
		return "No mistakes on these rows"
	case m.columns()[columnSure].Hidden:
		return "Mistakes"
	}
	return "Mistakes, the surest first"
}

// examplesOf gives the rows of mistakes, with what was found where nothing was to be.
func examplesOf(all []projects.Mistake) []dataset.Example {
	examples := make([]dataset.Example, len(all))
	for i, m := range all {
		examples[i] = dataset.Example{Text: m.Text, Pair: m.Pair, Spans: append(slices.Clone(m.WantSpans), m.GotSpans...)}
	}
	return examples
}

// only lists the mistakes of one cell.
func (m *mistakes) only(want, got string) {
	var some []projects.Mistake
	for _, each := range m.report.Mistakes {
		if each.Want == want && each.Got == got {
			some = append(some, each)
		}
	}
	title := fmt.Sprintf("Rows of %q that the model calls %q: %s", want, got, parts.Count(len(some)))
	if want == got {
		title = fmt.Sprintf("Rows of %q that the model calls so are right", want)
	}
	m.list(some, title)
	m.all.Show()
}

func (m *mistakes) list(some []projects.Mistake, title string) {
	m.shown = some
	m.title.SetText(title)
	m.table.Select(-1)
	m.whole.Draw(nil)
	if len(some) > 0 {
		m.table.Select(0)
	}
	m.table.ToTop()
	m.content.Refresh()
}

// What the marks of a passage mean.
const (
	rightPlace    = "the right answer"
	answeredPlace = "what the model answers"
)

// full gives the texts of a mistake: places side by side in their text, written texts
// below each other.
func (m *mistakes) full(x projects.Mistake) []parts.Part {
	e := dataset.Example{Text: x.Text, Pair: x.Pair}
	switch {
	case m.shape.Answers:
		e.Spans = named(x.WantSpans, rightPlace)
		if len(x.GotSpans) > 0 {
			e.Spans = append(e.Spans, named(x.GotSpans[:1], answeredPlace)...)
		}
		return []parts.Part{{Name: m.shape.PairName(), Text: x.Pair}, {Name: m.shape.TextName(), Text: x.Text, Spans: e.Spans}}
	case m.shape.Places:
		return []parts.Part{{Name: "Right", Text: x.Text, Spans: x.WantSpans}, {Name: "Answer", Text: x.Text, Spans: x.GotSpans}}
	case m.written:
		all := parts.PartsOf(e)
		if x.Want != x.Text {
			all = append(all, parts.Part{Name: "Right", Text: x.Want})
		}
		return append(all, parts.Part{Name: m.gotName(), Text: x.Got})
	default:
		return parts.PartsOf(e)
	}
}

// named gives places another label.
func named(spans []dataset.Span, label string) []dataset.Span {
	spans = slices.Clone(spans)
	for i := range spans {
		spans[i].Label = label
	}
	return spans
}

func (m *mistakes) cell(row, column int) string {
	switch each := m.shown[row]; column {
	case columnText:
		return each.Text
	case columnPair:
		return each.Pair
	case columnWant:
		return each.Want
	case columnGot:
		return each.Got
	default:
		return parts.Percent(each.Score)
	}
}
