// Package format turns an analyst's files into records: one file of this
// package per file format. It decides how a file is laid out and which of its
// columns is what; it does not judge, clean or store the data.
package format

import (
	"context"
	"iter"
	"path/filepath"
	"slices"
	"strings"
)

// Format reads one kind of file. It is a value, because it has no state.
type Format struct {
	Name       string   // as shown to the user, "CSV"
	Extensions []string // lower case, with the dot, ".csv"

	// Matches says whether a file that begins with head looks like this
	// format, whatever its extension.
	Matches func(head []byte) bool

	// Inspect looks at the whole file, in flat memory, and gives its layout.
	// progress, which may be nil, is told how much of the file's Size is done.
	// It fails with an *Error if the file is not of this format, and with the
	// context's error when that ends.
	Inspect func(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error)

	// Read gives the records of a file that is laid out as Inspect found.
	// A row that does not fit is given too, with its Problem. A non-nil error
	// is the last item: an *Error, or the context's error.
	Read func(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error]
}

// Overrides is what a user insists on; zero values mean: find out.
type Overrides struct {
	Encoding  string // a name of the WHATWG Encoding Standard, "utf-8", "windows-1252", "gbk"
	Delimiter string // one character, or a name: "tab", "comma", "semicolon", "pipe", "space"
	Header    *bool  // whether the first row names the columns
	Sheet     string // of several tables in the file, the one to read, as Layout.Sheets names it
}

// Layout is how a file is laid out, as far as one look over all of it shows.
type Layout struct {
	Format    string     // name of the format
	Encoding  string     // WHATWG name of the encoding, lower case; those of two files that differ joined by a plus sign
	Delimiter string     // one character between values, or what is between texts; "" for a single column or a format without
	Quote     string     // the character around values, or "" if quotes are ordinary characters
	Escape    string     // the character that takes a quote's meaning away, `\` or ""; doubled quotes always work
	Newline   string     // what ends a row: "\n" (after which a "\r" is dropped too) or "\r"
	Preamble  int        // rows before the table (titles, comments), which are skipped and not counted
	Header    bool       // the columns have names of their own: the first row of the table names them, or the format
	Named     bool       // the format itself names the columns, so that no row can
	Sheet     string     // the table of the file that is read: a sheet's name, a key in JSON; "" if there is but one
	Sheets    []string   // all its tables, in the order of the file; nil for a format without
	Columns   []string   // names, one per column, all different, none empty
	Between   []string   // what may be asked for as the delimiter; nil for a format without
	Roles     Roles      // what the format itself says of its columns; zero if it says nothing
	Places    string     // what the places of its spans count, if not what is usual for the format
	Rows      int        // rows of data, header and blank lines not counted
	Sample    [][]string // the first SampleRows rows, as wide as Columns, long values cut
	Distinct  []int      // different values per column over all rows but "", counted up to MaxDistinct

	others map[string]int // of annotated texts: the columns of their further fields, by the names of those
}

// Bounds of what a Layout holds, so that it stays small for any file.
const (
	SampleRows  = 100  // rows in a sample
	SampleBytes = 1000 // of a value in a sample, about
	MaxDistinct = 1000 // a column with more different values counts as having this many
)

// Record is one row of data. Row counts from 1, the header not counted.
// Values has at least one value per column: missing ones are "", surplus ones
// are kept at the end. A Problem says how the row was repaired.
type Record struct {
	Row     int
	Values  []string
	Problem *Problem
}

// Problem is what is wrong with one row, in an analyst's words, and the way
// out.
type Problem struct {
	Row      int    `json:"row"`
	Reason   string `json:"reason"`
	Fix      string `json:"fix"`
	Repaired bool   `json:"-"` // an example could be made of the row all the same
}

// headBytes is how much of a file Find looks at: annotated texts may be long,
// and what tells their kind stands behind the first of them.
const headBytes = 64 << 10

// Find gives the format of a file: of the formats with its extension, or else of all
// formats, the first that its first bytes match. A file that matches none is left to the
// last format with its extension, the least special, which can say best what is wrong with
// it; without one, Find fails with an *Error. It fails too if the file cannot be read.
func Find(formats []Format, f File) (Format, error) {
	head, err := f.head(headBytes)
	if err != nil {
		return Format{}, err
	}
	extension := strings.ToLower(filepath.Ext(f.Name))
	named := func(x Format) bool { return slices.Contains(x.Extensions, extension) }
	matches := func(x Format) bool { return x.Matches(head) }
	both := func(x Format) bool { return named(x) && matches(x) }
	for _, fits := range []func(Format) bool{both, matches} {
		if i := slices.IndexFunc(formats, fits); i >= 0 {
			return formats[i], nil
		}
	}
	for _, x := range slices.Backward(formats) {
		if named(x) {
			return x, nil
		}
	}
	if signature(head) == oldOffice {
		return Format{}, notWorkbook(f, head)
	}
	return Format{}, &Error{
		File: f.Name,
		Want: "be a file of a known format",
		Got:  "it looks like " + describe(head),
		Way:  "save it in one of these formats: " + names(formats),
	}
}

func names(formats []Format) string {
	all := make([]string, len(formats))
	for i, f := range formats {
		all[i] = f.Name
	}
	return strings.Join(all, ", ")
}
