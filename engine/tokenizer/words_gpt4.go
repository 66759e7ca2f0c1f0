package tokenizer

import (
	"bytes"
	"unicode/utf8"
)

// gpt4Words cuts a text as the pattern
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// of GPT-4 and Llama 3 does, with so many digits together; Qwen takes each alone.
func gpt4Words(digits int) func(text []byte, found func(start, end int)) {
	return func(text []byte, found func(start, end int)) {
		table := classes()
		for i := 0; i < len(text); {
			end := gpt4Word(table, text, i, digits)
			found(i, end)
			i = end
		}
	}
}

// gpt4Word gives the end of the word that begins at byte i.
func gpt4Word(table *[0x10000]class, text []byte, i, digits int) int {
	if n := anyContraction(text[i:]); n > 0 {
		return i + n
	}
	kind, width := wordClass(table, text[i:])
	next, _ := wordClass(table, text[i+width:])
	isBreak := text[i] == '\r' || text[i] == '\n'
	switch {
	case kind == letter, kind != number && !isBreak && next == letter:
		return run(table, text, i+width, letter)
	case kind == number:
		end := i + width
		for n := 1; n < digits; n++ {
			next, width := wordClass(table, text[end:])
			if next != number {
				break
			}
			end += width
		}
		return end
	case kind == 0 || text[i] == ' ' && next == 0 && i+1 < len(text):
		end := run(table, text, i+width, 0)
		for end < len(text) && (text[end] == '\r' || text[end] == '\n') {
			end++
		}
		return end
	}
	all := text[i:run(table, text, i, space)]
	if last := bytes.LastIndexAny(all, "\r\n"); last >= 0 {
		return i + last + 1
	}
	return spaces(table, text, i)
}

// anyContraction is contraction whatever the case; the long s is an s too.
func anyContraction(text []byte) int {
	if len(text) < 2 || text[0] != '\'' {
		return 0
	}
	if r, width := utf8.DecodeRune(text[1:]); r == 'ſ' {
		return 1 + width
	}
	return contraction(bytes.ToLower(text[:min(len(text), 3)]))
}
