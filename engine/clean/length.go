package clean

import (
	"fmt"

	"attune/engine/setting"
)

// NewLength makes the filter that leaves out rows whose text is too short or too
// long.
func NewLength() Step { return &length{least: 1, most: 0} }

type length struct{ least, most int }

func (*length) Name() string  { return "length" }
func (*length) Title() string { return "Leave out short or long texts" }
func (*length) About() string {
	return "Leaves out rows whose text has too few or too many words. A trained model still answers such texts."
}

func (l *length) Settings() []setting.Field {
	return []setting.Field{
		{Key: "least", Label: "Fewest words", Help: "Rows with fewer are left out.", Value: &setting.Count{To: &l.least, Min: 0, Max: 1_000_000}},
		{Key: "most", Label: "Most words", Help: "Rows with more are left out; 0 for no limit.", Value: &setting.Count{To: &l.most, Min: 0, Max: 100_000_000}},
	}
}

func (l *length) Judge() (func(string) string, error) {
	least, most := l.least, l.most
	return func(text string) string {
		n := Words(text)
		switch {
		case n < least:
			return fmt.Sprintf("%d words are too few", n)
		case most > 0 && n > most:
			return fmt.Sprintf("%d words are too many", n)
		}
		return ""
	}, nil
}
