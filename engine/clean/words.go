package clean

import "unicode"

// Words counts the words of a text. Scripts that put no blanks between words
// count each character as one, so that lengths compare across languages.
func Words(text string) int {
	n, inside := 0, false
	for _, r := range text {
		switch {
		case r < 0x80 && r > ' ': // by far the most common
			if !inside {
				n++
			}
			inside = true
		case unicode.IsSpace(r):
			inside = false
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			n++
			inside = false
		default:
			if !inside {
				n++
			}
			inside = true
		}
	}
	return n
}
