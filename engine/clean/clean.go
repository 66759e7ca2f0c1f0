// Package clean makes texts and labels tidy before a model sees them, one file
// for each step. A step is a pure transformation: it knows no file, no project
// and no screen.
package clean

import (
	"fmt"
	"iter"

	"attune/engine/dataset"
	"attune/engine/setting"
)

// Step is one way of cleaning. It is besides a TextStep, a LabelStep, a Filter or a
// Divider, which says what it works on.
type Step interface {
	Name() string              // what attunectl and saved models call it
	Title() string             // what the window calls it
	About() string             // a sentence for an analyst
	Settings() []setting.Field // bound to this step
}

// TextStep changes texts. A saved model takes it along, and changes all that it
// later reads in the same way.
type TextStep interface {
	Step
	// Editor gives the function that says what to change in a text. It keeps the
	// settings as they are now and may be called from several goroutines.
	Editor() (Editor, error)
}

// Editor gives the changes of a text in valid UTF-8: in order, apart from each
// other, on rune boundaries; none for a text that stays as it is.
type Editor func(text string) []Edit

// Edit replaces the bytes from Start to End, exclusive, of a text.
type Edit struct {
	Start, End int
	New        string
}

// again gives an editor that goes on until it finds nothing more to change: what a
// change leaves may be what the next one looks for. Its changes must come to an end.
func (e Editor) again() Editor {
	return func(text string) []Edit {
		edits := e(text)
		if len(edits) == 0 {
			return nil
		}
		t := newTrail(text)
		for ; len(edits) > 0; edits = e(t.After) {
			t.apply(edits)
		}
		return t.edits()
	}
}

// LabelStep changes labels.
type LabelStep interface {
	Step
	// Renamer gives the function that gives a label its new name.
	Renamer() (func(label string) string, error)
}

// Filter leaves rows out.
type Filter interface {
	Step
	// Judge gives the function that says in a few words why a row with that text
	// is left out, "" if it stays.
	Judge() (func(text string) string, error)
}

// Divider makes several rows of one, when all other steps are done.
type Divider interface {
	Step
	// Divider gives the function that says where the parts of a text stand, in order and
	// apart from each other; none for a text that stays whole. Spans are not cut.
	Divider() (func(text string, whole []dataset.Span) []Range, error)
}

// Range is the bytes from Start to End, exclusive, of a text.
type Range struct{ Start, End int }

// Learner is a TextStep that must look at the rows before it can change any.
// What it learned is saved with it.
type Learner interface {
	TextStep
	Learn(texts iter.Seq[string])
	Learned() []string
	Recall(learned []string)
}

// Several is a step that does one thing of many, so that a pipeline may want more
// than one of it, each set in another way.
type Several interface {
	Step
	Several()
}

// Error says why a step cannot be used as it is set.
type Error struct{ Step, Reason, Way string }

func (e *Error) Error() string { return fmt.Sprintf("the step %s: %s", e.Step, e.Reason) }

// Hint is the way out.
func (e *Error) Hint() string { return e.Way }
