package models

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// say shows the question, the trouble or the good news of a state.
func (p *Panel) say(s State) {
	switch {
	case s.Removing != "":
		p.notice.Say(question(s), widget.NewButton("Keep it", func() { p.AskToRemove("") }), widget.NewButtonWithIcon("Remove it", theme.DeleteIcon(), p.remove))
	case s.Trouble != nil:
		m, ways := p.explain(s)
		p.notice.Say(m, ways...)
	case s.Notice != nil:
		p.notice.Say(*s.Notice, parts.Link("Close", p.hush))
	default:
		p.notice.Hush()
	}
}

func (p *Panel) hush() {
	s := p.state
	s.Notice, s.Trouble, s.TokenOpen = nil, nil, false
	p.Show(s)
}

// question asks whether the model may really go.
func question(s State) parts.Message {
	m := parts.Message{Tone: parts.Warning, What: "Remove " + s.Removing + " from this computer?",
		Way: "What was trained from it stays. To start from it again it has to be downloaded or added again."}
	for _, i := range s.Shelf {
		if i.Name == s.Removing && i.Source == "hub" {
			m.Way = "What was trained from it stays, and it can be downloaded again. Other programs that use the same folder lose it too."
		}
	}
	return m
}

// explain tells of a trouble in the words of this page, with buttons for the way out.
func (p *Panel) explain(s State) (parts.Message, []fyne.CanvasObject) {
	m := parts.MessageOf(s.Trouble, "")
	if text := s.Trouble.Error(); s.Chosen != "" && strings.HasPrefix(text, s.Chosen) {
		m.What = text + "." // a name keeps its letters
	}
	again := widget.NewButton("Try again", func() {
		if p.again != nil {
			p.again()
		}
	})
	token := widget.NewButton("Enter an access token", func() {
		s := p.state
		s.TokenOpen = true
		p.Show(s)
	})
	page := widget.NewButton("Open its page", func() { p.desk.OpenPage(p.models.Page(s.Chosen)) })
	closing := parts.Link("Close", p.hush)
	switch err := s.Trouble; {
	case errors.Is(err, projects.ErrOffline) && s.Demanded:
		m.Way = "HF_HUB_OFFLINE is set on this computer and forbids it. Unset it and start Attune again, or drop the model's folder or zip on this window."
		return m, []fyne.CanvasObject{closing}
	case errors.Is(err, projects.ErrOffline):
		m.Way = "Allow connections, or drop the model's folder or zip on this window."
		return m, []fyne.CanvasObject{closing, widget.NewButton("Allow connections and try again", func() {
			p.switchOffline(false)
			if p.again != nil {
				p.again()
			}
		})}
	case errors.Is(err, projects.ErrForbidden):
		m.Way = "Open its page, sign in and accept the terms there. Then make an access token in the settings of your account, and enter it here."
		return m, []fyne.CanvasObject{closing, page, token}
	case errors.Is(err, projects.ErrMissing):
		m.Way = "Look whether the name is right. If the model is private, enter an access token of an account that may see it."
		return m, []fyne.CanvasObject{closing, token, again}
	case errors.Is(err, projects.ErrUnreachable), errors.Is(err, projects.ErrDamaged), errors.Is(err, projects.ErrFull):
		return m, []fyne.CanvasObject{closing, again}
	}
	return m, []fyne.CanvasObject{closing}
}

// token is where an access token is typed.
type token struct {
	entry   *widget.Entry
	content fyne.CanvasObject
}

func newToken(keep func(string)) *token {
	t := &token{entry: widget.NewPasswordEntry()}
	t.entry.SetPlaceHolder("Access token, beginning with hf_")
	send := func() {
		text := t.entry.Text
		t.entry.SetText("")
		keep(text)
	}
	t.entry.OnSubmitted = func(string) { send() }
	about := parts.QuietSentence("It is kept where Python's programs keep it, in a file that only you can read, and is sent to the hub alone.")
	t.content = parts.NewCard(parts.Column(0, about, parts.Sides(parts.Grid, 0, beforeButton(t.entry, widget.NewButton("Keep it and try again", send)))))
	return t
}

func (t *token) show(on bool) {
	if on {
		t.content.Show()
		return
	}
	t.content.Hide()
}
