// Package dataset holds the values at both ends of the pipeline: the Example
// that every format produces and every task reads, and the Answer that every
// task gives and every panel draws. It knows no files, no tensors, no screen.
package dataset

import "iter"

// Example is one row of an analyst's data, as a task sees it. Which fields are
// set depends on the task. Labels and Spans are nil where nobody looked for any, and
// empty where there are none.
type Example struct {
	ID     int64    // identity inside a project, 0 outside one
	Text   string   // what the model reads
	Pair   string   // a second text (a question, a hypothesis), or ""
	Labels []string // its classes: one for classification, any number for multilabel
	Spans  []Span   // its entities or answers, as places in Text; nil if nobody looked for any, empty if there are none
	Target string   // the text to write: a translation, a summary
}

// Span is a labelled stretch of a text. Start and End are byte offsets,
// End exclusive, and always lie on rune boundaries.
type Span struct {
	Start int     `json:"start"`
	End   int     `json:"end"`
	Label string  `json:"label"`
	Score float64 `json:"score,omitempty"` // how sure a model is, 0 to 1; 0 in data
}

// Score is a label with the probability that a model gives it.
type Score struct {
	Label string  `json:"label"`
	Score float64 `json:"score"`
}

// Answer is what a model says about one example. Labels are ordered from the
// surest to the least sure. Spans stand in the order of the text, or, as answers to a
// question, the best one first; its words are the Text then, which is empty where the
// text holds no answer.
type Answer struct {
	Labels   []Score  `json:"labels"`
	Spans    []Span   `json:"spans"`
	Text     string   `json:"text"`
	Sure     float64  `json:"sure,omitempty"`    // of all of it, 0 to 1; 0 where the scores of its parts tell, or nothing does
	Texts    []Score  `json:"texts,omitempty"`   // texts to choose from, Text and the next best, the best first
	Surprise Surprise `json:"surprise,omitzero"` // at the text that is right, where the example tells it
}

// Reason is a word of a text, or several in a row, with what it does for a label that a
// model gives the text.
type Reason struct {
	Start   int     `json:"start"`   // bytes of the text
	End     int     `json:"end"`     // behind it
	Weight  float64 `json:"weight"`  // what it adds to the label's log-odds; less than 0 where it speaks against it
	Without float64 `json:"without"` // the label's score when it is left out
}

// Surprise is how little a model expected a text: its loss in nats, the sum over the
// pieces that the text has for it. The zero value stands for nobody having asked.
type Surprise struct {
	Nats   float64 `json:"nats"`
	Pieces int     `json:"pieces"`
}

// Source yields examples one after another; a non-nil error is the last item.
type Source = iter.Seq2[Example, error]

// FromSlice gives the examples of a slice as a Source.
func FromSlice(examples []Example) Source {
	return func(yield func(Example, error) bool) {
		for _, e := range examples {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Collect reads a source to its end.
func Collect(s Source) ([]Example, error) {
	var all []Example
	for e, err := range s {
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// Split says what an example is used for.
type Split string

// The four uses of an example. An imported example is Unassigned until a split
// was chosen or found in its file.
const (
	Unassigned Split = ""
	Train      Split = "train"
	Validation Split = "validation"
	Test       Split = "test"
	Unlabelled Split = "unlabelled"
)

// Splits lists the named splits in the order in which they are shown.
var Splits = []Split{Train, Validation, Test, Unlabelled}
