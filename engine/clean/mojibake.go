package clean

import (
	"strings"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewMojibake makes the step that repairs texts which were read in the wrong
// encoding once: UTF-8 taken for windows-1252 or Latin-1, so that é became Ã©.
func NewMojibake() Step { return mojibake{} }

type mojibake struct{}

func (mojibake) Name() string              { return "mojibake" }
func (mojibake) Title() string             { return "Broken characters" }
func (mojibake) Settings() []setting.Field { return nil }
func (mojibake) About() string {
	return "Makes é again of Ã© and ’ of â€™: letters of a file that was once opened in the wrong encoding. Only where it is certain."
}

func (mojibake) Editor() (Editor, error) {
	return Editor(repairs).again(), nil // what was broken twice is repaired twice
}

// broken is a stretch of a text that is one character of UTF-8, taken for several.
type broken struct {
	start, end int
	is         rune
	lead       byte
	closing    bool // its last part is a quotation mark, which may close a quotation
}

// repairs gives the changes that are certain, and if there are any, those that are
// only likely.
func repairs(text string) (edits []Edit) {
	if strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 && r <= 0xf4 }) < 0 {
		return nil
	}
	all := findBroken(text)
	if len(all) == 0 {
		return controls(text)
	}
	beside, sure, certain := make([]bool, len(all)), make([]bool, len(all)), false
	for i, b := range all {
		beside[i] = i > 0 && all[i-1].end == b.start && all[i-1].script() == b.script() ||
			i+1 < len(all) && all[i+1].start == b.end && all[i+1].script() == b.script()
		sure[i] = b.certain(beside[i])
		certain = certain || sure[i]
	}
	for i, b := range all {
		if sure[i] || certain && (beside[i] || b.likely()) {
			edits = append(edits, Edit{b.start, b.end, string(b.is)})
		}
	}
	if len(edits) == 0 {
		return controls(text)
	}
	return edits
}

// controls gives the signs of windows-1252 for the control characters that Latin-1 has
// in their places, and that nobody writes.
func controls(text string) (edits []Edit) {
	signs := []rune(windows1252)
	for i, r := range text {
		if r < 0x80 || r > 0x9f {
			continue
		}
		if sign := signs[r-0x80]; sign != r {
			edits = append(edits, Edit{i, i + utf8.RuneLen(r), string(sign)})
		}
	}
	return edits
}

// script tells the scripts apart by the first byte of their characters: Cyrillic has
// two of them, Chinese many.
func (b broken) script() byte {
	if b.lead < 0xe0 {
		return b.lead &^ 1
	}
	return min(b.lead, 0xe3)
}

// certain says whether no text would be written so. Two of the same script beside
// each other are: Ð¿Ñ€ is no word of any language.
func (b broken) certain(beside bool) bool {
	switch {
	case b.lead == 0xc2 || b.lead == 0xc3: // a letter of western Europe, or ° and the like
		return !b.closing
	case b.lead == 0xe2: // ’ – … € ™ and other signs
		return b.is >= 0x2010 && b.is < 0x2c00
	case b.lead >= 0xf0: // emoji
		return b.is >= 0x1f000 && b.is < 0x20000
	case b.lead == 0xef:
		return b.is == '\ufeff' || b.is >= 0xff00
	}
	return beside && !b.closing
}

// likely says whether it is mojibake in a text that has some for certain.
func (b broken) likely() bool { return b.lead == 0xc2 || b.lead == 0xc3 || b.lead == 0xe2 }

func findBroken(text string) (all []broken) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		lead, ok := byteOf(r)
		if !ok || lead < 0xc2 || lead > 0xf4 {
			i += size
			continue
		}
		if b, ok := brokenAt(text, i, lead); ok {
			all = append(all, b)
			i = b.end
			continue
		}
		i += size
	}
	return all
}

// brokenAt reads one character of UTF-8 out of the characters from start on.
func brokenAt(text string, start int, lead byte) (broken, bool) {
	need := 2
	if lead >= 0xe0 {
		need++
	}
	if lead >= 0xf0 {
		need++
	}
	var bytes [utf8.UTFMax]byte
	var last rune
	end := start
	for n := range need {
		r, size := utf8.DecodeRuneInString(text[end:])
		b, ok := byteOf(r)
		if !ok || n > 0 && (b < 0x80 || b > 0xbf) {
			return broken{}, false
		}
		bytes[n], last = b, r
		end += size
	}
	is, size := utf8.DecodeRune(bytes[:need])
	if is == utf8.RuneError || size != need || is < 0xa0 {
		return broken{}, false
	}
	return broken{start, end, is, lead, strings.ContainsRune("«»‘’“”‹›\u00a0…–—", last)}, true
}

// windows1252 is what that encoding has from 0x80 on instead of control characters;
// the gaps stand for themselves.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

// byteOf gives the byte of which windows-1252, or Latin-1, makes the character.
func byteOf(r rune) (byte, bool) {
	if r <= 0xff {
		return byte(r), true
	}
	n := 0
	for _, w := range windows1252 {
		if w == r {
			return byte(0x80 + n), true
		}
		n++
	}
	return 0, false
}
