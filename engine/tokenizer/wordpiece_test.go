package tokenizer_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"attune/engine/tokenizer"
)

var (
	uncased = tokenizer.WordPieceOptions{Lowercase: true, StripAccents: true}
	cased   = tokenizer.WordPieceOptions{}
)

// small is a vocabulary for tests worked by hand.
var small = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] a b un ##aff ##able aff hello world Hello é ##é e ##e ! [ ] ( ) 中 国 ᄀ ##ᅡ ##ᆨ i ##̇ ss x y z")

func newWordPiece(t testing.TB, vocabulary []string, o tokenizer.WordPieceOptions) *tokenizer.WordPiece {
	t.Helper()
	w, err := tokenizer.NewWordPiece(vocabulary, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// spell writes tokens as "piece@text", so that ids and offsets show.
func spell(w tokenizer.Tokenizer, text string, tokens []tokenizer.Token) string {
	var parts []string
	for _, token := range tokens {
		parts = append(parts, w.Piece(token.ID)+"@"+text[token.Start:token.End])
	}
	return strings.Join(parts, " ")
}

var encodings = []struct {
	name, text string
	o          tokenizer.WordPieceOptions
	want       string
}{
	{"nothing", "", uncased, ""},
	{"only spaces", " \t\r\n\u00a0\u3000", uncased, ""},
	{"longest first", "unaffable", uncased, "un@un ##aff@aff ##able@able"},
	{"no piece fits the rest", "unafford", uncased, "[UNK]@unafford"},
	{"capitals folded", "Hello WORLD", uncased, "hello@Hello world@WORLD"},
	{"capitals kept", "Hello WORLD", cased, "Hello@Hello [UNK]@WORLD"},
	{"punctuation stands alone", "hello!!(a)", uncased, "hello@hello !@! !@! (@( a@a )@)"},
	{"precomposed accent stripped", "éÉ", uncased, "e@é ##e@É"},
	{"accent of its own stripped", "e\u0301a", uncased, "[UNK]@e\u0301a"},
	{"trailing accent belongs to no piece", "e\u0301 a", uncased, "e@e a@a"},
	{"accents kept", "éé", cased, "é@é ##é@é"},
	{"accents kept, capitals folded", "ÉÉ", tokenizer.WordPieceOptions{Lowercase: true}, "é@É ##é@É"},
	{"capital i with a dot becomes two runes", "İ", tokenizer.WordPieceOptions{Lowercase: true}, "i@İ ##̇@İ"},
	{"Hangul falls into letters", "각", uncased, "ᄀ@각 ##ᅡ@각 ##ᆨ@각"},
	{"Chinese characters stand alone", "a中国b", uncased, "a@a 中@中 国@国 b@b"},
	{"Chinese characters kept together", "中国", tokenizer.WordPieceOptions{JoinChinese: true}, "[UNK]@中国"},
	{"control characters vanish inside a word", "he\x00l\u200dl\ufeffo", uncased, "hello@he\x00l\u200dl\ufeffo"},
	{"control characters kept", "hel\u200dlo", tokenizer.WordPieceOptions{KeepControls: true}, "[UNK]@hel\u200dlo"},
	{"replacement character and broken UTF-8 vanish", "a\ufffd \xffb\xc3", uncased, "a@a b@b"},
	{"special tokens are not split", "hello[MASK]a [SEP]", uncased, "hello@hello [MASK]@[MASK] a@a [SEP]@[SEP]"},
	{"special tokens are spelt exactly", "[mask]", uncased, "[@[ [UNK]@mask ]@]"},
	{"100 runes are a word", strings.Repeat("é", 100), cased, "é@é" + strings.Repeat(" ##é@é", 99)},
	{"101 runes are too long", strings.Repeat("é", 101) + " a", cased, "[UNK]@" + strings.Repeat("é", 101) + " a@a"},
	{"a shorter limit", "unaffable aff", tokenizer.WordPieceOptions{LongestWord: 3}, "[UNK]@unaffable aff@aff"},
}

func TestEncode(t *testing.T) {
	for _, c := range encodings {
		t.Run(c.name, func(t *testing.T) {
			w := newWordPiece(t, small, c.o)
			tokens := w.Encode(c.text)
			if got := spell(w, c.text, tokens); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if tokens == nil {
				t.Error("Encode gave nil")
			}
		})
	}
}

func TestJoin(t *testing.T) {
	w := newWordPiece(t, small, uncased)
	one, two := w.Encode("hello a"), w.Encode("world")
	cases := []struct {
		name          string
		a, b          []tokenizer.Token
		pieces        string
		segments      []int
		pair          bool
		added, before int
	}{
		{"one text", one, nil, "[CLS] hello a [SEP]", []int{0, 0, 0, 0}, false, 2, 1},
		{"two texts", one, two, "[CLS] hello a [SEP] world [SEP]", []int{0, 0, 0, 0, 1, 1}, true, 3, 1},
		{"an empty text", w.Encode(""), nil, "[CLS] [SEP]", []int{0, 0}, false, 2, 1},
		{"an empty second text", one, w.Encode(""), "[CLS] hello a [SEP] [SEP]", []int{0, 0, 0, 0, 1}, true, 3, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ids, segments := w.Join(c.a, c.b)
			var pieces []string
			for _, id := range ids {
				pieces = append(pieces, w.Piece(id))
			}
			if got := strings.Join(pieces, " "); got != c.pieces || !reflect.DeepEqual(segments, c.segments) {
				t.Errorf("got %s %v, want %s %v", got, segments, c.pieces, c.segments)
			}
			if w.Specials(c.pair) != c.added || w.Prefix() != c.before {
				t.Errorf("%d special tokens, %d before the text; want %d, %d", w.Specials(c.pair), w.Prefix(), c.added, c.before)
			}
		})
	}
}

func TestPieces(t *testing.T) {
	w := newWordPiece(t, small, uncased)
	if w.Size() != len(small) {
		t.Errorf("size %d, want %d", w.Size(), len(small))
	}
	for id, piece := range small {
		if got, ok := w.ID(piece); got != id || !ok || w.Piece(id) != piece {
			t.Errorf("piece %d is %q, and %q is piece %d", id, w.Piece(id), piece, got)
		}
	}
	for _, none := range []string{"", "hell", "helloo", "##", "\xff"} {
		if id, ok := w.ID(none); ok {
			t.Errorf("%q is piece %d, want none", none, id)
		}
	}
	for _, none := range []int{-1, len(small)} {
		if piece := w.Piece(none); piece != "" {
			t.Errorf("piece %d is %q, want none", none, piece)
		}
	}
}

func TestTheLastOfEqualPiecesCounts(t *testing.T) {
	w := newWordPiece(t, []string{"[UNK]", "a", "", "[CLS]", "[SEP]", "a"}, cased)
	if id, _ := w.ID("a"); id != 5 || w.Encode("a")[0].ID != 5 {
		t.Errorf("a is piece %d and encodes as %v, want 5", id, w.Encode("a"))
	}
}

func TestNewWordPieceFails(t *testing.T) {
	cases := []struct {
		name       string
		vocabulary []string
		want       string
	}{
		{"no pieces", nil, "no [UNK] piece"},
		{"no class token", []string{"[UNK]", "[SEP]", "a"}, "no [CLS] piece"},
		{"no separator token", []string{"[UNK]", "[CLS]", "a"}, "no [SEP] piece"},
		{"not UTF-8", []string{"[UNK]", "[CLS]", "[SEP]", "a\xff"}, "not UTF-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.NewWordPiece(c.vocabulary, cased)
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an Error with %q", err, c.want)
			}
		})
	}
}

func TestVocabularyIsCopied(t *testing.T) {
	vocabulary := slices.Clone(small)
	w := newWordPiece(t, vocabulary, uncased)
	vocabulary[5] = "changed"
	if w.Piece(5) != "a" {
		t.Errorf("a change of the caller's slice reached the tokenizer: piece 5 is %q", w.Piece(5))
	}
}

func TestEncodeFromManyGoroutines(t *testing.T) {
	w := newWordPiece(t, small, uncased)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				for _, c := range encodings {
					if c.o == uncased && spell(w, c.text, w.Encode(c.text)) != c.want {
						t.Errorf("%s: wrong beside others", c.name)
					}
				}
			}
		})
	}
	all.Wait()
}

// FuzzEncode: whatever the text, offsets lie inside it, in order, between runes.
func FuzzEncode(f *testing.F) {
	for _, c := range encodings {
		f.Add(c.text, c.o.Lowercase, c.o.StripAccents, c.o.KeepControls, c.o.JoinChinese)
	}
	f.Fuzz(func(t *testing.T, text string, lowercase, strip, controls, chinese bool) {
		w := newWordPiece(t, small, tokenizer.WordPieceOptions{
			Lowercase: lowercase, StripAccents: strip, KeepControls: controls, JoinChinese: chinese,
		})
		checkOffsets(t, w, text)
	})
}

func checkOffsets(t *testing.T, w tokenizer.Tokenizer, text string) {
	t.Helper()
	edges := map[int]bool{len(text): true}
	for i := range text {
		edges[i] = true
	}
	last := tokenizer.Token{}
	for _, token := range w.Encode(text) {
		if token.ID < 0 || token.ID >= w.Size() {
			t.Errorf("%q: piece %d of %d", text, token.ID, w.Size())
		}
		if token.Start > token.End || token.Start < last.Start || token.End < last.End {
			t.Errorf("%q: %v stands after %v", text, token, last)
		}
		if !edges[token.Start] || !edges[token.End] {
			t.Errorf("%q: %v does not lie between runes", text, token)
		}
		last = token
	}
}

// shared gives the path of a file of real models or data, or skips the test.
func shared(t testing.TB, names ...string) string {
	t.Helper()
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		t.Skip("ATTUNE_SHARED names no folder: real vocabularies are not tested")
	}
	return filepath.Join(append([]string{root}, names...)...)
}

func readShared(t testing.TB, folder string) *tokenizer.WordPiece {
	t.Helper()
	w, err := tokenizer.ReadWordPiece(os.DirFS(shared(t, "models", folder)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// golden are texts with the numbers that huggingface tokenizers gives them, cut
// to 128.
type golden struct {
	Texts []string
	IDs   [][]int
}

func readGolden(t testing.TB) (g golden) {
	t.Helper()
	data, err := os.ReadFile(shared(t, "models", "golden", "wordpiece.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGolden(t *testing.T) {
	g := readGolden(t)
	for _, folder := range []string{"tok_minilm_l6_v2_json", "tok_bert_base_uncased"} {
		t.Run(folder, func(t *testing.T) {
			w := readShared(t, folder)
			for i, text := range g.Texts {
				tokens := w.Encode(text)
				ids, _ := w.Join(tokens[:min(len(tokens), 128-w.Specials(false))], nil)
				if !slices.Equal(ids, g.IDs[i]) {
					t.Errorf("%q: %v, want %v", text, ids, g.IDs[i])
				}
			}
		})
	}
}

// TestRealVocabularies holds what huggingface tokenizers says for the
// vocabularies that have no golden file.
func TestRealVocabularies(t *testing.T) {
	cases := []struct{ folder, text, want string }{
		{"tok_bert_base_cased", "Attune läuft in Köln.", "At@At ##tun@tun ##e@e l@l ##ä@ä ##uf@uf ##t@t in@in K@K ##ö@ö ##ln@ln .@."},
		{"tok_bert_chinese", "模特ABC写真 iPhone", "模@模 特@特 abc@ABC 写@写 真@真 iphone@iPhone"},
	}
	for _, c := range cases {
		t.Run(c.folder, func(t *testing.T) {
			w := readShared(t, c.folder)
			if got := spell(w, c.text, w.Encode(c.text)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, text := range readGolden(t).Texts {
				checkOffsets(t, w, text)
			}
		})
	}
}
