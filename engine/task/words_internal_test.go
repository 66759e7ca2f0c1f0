package task

import (
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/tokenizer"
)

func TestWords(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"blanks", " \t\r\n", ""},
		{"letters and digits", "Room 12b", "Room|12b"},
		{"punctuation stands alone", "U.S., don't", "U|.|S|.|,|don|'|t"},
		{"line ends of Windows", "one\r\ntwo", "one|two"},
		{"accents as marks", "cafe\u0301 nai\u0308ve", "cafe\u0301|nai\u0308ve"},
		{"emoji", "so 😀👍🏽!", "so|😀|👍|🏽|!"},
		{"a joined emoji", "👩\u200d🔬 x", "👩\u200d|🔬|x"},
		{"a family name of two signs", "王明 said", "王|明|said"},
		{"kana with marks", "か\u3099き", "か\u3099|き"},
		{"Thai with vowel marks", "กินข้าว", "กิ|น|ข้|า|ว"},
		{"Korean has blanks", "서울 시", "서울|시"},
		{"a mark at the beginning", "\u0301a", "\u0301|a"},
		{"broken bytes", "a\xffb", "a|\xff|b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, w := range Words(c.text) {
				got = append(got, c.text[w.Start:w.End])
			}
			if joined := strings.Join(got, "|"); joined != c.want {
				t.Errorf("%q, want %q", joined, c.want)
			}
		})
	}
}

// pieces reads places of pieces: a text in which | cuts, blanks belong to none.
func pieces(cut string) (text string, all []tokenizer.Token) {
	for part := range strings.SplitSeq(cut, "|") {
		start := len(text) + len(part) - len(strings.TrimLeft(part, " "))
		text += part
		all = append(all, tokenizer.Token{Start: start, End: len(text)})
	}
	return text, all
}

func TestWordsOfPieces(t *testing.T) {
	cases := []struct{ name, cut, want string }{
		{"whole words", "my| card", "my|card"},
		{"pieces of a word", "in|sur|ance| card", "insurance|insurance|insurance|card"},
		{"a piece that is blank", "my||  | card", "my|||card"},
		{"a piece of two words", "(a.|b", "(a.|b"},
		{"a piece that ends in the next word", "a|b.c|d|e f| g", "ab.cde f|ab.cde f|ab.cde f|ab.cde f|g"},
		{"signs that are words", "王|明王| x", "王|明王|x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text, all := pieces(c.cut)
			var got []string
			for _, p := range wordPlaces(text, all) {
				got = append(got, text[p.Start:p.End])
			}
			if joined := strings.Join(got, "|"); joined != c.want {
				t.Errorf("%q, want %q", joined, c.want)
			}
		})
	}
}

func TestFirstPieces(t *testing.T) {
	text, all := pieces("in|sur|ance|  | card")
	want := []batch.Place{{Start: 0, End: 9}, {}, {}, {}, {Start: 12, End: 16}}
	if got := firstOf(wordPlaces(text, all)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Windows read every piece, never more than there is room for, and share the bytes
// out among them.
func TestWindows(t *testing.T) {
	for _, c := range []struct{ pieces, room, shared, count int }{
		{0, 10, 2, 1}, {1, 10, 2, 1}, {10, 10, 2, 1}, {11, 10, 2, 2}, {100, 10, 2, 13}, {100, 10, 0, 10}, {7, 1, 3, 7}, {30, 4, 9, 14},
	} {
		text := strings.Repeat("ab ", c.pieces)
		all := make([]tokenizer.Token, c.pieces)
		for i := range all {
			all[i] = tokenizer.Token{Start: 3 * i, End: 3*i + 2}
		}
		got := windows(text, all, c.room, c.shared)
		if len(got) != c.count {
			t.Errorf("%+v: %d windows", c, len(got))
		}
		for i, w := range got {
			if w.to-w.from > c.room || i > 0 && (w.from > got[i-1].to || w.own != got[i-1].end || w.to <= got[i-1].to) {
				t.Errorf("%+v: %+v", c, got)
			}
			for p := w.from; p < w.to; p++ {
				if place := (batch.Place{Start: int32(3 * p), End: int32(3*p + 2)}); w.owns(place) && i+1 < len(got) && got[i+1].owns(place) {
					t.Errorf("%+v: piece %d is owned twice", c, p)
				}
			}
		}
		owned := 0
		for p := range all {
			for _, w := range got {
				if w.owns(batch.Place{Start: int32(3 * p), End: int32(3*p + 2)}) && w.from <= p && p < w.to {
					owned++
				}
			}
		}
		if last := got[len(got)-1]; got[0].from != 0 || last.to != c.pieces || owned != c.pieces {
			t.Errorf("%+v: %d pieces owned, %+v", c, owned, got)
		}
	}
}
