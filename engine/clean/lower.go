package clean

import (
	"strings"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewLower makes the step that writes all letters small.
func NewLower() Step { return lower{} }

type lower struct{}

func (lower) Name() string              { return "lower" }
func (lower) Title() string             { return "Lower case" }
func (lower) Settings() []setting.Field { return nil }
func (lower) About() string {
	return "Writes A as a. Models for lower case do so by themselves; it helps where capitals mean nothing, as in chats."
}

func (lower) Editor() (Editor, error) {
	return func(text string) (edits []Edit) {
		start := -1 // of letters that change
		flush := func(end int) {
			if start >= 0 {
				edits = append(edits, Edit{start, end, strings.ToLower(text[start:end])})
				start = -1
			}
		}
		for i, r := range text {
			small := strings.ToLower(text[i : i+utf8.RuneLen(r)])
			if small == string(r) {
				flush(i)
			} else if start < 0 {
				start = i
			}
		}
		flush(len(text))
		return edits
	}, nil
}
