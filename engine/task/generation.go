package task

import (
	"fmt"
	"math"

	"attune/engine/dataset"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/setting"
)

// Generation writes: texts like those of the examples, or what follows a text, such as
// its summary or the answer to it, where examples have a target.
type Generation struct{ generating }

// generating says how texts are learned and written.
type generating struct {
	rewriting
	Between     string  // what stands between a text and what follows it
	Temperature float64 // of what is drawn
	TopP        float64 // share of the probability that is drawn from, 0 for all
	Repetition  float64 // penalty of pieces that are there already, 1 for none
}

// What stands between a text and its target. A line break is what every vocabulary can
// spell and what stands there in texts that pre-trained models know; the piece that ends a
// text would tell them that what follows has nothing to do with it.
const (
	betweenNewline = "newline"
	betweenNothing = "nothing"
)

// NewGeneration gives the task with its default settings.
func NewGeneration() Task {
	return &Generation{generating{
		rewriting: rewriting{MaxLength: 256, MaxOutput: 128, Beams: 4},
		Between:   betweenNewline, Temperature: 0.8, TopP: 0.95, Repetition: 1.1,
	}}
}

// Name is the name in attunectl and in projects.
func (g *Generation) Name() string { return "generation" }

// Title names the task for a person.
func (g *Generation) Title() string { return "Write texts" }

// About says what the task is for.
func (g *Generation) About() string {
	return "Writes on from a beginning, or answers or summarises a text, as the rows show."
}

// Pipeline is the hub's name.
func (g *Generation) Pipeline() string { return "text-generation" }

// Fresh is a model that writes on.
func (g *Generation) Fresh() model.Kind { return model.WritesOn }

// Labelled says whether there is anything to learn: a text is enough.
func (g *Generation) Labelled(e dataset.Example) bool { return e.Text != "" || e.Target != "" }

// Needs says what rows must tell.
func (g *Generation) Needs() Needs { return Needs{Right: "a text"} }

// Suit sets what rows like an example ask for.
func (g *Generation) Suit(e dataset.Example) {
	g.Between = betweenNothing
	if e.Target != "" {
		g.Between = betweenNewline
	}
}

// Settings gives the knobs of the task.
func (g *Generation) Settings() []setting.Field {
	return []setting.Field{
		{Key: "max_length", Label: "Longest text", Value: &setting.Count{To: &g.MaxLength, Min: 8, Max: 2048},
			Help: "How many word pieces are read at once. Longer texts are learned in parts; one that something follows is cut."},
		{Key: "max_output", Label: "Longest answer", Value: &setting.Count{To: &g.MaxOutput, Min: 1, Max: 2048},
			Help: "How many word pieces are written at most."},
		{Key: "beams", Label: "Answers to choose from", Value: &setting.Count{To: &g.Beams, Min: 1, Max: 16},
			Help: "Where rows say what is to be written: how many texts are kept in sight while one is written. More is a little better and takes longer."},
		{Key: "between", Label: "Between text and answer", Expert: true, Value: &setting.Choice{To: &g.Between, Options: []string{betweenNewline, betweenNothing}},
			Help: "Nothing where rows are whole texts that the model learns to write on; a new line where they say what is to follow a text."},
		{Key: "temperature", Label: "Temperature", Expert: true, Value: &setting.Number{To: &g.Temperature, Min: 0, Max: 2},
			Help: "Where the model writes on: 0 always takes the likeliest word; higher lets it be more surprising."},
		{Key: "top_p", Label: "Among a share of the likely", Expert: true, Value: &setting.Number{To: &g.TopP, Min: 0, Max: 1},
			Help: "Draws each piece among the likeliest that have this share of the probability; 0 for all."},
		{Key: "repetition_penalty", Label: "Against repeating", Expert: true, Value: &setting.Number{To: &g.Repetition, Min: 1, Max: 3},
			Help: "Above 1 makes pieces that are there already less likely."},
		{Key: "label_smoothing", Label: "Label smoothing", Expert: true, Value: &setting.Number{To: &g.Smoothing, Min: 0, Max: 0.5},
			Help: "Keeps the model from being too sure of single words; 0 for none."},
		{Key: "prefix", Label: "Said before each text", Expert: true, Value: &setting.Text{To: &g.Prefix},
			Help: "What some models that read first want to be told, such as summarize: with a space behind it."},
	}
}

// Fits says whether the body writes.
func (g *Generation) Fits(b model.Backbone) error {
	if _, ok := b.(writingBody); !ok {
		return &Error{
			Reason: "this model cannot write: it only reads",
			Way:    "choose one that writes, such as GPT-2, Llama, BART or T5",
		}
	}
	return nil
}

// Metrics gives perplexity, which every row has, then ROUGE for rows that say what is to
// be written.
func (g *Generation) Metrics() []metric.Metric {
	return []metric.Metric{metric.NewPerplexity(), metric.NewROUGE1(), metric.NewROUGE2(), metric.NewROUGEL()}
}

// PerLabel is nil: there are no labels.
func (g *Generation) PerLabel() metric.PerLabel { return nil }

// Asked gives a whole text as what is to be written after nothing.
func (g *Generation) Asked(e dataset.Example) dataset.Example {
	if e.Target == "" {
		e.Text, e.Target = "", e.Text
	}
	return e
}

// Compare sets what was written beside what is right. Where the rows are texts there is
// nothing right: those that surprised the model most come first.
func (g *Generation) Compare(want dataset.Example, got dataset.Answer) Comparison {
	if want.Target != "" {
		return compareTexts(want.Target, got)
	}
	mean := got.Surprise.Nats / float64(max(1, got.Surprise.Pieces))
	return Comparison{
		Want: want.Text, Got: fmt.Sprintf("perplexity %s over %s", perplexity(mean), dataset.Counted(got.Surprise.Pieces, "piece", "pieces")),
		Score: 1 - math.Exp(-mean),
	}
}

// perplexity writes that of a mean surprise in nats, three figures of it.
func perplexity(mean float64) string {
	const most = 1e15
	if x := math.Exp(mean); x >= 100 {
		return dataset.Thousands(int(math.Round(min(x, most))))
	}
	return fmt.Sprintf("%.3g", math.Exp(mean))
}

// Learn gives a model that writes. It fails when no example has anything to learn.
func (g *Generation) Learn(base *model.Base, examples dataset.Source, _ uint64) (Model, error) {
	if err := g.Fits(base.Backbone); err != nil {
		return nil, err
	}
	reads := readsFirst(base.Backbone.(writingBody))
	for e, err := range examples {
		if err != nil {
			return nil, err
		}
		if e.Target != "" || !reads && e.Text != "" {
			return g.Open(base)
		}
	}
	if reads {
		return nil, &Error{
			Reason: "this model reads a text and writes another, and no training row says what is to be written",
			Way:    "import rows with a second text, such as a summary, or choose a model like GPT-2, which learns from texts alone",
		}
	}
	return nil, &Error{Reason: "no training row has a text", Way: "import a file with texts"}
}

// Open gives the model that was saved.
func (g *Generation) Open(base *model.Base) (Model, error) {
	if err := g.Fits(base.Backbone); err != nil {
		return nil, err
	}
	if readsFirst(base.Backbone.(writingBody)) {
		return newRewriter(base, g.rewriting)
	}
	return newContinuer(base, g.generating)
}
