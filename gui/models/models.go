// Package models is the page of the models that a training can start from: those
// on this computer, those worth having, and what the hub has. It says before what
// it sends, and lists what was sent. It downloads nothing itself.
package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Models is what the page needs of the models.
type Models interface {
	List() ([]projects.ModelInfo, error)
	Measure(projects.ModelInfo) projects.ModelInfo // finds what memory one that is here needs
	Search(ctx context.Context, words string) ([]projects.ModelInfo, error)
	Pull(ctx context.Context, name string, progress func(projects.Progress)) (projects.ModelInfo, error)
	Add(ctx context.Context, source, name string, progress func(projects.Progress)) (projects.ModelInfo, error)
	Remove(name string) error
	Offline() (offline, demanded bool)
	SetOffline(offline bool) error
	SignIn(token string) error
	Page(name string) string
	Contacts() ([]projects.Contact, error)
}

// Desk is what the page asks of the window.
type Desk interface {
	StartFromModel(name string)      // chooses it for the open project
	ModelsChanged()                  // one came or went
	NetworkChanged(offline, at bool) // the switch was turned, or a contact begins or ends
	BrowseModel()                    // a dialog for a folder to add
	OpenPage(address string)         // in the user's browser
}

// State is all that the page shows.
type State struct {
	Shelf     []projects.ModelInfo // on this computer, then what is recommended
	Found     []projects.ModelInfo // by the last search
	Words     string               // of the last search; "" before the first
	Chosen    string               // the model that is shown in full
	Contacts  []projects.Contact   // all that were ever made, the oldest first
	Ledger    bool                 // they are shown in place of the models
	Offline   bool
	Demanded  bool            // it is the environment that demands it
	Memory    int64           // of this computer in bytes, 0 when not known
	Progress  *parts.Progress // while something is searched, downloaded or copied
	Removing  string          // the model that was asked to be removed, to be confirmed
	Notice    *parts.Message  // what went well
	Trouble   error           // why the last thing asked for did not work
	Project   string          // that is open; "" for none
	Bases     []string        // what it can start from
	Base      string          // what it starts from now
	TokenOpen bool            // a token may be typed
}

// Panel is the page.
type Panel struct {
	models Models
	desk   Desk
	looker *parts.Worker // lists
	worker *parts.Worker // searches, downloads, copies, removes: one at a time
	state  State
	again  func() // what was asked for last
	busy   bool

	notice   *parts.Notice
	progress *parts.ProgressLine
	words    *widget.Entry
	offline  *widget.Check
	ledger   *widget.Button
	token    *token
	shelf    *shelf
	detail   *detail
	contacts *contacts
	body     *fyne.Container
	showing  bool
	page     fyne.CanvasObject
}

// New makes the page; Reload fills it.
func New(models Models, desk Desk, place parts.Background) *Panel {
	p := &Panel{models: models, desk: desk, looker: parts.NewWorker(place), worker: parts.NewWorker(place),
		notice: parts.NewNotice(), words: widget.NewEntry(), contacts: newContacts(), body: container.NewStack()}
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.words.SetPlaceHolder("Search the Hugging Face hub, or paste the address of a model")
	p.words.OnSubmitted = func(string) { p.Search() }
	p.words.OnChanged = func(text string) {
		if text == "" && p.state.Words != "" {
			p.forget()
		}
	}
	p.offline = widget.NewCheck("Work offline", p.switchOffline)
	p.ledger = parts.Link("", p.turn)
	p.token = newToken(p.SignIn)
	p.shelf = newShelf(p.Choose)
	p.detail = newDetail(p)
	p.page = p.layout()
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave cancels what is under way. What came of a download is kept.
func (p *Panel) Leave() {
	p.looker.Drop()
	p.worker.Drop()
}

func (p *Panel) layout() fyne.CanvasObject {
	title := parts.NewTitle("Models", "What a training can start from. Models on this computer work without a network; nothing is sent before you press Search or Download.")
	search := container.NewBorder(nil, nil, nil, container.NewHBox(
		widget.NewButtonWithIcon("Search", theme.SearchIcon(), p.Search),
		widget.NewButtonWithIcon("Add from a folder", theme.FolderOpenIcon(), p.desk.BrowseModel)), p.words)
	head := parts.Column(parts.Grid, search, p.notice, p.token.content, p.progress)
	foot := container.NewBorder(nil, nil, p.ledger, nil, parts.Quiet("You can also drop a model's folder, zip or .gguf file anywhere on this window."))
	return parts.Page(title, p.offline, container.NewBorder(head, foot, nil, nil,
		container.New(layout.NewCustomPaddedLayout(parts.Grid, 0, 0, 0), p.body)))
}

// Reload looks anew at what is on this computer.
func (p *Panel) Reload() { p.reload(nil) }

// seen is what is on this computer.
type seen struct {
	shelf    []projects.ModelInfo
	contacts []projects.Contact
}

// reload looks, and then changes the state that is shown.
func (p *Panel) reload(change func(*State)) {
	if change != nil {
		s := p.state
		change(&s)
		p.Show(s)
	}
	parts.StartWith(p.looker, func(ctx context.Context, show func(seen)) (v seen, err error) {
		if v.shelf, err = p.models.List(); err != nil {
			return v, err
		}
		if v.contacts, err = p.models.Contacts(); err != nil {
			return v, err
		}
		for i, m := range v.shelf {
			if m.Here && m.Memory == 0 && ctx.Err() == nil {
				show(v)
				v.shelf = slices.Clone(v.shelf) // the other is on the page
				v.shelf[i] = p.models.Measure(m)
			}
		}
		return v, ctx.Err()
	}, func(v seen) { p.seen(v, nil) }, p.seen)
}

// seen shows what was found on this computer.
func (p *Panel) seen(v seen, err error) {
	s := p.state
	s.Offline, s.Demanded = p.models.Offline()
	s.Memory = projects.Memory()
	if err != nil {
		s.Trouble = err
	} else {
		s.Shelf, s.Contacts = v.shelf, v.contacts
		s.Found = marked(s.Found, s.Shelf)
	}
	p.Show(s)
	p.desk.NetworkChanged(s.Offline, p.busy)
}

// marked says of those found which are on this computer now, and keeps what only the
// hub told of them.
func marked(found, shelf []projects.ModelInfo) []projects.ModelInfo {
	all := slices.Clone(found)
	for i, f := range all {
		all[i].Here = false
		for _, m := range shelf {
			if m.Name == f.Name && m.Here {
				all[i] = told(m, f)
			}
		}
	}
	return all
}

// told gives a model on this computer with what only the hub told of it.
func told(m, found projects.ModelInfo) projects.ModelInfo {
	m.Downloads, m.Gated, m.Licence = found.Downloads, found.Gated, cmp.Or(m.Licence, found.Licence)
	if len(m.Languages) == 0 {
		m.Languages = found.Languages
	}
	if len(m.Tasks) == 0 {
		m.Tasks = found.Tasks
	}
	return m
}

// ForProject says what the open project can start from, and does; name is "" when
// none is open.
func (p *Panel) ForProject(name string, bases []projects.Choice, base string) {
	s := p.state
	s.Project, s.Base, s.Bases = name, base, nil
	for _, b := range bases {
		s.Bases = append(s.Bases, b.Name)
	}
	p.Show(s)
}

// Choose shows a model in full.
func (p *Panel) Choose(name string) {
	s := p.state
	s.Chosen = name
	p.Show(s)
}

// chosen gives the model that is shown in full, or nil.
func (s State) chosen() *projects.ModelInfo {
	for _, all := range [][]projects.ModelInfo{s.Found, s.Shelf} {
		if i := slices.IndexFunc(all, func(m projects.ModelInfo) bool { return m.Name == s.Chosen }); i >= 0 {
			return &all[i]
		}
	}
	return nil
}

// Type puts words to search for in, as typing does.
func (p *Panel) Type(words string) { p.words.SetText(words) }

// Search asks the hub for what was typed.
func (p *Panel) Search() {
	words := strings.TrimSpace(p.words.Text)
	if words == "" || !p.begin(func() { p.Search() }, "Asking the hub for "+words) {
		return
	}
	p.desk.NetworkChanged(p.state.Offline, true)
	parts.Start(p.worker, func(ctx context.Context) ([]projects.ModelInfo, error) { return p.models.Search(ctx, words) },
		func(found []projects.ModelInfo, err error) {
			p.end(err, func(s *State) {
				s.Found, s.Words, s.Ledger = found, words, false
				if len(found) > 0 {
					s.Chosen = found[0].Name
				}
			})
		})
}

// forget takes what was found off the page.
func (p *Panel) forget() {
	s := p.state
	s.Found, s.Words = nil, ""
	p.Show(s)
}

// Download brings a model to this computer.
func (p *Panel) Download(name string) {
	if !p.begin(func() { p.Download(name) }, "Asking the hub for "+name) {
		return
	}
	p.desk.NetworkChanged(p.state.Offline, true)
	parts.StartWith(p.worker, func(ctx context.Context, show func(projects.Progress)) (projects.ModelInfo, error) {
		return p.models.Pull(ctx, name, show)
	}, p.tell, func(m projects.ModelInfo, err error) { p.arrived([]projects.ModelInfo{m}, err) })
}

// Add copies models from folders or zips, one after the other.
func (p *Panel) Add(sources ...string) {
	if !p.begin(func() { p.Add(sources...) }, "Looking at "+filepath.Base(sources[0])) {
		return
	}
	parts.StartWith(p.worker, func(ctx context.Context, show func(projects.Progress)) (added []projects.ModelInfo, err error) {
		for _, source := range sources {
			m, err := p.models.Add(ctx, source, "", show)
			if err != nil {
				return added, err
			}
			added = append(added, m)
		}
		return added, nil
	}, p.tell, p.arrived)
}

// arrived says that models are here now.
func (p *Panel) arrived(all []projects.ModelInfo, err error) {
	p.end(err, func(s *State) {
		last := all[len(all)-1]
		s.Chosen, s.Ledger = last.Name, false
		what := last.Name + " is on this computer now."
		if len(all) > 1 {
			what = parts.Counted(len(all), "model is", "models are") + " on this computer now."
		}
		s.Notice = &parts.Message{Tone: parts.Done, What: what, Way: "It works without a network from here on."}
		s.Found = marked(s.Found, slices.Concat(s.Shelf, all))
	})
	if err == nil || len(all) > 1 {
		p.desk.ModelsChanged()
	}
}

// AskToRemove asks whether a model is to go.
func (p *Panel) AskToRemove(name string) {
	s := p.state
	s.Removing, s.Notice, s.Trouble = name, nil, nil
	p.Show(s)
}

// remove takes away the model that was asked about.
func (p *Panel) remove() {
	name := p.state.Removing
	if !p.begin(func() { p.AskToRemove(name) }, "Removing "+name) {
		return
	}
	parts.Start(p.worker, func(context.Context) (struct{}, error) { return struct{}{}, p.models.Remove(name) },
		func(_ struct{}, err error) {
			p.end(err, func(s *State) {
				s.Notice = &parts.Message{Tone: parts.Done, What: name + " was removed."}
				s.Shelf = slices.DeleteFunc(slices.Clone(s.Shelf), func(m projects.ModelInfo) bool { return m.Name == name })
			})
			if err == nil {
				p.desk.ModelsChanged()
			}
		})
}

// switchOffline turns the switch, and closes every connection.
func (p *Panel) switchOffline(on bool) {
	if p.showing {
		return
	}
	err := p.models.SetOffline(on)
	p.reload(func(s *State) {
		s.Offline, s.Demanded = p.models.Offline()
		if s.Trouble = err; err == nil && !on {
			s.Notice = nil
		}
	})
}

// SignIn keeps a token and asks again for what it was needed for.
func (p *Panel) SignIn(text string) {
	s := p.state
	s.Trouble = p.models.SignIn(text)
	s.TokenOpen = s.Trouble != nil
	p.Show(s)
	if s.Trouble == nil && p.again != nil {
		p.again()
	}
}

// turn shows the ledger, or the models again.
func (p *Panel) turn() {
	p.reload(func(s *State) { s.Ledger = !s.Ledger })
}

// begin gets ready for a piece of work, unless another is under way.
func (p *Panel) begin(again func(), verb string) bool {
	s := p.state
	if p.busy {
		s.Notice = &parts.Message{Tone: parts.Warning, What: "Something else is still under way.", Way: "Wait until it is done, or cancel it."}
		p.Show(s)
		return false
	}
	p.busy, p.again = true, again
	s.Notice, s.Trouble, s.Removing, s.TokenOpen = nil, nil, "", false
	s.Progress = &parts.Progress{Verb: verb}
	p.Show(s)
	return true
}

// tell shows how far the work is.
func (p *Panel) tell(at projects.Progress) {
	p.state.Progress = &parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left}
	p.progress.Tell(*p.state.Progress)
}

// end shows what came of the work.
func (p *Panel) end(err error, done func(*State)) {
	p.busy = false
	p.reload(func(s *State) {
		s.Progress = nil
		switch {
		case errors.Is(err, context.Canceled):
			s.Notice = &parts.Message{What: "Stopped.", Way: "What has come is kept: it goes on from there when you start it again."}
		case err != nil:
			s.Trouble = err
		default:
			done(s)
		}
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.showing = true
	defer func() { p.showing = false }()
	p.state = s
	p.offline.SetChecked(s.Offline)
	p.offline.Enable()
	if s.Demanded {
		p.offline.Disable()
	}
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	p.say(s)
	p.token.show(s.TokenOpen)
	p.ledger.SetText(fmt.Sprintf("Every connection ever made: %s", parts.Count(len(s.Contacts))))
	if s.Ledger {
		p.ledger.SetText("Back to the models")
		p.contacts.show(s.Contacts)
		p.body.Objects = []fyne.CanvasObject{p.contacts.content}
	} else {
		p.shelf.show(s)
		p.detail.show(s)
		p.body.Objects = []fyne.CanvasObject{container.New(&beside{width: parts.Grid * 44, gap: parts.Grid * 2}, p.shelf.list, p.detail.content)}
	}
	p.body.Refresh()
	p.page.Refresh()
}

// beside lays out two objects side by side, the second of a fixed width.
type beside struct{ width, gap float32 }

func (b *beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width - b.width - b.gap
	objects[0].Resize(fyne.NewSize(left, size.Height))
	objects[1].Resize(fyne.NewSize(b.width, size.Height))
	objects[1].Move(fyne.NewPos(left+b.gap, 0))
}

func (b *beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width+b.gap+b.width, max(objects[0].MinSize().Height, objects[1].MinSize().Height))
}
