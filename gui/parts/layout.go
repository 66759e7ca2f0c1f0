package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Column stacks objects with a gap between them, each as wide as the column.
// Wrapped texts get the height that they need at that width.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap: gap}, objects...)
}

// Over is a Column that keeps its gap to what stands below it, too, while any of its
// objects is seen.
func Over(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap: gap, after: true}, objects...)
}

type column struct {
	gap   float32
	after bool // there is a gap after the last object, too
}

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
		o.Move(fyne.NewPos(0, y))
		y += o.Size().Height + c.gap
	}
}

func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	gap := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		size.Width = max(size.Width, least.Width)
		size.Height += gap + least.Height
		gap = c.gap
	}
	if c.after {
		size.Height += gap
	}
	return size
}

// Row sets objects side by side with a gap, each as wide as it needs and
// centred in height.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&row{gap: gap}, objects...)
}

type row struct{ gap float32 }

func (r *row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		o.Resize(least)
		o.Move(fyne.NewPos(x, (size.Height-least.Height)/2))
		x += least.Width + r.gap
	}
}

func (r *row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	gap := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		size.Width += gap + least.Width
		size.Height = max(size.Height, least.Height)
		gap = r.gap
	}
	return size
}

// Evenly shares the width among its objects with a gap between them; all get
// the height of the tallest.
func Evenly(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&evenly{gap: gap}, objects...)
}

type evenly struct{ gap float32 }

func (e *evenly) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := visible(objects)
	width := (size.Width - e.gap*float32(len(shown)-1)) / float32(max(len(shown), 1))
	for i, o := range shown {
		o.Resize(fyne.NewSize(width, size.Height))
		o.Move(fyne.NewPos(float32(i)*(width+e.gap), 0))
	}
}

func (e *evenly) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	shown := visible(objects)
	for _, o := range shown {
		least = least.Max(o.MinSize())
	}
	n := float32(len(shown))
	return fyne.NewSize(n*least.Width+max(n-1, 0)*e.gap, least.Height)
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	shown := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

// Inset keeps a margin around an object.
func Inset(margin float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(margin, margin, margin, margin), object)
}

// Sides keeps one margin left and right of an object and another above and
// below.
func Sides(across, down float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(down, down, across, across), object)
}

// Tall gives an object at least a height.
func Tall(height float32, object fyne.CanvasObject) *fyne.Container {
	return AtLeast(fyne.NewSize(0, height), object)
}

// AtLeast gives an object at least a size.
func AtLeast(size fyne.Size, object fyne.CanvasObject) *fyne.Container {
	return container.New(&atLeast{size: size}, object)
}

type atLeast struct{ size fyne.Size }

func (a *atLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (a *atLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := a.size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// Below keeps a gap above an object.
func Below(gap float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(gap, 0, 0, 0), object)
}

// NarrowerThan keeps an object, laid at the left, from growing wider than a
// comfortable reading width.
func NarrowerThan(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&narrower{width: width}, object)
}

type narrower struct{ width float32 }

func (n *narrower) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(min(size.Width, n.width), size.Height))
	}
}

func (n *narrower) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// Page lays out a panel: its title with a sentence below it at the left, its
// actions at the right, its content below, filling the rest.
func Page(title fyne.CanvasObject, actions, content fyne.CanvasObject) *fyne.Container {
	if actions == nil {
		actions = layout.NewSpacer()
	}
	head := container.NewBorder(nil, nil, nil, container.NewVBox(actions), title)
	return container.New(layout.NewCustomPaddedLayout(Grid, Grid*2, Grid*3, Grid*3),
		container.New(layout.NewBorderLayout(head, nil, nil, nil), head,
			container.New(layout.NewCustomPaddedLayout(Grid, 0, 0, 0), content)))
}

// Title is a page's heading with a quiet sentence below it.
type Title struct {
	widget.BaseWidget
	heading, sentence *widget.Label
}

// NewTitle makes a title.
func NewTitle(heading, sentence string) *Title {
	t := &Title{heading: Heading(heading), sentence: Quiet(sentence)}
	t.sentence.Wrapping = fyne.TextWrapWord
	t.ExtendBaseWidget(t)
	return t
}

// Say changes the sentence.
func (t *Title) Say(sentence string) { t.sentence.SetText(sentence) }

// Sentence gives what is said below the heading.
func (t *Title) Sentence() string { return t.sentence.Text }

// CreateRenderer is called by Fyne.
func (t *Title) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(Column(-Grid, t.heading, t.sentence))
}

// Heading is a line in the larger text size.
func Heading(text string) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = SizeNameHeading
	return l
}

// Strong is a line that names what follows.
func Strong(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

// Quiet is text of second rank.
func Quiet(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

// Sentence is text that wraps.
func Sentence(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// QuietSentence is text of second rank that wraps.
func QuietSentence(text string) *widget.Label {
	l := Quiet(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Primary is the one button of a page that leads on.
func Primary(text string, tapped func()) *widget.Button {
	b := widget.NewButton(text, tapped)
	b.Importance = widget.HighImportance
	return b
}

// Link is a quiet button that looks like text.
func Link(text string, tapped func()) *widget.Button {
	b := widget.NewButton(text, tapped)
	b.Importance = widget.LowImportance
	return b
}

// Card is a surface that holds one subject.
type Card struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// NewCard puts content on a card.
func NewCard(content fyne.CanvasObject) *Card {
	c := &Card{content: content}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is called by Fyne.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	surface := canvas.NewRectangle(Color(ColorNameCard))
	surface.CornerRadius = Grid
	surface.StrokeWidth = 1
	return &cardRenderer{
		surface: surface,
		WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(surface,
			Inset(Grid, c.content))),
	}
}

type cardRenderer struct {
	fyne.WidgetRenderer
	surface *canvas.Rectangle
}

// Refresh takes the colours of the theme that is now set.
func (r *cardRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *cardRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *cardRenderer) paint() {
	r.surface.FillColor = Color(ColorNameCard)
	r.surface.StrokeColor = Color(theme.ColorNameSeparator)
}
