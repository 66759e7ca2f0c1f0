package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"attune/projects"
)

// call is one run of a command: its flags, its words, and where it prints.
type call struct {
	flags    *pflag.FlagSet
	args     []string
	stdin    io.Reader
	stdout   io.Writer
	stderr   io.Writer
	json     bool
	progress string
}

// errHelp ends a command that only printed its usage.
var errHelp = errors.New("help")

func newCall(c command, args []string, stdout, stderr io.Writer) *call {
	l := &call{flags: pflag.NewFlagSet(c.name, pflag.ContinueOnError), args: args, stdin: os.Stdin, stdout: stdout, stderr: stderr}
	l.flags.SortFlags = false
	l.flags.SetOutput(io.Discard)
	l.flags.BoolVar(&l.json, "json", false, "print one JSON object at the end")
	l.flags.StringVar(&l.progress, "progress", "", "json for one JSON object a line on stderr")
	l.flags.Usage = func() {
		fmt.Fprintf(stdout, "attunectl %s %s\n    %s\n\n%s", c.name, c.usage, c.about, l.flags.FlagUsages())
	}
	return l
}

// parse reads the flags and gives the words between least and most; most below 0
// is no bound.
func (c *call) parse(least, most int) ([]string, error) {
	err := c.flags.Parse(c.args)
	if errors.Is(err, pflag.ErrHelp) {
		return nil, errHelp
	}
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	if c.progress != "" && c.progress != "json" {
		return nil, &usageError{"--progress is json or left out"}
	}
	words := c.flags.Args()
	if len(words) < least || most >= 0 && len(words) > most {
		return nil, &usageError{fmt.Sprintf("it takes %s, not %d", expected(least, most), len(words))}
	}
	return words, nil
}

func expected(least, most int) string {
	switch {
	case most < 0:
		return fmt.Sprintf("at least %s", plural(least, "argument"))
	case least == most:
		return plural(least, "argument")
	}
	return fmt.Sprintf("%d to %s", least, plural(most, "argument"))
}

// open parses as parse does, and opens the project that the first word names; the
// words after it are given.
func (c *call) open(least, most int) (*projects.Project, []string, error) {
	words, err := c.parse(least, most)
	if err != nil {
		return nil, nil, err
	}
	p, err := projects.Open(words[0])
	return p, words[1:], err
}

// print ends the command: the value as one JSON object, or the text.
func (c *call) print(value any, text string, parts ...any) error {
	if !c.json {
		_, err := fmt.Fprintf(c.stdout, text, parts...)
		return err
	}
	encoder := json.NewEncoder(c.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// importFlags declares the flags that say how a table is to be read.
func (c *call) importFlags() *importFlags {
	f := &importFlags{}
	c.flags.StringVar(&f.options.Roles.Text, "text", "", "column with the texts")
	c.flags.StringVar(&f.options.Roles.Pair, "pair", "", "column with the second texts")
	c.flags.StringVar(&f.options.Roles.Label, "label", "", "column with the labels")
	c.flags.StringVar(&f.options.Roles.Target, "target", "", "column with the texts to write")
	c.flags.StringVar(&f.options.Roles.Spans, "spans", "", "column with places in the texts: [[0, 4, \"NAME\"]]")
	c.flags.StringVar(&f.options.Roles.Split, "split-column", "", "column that says train, validation or test")
	c.layoutFlags(f)
	return f
}

// layoutFlags declares those that say how the columns are found.
func (c *call) layoutFlags(f *importFlags) {
	c.flags.StringVar(&f.options.Encoding, "encoding", "", "utf-8, windows-1252, utf-16le, ...")
	c.flags.StringVar(&f.options.Delimiter, "delimiter", "", "the character between values, or tab, comma, semicolon, pipe, space")
	c.flags.StringVar(&f.header, "header", "", "yes or no: whether the first row names the columns")
	c.flags.StringVar(&f.options.Sheet, "sheet", "", "of several tables in a file, the one to read: a sheet of a workbook, a key in JSON")
	c.flags.StringVar(&f.options.Format, "format", "", "the format, of those that list formats names, where a file is taken for another")
}

// importFlags are how a user insists that a table is read.
type importFlags struct {
	options projects.ImportOptions
	header  string
}

// parsed gives the options when the flags were parsed.
func (f *importFlags) parsed() (projects.ImportOptions, error) {
	switch f.header {
	case "":
	case "yes", "no":
		header := f.header == "yes"
		f.options.Header = &header
	default:
		return f.options, &usageError{"--header is yes or no"}
	}
	return f.options, nil
}
