package projects

import "attune/engine/dataset"

// Query chooses and orders examples. Its zero value means all, in the order
// in which they were imported.
type Query struct {
	Split      *dataset.Split // only those of this split
	Label      *string        // only those with this label; "" means those without any
	Search     string         // only those whose texts contain this, upper and lower case alike
	Sort       string         // "", "text", "label" or "length"
	Descending bool
}

// Row is an example as a table shows it.
type Row struct {
	ID                 int64
	Text, Pair, Target string
	Labels             []string
	Split              dataset.Split
	File               string // name of the file it came from
	SourceRow          int    // its row there, from 1, the header not counted
}
