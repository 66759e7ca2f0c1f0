package parts

import (
	"strings"

	"attune/engine/dataset"
)

// Shape says what the examples of a project have, and so what a page has to show of
// them and how it is called.
type Shape struct {
	Pair    bool // a second text
	Labels  bool
	Several bool // more than one of them may be right
	Places  bool // parts of the text with labels
	Answers bool // parts of the text without: answers to the second text
	Target  bool // a text to write
}

// ShapeOf gives what any of the examples has.
func ShapeOf(examples []dataset.Example) (s Shape) {
	for _, e := range examples {
		s.Pair = s.Pair || e.Pair != ""
		s.Labels = s.Labels || len(e.Labels) > 0
		s.Several = s.Several || len(e.Labels) > 1
		s.Target = s.Target || e.Target != ""
		for _, at := range e.Spans {
			s.Places = s.Places || at.Label != ""
			s.Answers = s.Answers || at.Label == ""
		}
	}
	return s
}

// TextName is what the text is called.
func (s Shape) TextName() string {
	if s.Pair && s.Answers {
		return "Passage"
	}
	return "Text"
}

// PairName is what the second text is called.
func (s Shape) PairName() string {
	if s.Answers {
		return "Question"
	}
	return "Second text"
}

// RightName is what that is called which the model is to say.
func (s Shape) RightName() string {
	switch {
	case s.Places:
		return "Marked"
	case s.Answers:
		return "Answer"
	case s.Target:
		return "To be written"
	default:
		return s.LabelName()
	}
}

// LabelName is what a row's label is called, or its labels.
func (s Shape) LabelName() string {
	if s.Several {
		return "Labels"
	}
	return "Label"
}

// Right gives in words what an example says that is right.
func Right(e dataset.Example) string {
	switch {
	case e.Target != "":
		return e.Target
	case len(e.Spans) > 0:
		return Places(e.Text, e.Spans)
	default:
		return strings.Join(e.Labels, ", ")
	}
}

// Places names parts of a text: "Paris (location), Monet (person)".
func Places(text string, spans []dataset.Span) string {
	words := make([]string, 0, len(spans))
	for _, s := range spans {
		if s.Start < 0 || s.Start > s.End || s.End > len(text) {
			continue
		}
		word := text[s.Start:s.End]
		if s.Label != "" {
			word += " (" + s.Label + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}
