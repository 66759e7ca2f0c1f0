package clean

import (
	"fmt"
	"regexp"

	"attune/engine/setting"
)

// NewReplace makes the step that replaces what a regular expression finds.
// https://github.com/google/re2/wiki/Syntax
func NewReplace() Step { return &replace{} }

type replace struct {
	pattern, with string
	ignoreCase    bool
}

func (*replace) Name() string  { return "replace" }
func (*replace) Title() string { return "Find and replace" }
func (*replace) About() string {
	return "Replaces what a pattern (a regular expression) finds, such as order numbers or the name of a firm."
}

// Several says that there may be more than one.
func (*replace) Several() {}

func (r *replace) Settings() []setting.Field {
	check := func(text string) error {
		_, err := compile(text)
		return err
	}
	return []setting.Field{
		{Key: "pattern", Label: "Find", Help: `A word, or a pattern such as "order \d+" (RE2 syntax). Nothing is replaced while this is empty.`, Value: &setting.Text{To: &r.pattern, Check: check}},
		{Key: "with", Label: "Replace by", Help: "$1 stands for what the first brackets found. Leave it empty to take the match out.", Value: &setting.Text{To: &r.with}},
		{Key: "ignore_case", Label: "Ignore upper case", Help: "Find A and a alike.", Value: &setting.Switch{To: &r.ignoreCase}},
	}
}

func compile(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%q is not a regular expression: %w", pattern, err)
	}
	return re, nil
}

func (r *replace) Editor() (Editor, error) {
	if r.pattern == "" {
		return func(string) []Edit { return nil }, nil
	}
	pattern := r.pattern
	if r.ignoreCase {
		pattern = "(?i)" + pattern
	}
	re, err := compile(pattern)
	if err != nil {
		return nil, &Error{r.Name(), err.Error(), `put \ before a character that stands for itself`}
	}
	with := r.with
	return func(text string) (edits []Edit) {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			put := string(re.ExpandString(nil, with, text, m))
			if put != text[m[0]:m[1]] {
				edits = append(edits, Edit{m[0], m[1], put})
			}
		}
		return edits
	}, nil
}
