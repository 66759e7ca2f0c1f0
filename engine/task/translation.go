package task

import (
	"strings"

	"attune/engine/dataset"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/setting"
)

// Translation writes a text in another language, or in another way: whatever the
// targets of the examples show.
type Translation struct{ rewriting }

// NewTranslation gives the task with its default settings. The smoothing is that of
// Vaswani et al. 2017 (section 5.4).
func NewTranslation() Task {
	return &Translation{rewriting{MaxLength: 128, MaxOutput: 128, Beams: 4, Smoothing: 0.1}}
}

// Name is the name in attunectl and in projects.
func (x *Translation) Name() string { return "translation" }

// Title names the task for a person.
func (x *Translation) Title() string { return "Translate texts" }

// About says what the task is for.
func (x *Translation) About() string {
	return "Each text is written anew in another language, as pairs of texts show."
}

// Pipeline is the hub's name.
func (x *Translation) Pipeline() string { return "translation" }

// Fresh is a model that reads a text and writes another.
func (x *Translation) Fresh() model.Kind { return model.ReadsAndWrites }

// Labelled says whether the example has a translation.
func (x *Translation) Labelled(e dataset.Example) bool { return e.Text != "" && e.Target != "" }

// Needs says what rows must tell.
func (x *Translation) Needs() Needs { return Needs{Right: "a translation"} }

// Settings gives the knobs of the task.
func (x *Translation) Settings() []setting.Field {
	return []setting.Field{
		{Key: "max_length", Label: "Longest text", Value: &setting.Count{To: &x.MaxLength, Min: 8, Max: 1024},
			Help: "How many word pieces of a text are read. Longer texts are cut at the end; longer takes more time."},
		{Key: "max_output", Label: "Longest translation", Value: &setting.Count{To: &x.MaxOutput, Min: 8, Max: 1024},
			Help: "How many word pieces are written at most."},
		{Key: "beams", Label: "Translations to choose from", Value: &setting.Count{To: &x.Beams, Min: 1, Max: 16},
			Help: "How many translations are kept in sight while one is written. More is a little better and takes longer."},
		{Key: "label_smoothing", Label: "Label smoothing", Expert: true, Value: &setting.Number{To: &x.Smoothing, Min: 0, Max: 0.5},
			Help: "Keeps the model from being too sure of single words, since there is more than one good translation; 0 for none."},
		{Key: "prefix", Label: "Said before each text", Expert: true, Value: &setting.Text{To: &x.Prefix},
			Help: "What some models want to be told first, such as >>fr<< or translate English to French: with a space behind it."},
	}
}

// Fits says whether the body reads a text and writes another.
func (x *Translation) Fits(b model.Backbone) error {
	if body, ok := b.(writingBody); !ok || !readsFirst(body) {
		return &Error{
			Reason: "this model cannot translate: it does not read one text and write another",
			Way:    "choose one that does, such as an opus-mt model, BART or T5",
		}
	}
	return nil
}

// Metrics gives BLEU, by which translations are compared, then chrF.
func (x *Translation) Metrics() []metric.Metric {
	return []metric.Metric{metric.NewBLEU(), metric.NewChrF()}
}

// PerLabel is nil: there are no labels.
func (x *Translation) PerLabel() metric.PerLabel { return nil }

// Compare sets a translation beside the right one.
func (x *Translation) Compare(want dataset.Example, got dataset.Answer) Comparison {
	return compareTexts(want.Target, got)
}

// compareTexts sets what was written beside what is right.
func compareTexts(want string, got dataset.Answer) Comparison {
	c := Comparison{Right: strings.TrimSpace(got.Text) == strings.TrimSpace(want), Want: want, Got: got.Text}
	if len(got.Texts) > 0 {
		c.Score = got.Texts[0].Score
	}
	return c
}

// Learn gives a translator. It fails when no example has a translation.
func (x *Translation) Learn(base *model.Base, examples dataset.Source, _ uint64) (Model, error) {
	for e, err := range examples {
		if err != nil {
			return nil, err
		}
		if x.Labelled(e) {
			return x.Open(base)
		}
	}
	return nil, &Error{
		Reason: "no training row has both a text and its translation",
		Way:    "import a file with both, such as two columns, a TMX file or two files with the same lines",
	}
}

// Open gives the translator that was saved.
func (x *Translation) Open(base *model.Base) (Model, error) {
	if err := x.Fits(base.Backbone); err != nil {
		return nil, err
	}
	return newRewriter(base, x.rewriting)
}
