package tryout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
)

// answer shows what a model says: the labels, the places in the text, or the written
// text, whatever the answer has.
type answer struct {
	palette parts.Palette
	says    *widget.Label
	sure    *widget.Label
	texts   *parts.Texts
	bars    *parts.Bars
	why     *parts.Texts // the words that decided
	content fyne.CanvasObject
}

const mostBars = 12

func newAnswer() *answer {
	a := &answer{says: parts.Heading(""), sure: parts.QuietSentence(""), bars: parts.NewBars(true, nil)}
	a.texts, a.why = parts.NewTexts(&a.palette), parts.NewTexts(&a.palette)
	a.says.Wrapping = fyne.TextWrapWord
	a.content = parts.NewCard(container.NewBorder(parts.Column(-parts.Grid, a.says, a.sure), nil, nil, nil,
		container.NewVScroll(parts.Column(parts.Grid, a.texts, parts.Inset(parts.Grid, a.bars), a.why))))
	return a
}

// view is what is drawn of an answer.
type view struct {
	says, sure string
	parts      []parts.Part
	bars       []parts.Bar
	why        []parts.Part
}

func (a *answer) show(s State) {
	for _, e := range s.Examples {
		a.palette.Know(parts.LabelsOf(e.Spans)...)
	}
	if len(s.Reasons) > 0 {
		a.palette.Know(speaksFor, speaksAgainst)
	}
	if s.Shape.Answers {
		a.palette.Know(bestPlace, nextPlace)
	}
	v := a.viewOf(s)
	a.says.SetText(v.says)
	a.says.Hidden = v.says == ""
	a.sure.SetText(v.sure)
	a.sure.Hidden = v.sure == ""
	a.texts.Draw(v.parts)
	a.texts.Hidden = len(v.parts) == 0
	a.bars.Draw(v.bars)
	a.why.Draw(v.why)
	a.why.Hidden = len(v.why) == 0
	a.content.Refresh()
}

// viewOf says what there is to see of the answer.
func (a *answer) viewOf(s State) view {
	switch got := s.Answer; {
	case got == nil && s.Fills:
		return view{says: "…", sure: "Write ___ where a word is to be guessed."}
	case got == nil && s.Writes && !s.Writing:
		return view{sure: "What is written appears here."}
	case got == nil && s.Text == "":
		return view{sure: "The answer appears here."}
	case got == nil:
		return view{says: "…", sure: "The answer appears here."}
	case s.Fills:
		return viewOfFilling(*got)
	case s.Writes, s.Shape.Target, len(got.Texts) > 0:
		return viewOfText(*got, s.Writing)
	case len(got.Labels) > 0 && s.Several:
		return viewOfSeveral(s, *got)
	case len(got.Labels) > 0:
		return viewOfLabels(*got, viewOfReasons(s.Asked.Text, s.Reasons))
	case answering(s):
		return a.viewOfAnswers(s.Asked, *got)
	default:
		return a.viewOfPlaces(s.Asked, *got)
	}
}

// viewOfFilling shows the likeliest words, and the text with the likeliest of them.
func viewOfFilling(a dataset.Answer) view {
	if len(a.Labels) == 0 {
		return view{says: "No word fits"}
	}
	v := viewOfLabels(a, nil)
	v.parts = []parts.Part{{Text: a.Text, Spans: a.Spans}}
	return v
}

// viewOfText shows what was written, and below it what else could be.
func viewOfText(a dataset.Answer, growing bool) view {
	v := view{sure: "Written"}
	if growing {
		v.sure = "Writing …"
	}
	if text := strings.TrimSpace(a.Text); text != "" { // what goes on after a word begins with a blank
		v.parts = []parts.Part{{Text: text}}
	}
	for _, other := range a.Texts {
		if other.Label != a.Text && other.Label != "" {
			v.parts = append(v.parts, parts.Part{Name: "Or", Text: other.Label})
		}
	}
	return v
}

// half is the probability from which on a label applies that has no bound of its own.
const half = 0.5

// bound is the probability from which on a label applies.
func (s State) bound(label string) float64 {
	if b, ok := s.Bounds[label]; ok {
		return b
	}
	return half
}

// viewOfSeveral shows which of the labels apply, and where on its bar each begins to.
func viewOfSeveral(s State, a dataset.Answer) view {
	v := view{}
	var names []string
	nearest, short := "", 0.0
	for i, l := range a.Labels {
		from := s.bound(l.Label)
		bar := parts.Bar{Name: l.Label, Share: l.Score, Words: parts.Percent(l.Score), Color: parts.ColorNameQuiet, Mark: from}
		if l.Score >= from {
			names = append(names, l.Label)
			bar.Color = theme.ColorNamePrimary
		}
		if nearest == "" || from-l.Score < short {
			nearest, short = l.Label, from-l.Score
		}
		if i < mostBars {
			v.bars = append(v.bars, bar)
		}
	}
	if len(names) == 0 {
		v.says = "No label applies"
		v.sure = fmt.Sprintf("%s comes nearest: it would apply from %s on.", nearest, parts.Percent(s.bound(nearest)))
	} else {
		verb := "apply"
		if len(names) == 1 {
			verb = "applies"
		}
		v.says, v.sure = strings.Join(names, ", "), fmt.Sprintf("%d of %d labels %s.", len(names), len(a.Labels), verb)
	}
	v.sure += " The line on a bar is where its label begins to apply"
	if s.Bounds != nil {
		v.sure += ", as the validation rows taught"
	}
	v.sure += "."
	return v
}

func viewOfLabels(a dataset.Answer, why []parts.Part) view {
	v := view{says: a.Labels[0].Label, sure: Sureness(a), why: why}
	for _, l := range a.Labels[:min(len(a.Labels), mostBars)] {
		v.bars = append(v.bars, parts.Bar{Name: l.Label, Share: l.Score, Words: parts.Percent(l.Score)})
	}
	return v
}

// viewOfPlaces marks what was found, and lists it.
func (a *answer) viewOfPlaces(asked dataset.Example, got dataset.Answer) view {
	v := view{says: "Nothing found", parts: []parts.Part{{Text: asked.Text, Spans: got.Spans}}}
	if n := len(got.Spans); n > 0 {
		v.says = parts.Counted(n, "place found", "places found")
	}
	for _, s := range got.Spans[:min(len(got.Spans), mostBars)] {
		v.bars = append(v.bars, bar(asked.Text, s, a.palette.Color(s.Label)))
	}
	return v
}

// bar shows how sure the model is of a place.
func bar(text string, s dataset.Span, c fyne.ThemeColorName) parts.Bar {
	return parts.Bar{Name: parts.Places(text, []dataset.Span{s}), Share: s.Score, Words: parts.Percent(s.Score), Color: c}
}

// What the marks of a passage mean.
const (
	bestPlace = "the answer"
	nextPlace = "the next best"
)

// answering tells whether the model marks what answers a question.
func answering(s State) bool {
	return s.Shape.Answers || s.Answer.Text != "" || slices.ContainsFunc(s.Answer.Spans, func(x dataset.Span) bool { return x.Label == "" })
}

// viewOfAnswers shows the surest answer, where it stands and what else it could be: the
// next best that stands somewhere else.
func (a *answer) viewOfAnswers(asked dataset.Example, got dataset.Answer) view {
	places := slices.Clone(got.Spans)
	slices.SortStableFunc(places, func(x, y dataset.Span) int { return cmp.Compare(y.Score, x.Score) })
	v := view{says: got.Text, sure: "This is what the model finds in the text."}
	var marks []dataset.Span
	mark := func(s dataset.Span, label string) fyne.ThemeColorName {
		s.Label = label
		marks = append(marks, s)
		return a.palette.Color(label)
	}
	for i, s := range places[:min(len(places), mostBars)] {
		color := parts.ColorNameQuiet
		switch {
		case i == 0 && got.Text != "":
			v.sure = parts.Percent(s.Score) + " sure."
			color = mark(s, bestPlace)
		case len(marks) == 0 || len(marks) == 1 && marks[0].Label == bestPlace && apart(s, marks[0]):
			color = mark(s, nextPlace)
		}
		v.bars = append(v.bars, bar(asked.Text, s, color))
	}
	if got.Text == "" {
		v.says, v.sure = "No answer", "The model finds none in this text."
		if len(marks) > 0 {
			v.sure = "The model finds none in this text. What comes nearest is marked."
		}
	}
	v.parts = []parts.Part{{Text: asked.Text, Spans: marks}}
	return v
}

// apart tells whether two places have nothing in common.
func apart(a, b dataset.Span) bool { return a.End <= b.Start || b.End <= a.Start }

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
