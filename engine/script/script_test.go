package script_test

import (
	"testing"

	"attune/engine/script"
)

func TestInWord(t *testing.T) {
	for r, want := range map[rune]bool{'a': true, 'É': true, '\u0301': true, '7': true, '½': true, '京': true, '\u0e31': true, '\'': false, '_': false, ' ': false, '😀': false, '\uFFFD': false} {
		if script.InWord(r) != want {
			t.Errorf("%q: %t", r, !want)
		}
	}
}

func TestUnspaced(t *testing.T) {
	for name, text := range map[string]string{"Chinese": "北京", "Japanese": "ひカ", "Bopomofo": "ㄅ", "Thai": "ไทย", "Lao": "ລາວ", "Khmer": "ខ្មែរ", "Burmese": "မြန်မာ", "Tibetan": "བོད"} {
		for _, r := range text {
			if !script.Unspaced(r) {
				t.Errorf("%q of %s sets blanks", r, name)
			}
		}
	}
	for _, r := range "aÉ7 한국어कĐя،。" {
		if script.Unspaced(r) {
			t.Errorf("%q sets no blanks", r)
		}
	}
}
