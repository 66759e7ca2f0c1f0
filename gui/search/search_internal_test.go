package search

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"attune/gui/parts"
	"attune/projects"
)

// project finds in one try which of two ways is better.
type project struct {
	last   *projects.Search
	most   time.Duration
	resume bool
	err    error
}

func (p *project) Start() string { return "Starter, Balanced" }

func (p *project) LastSearch(context.Context) (projects.Search, bool, error) {
	if p.last == nil {
		return projects.Search{}, false, nil
	}
	return *p.last, true, nil
}

func (p *project) Search(most time.Duration, resume bool) parts.Work[projects.Search, *projects.Setup] {
	p.most, p.resume = most, resume
	return func(_ context.Context, show func(projects.Search)) (*projects.Setup, error) {
		found := between()
		show(found)
		if p.err != nil {
			p.last = &found
			return nil, p.err
		}
		found.Left = found.Left[:1]
		show(found)
		p.last = &found
		return &projects.Setup{Base: "found"}, nil
	}
}

// between is a search of four ways, in its second round.
func between() projects.Search {
	way := func(rate string, techniques ...string) projects.Candidate {
		return projects.Candidate{Techniques: techniques, Settings: map[string]string{"learning_rate": rate, "dropout": "0.1"}}
	}
	a, b, c, d := way("0.001", "headswap"), way("0.0005", "headswap", "layerwise"), way("0.002", "headswap"), way("0.002", "lora")
	return projects.Search{Seconds: 1800, Main: "macro_f1", Left: []projects.Candidate{b, a}, Rounds: []projects.Round{
		{{Candidate: a, Passes: 1, Score: 0.7, Loss: 1}, {Candidate: b, Passes: 1, Score: 0.8, Loss: 0.9}, {Candidate: c, Failed: "it ran away"}, {Candidate: d, Passes: 1, Score: 0.2, Loss: 2}},
		{{Candidate: b, Passes: 3, Score: 0.853, Loss: 0.5, Seconds: 65}},
	}}
}

type desk struct {
	setup   *projects.Setup
	running []bool
}

func (d *desk) TakeSetup(s *projects.Setup) { d.setup = s }
func (d *desk) SearchChanged(on bool)       { d.running = append(d.running, on) }
func (d *desk) ShowTechnique()              {}

func newPanel(t *testing.T, p *project) (*Panel, *desk) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	panel := New(p, d, parts.Background{})
	test.NewTempWindow(t, panel.Content())
	panel.Reload()
	return panel, d
}

func TestSearchAndTrainTheBest(t *testing.T) {
	p := &project{}
	panel, d := newPanel(t, p)
	panel.time.SetSelected("1 hour")
	test.Tap(panel.begin)
	if p.most != time.Hour || p.resume {
		t.Errorf("the search has %s and goes on: %t", p.most, p.resume)
	}
	if len(d.running) != 2 || !d.running[0] || d.running[1] {
		t.Errorf("the window is told of %v", d.running)
	}
	if said := panel.notice.Said().What; said != "The best way is found: Lower layers learn slower, learning rate 0.0005, dropout 0.1." {
		t.Errorf("it says %q", said)
	}
	if test.Tap(panel.train); d.setup == nil || d.setup.Base != "found" {
		t.Errorf("the training is to be %+v", d.setup)
	}
}

func TestAnInterruptedSearchGoesOn(t *testing.T) {
	p := &project{err: context.Canceled}
	panel, _ := newPanel(t, p)
	test.Tap(panel.begin)
	if panel.goOn.Hidden || !panel.train.Hidden {
		t.Fatal("what was stopped cannot be gone on with")
	}
	p.err = nil
	if test.Tap(panel.goOn); !p.resume || panel.train.Hidden {
		t.Error("it does not go on to its end")
	}

	later, d := newPanel(t, p)
	if later.train.Hidden {
		t.Fatal("the search of an earlier day is forgotten")
	}
	if test.Tap(later.train); d.setup == nil {
		t.Error("its best is not trained")
	}
}

func TestTriesAreListed(t *testing.T) {
	found := between()
	if done, all := found.Tries(); done != 5 || all != 6 {
		t.Errorf("%d of %d tries, want 5 of 6", done, all)
	}
	tries := triesOf(found)
	want := [][]string{
		{"Lower layers learn slower", "learning rate 0.0005, dropout 0.1", "2", "3", "0.853", "0.500", "1 min 5 s"},
		{"Lower layers learn slower", "learning rate 0.0005, dropout 0.1", "1", "1", "0.800", "0.900", "under 1 s"},
		{"Fine-tune everything", "learning rate 0.001, dropout 0.1", "1", "1", "0.700", "1.000", "under 1 s"},
		{"Learn small additions", "learning rate 0.002, dropout 0.1", "1", "1", "0.200", "2.000", "under 1 s"},
		{"Fine-tune everything", "It ran away.", "1", "0", "-", "-", "under 1 s"},
	}
	for i, line := range want {
		for j, cell := range line {
			if got := tries[i].cells[j]; got != cell {
				t.Errorf("line %d, column %d is %q, want %q", i, j, got, cell)
			}
		}
	}
}
