// Package tryout is the page on which a trained model is tried: type a text and
// see, as you type, what the model says of it and how sure it is; or let it write.
package tryout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

// Model answers texts. Answer may be called while an earlier call is still at
// work.
type Model interface {
	Answer(ctx context.Context, text, pair string) (dataset.Answer, error)
	Close()
}

// Explainer is a Model that can say which words decided.
type Explainer interface {
	Model
	// Why gives what words of the text do for a label that was answered, the weightiest
	// first.
	Why(ctx context.Context, text, pair, label string) ([]dataset.Reason, error)
}

// Bounded is a Model of which each label applies from a probability of its own on.
type Bounded interface {
	Model
	Bounds() map[string]float64
}

// Writer is a Model that writes, which takes time: it is asked by a button.
type Writer interface {
	Model
	Fields() []setting.Field // how it writes
	// Write takes its manner as it is, and gives the work of an Answer that shows what is
	// written so far while it grows.
	Write(text, pair string) parts.Work[string, dataset.Answer]
}

// Project is what the page needs of a project.
type Project interface {
	BestModel(ctx context.Context) (m Model, run int, err error)    // m is nil when there is none yet
	Examples(ctx context.Context, n int) ([]dataset.Example, error) // a few to try
	Several() bool                                                  // any number of labels may apply to a text
	// Filler takes the choices as they are, and gives what opens a model that guesses the
	// word that a text lacks, with its name.
	Filler() func(ctx context.Context) (m Model, name string, err error)
}

// Desk is what the page asks of the window.
type Desk interface{ ShowTraining() }

// State is all that the page shows.
type State struct {
	Run      int    // whose model answers; 0 while there is none
	Fills    bool   // a model guesses the word that the text lacks instead
	Filler   string // its name, "" while it is not open
	Opening  bool
	Writes   bool               // the model writes when it is told to
	Several  bool               // any number of labels may apply
	Bounds   map[string]float64 // from which on each does, where it is not a half
	Fields   []setting.Field
	Examples []dataset.Example
	Shape    parts.Shape // of the examples
	Text     string
	Pair     string
	Asked    dataset.Example // what Answer answers
	Answer   *dataset.Answer
	Reasons  []dataset.Reason // for the surest label; nil until they are known
	Writing  bool             // Answer still grows
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	opener  *parts.Worker
	asker   *parts.Worker
	prober  *parts.Worker // asks why
	model   Model
	state   State
	showing bool

	title       *parts.Title
	manner      *widget.Select // what the model is asked
	notice      *parts.Notice
	progress    *parts.ProgressLine
	text, pair  *widget.Entry
	textName    *widget.Label
	pairName    *widget.Label
	second      *fyne.Container // the second text with its name
	write, stop *widget.Button
	ready       *widget.Label // names the examples
	examples    *widget.List
	answer      *answer
	knobs       *fyne.Container // how the model writes
	form        *fyne.Container
	body        *fyne.Container
	page        fyne.CanvasObject
}

const pause = 120 * time.Millisecond // after a key, before the model is asked

// The manners in which a model can be asked.
const (
	askTraining = "Ask the trained model"
	askFiller   = "Guess a missing word"
)

// New makes the page; Reload opens the model.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, opener: parts.NewWorker(place), asker: parts.NewWorker(place), prober: parts.NewWorker(place),
		title: parts.NewTitle("Try it", ""), notice: parts.NewNotice(), progress: parts.NewProgressLine(nil),
		text: widget.NewMultiLineEntry(), pair: widget.NewMultiLineEntry(), textName: parts.Strong(""), pairName: parts.Strong(""), answer: newAnswer(), form: container.NewStack()}
	for _, entry := range []*widget.Entry{p.text, p.pair} {
		entry.Wrapping = fyne.TextWrapWord
		entry.OnChanged = func(string) { p.typed() }
	}
	p.manner = widget.NewSelect([]string{askTraining, askFiller}, func(string) { p.turn() })
	p.write = widget.NewButtonWithIcon("Write", theme.MediaPlayIcon(), p.Write)
	p.write.Importance = widget.HighImportance
	p.stop = widget.NewButtonWithIcon("Stop", theme.MediaStopIcon(), p.asker.Cancel)
	p.ready = parts.Strong("")
	p.examples = widget.NewList(func() int { return len(p.state.Examples) }, newExample, p.fillExample)
	p.examples.OnSelected = func(i widget.ListItemID) { p.Fill(p.state.Examples[i]) }
	p.page = p.layout()
	p.Show(State{})
	return p
}

func (p *Panel) layout() fyne.CanvasObject {
	p.second = container.NewBorder(p.pairName, nil, nil, nil, parts.Tall(parts.Grid*9, p.pair))
	below := container.NewVBox(p.second, container.NewHBox(p.write, p.stop))
	typed := container.NewBorder(p.textName, below, nil, nil, p.text)
	examples := container.NewBorder(p.ready, nil, nil, nil, p.examples)
	p.knobs = parts.Below(parts.Grid*2, parts.Tall(knobsHeight, parts.NewCard(container.NewBorder(parts.Strong("How it writes"), nil, nil, nil, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, parts.Grid*1.5), p.form))))))
	p.body = parts.Evenly(parts.Grid*3, container.NewGridWithRows(2, typed, examples), container.NewBorder(nil, p.knobs, nil, nil, p.answer.content))
	return parts.Page(p.title, parts.AtLeast(fyne.NewSize(parts.Grid*28, 0), p.manner), container.NewBorder(parts.Over(parts.Grid, p.notice, p.progress), nil, nil, nil, p.body))
}

// knobsHeight is how much of the settings is seen at once.
const knobsHeight = parts.Grid * 26

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Entry gives where the text is typed, to be focused.
func (p *Panel) Entry() fyne.Focusable { return p.text }

// turn asks in the chosen manner.
func (p *Panel) turn() {
	fills := p.manner.Selected == askFiller
	if p.showing || fills == p.state.Fills {
		return
	}
	p.asker.Drop()
	p.state = State{Fills: fills, Text: p.state.Text}
	p.Reload()
}

// Guess lets a model guess missing words.
func (p *Panel) Guess() { p.manner.SetSelected(askFiller) }

// Reload opens the best model there is now, or the one that guesses missing words.
func (p *Panel) Reload() {
	if p.state.Fills {
		p.openFiller()
		return
	}
	type opened struct {
		model    Model
		run      int
		examples []dataset.Example
	}
	s := p.state
	s.Opening, s.Trouble = true, nil
	p.Show(s)
	parts.Start(p.opener, func(ctx context.Context) (opened, error) {
		model, run, err := p.project.BestModel(ctx)
		if err != nil {
			return opened{}, err
		}
		examples, err := p.project.Examples(ctx, 6)
		if ctx.Err() != nil && model != nil {
			model.Close() // nobody waits for it any more
		}
		return opened{model, run, examples}, err
	}, func(o opened, err error) {
		p.Close()
		p.model = o.model
		s := State{Run: o.run, Examples: o.examples, Shape: parts.ShapeOf(o.examples), Text: p.state.Text, Pair: p.state.Pair, Several: p.project.Several(), Trouble: err}
		if bounded, ok := o.model.(Bounded); ok {
			s.Bounds = bounded.Bounds()
		}
		if writer, ok := o.model.(Writer); ok {
			s.Writes, s.Fields = true, writer.Fields()
		}
		p.Show(s)
		p.ask()
	})
}

func (p *Panel) openFiller() {
	type opened struct {
		model    Model
		name     string
		examples []dataset.Example
	}
	s := p.state
	s.Opening, s.Trouble = true, nil
	p.Show(s)
	open := p.project.Filler()
	parts.Start(p.opener, func(ctx context.Context) (o opened, err error) {
		if o.examples, err = p.project.Examples(ctx, 6); err != nil {
			return o, err
		}
		if o.model, o.name, err = open(ctx); ctx.Err() != nil && o.model != nil {
			o.model.Close() // nobody waits for it any more
		}
		return o, err
	}, func(o opened, err error) {
		p.Close()
		p.model = o.model
		s := State{Fills: true, Filler: o.name, Text: p.state.Text, Trouble: err}
		for _, e := range o.examples {
			s.Examples = append(s.Examples, dataset.Example{Text: projects.WithHole(e.Text)})
		}
		p.Show(s)
		p.ask()
	})
}

// Close lets the model go.
func (p *Panel) Close() {
	p.opener.Drop()
	p.asker.Drop()
	p.prober.Drop()
	if p.model != nil {
		p.model.Close()
		p.model = nil
	}
}

// Type puts a text in, as typing does.
func (p *Panel) Type(text string) { p.text.SetText(text) }

// TypePair puts a second text in.
func (p *Panel) TypePair(text string) { p.pair.SetText(text) }

// Fill puts both texts of an example in.
func (p *Panel) Fill(e dataset.Example) {
	p.state.Pair = e.Pair
	p.showing = true
	p.pair.SetText(e.Pair)
	p.showing = false
	if p.text.Text == e.Text {
		p.typed()
	}
	p.Type(e.Text)
}

func (p *Panel) typed() {
	if p.showing {
		return
	}
	p.state.Text, p.state.Pair = p.text.Text, p.pair.Text
	p.ask()
}

// complete tells whether all is there that the model reads.
func (s State) complete() bool {
	if s.Fills {
		return projects.HasHole(s.Text)
	}
	return strings.TrimSpace(s.Text) != "" && (!s.Shape.Pair || strings.TrimSpace(s.Pair) != "")
}

// ask lets the model answer once the user has paused. A newer text takes the
// place of one that is still being answered. A model that writes waits to be told.
func (p *Panel) ask() {
	model, asked := p.model, dataset.Example{Text: p.state.Text, Pair: p.state.Pair}
	if model == nil || p.state.Writing {
		return
	}
	p.prober.Drop()
	if p.state.Writes || !p.state.complete() {
		p.asker.Drop()
		if !p.state.complete() {
			p.state.Answer = nil
		}
		p.Show(p.state)
		return
	}
	parts.Start(p.asker, func(ctx context.Context) (dataset.Answer, error) {
		select {
		case <-ctx.Done():
			return dataset.Answer{}, ctx.Err()
		case <-time.After(pause):
		}
		return model.Answer(ctx, asked.Text, asked.Pair)
	}, func(answer dataset.Answer, err error) {
		if !errors.Is(err, context.Canceled) {
			p.answered(asked, answer, err)
		}
	})
}

// answered shows an answer, or why there is none.
func (p *Panel) answered(asked dataset.Example, answer dataset.Answer, err error) {
	s := p.state
	s.Asked, s.Answer, s.Reasons, s.Trouble = asked, &answer, nil, err
	if err != nil {
		s.Answer = nil
	}
	p.Show(s)
	if err == nil && len(answer.Labels) > 0 && !s.Several {
		p.probe(asked, answer.Labels[0].Label)
	}
}

// probe finds out which words decided. It comes after the answer, and gives way to a newer
// text; where it fails the answer stands without.
func (p *Panel) probe(asked dataset.Example, label string) {
	model, ok := p.model.(Explainer)
	if !ok {
		return
	}
	parts.Start(p.prober, func(ctx context.Context) ([]dataset.Reason, error) {
		return model.Why(ctx, asked.Text, asked.Pair, label)
	}, func(reasons []dataset.Reason, err error) {
		if err == nil {
			p.state.Reasons = reasons
			p.Show(p.state)
		}
	})
}

// Write lets the model write, and shows the text as it grows.
func (p *Panel) Write() {
	writer, ok := p.model.(Writer)
	if !ok || p.state.Writing || !p.state.complete() {
		return
	}
	asked := dataset.Example{Text: p.state.Text, Pair: p.state.Pair}
	p.state.Writing = true
	p.answered(asked, dataset.Answer{}, nil)
	parts.StartWith(p.asker, writer.Write(asked.Text, asked.Pair), func(written string) {
		p.answered(asked, dataset.Answer{Text: written}, nil)
	}, func(answer dataset.Answer, err error) {
		p.state.Writing = false
		if errors.Is(err, context.Canceled) && p.state.Answer != nil { // what was written until then stays
			answer, err = *p.state.Answer, nil
		}
		p.answered(asked, answer, err)
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.showing = true
	defer func() { p.showing = false }()
	was := p.state.Run
	p.state = s
	manner := askTraining
	if s.Fills {
		manner = askFiller
	}
	p.manner.SetSelected(manner)
	p.title.Say(sentence(s))
	p.showTyped(s)
	p.progress.Rest()
	if s.Opening && s.nobody() {
		p.progress.Tell(parts.Progress{Verb: "Opening the model"})
	}
	p.say(s)
	p.body.Hidden = s.nobody() && !s.Opening
	p.knobs.Hidden = len(s.Fields) == 0
	if was != s.Run || len(p.form.Objects) == 0 {
		p.form.Objects = []fyne.CanvasObject{parts.NewNarrowForm(s.Fields)}
	}
	p.examples.Refresh()
	p.answer.show(s)
	p.page.Refresh()
}

// nobody says that no model is there to be asked.
func (s State) nobody() bool { return s.Run == 0 && s.Filler == "" }

// showTyped shows what the model is asked.
func (p *Panel) showTyped(s State) {
	for entry, text := range map[*widget.Entry]string{p.text: s.Text, p.pair: s.Pair} {
		if entry.Text != text {
			entry.SetText(text)
		}
	}
	p.textName.SetText(s.Shape.TextName())
	p.pairName.SetText(s.Shape.PairName())
	p.textName.Hidden = !s.Shape.Pair
	p.second.Hidden = !s.Shape.Pair
	p.text.SetPlaceHolder("Type or paste a " + strings.ToLower(s.Shape.TextName()))
	p.ready.SetText("Or try rows it has not learned from")
	if s.Fills {
		p.ready.SetText("Or fill a gap in your rows")
		p.text.SetPlaceHolder("Type a sentence, with ___ for the word that is missing")
	}
	p.pair.SetPlaceHolder("Type a " + strings.ToLower(s.Shape.PairName()))
	p.write.Hidden = !s.Writes || s.Writing
	p.stop.Hidden = !s.Writing
	p.write.Enable()
	if !s.complete() {
		p.write.Disable()
	}
}

func sentence(s State) string {
	switch {
	case s.Fills && s.Filler != "":
		return fmt.Sprintf("%s guesses the word that is missing: write ___ in its place. Nothing is stored or sent.", s.Filler)
	case s.Fills:
		return "A model that has read much guesses the word that is missing."
	case s.Run == 0:
		return "Type a text and see what the model says."
	case s.Writes:
		return fmt.Sprintf("The model of training %d writes. Nothing is stored or sent.", s.Run)
	}
	return fmt.Sprintf("The model of training %d answers while you type. Nothing is stored or sent.", s.Run)
}

func (p *Panel) say(s State) {
	switch {
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The model is safe."))
	case s.nobody() && !s.Opening:
		p.notice.Say(parts.Message{What: "There is no model to try yet."}, parts.Primary("Go to the training", p.desk.ShowTraining))
	default:
		p.notice.Hush()
	}
}

func newExample() fyne.CanvasObject {
	l := widget.NewLabel("")
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

func (p *Panel) fillExample(i widget.ListItemID, o fyne.CanvasObject) {
	e := p.state.Examples[i]
	text := e.Text
	if p.state.Shape.Answers && e.Pair != "" {
		text = e.Pair // the question tells more than its passage
	}
	o.(*widget.Label).SetText(parts.Brief(text))
}
