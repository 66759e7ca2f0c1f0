package projects

import "attune/engine/dataset"

// Error says in a sentence what cannot be done with a project's data, and the
// way out.
type Error struct {
	Got string // "tickets.csv has no rows"
	Way string // as a sentence without its full stop
}

// Error is the sentence.
func (e *Error) Error() string { return e.Got }

// Hint is the way out.
func (e *Error) Hint() string { return e.Way }

// rows is a number of rows in words.
func rows(n int) string { return counted(n, "row") }

// counted is a number of things in words: "1 row", "3,000 rows".
func counted(n int, thing string) string {
	return dataset.Counted(n, thing, thing+"s")
}
