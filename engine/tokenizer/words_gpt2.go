package tokenizer

import "unicode/utf8"

// gpt2Words cuts a text as the pattern
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// of GPT-2 does: endings such as 's, and runs of letters, of digits and of other
// signs, each with one space before it; of more spaces all but the last stand
// alone.
func gpt2Words(text []byte, found func(start, end int)) {
	table := classes()
	for i := 0; i < len(text); {
		end := i + contraction(text[i:])
		if end == i {
			at := i
			if text[at] == ' ' {
				at++
			}
			if kind, width := wordClass(table, text[at:]); width > 0 && kind != space {
				end = run(table, text, at+width, kind)
			} else {
				end = spaces(table, text, i)
			}
		}
		found(i, end)
		i = end
	}
}

// wordClass gives whether a text begins with a letter, a number, a space or
// something else, which is 0, and how many bytes it has.
func wordClass(table *[0x10000]class, text []byte) (class, int) {
	if len(text) == 0 {
		return 0, 0
	}
	r, width := rune(text[0]), 1
	if r >= utf8.RuneSelf {
		r, width = utf8.DecodeRune(text)
	}
	return classOf(table, r) & (letter | number | space), width
}

// run gives the end of the run of runes of one kind that goes on at byte at.
func run(table *[0x10000]class, text []byte, at int, kind class) int {
	for at < len(text) {
		next, width := wordClass(table, text[at:])
		if next != kind {
			break
		}
		at += width
	}
	return at
}

// spaces gives the end of the run of spaces at byte at, without the last if
// something follows: that belongs to what follows, unless it is the only one.
func spaces(table *[0x10000]class, text []byte, at int) int {
	end := run(table, text, at, space)
	if end < len(text) {
		if _, width := utf8.DecodeLastRune(text[at:end]); end-width > at {
			return end - width
		}
	}
	return end
}

// contraction gives how many bytes of 's, 't, 're, 've, 'm, 'll or 'd a text begins
// with.
func contraction(text []byte) int {
	if len(text) < 2 || text[0] != '\'' {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	if len(text) > 2 {
		switch string(text[1:3]) {
		case "re", "ve", "ll":
			return 3
		}
	}
	return 0
}
