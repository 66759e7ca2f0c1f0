// Package tryout is the page on which a trained model is tried: type a text and
// see, as you type, which label the model gives it and how sure it is.
package tryout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
)

// Model answers texts. Answer may be called while an earlier call is still at
// work.
type Model interface {
	Answer(ctx context.Context, text, pair string) (dataset.Answer, error)
	Close()
}

// Project is what the page needs of a project.
type Project interface {
	BestModel(ctx context.Context) (m Model, run int, err error) // m is nil when there is none yet
	Texts(ctx context.Context, n int) ([]string, error)          // a few to try
}

// Desk is what the page asks of the window.
type Desk interface{ ShowTraining() }

// State is all that the page shows.
type State struct {
	Run      int // whose model answers; 0 while there is none
	Opening  bool
	Examples []string
	Text     string
	Answer   *dataset.Answer
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	opener  *parts.Worker
	asker   *parts.Worker
	model   Model
	state   State
	showing bool

	title    *parts.Title
	notice   *parts.Notice
	progress *parts.ProgressLine
	text     *widget.Entry
	examples *widget.List
	says     *widget.Label
	sure     *widget.Label
	bars     *parts.Bars
	body     *fyne.Container
	page     fyne.CanvasObject
}

const (
	pause      = 120 * time.Millisecond // after a key, before the model is asked
	mostLabels = 12                     // bars shown
)

// New makes the page; Reload opens the model.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, opener: parts.NewWorker(place), asker: parts.NewWorker(place),
		title: parts.NewTitle("Try it", ""), notice: parts.NewNotice(), progress: parts.NewProgressLine(nil),
		text: widget.NewMultiLineEntry(), says: parts.Heading(""),
		sure: parts.QuietSentence(""), bars: parts.NewBars(true, nil)}
	p.text.Wrapping = fyne.TextWrapWord
	p.text.SetPlaceHolder("Type or paste a text")
	p.text.OnChanged = p.typed
	p.says.Wrapping = fyne.TextWrapWord
	p.examples = widget.NewList(func() int { return len(p.state.Examples) }, newExample, p.fillExample)
	p.examples.OnSelected = func(i widget.ListItemID) { p.Type(p.state.Examples[i]) }
	examples := container.NewBorder(parts.Strong("Or try rows it has not learned from"), nil, nil, nil,
		p.examples)
	write := container.NewGridWithRows(2, p.text, examples)
	answer := parts.NewCard(container.NewBorder(parts.Column(-parts.Grid, p.says, p.sure), nil, nil, nil,
		container.NewVScroll(parts.Inset(parts.Grid, p.bars))))
	p.body = parts.Evenly(parts.Grid*3, write, answer)
	p.page = parts.Page(p.title, nil, container.NewBorder(parts.Column(parts.Grid, p.notice, p.progress), nil, nil, nil, p.body))
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Entry gives where the text is typed, to be focused.
func (p *Panel) Entry() fyne.Focusable { return p.text }

// Reload opens the best model there is now.
func (p *Panel) Reload() {
	type opened struct {
		model Model
		run   int
		texts []string
	}
	s := p.state
	s.Opening, s.Trouble = true, nil
	p.Show(s)
	parts.Start(p.opener, func(ctx context.Context) (opened, error) {
		model, run, err := p.project.BestModel(ctx)
		if err != nil {
			return opened{}, err
		}
		texts, err := p.project.Texts(ctx, 6)
		if ctx.Err() != nil && model != nil {
			model.Close() // nobody waits for it any more
		}
		return opened{model, run, texts}, err
	}, func(o opened, err error) {
		p.Close()
		p.model = o.model
		p.Show(State{Run: o.run, Examples: o.texts, Text: p.state.Text, Trouble: err})
		p.ask(p.state.Text)
	})
}

// Close lets the model go.
func (p *Panel) Close() {
	p.opener.Drop()
	p.asker.Drop()
	if p.model != nil {
		p.model.Close()
		p.model = nil
	}
}

// Type puts a text in, as typing does.
func (p *Panel) Type(text string) { p.text.SetText(text) }

func (p *Panel) typed(text string) {
	if p.showing {
		return
	}
	p.state.Text = text
	p.ask(text)
}

// ask lets the model answer once the user has paused. A newer text takes the
// place of one that is still being answered.
func (p *Panel) ask(text string) {
	model := p.model
	if model == nil {
		return
	}
	if strings.TrimSpace(text) == "" {
		p.asker.Drop()
		p.state.Answer = nil
		p.Show(p.state)
		return
	}
	parts.Start(p.asker, func(ctx context.Context) (dataset.Answer, error) {
		select {
		case <-ctx.Done():
			return dataset.Answer{}, ctx.Err()
		case <-time.After(pause):
		}
		return model.Answer(ctx, text, "")
	}, func(answer dataset.Answer, err error) {
		if errors.Is(err, context.Canceled) {
			return
		}
		s := p.state
		s.Answer, s.Trouble = &answer, err
		if err != nil {
			s.Answer = nil
		}
		p.Show(s)
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.showing = true
	defer func() { p.showing = false }()
	p.title.Say(sentence(s))
	if p.text.Text != s.Text {
		p.text.SetText(s.Text)
	}
	p.progress.Rest()
	if s.Opening && s.Run == 0 {
		p.progress.Tell(parts.Progress{Verb: "Opening the model"})
	}
	p.say(s)
	p.body.Hidden = s.Run == 0 && !s.Opening
	p.examples.Refresh()
	p.showAnswer(s.Answer)
	p.page.Refresh()
}

func sentence(s State) string {
	if s.Run == 0 {
		return "Type a text and see what the model says."
	}
	return fmt.Sprintf("The model of training %d answers while you type. Nothing is stored or sent.", s.Run)
}

func (p *Panel) say(s State) {
	switch {
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The model is safe."))
	case s.Run == 0 && !s.Opening:
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
	o.(*widget.Label).SetText(parts.Brief(p.state.Examples[i]))
}

func (p *Panel) showAnswer(a *dataset.Answer) {
	if a == nil || len(a.Labels) == 0 {
		p.says.SetText("…")
		p.sure.SetText("The answer appears here.")
		p.bars.Draw(nil)
		return
	}
	p.says.SetText(a.Labels[0].Label)
	p.sure.SetText(Sureness(*a))
	var bars []parts.Bar
	for _, l := range a.Labels[:min(len(a.Labels), mostLabels)] {
		bars = append(bars, parts.Bar{Name: l.Label, Share: l.Score, Words: parts.Percent(l.Score)})
	}
	p.bars.Draw(bars)
}

// Sureness says how sure a model is, in a sentence.
func Sureness(a dataset.Answer) string {
	first := a.Labels[0]
	text := parts.Percent(first.Score) + " sure"
	switch {
	case len(a.Labels) > 1 && first.Score < 0.5:
		return text + fmt.Sprintf(": hardly more than a guess; it could as well be %s.", a.Labels[1].Label)
	case len(a.Labels) > 1 && first.Score-a.Labels[1].Score < 0.2:
		return text + fmt.Sprintf(", with %s close behind.", a.Labels[1].Label)
	default:
		return text + "."
	}
}
