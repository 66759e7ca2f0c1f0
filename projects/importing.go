package projects

import (
	"time"

	"attune/engine/dataset"
	"attune/engine/format"
)

// Roles says which column of a file is what, by name; "" means no column.
type Roles = format.Roles

// ImportOptions is what a user insists on about files; what is left at its
// zero value is found by looking at the whole file.
type ImportOptions struct {
	Roles     Roles         // columns; an empty Text means: guess all of those left empty
	As        dataset.Split // what all rows are for; a file's own split column yields to it
	Encoding  string        // a WHATWG name, "windows-1252"
	Delimiter string        // one character, or "tab", "comma", "semicolon", "pipe", "space"
	Header    *bool         // whether the first row names the columns
}

// Preview is what an import would do with one file.
type Preview struct {
	File      string // its path
	Bytes     int64
	Format    string // "CSV"
	Encoding  string
	Delimiter string
	Header    bool
	Columns   []string
	Sample    [][]string // the first rows, as wide as Columns, long values cut
	Rows      int
	Roles     Roles        // as wished, the rest guessed
	Labels    []LabelCount // of the label column, most frequent first
	Problems  int          // rows that would be left out or repaired
	Warnings  []string     // what makes training on this file hard, a sentence each with the way out

	Encodings, Delimiters []string // choices to offer for what was found wrong
}

// Imported says what an import did.
type Imported struct {
	Rows         int                   `json:"rows"`     // rows of the files, headers not counted
	Imported     int                   `json:"imported"` // examples made of them
	Problems     []Problem             `json:"problems"` // the first 1000
	ProblemCount int                   `json:"problem_count"`
	Columns      map[string]string     `json:"columns"` // role to column: "text": "v2"
	Encoding     string                `json:"encoding"`
	Delimiter    string                `json:"delimiter"`
	Labels       map[string]int        `json:"labels"`
	Splits       map[dataset.Split]int `json:"splits"`
	Warnings     []string              `json:"warnings"` // as in a Preview
}

// Problem is what is wrong with one row of a file and the way out. Row counts
// from 1, the header not counted.
type Problem struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Reason string `json:"reason"`
	Fix    string `json:"fix"`
}

// Progress tells how far a long piece of work is.
type Progress struct {
	Verb        string        // what is being done: "Reading tickets.csv"
	Done, Total int64         // in the same unit, bytes or rows; Total is 0 while unknown
	Left        time.Duration // forecast of the time to go; 0 while unknown
}
