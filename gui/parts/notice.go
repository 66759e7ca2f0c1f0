package parts

import (
	"errors"
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tone is how much a notice asks for attention.
type Tone int

// The four tones.
const (
	Telling Tone = iota // worth knowing
	Done                // something went well
	Warning             // needs a look
	Trouble             // something went wrong
)

// Message is what a notice says.
type Message struct {
	Tone    Tone
	What    string // what happened, a sentence
	Safe    string // what is safe, a sentence; ""
	Way     string // what to do, a sentence; ""
	Details string // for a report, copied by a button; ""
}

// MessageOf tells of an error: its sentence, the hint that an error of its
// chain gives, and the whole chain as details. safe says what was not lost.
func MessageOf(err error, safe string) Message {
	m := Message{Tone: Trouble, What: SentenceOf(err), Safe: safe, Details: err.Error()}
	var hinting interface{ Hint() string }
	if errors.As(err, &hinting) {
		m.Way = Sentenced(hinting.Hint())
	}
	return m
}

// SentenceOf writes an error as a sentence: a capital, a full stop.
func SentenceOf(err error) string { return Sentenced(err.Error()) }

// Sentenced writes a text as a sentence: a capital, a full stop. The name of a file that it
// begins with stays as it is: with a capital it may be another's.
func Sentenced(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	if !startsWithFile(text) {
		text = Capital(text)
	}
	if last, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".!?。！？", last) {
		text += "."
	}
	return text
}

// startsWithFile tells whether the first word is a name with an ending: "tickets.csv".
func startsWithFile(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	return strings.Contains(strings.TrimRight(first, "."), ".")
}

// Capital begins a text with a capital letter.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// Notice is a bar on the page that says a message, with actions. It is hidden
// while it has nothing to say.
type Notice struct {
	widget.BaseWidget
	message Message
	surface *canvas.Rectangle
	icon    *widget.Icon
	what    *widget.Label
	rest    *widget.Label
	actions *fyne.Container
}

// NewNotice gives a hidden notice.
func NewNotice() *Notice {
	n := &Notice{surface: canvas.NewRectangle(color.Transparent), icon: widget.NewIcon(nil),
		what: Sentence(""), rest: Sentence(""), actions: container.NewHBox()}
	n.surface.CornerRadius = Grid
	n.surface.StrokeWidth = 1
	n.ExtendBaseWidget(n)
	n.Hide()
	return n
}

// Say shows a message and, beside it, what can be done about it.
func (n *Notice) Say(m Message, actions ...fyne.CanvasObject) {
	n.message = m
	n.what.SetText(m.What)
	n.what.TextStyle.Bold = m.Safe != "" || m.Way != ""
	n.rest.SetText(strings.TrimSpace(m.Safe + " " + m.Way))
	n.rest.Hidden = n.rest.Text == ""
	n.actions.Objects = actions
	if m.Details != "" {
		n.actions.Add(Link("Copy details", func() { fyne.CurrentApp().Clipboard().SetContent(m.Details) }))
	}
	n.Show()
	n.Refresh()
}

// Hush hides the notice.
func (n *Notice) Hush() {
	n.message = Message{}
	n.Hide()
}

// Said gives the message that is shown, or an empty one.
func (n *Notice) Said() Message { return n.message }

// CreateRenderer is called by Fyne.
func (n *Notice) CreateRenderer() fyne.WidgetRenderer {
	icon := container.NewVBox(Inset(Grid, n.icon))
	line := container.NewBorder(nil, nil, icon, container.NewCenter(n.actions), Column(-Grid*1.5, n.what, n.rest))
	return &noticeRenderer{notice: n,
		WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(n.surface, Inset(Grid/2, line)))}
}

type noticeRenderer struct {
	fyne.WidgetRenderer
	notice *Notice
}

func (r *noticeRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *noticeRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *noticeRenderer) paint() {
	n := r.notice
	edge, icon := theme.ColorNamePrimary, theme.InfoIcon()
	switch n.message.Tone {
	case Done:
		edge, icon = theme.ColorNameSuccess, theme.ConfirmIcon()
	case Warning:
		edge, icon = theme.ColorNameWarning, theme.WarningIcon()
	case Trouble:
		edge, icon = theme.ColorNameError, theme.ErrorIcon()
	}
	n.surface.FillColor, n.surface.StrokeColor = Color(ColorNameCard), Color(edge)
	n.surface.Refresh()
	n.icon.SetResource(theme.NewColoredResource(icon, edge))
}
