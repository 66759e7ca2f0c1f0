package clean

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewEmoji makes the step that takes emoji out of texts, or writes their names.
func NewEmoji() Step { return &emoji{by: byName} }

type emoji struct{ by string }

const byName = "their names"

func (*emoji) Name() string  { return "emoji" }
func (*emoji) Title() string { return "Emoji" }
func (*emoji) About() string {
	return "Writes the names of emoji, which a model that never saw them can read, or takes them out."
}

func (e *emoji) Settings() []setting.Field {
	return []setting.Field{{Key: "by", Label: "Put in their place", Help: ":thumbs up sign: or nothing.", Value: &setting.Choice{To: &e.by, Options: []string{byName, byNothing}}}}
}

func (e *emoji) Editor() (Editor, error) {
	names := e.by == byName
	return func(text string) (edits []Edit) {
		for at := 0; at < len(text); {
			r, size := utf8.DecodeRuneInString(text[at:])
			end := at + size
			if !pictographs(r) && !keycap(text, at) {
				at = end
				continue
			}
			end = emojiEnd(text, at)
			put := ""
			if names {
				put = named(text[at:end])
			}
			edits = append(edits, Edit{at, end, put})
			at = end
		}
		return edits
	}, nil
}

// pictographs says whether a character is an emoji by itself, in the blocks of
// https://www.unicode.org/Public/emoji/latest/emoji-data.txt. Signs of older texts
// that may be shown as emoji, such as © and ↔, are not among them.
func pictographs(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf && unicode.IsSymbol(r) || r == 0x2b50 || r == 0x2b55 || r == 0x231a || r == 0x231b || r >= 0x23e9 && r <= 0x23f3
}

// keycap says whether a digit in a key stands at a place of a text.
func keycap(text string, at int) bool {
	rest := text[at:]
	return rest[0] < utf8.RuneSelf && strings.ContainsRune("0123456789#*", rune(rest[0])) &&
		(strings.HasPrefix(rest[1:], "\ufe0f\u20e3") || strings.HasPrefix(rest[1:], "\u20e3"))
}

// emojiEnd gives where the emoji ends that begins at a place: with the colour of its
// skin, the other half of a flag, and all that joiners add to it.
func emojiEnd(text string, at int) int {
	first, size := utf8.DecodeRuneInString(text[at:])
	end := at + size
	flag := first >= 0x1f1e6 && first <= 0x1f1ff
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		switch {
		case r == 0xfe0f || r == 0x20e3 || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0020 && r <= 0xe007f:
		case flag && r >= 0x1f1e6 && r <= 0x1f1ff:
			flag = false
		case r == 0x200d:
			next, more := utf8.DecodeRuneInString(text[end+size:])
			if !pictographs(next) {
				return end
			}
			size += more
		default:
			return end
		}
		end += size
	}
	return end
}

// named gives the name of an emoji: that of its first character, or the letters of
// a flag.
func named(emoji string) string {
	first, size := utf8.DecodeRuneInString(emoji)
	if first < utf8.RuneSelf {
		return ":" + emoji[:size] + ":"
	}
	if first >= 0x1f1e6 && first <= 0x1f1ff {
		letters := ""
		for _, r := range emoji {
			if r >= 0x1f1e6 && r <= 0x1f1ff {
				letters += string('A' + r - 0x1f1e6)
			}
		}
		return ":flag " + letters + ":"
	}
	if name, ok := emojiNames()[first]; ok {
		return ":" + name + ":"
	}
	return ":emoji:"
}

// emojiTable has a line for each pictograph of Unicode 17 with its number and its name
// in small letters. Package runenames names all other characters too, which is 1 MB.
//
//go:embed emoji_names.txt
var emojiTable string

var emojiNames = sync.OnceValue(func() map[rune]string {
	names := map[rune]string{}
	for line := range strings.Lines(emojiTable) {
		number, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		r, err := strconv.ParseInt(number, 16, 32)
		if err != nil {
			panic(err) // a line above is not as it says
		}
		names[rune(r)] = name
	}
	return names
})
