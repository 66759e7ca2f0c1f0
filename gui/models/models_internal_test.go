package models

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// source stands for the models: it does what it was told to.
type source struct {
	list     []projects.ModelInfo
	found    []projects.ModelInfo
	contacts []projects.Contact
	err      error
	offline  bool
	asked    []string
}

func (s *source) List() ([]projects.ModelInfo, error) { return s.list, nil }
func (s *source) Measure(i projects.ModelInfo) projects.ModelInfo {
	i.Memory, i.Fits = 9, true
	return i
}

func (s *source) Search(_ context.Context, words string) ([]projects.ModelInfo, error) {
	s.asked = append(s.asked, "search "+words)
	return s.found, s.err
}

func (s *source) Pull(_ context.Context, name string, show func(projects.Progress)) (projects.ModelInfo, error) {
	s.asked = append(s.asked, "pull "+name)
	show(projects.Progress{Verb: "Downloading model.safetensors", Done: 1, Total: 2})
	m := projects.ModelInfo{Name: name, Source: "hub", Here: true, Type: "bert", Bytes: 7, Memory: 9, Fits: true}
	if s.err == nil {
		s.list = append(slices.DeleteFunc(s.list, func(old projects.ModelInfo) bool { return old.Name == name }), m)
	}
	return m, s.err
}

func (s *source) Add(_ context.Context, file, _ string, _ func(projects.Progress)) (projects.ModelInfo, error) {
	s.asked = append(s.asked, "add "+file)
	return projects.ModelInfo{Name: file, Source: "added", Here: true}, s.err
}

func (s *source) Remove(name string) error {
	s.asked = append(s.asked, "remove "+name)
	return s.err
}

func (s *source) Offline() (offline, demanded bool)     { return s.offline, false }
func (s *source) SetOffline(offline bool) error         { s.offline = offline; return s.err }
func (s *source) SignIn(token string) error             { s.asked = append(s.asked, "sign in "+token); return nil }
func (s *source) Page(name string) string               { return "https://hub/" + name }
func (s *source) Contacts() ([]projects.Contact, error) { return s.contacts, nil }

// desk notes what it is asked for.
type desk struct{ asked []string }

func (d *desk) StartFromModel(name string) { d.asked = append(d.asked, "start "+name) }
func (d *desk) ModelsChanged()             { d.asked = append(d.asked, "changed") }
func (d *desk) NetworkChanged(_, at bool) {
	d.asked = append(d.asked, map[bool]string{true: "on", false: "off"}[at])
}
func (d *desk) BrowseModel()            {}
func (d *desk) OpenPage(address string) { d.asked = append(d.asked, "page "+address) }

func newPanel(t *testing.T, s *source) (*Panel, *desk) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(s, d, parts.Background{})
	w := test.NewTempWindow(t, p.Content())
	w.Resize(fyne.NewSize(1100, 700))
	return p, d
}

// press taps the button with that text, if it is in sight.
func press(t *testing.T, p *Panel, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(p.Content()) {
		if b, ok := o.(*widget.Button); ok && b.Text == text && b.Visible() && !b.Disabled() {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// kind is an error of a kind, with a way out that is meant for a terminal.
type kind struct{ of error }

func (k kind) Error() string { return "org/model cannot be had" }
func (k kind) Hint() string  { return "set HF_TOKEN" }
func (k kind) Unwrap() error { return k.of }

func TestEveryFailureHasAWayOut(t *testing.T) {
	for name, c := range map[string]struct {
		kind    error
		way     string
		buttons []string
	}{
		"terms":     {projects.ErrForbidden, "accept the terms", []string{"Open its page", "Enter an access token"}},
		"no such":   {projects.ErrMissing, "private", []string{"Enter an access token", "Try again"}},
		"network":   {projects.ErrUnreachable, "Set HF_TOKEN.", []string{"Try again"}},
		"disk":      {projects.ErrFull, "Set HF_TOKEN.", []string{"Try again"}},
		"damaged":   {projects.ErrDamaged, "Set HF_TOKEN.", []string{"Try again"}},
		"offline":   {projects.ErrOffline, "Allow connections", []string{"Allow connections and try again"}},
		"something": {errors.New("odd"), "Set HF_TOKEN.", []string{"Close"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &source{err: kind{c.kind}, list: []projects.ModelInfo{{Name: "org/model", Source: "hub"}}}
			p, _ := newPanel(t, s)
			p.Reload()
			p.Choose("org/model")
			press(t, p, "Download")
			said := p.notice.Said()
			if said.What != "org/model cannot be had." || !strings.Contains(said.Way, c.way) {
				t.Errorf("it says %+v", said)
			}
			var texts []string
			for _, o := range test.LaidOutObjects(p.notice) {
				if b, ok := o.(*widget.Button); ok {
					texts = append(texts, b.Text)
				}
			}
			for _, b := range c.buttons {
				if !slices.Contains(texts, b) {
					t.Errorf("the buttons are %q, without %q", texts, b)
				}
			}
			if !slices.Contains(texts, "Try again") {
				return
			}
			s.err = nil
			press(t, p, "Try again")
			if m := p.State().chosen(); p.State().Trouble != nil || m == nil || !m.Here {
				t.Errorf("after it was tried again: %v, %+v", p.State().Trouble, m)
			}
		})
	}
}

func TestATokenIsEnteredAndUsed(t *testing.T) {
	s := &source{err: kind{projects.ErrForbidden}, list: []projects.ModelInfo{{Name: "org/model", Source: "hub"}}}
	p, d := newPanel(t, s)
	p.Reload()
	p.Download("org/model")
	p.Choose("org/model")
	press(t, p, "Open its page")
	press(t, p, "Enter an access token")
	s.err = nil
	p.token.entry.SetText("hf_mine")
	press(t, p, "Keep it and try again")
	if want := []string{"pull org/model", "sign in hf_mine", "pull org/model"}; !slices.Equal(s.asked, want) {
		t.Errorf("asked for %q", s.asked)
	}
	if p.token.entry.Text != "" || !slices.Contains(d.asked, "page https://hub/org/model") || !slices.Contains(d.asked, "changed") {
		t.Errorf("the desk was asked for %q, the token is shown: %q", d.asked, p.token.entry.Text)
	}
}

func TestWhatIsHereIsMeasured(t *testing.T) {
	p, _ := newPanel(t, &source{list: []projects.ModelInfo{{Name: "Mine", Source: "added", Here: true}, {Name: "org/x", Source: "hub"}}})
	p.Reload()
	if all := p.State().Shelf; all[0].Memory != 9 || all[1].Memory != 0 {
		t.Errorf("%+v", all)
	}
}

func TestNothingIsAskedBeforeASearch(t *testing.T) {
	s := &source{found: []projects.ModelInfo{{Name: "org/a", Source: "hub"}, {Name: "org/b", Source: "hub"}}}
	p, d := newPanel(t, s)
	p.Reload()
	p.Search()
	if len(s.asked) > 0 {
		t.Fatalf("asked for %q", s.asked)
	}
	p.Type(" tickets ")
	press(t, p, "Search")
	if !slices.Equal(s.asked, []string{"search tickets"}) || p.State().Chosen != "org/a" {
		t.Errorf("asked for %q, chosen %q", s.asked, p.State().Chosen)
	}
	if got := strings.Join(d.asked, " "); got != "off on off" {
		t.Errorf("the window heard of connections %q", got)
	}
	p.Type("")
	if p.State().Words != "" || len(p.State().Found) > 0 {
		t.Error("what was found is still shown")
	}
}

func TestRemovalIsConfirmed(t *testing.T) {
	s := &source{list: []projects.ModelInfo{{Name: projects.Starter, Here: true}, {Name: "Mine", Source: "added", Here: true}}}
	p, _ := newPanel(t, s)
	p.Reload()
	p.Choose(projects.Starter)
	for _, o := range test.LaidOutObjects(p.Content()) {
		if b, ok := o.(*widget.Button); ok && strings.HasPrefix(b.Text, "Remove") {
			t.Error("the starter can be removed")
		}
	}
	p.Choose("Mine")
	press(t, p, "Remove from this computer")
	press(t, p, "Keep it")
	press(t, p, "Remove from this computer")
	if len(s.asked) > 0 {
		t.Fatalf("asked for %q", s.asked)
	}
	press(t, p, "Remove it")
	if !slices.Equal(s.asked, []string{"remove Mine"}) {
		t.Errorf("asked for %q", s.asked)
	}
}

func TestWhatAProjectCanStartFrom(t *testing.T) {
	learner := projects.ModelInfo{Name: "org/learner", Source: "hub", Here: true, Learns: []string{"classification"}}
	writer := projects.ModelInfo{Name: "org/writer", Source: "hub", Here: true}
	s := &source{list: []projects.ModelInfo{learner, writer}}
	p, d := newPanel(t, s)
	p.Reload()
	if hint := p.State().hint(learner); !strings.HasPrefix(hint, "Open a project") {
		t.Errorf("without a project: %q", hint)
	}
	p.ForProject("Tickets", []projects.Choice{{Name: "org/learner"}}, projects.Starter)
	p.Choose("org/learner")
	press(t, p, "Start from it")
	if d.asked[len(d.asked)-1] != "start org/learner" {
		t.Errorf("the desk was asked for %q", d.asked)
	}
	if hint := p.State().hint(writer); !strings.HasPrefix(hint, "Attune reads this model") {
		t.Errorf("of a model that learns nothing: %q", hint)
	}
}

func TestSeveralAreAddedOneAfterTheOther(t *testing.T) {
	s := &source{}
	p, _ := newPanel(t, s)
	p.Add("a", "b")
	if n := p.State().Notice; !slices.Equal(s.asked, []string{"add a", "add b"}) || n == nil || n.What != "2 models are on this computer now." {
		t.Errorf("asked for %q, told %+v", s.asked, n)
	}
}

func TestTheLedger(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local)
	s := &source{contacts: []projects.Contact{
		{Time: at, Address: "https://hub/api", Status: 200, Received: 1500}, {Time: at, Address: "https://hub/file", Status: 302},
		{Time: at, Address: "https://hub/gated", Status: 401}, {Time: at, Error: "no route"}, {Time: at},
	}}
	p, _ := newPanel(t, s)
	p.Reload()
	press(t, p, "Every connection ever made: 5")
	var got []string
	for row := range 5 {
		got = append(got, p.contacts.cell(row, 2))
	}
	if want := []string{"cut off", "no answer", "refused (401)", "sent on to another address", "answered"}; !slices.Equal(got, want) {
		t.Errorf("what came of them: %q", got)
	}
	if when, bytes := p.contacts.cell(4, 0), p.contacts.cell(4, 3); when != "20 Nov 2026 12:00:00" || bytes != "1.5 KB" {
		t.Errorf("the first: %q, %q", when, bytes)
	}
	press(t, p, "Back to the models")
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Tasks([]string{"classification", "text-classification", "entities"}), "sorting texts into classes, finding names and terms"},
		{Tasks([]string{"table-question-answering"}), "table question answering"},
		{Languages([]string{"en", "de"}), "English, German"},
		{Languages([]string{"multilingual"}), "about a hundred languages"},
		{Languages([]string{"ceb", "war", "new", "yue"}), "Cebuano, Waray, Cantonese"},
		{Languages([]string{"sw", "nlp", "nb"}), "Swahili, Norwegian Bokmål"},
		{Languages([]string{"en", "fr", "de", "ro", "es"}), "English, French, German, Romanian and others"},
		{Licence("openrail"), "openrail"},
		{Architecture("xlm-roberta"), "XLM-RoBERTa"},
		{Architecture("mamba"), "mamba"},
		{projects.ModelInfo{Name: "org/model"}.Title(), "model"},
		{Brief(projects.ModelInfo{Type: "bert", Languages: []string{"de"}, Downloads: 1}), "BERT, German, 1 download last month"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFitsAreToldAsFarAsTheyAreKnown(t *testing.T) {
	for want, m := range map[string]projects.ModelInfo{
		"fits this laptop":          {Memory: 1, Fits: true},
		"too large for this laptop": {Memory: 1},
		"":                          {Fits: true},
	} {
		if got, _ := badge(m); got != want {
			t.Errorf("%+v: %q, want %q", m, got, want)
		}
	}
	all := facts(projects.ModelInfo{Name: "org/x", Source: "hub", Memory: 2e9, Bytes: 5e8}, 8e9)
	if i := slices.IndexFunc(all, func(f fact) bool { return f.name == "Memory to train" }); i < 0 || all[i].value != "about 2 GB of this laptop's 8 GB" {
		t.Errorf("%+v", all)
	}
	if i := slices.IndexFunc(all, func(f fact) bool { return f.name == "Licence" }); i < 0 || all[i].value != "see its page" {
		t.Errorf("%+v", all)
	}
}
