package gui

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/projects"
)

var (
	people = []string{"Anna", "Bob", "Carla", "Dev", "Emre", "Fatou"}
	cities = []string{"Rome", "Oslo", "Lima", "Cairo", "Delhi"}
)

// names is a CoNLL file of sentences about who lives where.
func names(t *testing.T) string {
	var b strings.Builder
	for i := range 120 {
		fmt.Fprintf(&b, "%s B-person\nlives O\nin O\n%s B-place\nnow O\n\n", people[i%len(people)], cities[i%len(cities)])
	}
	return written(t, "Names.conll", b.String())
}

// questions is a SQuAD file that asks where people live.
func questions(t *testing.T) string {
	type answer struct {
		Text  string `json:"text"`
		Start int    `json:"answer_start"`
	}
	type question struct {
		ID       string   `json:"id"`
		Question string   `json:"question"`
		Answers  []answer `json:"answers"`
	}
	type passage struct {
		Context string     `json:"context"`
		QAs     []question `json:"qas"`
	}
	var all []passage
	for i := range 90 {
		person, city := people[i%len(people)], cities[i%len(cities)]
		text := person + " came from far away and lives in " + city + " now."
		all = append(all, passage{text, []question{{fmt.Sprint(i), "Where does " + person + " live?", []answer{{city, strings.Index(text, city)}}}}})
	}
	data, err := json.Marshal(map[string]any{"version": "1.1", "data": []any{map[string]any{"title": "people", "paragraphs": all}}})
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "Questions.json", string(data))
}

// pairs is a table of texts in two languages.
func pairs(t *testing.T) string {
	var b strings.Builder
	b.WriteString("source\ttarget\n")
	for i := range 90 {
		person, city := people[i%len(people)], cities[i%len(cities)]
		fmt.Fprintf(&b, "%s has lived %d years in %s.\t%s wohnt seit %d Jahren in %s.\n", person, i, city, person, i, city)
	}
	return written(t, "Pairs.tsv", b.String())
}

// feelings is a table of texts with one label or two.
func feelings(t *testing.T) string {
	var b strings.Builder
	b.WriteString("text,feelings\n")
	for i := range 90 {
		b.WriteString([]string{"I love it so much here,joy\n", "It makes me cry all day,grief\n", "I laugh and I cry at once,joy;grief\n"}[i%3])
	}
	return written(t, "Feelings.csv", b.String())
}

// same is a table of two texts each that say the same, or do not.
func same(t *testing.T) string {
	var b strings.Builder
	b.WriteString("first,second,same\n")
	for i := range 90 {
		other := cities[(i+i%2)%len(cities)]
		fmt.Fprintf(&b, "%s has moved to %s.,The new home of %s is %s.,%s\n", people[i%len(people)], cities[i%len(cities)], people[i%len(people)], other, []string{"yes", "no"}[i%2])
	}
	return written(t, "Same.csv", b.String())
}

// lines are texts and nothing else.
func lines(t *testing.T) string {
	var b strings.Builder
	for i := range 90 {
		fmt.Fprintf(&b, "%s went to %s and came back after %d days.\n", people[i%len(people)], cities[i%len(cities)], i)
	}
	return written(t, "Lines.txt", b.String())
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// choose chooses in the line of a page that begins with a name or, for no name, in the
// first choice that has the option.
func (s *stand) choose(t *testing.T, line, option string) {
	t.Helper()
	all := test.LaidOutObjects(s.window.Content())
	top := func(o fyne.CanvasObject) float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y }
	at := slices.IndexFunc(all, func(o fyne.CanvasObject) bool {
		l, ok := o.(*widget.Label)
		return ok && l.Text == line && l.Visible()
	})
	for _, o := range all {
		choice, ok := o.(*widget.Select)
		if ok && slices.Contains(choice.Options, option) && (line == "" || at >= 0 && top(choice) == top(all[at])) {
			choice.SetSelected(option)
			return
		}
	}
	t.Fatalf("nothing in the line %q offers %q", line, option)
}

// TestWholeWayOfEveryTask walks from a dropped file, with what was guessed of it corrected
// where need be, to a model that answers.
func TestWholeWayOfEveryTask(t *testing.T) {
	for name, c := range map[string]struct {
		task    string
		file    func(*testing.T) string
		correct func(*testing.T, *stand)            // what was guessed of the file; nil where all is right
		shape   string                              // what the rows are called that the page shows
		fits    func(projects.Report) bool          // what the results tell
		says    func(dataset.Answer, string) string // what is wrong with an answer to a text
	}{
		"several labels": {"multilabel", feelings, nil, "Labels", func(r projects.Report) bool {
			return len(r.PerClass) == 2 && len(r.Bounds) == 2 && r.Main == "micro_f1"
		},
			func(a dataset.Answer, _ string) string { return scored(a.Labels, 2) }},
		"pairs of texts": {"classification", same, func(t *testing.T, s *stand) { s.choose(t, "Second text", "second") }, "Label",
			func(r projects.Report) bool { return len(r.Confusion.Labels) == 2 },
			func(a dataset.Answer, _ string) string { return scored(a.Labels, 2) }},
		"texts to write on": {"generation", lines, func(t *testing.T, s *stand) { s.choose(t, "", "Write texts") }, "Label",
			func(r projects.Report) bool { return r.Main == "perplexity" && r.Sureness.Rows() == 0 },
			func(dataset.Answer, string) string { return "" }},
		"entities": {"entities", names, nil, "Marked", func(r projects.Report) bool { return len(r.PerClass) == 2 && len(r.Confusion.Labels) == 0 },
			func(a dataset.Answer, text string) string { return misplaced(a.Spans, text, true) }},
		"answering": {"answering", questions, nil, "Answer", func(r projects.Report) bool { return r.Main == "f1" && len(r.PerClass) == 0 },
			func(a dataset.Answer, text string) string {
				if !strings.Contains(text, a.Text) {
					return "it is not in the passage"
				}
				return misplaced(a.Spans, text, false)
			}},
		"translation": {"translation", pairs, nil, "To be written", func(r projects.Report) bool { _, ok := r.Metrics["bleu"]; return ok },
			func(a dataset.Answer, _ string) string {
				if len(a.Texts) < 2 {
					return "it gives no choice of texts"
				}
				return ""
			}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.drop(c.file(t))
			previewed := func() bool {
				return s.session != nil && s.session.importing.State().Preview != nil && s.session.importing.State().Progress == nil
			}
			s.until(t, "the preview is shown", previewed)
			if c.correct != nil {
				c.correct(t, s)
				s.until(t, "the corrected preview is shown", previewed)
			}
			if got := s.session.importing.State().Task; got != c.task || s.session.project.Task() != c.task {
				t.Fatalf("the file is taken for one of %s, the project for %s", got, s.session.project.Task())
			}
			s.press(t, "Import")
			s.until(t, "the rows are imported and split", func() bool { return s.session.facts.ready })
			s.press(t, "Look at the rows")
			s.until(t, "the rows are shown", func() bool { return s.session.examples.State().Found >= 90 })
			if got := s.session.examples.State().Shape.RightName(); got != c.shape {
				t.Errorf("what is right is called %q, want %q", got, c.shape)
			}

			s.GoTo(Technique)
			s.session.setup.StartFrom(projects.Fresh) // which is smaller
			s.session.showTechnique()
			s.until(t, "it is said what cannot be used", func() bool { return s.session.unfit["lora"] != "" && s.session.unfit[usual] == "" })
			if err := setting.Apply(s.session.setup.Fields(), "epochs", "1"); err != nil {
				t.Fatal(err)
			}
			s.press(t, "Go to the training")
			s.until(t, "a training can start", func() bool { return s.session.training.State().Reason == "" })
			s.press(t, "Fine-tune")
			s.until(t, "the training has ended", func() bool {
				r := s.session.training.State().Run
				return r != nil && r.Status.AtRest()
			})
			if err := s.session.training.State().Run.Err; err != nil {
				t.Fatalf("the training failed: %v", err)
			}
			s.until(t, "the rail marks the training as done", func() bool { return s.session.facts.models == 1 })

			s.press(t, "Try it")
			s.until(t, "the model is open", func() bool { return s.session.tryout.State().Run == 1 })
			s.session.tryout.Fill(s.session.tryout.State().Examples[0])
			if s.session.tryout.State().Writes {
				s.press(t, "Write")
			}
			s.until(t, "the model answers", func() bool {
				state := s.session.tryout.State()
				return state.Answer != nil && !state.Writing
			})
			state := s.session.tryout.State()
			if wrong := c.says(*state.Answer, state.Asked.Text); wrong != "" {
				t.Errorf("it answers %+v to %q: %s", *state.Answer, state.Asked.Text, wrong)
			}

			s.GoTo(Results)
			s.until(t, "the results are shown", func() bool {
				if err := s.session.evaluation.State().Trouble; err != nil {
					t.Fatal(err)
				}
				return s.session.evaluation.State().Report != nil
			})
			if r := *s.session.evaluation.State().Report; r.Rows < 15 || !c.fits(r) {
				t.Errorf("the results are %+v", r)
			}
			if least := s.window.Content().MinSize(); least.Width > 1024 || least.Height > 700 {
				t.Errorf("the page makes the window grow to %v", least)
			}
		})
	}
}

// scored tells what is wrong with the probabilities of labels.
func scored(labels []dataset.Score, n int) string {
	if len(labels) != n || slices.ContainsFunc(labels, func(l dataset.Score) bool { return l.Score <= 0 || l.Score >= 1 }) {
		return fmt.Sprintf("want %d labels with probabilities", n)
	}
	return ""
}

// misplaced tells what is wrong with the places of an answer.
func misplaced(spans []dataset.Span, text string, labelled bool) string {
	for _, s := range spans {
		if s.Start < 0 || s.Start >= s.End || s.End > len(text) || s.Score <= 0 || s.Score > 1 || (s.Label != "") != labelled {
			return fmt.Sprintf("the place %+v", s)
		}
	}
	return ""
}
