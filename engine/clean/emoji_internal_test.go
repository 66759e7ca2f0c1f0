package clean

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/runenames"
)

// TestEmojiNames holds the table against the names of the Unicode that Go knows, which
// may be older than the table.
func TestEmojiNames(t *testing.T) {
	for r := range rune(0x20000) {
		want := strings.ToLower(runenames.Name(r))
		if !pictographs(r) || want == "" || strings.HasPrefix(want, "<") {
			continue
		}
		if got := emojiNames()[r]; got != want {
			t.Errorf("%x is named %q, want %q", r, got, want)
		}
	}
}
