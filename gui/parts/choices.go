package parts

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Option is one thing to choose.
type Option struct {
	Name  string // what the choice is known by
	Title string
	About string // one sentence
	Unfit string // why it cannot be chosen, a sentence; ""
}

// lineCards is how many cards stand in a line.
const lineCards = 3

// Choices shows a few options as cards side by side, one of them chosen.
type Choices struct {
	widget.BaseWidget
	options  []Option
	cards    []*choice
	changed  func(name string)
	selected string
}

// NewChoices shows options and calls changed when the user chooses another.
func NewChoices(options []Option, selected string, changed func(name string)) *Choices {
	c := &Choices{options: options, selected: selected, changed: changed}
	for _, o := range options {
		c.cards = append(c.cards, newChoice(c, o))
	}
	c.ExtendBaseWidget(c)
	return c
}

// Selected gives the name of the chosen option.
func (c *Choices) Selected() string { return c.selected }

// Select chooses an option by name, as a tap on its card does.
func (c *Choices) Select(name string) {
	if c.selected == name {
		return
	}
	c.selected = name
	c.Refresh()
	c.changed(name)
}

// Refresh redraws every card, for which one is chosen has changed.
func (c *Choices) Refresh() {
	for _, card := range c.cards {
		card.Refresh()
	}
	c.BaseWidget.Refresh()
}

// CreateRenderer is called by Fyne.
func (c *Choices) CreateRenderer() fyne.WidgetRenderer {
	lines := Column(Grid)
	for few := range slices.Chunk(c.cards, lineCards) {
		line := Evenly(Grid * 2)
		for _, card := range few {
			line.Add(card)
		}
		for len(line.Objects) < lineCards {
			line.Add(canvas.NewRectangle(color.Transparent)) // keeps the others as wide as in a full line
		}
		lines.Add(line)
	}
	return widget.NewSimpleRenderer(lines)
}

// choice is one card: it takes the focus and is chosen by a tap or by Space.
type choice struct {
	widget.BaseWidget
	group            *Choices
	option           Option
	focused, hovered bool
	surface          *canvas.Rectangle
	dot              *widget.Icon
}

var (
	_ fyne.Tappable     = (*choice)(nil)
	_ fyne.Focusable    = (*choice)(nil)
	_ desktop.Hoverable = (*choice)(nil)
)

func newChoice(group *Choices, option Option) *choice {
	c := &choice{group: group, option: option, surface: canvas.NewRectangle(color.Transparent),
		dot: widget.NewIcon(theme.RadioButtonIcon())}
	c.surface.CornerRadius = Grid
	c.ExtendBaseWidget(c)
	return c
}

func (c *choice) Tapped(*fyne.PointEvent) { c.choose() }

func (c *choice) choose() {
	if c.option.Unfit == "" {
		c.group.Select(c.option.Name)
	}
}

func (c *choice) FocusGained() { c.focused = true; c.Refresh() }

func (c *choice) FocusLost() { c.focused = false; c.Refresh() }

func (c *choice) TypedRune(r rune) {
	if r == ' ' {
		c.choose()
	}
}

func (c *choice) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		c.choose()
	}
}

func (c *choice) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

func (c *choice) MouseMoved(*desktop.MouseEvent) {}

func (c *choice) MouseOut() { c.hovered = false; c.Refresh() }

func (c *choice) CreateRenderer() fyne.WidgetRenderer {
	title, about := Strong(c.option.Title), c.option.About
	if c.option.Unfit != "" {
		title.Importance, about = widget.LowImportance, c.option.Unfit
	}
	head := container.NewBorder(nil, nil, c.dot, nil, title)
	return &choiceRenderer{choice: c, WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(c.surface,
		Inset(Grid, Column(-Grid/2, head, QuietSentence(about)))))}
}

type choiceRenderer struct {
	fyne.WidgetRenderer
	choice *choice
}

func (r *choiceRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *choiceRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *choiceRenderer) paint() {
	c := r.choice
	fill, edge, width, dot := ColorNameCard, theme.ColorNameSeparator, float32(1), theme.RadioButtonIcon()
	if c.option.Unfit != "" {
		fill, dot = theme.ColorNameBackground, theme.NewDisabledResource(theme.RadioButtonIcon())
	}
	if (c.hovered || c.focused) && c.option.Unfit == "" {
		edge, width = theme.ColorNamePrimary, 2
	}
	if c.group.selected == c.option.Name {
		fill, edge, width, dot = ColorNameTint, theme.ColorNamePrimary, 2, theme.NewPrimaryThemedResource(theme.RadioButtonCheckedIcon())
	}
	c.surface.FillColor, c.surface.StrokeColor, c.surface.StrokeWidth = Color(fill), Color(edge), width
	c.surface.Refresh()
	c.dot.SetResource(dot)
}
