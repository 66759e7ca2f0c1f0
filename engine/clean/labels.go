package clean

import (
	"slices"
	"strings"

	"attune/engine/setting"
)

// NewLabels makes the step that renames labels, and makes one of several by giving
// them the same name.
func NewLabels() Step { return &labels{} }

type labels struct {
	from, to   string
	ignoreCase bool
}

func (*labels) Name() string  { return "labels" }
func (*labels) Title() string { return "Rename or merge labels" }
func (*labels) About() string {
	return "Gives one or several labels a new name; labels of the same name become one."
}

// Several says that there may be more than one.
func (*labels) Several() {}

func (l *labels) Settings() []setting.Field {
	return []setting.Field{
		{Key: "from", Label: "Labels", Help: "One, or several with semicolons between them: invoice; payment.", Value: &setting.Text{To: &l.from}},
		{Key: "to", Label: "New name", Help: "Nothing changes while this is empty.", Value: &setting.Text{To: &l.to}},
		{Key: "ignore_case", Label: "Ignore upper case and spaces", Help: "Find Invoice, and invoice with a space behind it, too.", Value: &setting.Switch{To: &l.ignoreCase}},
	}
}

func (l *labels) Renamer() (func(string) string, error) {
	plain := func(label string) string { return label }
	if l.ignoreCase {
		plain = func(label string) string { return strings.ToLower(strings.Join(strings.Fields(label), " ")) }
	}
	var from []string
	for name := range strings.SplitSeq(l.from, ";") {
		if name = strings.TrimSpace(name); name != "" {
			from = append(from, plain(name))
		}
	}
	to := strings.TrimSpace(l.to)
	return func(label string) string {
		if to != "" && slices.Contains(from, plain(label)) {
			return to
		}
		return label
	}, nil
}
