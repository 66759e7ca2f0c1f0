package tryout

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/parts"
)

type model struct {
	answer dataset.Answer
	asked  []string
	closed bool
	fails  error
}

func (m *model) Answer(_ context.Context, text, pair string) (dataset.Answer, error) {
	m.asked = append(m.asked, text+pair)
	return m.answer, m.fails
}

func (m *model) Close() { m.closed = true }

// writer is a model that writes three words, and is interrupted before the third.
type writer struct {
	model
	temperature float64
}

func (w *writer) Fields() []setting.Field {
	return []setting.Field{{Key: "temperature", Label: "Temperature", Value: &setting.Number{To: &w.temperature, Max: 2}}}
}

func (w *writer) Write(text, _ string) parts.Work[string, dataset.Answer] {
	return func(_ context.Context, show func(string)) (dataset.Answer, error) {
		show("Once")
		show("Once upon")
		return dataset.Answer{Text: text + "Once upon a time"}, w.fails
	}
}

type project struct {
	model    Model
	filler   *model
	examples []dataset.Example
	several  bool
	fails    error
}

func (p *project) Several() bool { return p.several }

func (p *project) BestModel(context.Context) (Model, int, error) {
	if p.model == nil {
		return nil, 0, p.fails
	}
	return p.model, 4, p.fails
}

func (p *project) Filler() func(context.Context) (Model, string, error) {
	return func(context.Context) (Model, string, error) { return p.filler, "Starter", p.fails }
}

func (p *project) Examples(context.Context, int) ([]dataset.Example, error) { return p.examples, nil }

type desk struct{}

func (desk) ShowTraining() {}

func newPanel(t *testing.T, p *project) *Panel {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	panel := New(p, desk{}, parts.Background{})
	w := test.NewTempWindow(t, panel.Content())
	w.Resize(fyne.NewSize(1100, 700))
	panel.Reload()
	return panel
}

func TestAnswersWhileTyping(t *testing.T) {
	m := &model{answer: dataset.Answer{Labels: []dataset.Score{{Label: "spam", Score: 0.93}, {Label: "ham", Score: 0.07}}}}
	panel := newPanel(t, &project{model: m, examples: []dataset.Example{{Text: "win a prize", Labels: []string{"spam"}}}})
	panel.Type("free money")
	if a := panel.answer; a.says.Text != "spam" || a.sure.Text != "93 % sure." || len(a.bars.Drawn()) != 2 || a.texts.Visible() {
		t.Errorf("it says %q, %q, %+v", a.says.Text, a.sure.Text, a.bars.Drawn())
	}
	if panel.second.Visible() || panel.write.Visible() || panel.knobs.Visible() {
		t.Error("it offers a second text, or to write")
	}
	panel.examples.Select(0)
	if m.asked[len(m.asked)-1] != "win a prize" || panel.text.Text != "win a prize" {
		t.Errorf("the example was not tried: %q", m.asked)
	}
	panel.Type("  ")
	if panel.State().Answer != nil || len(m.asked) != 2 {
		t.Error("an empty text was answered")
	}
	panel.Close()
	if !m.closed {
		t.Error("the model was not let go")
	}
}

func TestNoModel(t *testing.T) {
	panel := newPanel(t, &project{})
	panel.Type("hello")
	if panel.body.Visible() || panel.notice.Said().What == "" {
		t.Error("without a model the page offers to type, or says nothing")
	}
	panel = newPanel(t, &project{fails: errors.New("the model's folder is gone")})
	if panel.notice.Said().Tone != parts.Trouble {
		t.Error("a model that cannot be opened is not told")
	}
}

func TestAnswerFails(t *testing.T) {
	panel := newPanel(t, &project{model: &model{fails: errors.New("the text is too long")}})
	panel.Type("hello")
	if panel.notice.Said().What != "The text is too long." || panel.State().Answer != nil {
		t.Errorf("it says %+v", panel.notice.Said())
	}
}

// TestAnswersOfEveryShape shows what models of other tasks than classification say.
func TestAnswersOfEveryShape(t *testing.T) {
	named, asked := dataset.Example{Text: "Monet moved from Paris.", Spans: []dataset.Span{{End: 5, Label: "person"}}},
		dataset.Example{Text: "Monet moved from Paris.", Pair: "Who?", Spans: []dataset.Span{{End: 5}}}
	for name, c := range map[string]struct {
		example    dataset.Example
		answer     dataset.Answer
		says, sure string
		marks      string
		bars       string // the first
	}{
		"entities": {named, dataset.Answer{Spans: []dataset.Span{{End: 5, Label: "person", Score: 0.98}, {Start: 17, End: 22, Label: "location", Score: 0.7}}},
			"2 places found", "", "Monet (person), Paris (location)", "Monet (person) 98 %"},
		"no entities": {named, dataset.Answer{Spans: []dataset.Span{}}, "Nothing found", "", "", ""},
		"an answer": {asked, dataset.Answer{Text: "Monet", Spans: []dataset.Span{{End: 11, Score: 0.1}, {End: 5, Score: 0.81}, {Start: 17, End: 22, Score: 0.01}}},
			"Monet", "81 % sure.", "Monet (the answer), Paris (the next best)", "Monet 81 %"},
		"no answer": {asked, dataset.Answer{Spans: []dataset.Span{{End: 5, Score: 0.2}}},
			"No answer", "The model finds none in this text. What comes nearest is marked.", "Monet (the next best)", "Monet 20 %"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &model{answer: c.answer}
			panel := newPanel(t, &project{model: m, examples: []dataset.Example{c.example}})
			panel.examples.Select(0)
			if len(m.asked) != 1 || m.asked[0] != c.example.Text+c.example.Pair {
				t.Fatalf("the example was asked as %q", m.asked)
			}
			a := panel.answer
			if a.says.Text != c.says || a.sure.Text != c.sure {
				t.Errorf("it says %q, %q", a.says.Text, a.sure.Text)
			}
			if marks := parts.Places(a.texts.Drawn()[0].Text, a.texts.Drawn()[0].Spans); marks != c.marks {
				t.Errorf("it marks %q, want %q", marks, c.marks)
			}
			if bars := a.bars.Drawn(); c.bars == "" && len(bars) > 0 || c.bars != "" && bars[0].Name+" "+bars[0].Words != c.bars {
				t.Errorf("it lists %+v", bars)
			}
			if panel.second.Visible() != (c.example.Pair != "") {
				t.Errorf("a second text: %t", panel.second.Visible())
			}
			panel.TypePair("")
			if c.example.Pair != "" && (len(m.asked) != 1 || panel.State().Answer != nil) {
				t.Error("without a question, the passage was answered")
			}
		})
	}
}

func TestSeveralLabels(t *testing.T) {
	for name, c := range map[string]struct {
		scores     []float64
		says, sure string
	}{
		"two apply": {[]float64{0.9, 0.5, 0.1}, "joy, awe", "2 of 3 labels apply. The line on a bar is where its label begins to apply."},
		"one":       {[]float64{0.6, 0.2, 0.1}, "joy", "1 of 3 labels applies. The line on a bar is where its label begins to apply."},
		"none":      {[]float64{0.4, 0.3, 0.1}, "No label applies", "joy comes nearest: it would apply from 50 % on. The line on a bar is where its label begins to apply."},
	} {
		m := &model{}
		for i, label := range []string{"joy", "awe", "rage"} {
			m.answer.Labels = append(m.answer.Labels, dataset.Score{Label: label, Score: c.scores[i]})
		}
		panel := newPanel(t, &project{model: m, several: true})
		panel.Type("what a day")
		if a := panel.answer; a.says.Text != c.says || a.sure.Text != c.sure || len(a.bars.Drawn()) != 3 {
			t.Errorf("%s: it says %q, %q, %+v", name, a.says.Text, a.sure.Text, a.bars.Drawn())
		}
	}
}

func TestWriting(t *testing.T) {
	w := &writer{}
	panel := newPanel(t, &project{model: w})
	panel.Type("Story: ")
	if panel.State().Answer != nil || !panel.write.Visible() || !panel.knobs.Visible() {
		t.Fatal("it wrote before it was told to, or cannot be told")
	}
	test.Tap(panel.write)
	if got := panel.answer.texts.Drawn(); len(got) != 1 || got[0].Text != "Story: Once upon a time" || panel.State().Writing {
		t.Errorf("it wrote %+v", got)
	}
	w.fails = context.Canceled
	test.Tap(panel.write)
	if got := panel.answer.texts.Drawn(); len(got) != 1 || got[0].Text != "Once upon" || panel.notice.Visible() {
		t.Errorf("stopped, it leaves %+v", got)
	}
	w.fails = errors.New("there is no memory left")
	test.Tap(panel.write)
	if panel.notice.Said().Tone != parts.Trouble || panel.State().Writing || panel.stop.Visible() {
		t.Errorf("it says %+v", panel.notice.Said())
	}
}

func TestSureness(t *testing.T) {
	answer := func(first, second float64) dataset.Answer {
		return dataset.Answer{Labels: []dataset.Score{{Label: "a", Score: first}, {Label: "b", Score: second}}}
	}
	for want, a := range map[string]dataset.Answer{
		"93 % sure.": answer(0.93, 0.05), "55 % sure, with b close behind.": answer(0.55, 0.44),
		"41 % sure: hardly more than a guess; it could as well be b.": answer(0.41, 0.3),
		"100 % sure.": {Labels: []dataset.Score{{Label: "a", Score: 1}}},
	} {
		if got := Sureness(a); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// explainer is a model that knows which words decided.
type explainer struct {
	model
	reasons []dataset.Reason
	probed  string
}

func (e *explainer) Why(_ context.Context, text, _, label string) ([]dataset.Reason, error) {
	e.probed = text + " as " + label
	return e.reasons, e.fails
}

func TestTheWordsThatDecidedAreMarked(t *testing.T) {
	text := "win a prize, not a card"
	answer := dataset.Answer{Labels: []dataset.Score{{Label: "spam", Score: 0.93}, {Label: "ham", Score: 0.07}}}
	at := func(word string, weight, without float64) dataset.Reason {
		start := strings.Index(text, word)
		return dataset.Reason{Start: start, End: start + len(word), Weight: weight, Without: without}
	}
	for name, c := range map[string]struct {
		reasons []dataset.Reason
		says    string
		marks   string
	}{
		"for and against": {[]dataset.Reason{at("prize", 3, 0.4), at("card", -1, 0.97), at("win", 0.5, 0.9), at("a", 0.1, 0.92)},
			`Without "prize" it would be 40 % sure.`, "win speaks for it|prize speaks for it|card speaks against it|"},
		"nothing much": {[]dataset.Reason{at("prize", 0.01, 0.93), at("card", 0, 0.93)}, "No word decides it alone.", ""},
		"one word":     {[]dataset.Reason{at("win", 3, 0.1)}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := &explainer{model: model{answer: answer}, reasons: c.reasons}
			panel := newPanel(t, &project{model: m})
			panel.Type(text)
			if m.probed != text+" as spam" {
				t.Fatalf("asked for %q", m.probed)
			}
			says, marks := "", ""
			for _, p := range panel.answer.why.Drawn() {
				says += p.Name
				for _, s := range p.Spans {
					marks += p.Text[s.Start:s.End] + " " + s.Label + "|"
				}
			}
			if says != c.says || marks != c.marks {
				t.Errorf("%s %s", says, marks)
			}
		})
	}
}

func TestAMissingWordIsGuessed(t *testing.T) {
	m, f := &model{}, &model{answer: dataset.Answer{Text: "Where is my card?", Spans: []dataset.Span{{Start: 12, End: 16, Label: "guessed"}},
		Labels: []dataset.Score{{Label: "card", Score: 0.6}, {Label: "parcel", Score: 0.1}}}}
	panel := newPanel(t, &project{model: m, filler: f, examples: []dataset.Example{{Text: "hello again", Pair: "b"}}})
	panel.manner.SetSelected(askFiller)
	if !m.closed || panel.second.Visible() || panel.state.Examples[0].Text != "hello ___" && panel.state.Examples[0].Text != "___ again" {
		t.Errorf("the examples are %+v", panel.state.Examples)
	}
	if panel.Type("Where is"); len(f.asked) != 0 || panel.answer.sure.Text != "Write ___ where a word is to be guessed." {
		t.Errorf("without a hole it was asked %q and says %q", f.asked, panel.answer.sure.Text)
	}
	panel.Type("Where is my ___?")
	if a := panel.answer; a.says.Text != "card" || len(a.bars.Drawn()) != 2 || !a.texts.Visible() {
		t.Errorf("it says %q, %+v", a.says.Text, a.bars.Drawn())
	}
	panel.manner.SetSelected(askTraining)
	if !f.closed || panel.state.Fills || panel.state.Run != 4 || panel.text.Text != "Where is my ___?" {
		t.Errorf("back at the trained model it shows %+v", panel.state)
	}
}

func TestEachLabelHasItsBound(t *testing.T) {
	m := &bounded{model{answer: dataset.Answer{Labels: []dataset.Score{{Label: "joy", Score: 0.3}, {Label: "awe", Score: 0.6}}}}}
	panel := newPanel(t, &project{model: m, several: true})
	panel.Type("how nice")
	bars := panel.answer.bars.Drawn()
	if a := panel.answer; a.says.Text != "joy" || bars[0].Mark != 0.25 || bars[1].Mark != 0.7 {
		t.Errorf("it says %q, %+v", a.says.Text, bars)
	}
	m.answer.Labels[0].Score = 0.2
	if panel.Type("how very nice"); panel.answer.says.Text != "No label applies" || !strings.HasPrefix(panel.answer.sure.Text, "joy comes nearest: it would apply from 25 % on.") {
		t.Errorf("it says %q, %q", panel.answer.says.Text, panel.answer.sure.Text)
	}
}

// bounded is a model of two labels with bounds of their own.
type bounded struct{ model }

func (*bounded) Bounds() map[string]float64 { return map[string]float64{"joy": 0.25, "awe": 0.7} }
