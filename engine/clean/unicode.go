package clean

import (
	"golang.org/x/text/unicode/norm"

	"attune/engine/setting"
)

// NewUnicode makes the step that writes the same character always the same way.
// https://www.unicode.org/reports/tr15
func NewUnicode() Step { return &unicodeForm{form: "NFC"} }

type unicodeForm struct{ form string }

func (*unicodeForm) Name() string  { return "unicode" }
func (*unicodeForm) Title() string { return "One spelling of each character" }
func (*unicodeForm) About() string {
	return "Letters with accents, and other characters that can be stored in several ways, are stored in one (a Unicode normal form)."
}

func (u *unicodeForm) Settings() []setting.Field {
	return []setting.Field{{
		Key: "form", Label: "Normal form", Help: "NFC changes nothing that can be seen; NFKC also turns wide letters, ligatures and superscripts into plain ones.",
		Value: &setting.Choice{To: &u.form, Options: []string{"NFC", "NFKC"}},
	}}
}

func (u *unicodeForm) Editor() (Editor, error) {
	form := norm.NFC
	if u.form == "NFKC" {
		form = norm.NFKC
	}
	return func(text string) (edits []Edit) {
		if form.IsNormalString(text) {
			return nil
		}
		var it norm.Iter
		it.InitString(form, text)
		t := newTrail(text)
		for !it.Done() {
			start := it.Pos()
			piece := string(it.Next())
			if piece != text[start:it.Pos()] {
				edits = append(edits, Edit{start, it.Pos(), piece})
			}
		}
		t.apply(edits)
		if !form.IsNormalString(t.After) { // halfwidth Hangul joins only once it is wide
			return []Edit{{0, len(text), form.String(form.String(text))}}
		}
		return edits
	}, nil
}
