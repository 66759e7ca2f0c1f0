package tryout

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/gui/parts"
)

type model struct {
	asked  []string
	closed bool
	fails  error
}

func (m *model) Answer(_ context.Context, text, _ string) (dataset.Answer, error) {
	m.asked = append(m.asked, text)
	return dataset.Answer{Labels: []dataset.Score{{Label: "spam", Score: 0.93}, {Label: "ham", Score: 0.07}}}, m.fails
}

func (m *model) Close() { m.closed = true }

type project struct {
	model *model
	fails error
}

func (p *project) BestModel(context.Context) (Model, int, error) {
	if p.model == nil {
		return nil, 0, p.fails
	}
	return p.model, 4, p.fails
}

func (p *project) Texts(context.Context, int) ([]string, error) { return []string{"win a prize"}, nil }

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
	m := &model{}
	panel := newPanel(t, &project{model: m})
	panel.Type("free money")
	if panel.says.Text != "spam" || panel.sure.Text != "93 % sure." || len(panel.bars.Drawn()) != 2 {
		t.Errorf("it says %q, %q, %+v", panel.says.Text, panel.sure.Text, panel.bars.Drawn())
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
