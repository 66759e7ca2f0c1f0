package clean

import (
	"unicode"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewRepeats makes the step that shortens characters which are written again and
// again: sooooo, !!!!!!.
func NewRepeats() Step { return &repeats{most: 3} }

type repeats struct{ most int }

func (*repeats) Name() string  { return "repeats" }
func (*repeats) Title() string { return "Repeated characters" }
func (*repeats) About() string {
	return "Shortens sooooo and !!!!!!. Numbers stay as they are."
}

func (r *repeats) Settings() []setting.Field {
	return []setting.Field{{Key: "most", Label: "At most", Help: "How often a letter or a sign may follow itself.", Value: &setting.Count{To: &r.most, Min: 1, Max: 10}}}
}

func (r *repeats) Editor() (Editor, error) {
	most := r.most
	return func(text string) (edits []Edit) {
		for at := 0; at < len(text); {
			c, size := utf8.DecodeRuneInString(text[at:])
			n, end := 1, at+size
			for end < len(text) {
				next, _ := utf8.DecodeRuneInString(text[end:])
				if next != c {
					break
				}
				n++
				end += size
			}
			if n > most && !unicode.IsNumber(c) && !unicode.IsSpace(c) && c != utf8.RuneError {
				edits = append(edits, Edit{at + most*size, end, ""})
			}
			at = end
		}
		return edits
	}, nil
}
