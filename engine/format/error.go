package format

import (
	"context"
	"errors"
	"fmt"
)

// Error says why a file cannot be read: where, what it should do and what it
// does instead, as the two halves of a sentence.
type Error struct {
	File string // name of the file
	Line int    // line in the file, from 1; 0 if it is the whole file
	Want string // "hold a table of text"
	Got  string // "it is empty"
	Way  string // the way out, as a sentence without its full stop
	Err  error  // the cause, or nil
}

// Error is the sentence: "notes.csv should hold a table of text, but it is empty".
func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s (line %d) should %s, but %s", e.File, e.Line, e.Want, e.Got)
	}
	return fmt.Sprintf("%s should %s, but %s", e.File, e.Want, e.Got)
}

// Hint is the way out.
func (e *Error) Hint() string { return e.Way }

// Unwrap gives the cause, so that errors.Is finds fs.ErrNotExist and the like.
func (e *Error) Unwrap() error { return e.Err }

// told says whether an error needs no more words: it is one of ours, or the reading was
// stopped.
func told(err error) bool {
	var own *Error
	return errors.As(err, &own) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
