// Package projects is what an analyst has: a library of projects, each a folder
// with its examples, trainings and models. It is the only door that the window
// and attunectl use, and knows no screen.
package projects

import (
	"time"

	"attune/engine/dataset"
)

// Overview is a project at a glance.
type Overview struct {
	Rows    int
	Labels  []LabelCount // most frequent first
	Splits  map[dataset.Split]int
	Sources []Source // imported files, oldest first
	Text    TextLengths
	Runs    int
	CanUndo string // what Undo would take back, in words; "" for nothing
	CanRedo string // what Redo would do again
}

// LabelCount is a label and how many rows have it.
type LabelCount struct {
	Label string
	Rows  int
}

// Source is an imported file.
type Source struct {
	File     string // its name
	Rows     int    // examples that came from it and are still there
	Imported time.Time
}

// TextLengths says how long the texts are, in words; a character of Chinese,
// Japanese or Thai counts as a word.
type TextLengths struct{ MedianWords, LongestWords int }
