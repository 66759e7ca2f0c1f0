package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/engine/setting"
)

// Form draws settings with their help and writes what the user enters straight
// into the variables that the fields are bound to. A value that does not fit is
// refused with the reason below it, and the variable stays as it was.
type Form struct {
	widget.BaseWidget
	lines   []*formLine
	content *fyne.Container
	expert  bool

	OnChanged func() // a value was taken or refused; may be nil
}

// NewForm draws the fields; those for experts are hidden until asked for.
func NewForm(fields []setting.Field) *Form { return newForm(fields, beside) }

// NewNarrowForm is NewForm with the help of each field below it.
func NewNarrowForm(fields []setting.Field) *Form { return newForm(fields, below) }

func newForm(fields []setting.Field, arrange func(name, control, help fyne.CanvasObject) *fyne.Container) *Form {
	f := &Form{}
	changed := func() {
		if f.OnChanged != nil {
			f.OnChanged()
		}
	}
	width := float32(formLabel)
	for _, field := range fields {
		width = max(width, widget.NewLabel(field.Label).MinSize().Width)
	}
	objects := make([]fyne.CanvasObject, 0, len(fields))
	for _, field := range fields {
		line := newFormLine(field, width, changed, arrange)
		f.lines = append(f.lines, line)
		objects = append(objects, line.content)
	}
	f.content = Column(Grid/2, objects...)
	f.ExtendBaseWidget(f)
	f.ShowExpert(false)
	return f
}

// ShowExpert shows or hides the fields for experts.
func (f *Form) ShowExpert(on bool) {
	f.expert = on
	for _, line := range f.lines {
		line.content.Hidden = line.field.Expert && !on
	}
	f.content.Refresh()
	f.Refresh()
}

// Wrong tells whether a shown value does not fit its field.
func (f *Form) Wrong() bool {
	for _, line := range f.lines {
		if !line.content.Hidden && line.wrong.Visible() {
			return true
		}
	}
	return false
}

// HasExpert tells whether there is any field for experts.
func (f *Form) HasExpert() bool {
	for _, line := range f.lines {
		if line.field.Expert {
			return true
		}
	}
	return false
}

// CreateRenderer is called by Fyne.
func (f *Form) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.content) }

// formLine is a field's label, control and help, with the reason of a refusal.
type formLine struct {
	field   setting.Field
	wrong   *widget.Label
	changed func()
	content *fyne.Container
}

const (
	formLabel   = Grid * 22 // at least, so that the controls of several forms stand in line
	formControl = Grid * 18
)

func newFormLine(field setting.Field, width float32, changed func(), arrange func(name, control, help fyne.CanvasObject) *fyne.Container) *formLine {
	l := &formLine{field: field, wrong: Sentence(""), changed: changed}
	l.wrong.Importance = widget.DangerImportance
	l.wrong.Hide()
	l.content = arrange(AtLeast(fyne.NewSize(width, 0), widget.NewLabel(field.Label)), l.control(), Column(-Grid, QuietSentence(field.Help), l.wrong))
	return l
}

// beside sets the help at the right of a field.
func beside(name, control, help fyne.CanvasObject) *fyne.Container {
	control = AtLeast(fyne.NewSize(formControl, 0), control)
	return container.NewBorder(nil, nil, container.NewHBox(container.NewVBox(name), container.NewVBox(control)), nil, help)
}

// below sets the help under a field.
func below(name, control, help fyne.CanvasObject) *fyne.Container {
	return Column(-Grid/2, container.NewBorder(nil, nil, name, nil, control), help)
}

// control gives the input for the kind of value; setting closes the set of kinds.
func (l *formLine) control() fyne.CanvasObject {
	switch value := l.field.Value.(type) {
	case *setting.Switch:
		check := widget.NewCheck("", func(on bool) {
			*value.To = on
			l.changed()
		})
		check.Checked = *value.To
		return check
	case *setting.Choice:
		choose := widget.NewSelect(value.Options, func(name string) { l.enter(name) })
		choose.Selected = *value.To
		return choose
	default:
		entry := widget.NewEntry()
		entry.Text = value.String()
		entry.OnChanged = l.enter
		return entry
	}
}

func (l *formLine) enter(text string) {
	err := l.field.Value.Set(text)
	if err != nil {
		l.wrong.SetText(SentenceOf(err))
	}
	l.wrong.Hidden = err == nil
	l.wrong.Refresh()
	l.content.Refresh()
	l.changed()
}
