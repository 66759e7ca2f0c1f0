package tokenizer_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"attune/engine/tokenizer"
)

// alphabet are the characters that spell the bytes of a text in GPT-2's files, in
// the order of the bytes (openai/gpt-2 encoder.py).
func alphabet() (all []string) {
	next := rune(0x100)
	for b := range rune(256) {
		if b <= ' ' || b >= 0x7F && b <= 0xA0 || b == 0xAD {
			all = append(all, string(next))
			next++
		} else {
			all = append(all, string(b))
		}
	}
	return all
}

// bytePairs is a small vocabulary of bytes and merges, as its files hold it.
func bytePairs(merges ...string) (vocabulary, lines string) {
	pieces := alphabet()
	for _, m := range merges {
		pieces = append(pieces, strings.ReplaceAll(m, " ", ""))
	}
	pieces = append(pieces, "<s>", "</s>", "<mask>", "<|endoftext|>")
	var entries []string
	for id, p := range pieces {
		entries = append(entries, fmt.Sprintf("%q:%d", p, id))
	}
	return "{" + strings.Join(entries, ",") + "}", "#version: 0.2\n" + strings.Join(merges, "\n") + "\n"
}

func byteFolder() fs.FS {
	vocabulary, merges := bytePairs("l o", "lo w", "Ġ low", "e r", "1 2", "Ġ Ġ")
	return folder("vocab.json", vocabulary, "merges.txt", merges)
}

func TestByteLevel(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"the first merge first", "low", "low@low"},
		{"a space belongs to the word after it", "low low", "low@low Ġlow@ low"},
		{"the merge learnt first wins, wherever it stands", "lower", "low@low er@er"},
		{"letters, digits and signs are words of their own", "lo12!", "lo@lo 12@12 !@!"},
		{"of many spaces the last goes with the word", "lo   low", "lo@lo ĠĠ@   Ġlow@ low"},
		{"spaces at the end stay together", "lo  ", "lo@lo ĠĠ@  "},
		{"endings of English words", "lo's'S", "lo@lo '@' s@s '@' S@S"},
		{"a byte of a rune shows the rune", "é", "Ã@é ©@é"},
		{"broken UTF-8", "\xffl\xc3", "ÿ@\xff l@l Ã@\xc3"},
		{"an added token", "lo<|endoftext|>lo", "lo@lo <|endoftext|>@<|endoftext|> lo@lo"},
	}
	g, err := tokenizer.ReadGPT2(byteFolder())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := spell(g, c.text, g.Encode(c.text)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkOffsets(t, g, c.text)
		})
	}
}

func TestRoBERTaJoinsAndTrims(t *testing.T) {
	r, err := tokenizer.ReadRoBERTa(byteFolder())
	if err != nil {
		t.Fatal(err)
	}
	const text = "low low  <mask>"
	if got, want := spell(r, text, r.Encode(text)), "low@low Ġlow@low <mask>@<mask>"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, c := range []struct {
		name string
		b    []tokenizer.Token
		want string
	}{
		{"one text", nil, "<s> lo </s>"},
		{"two texts", r.Encode("er"), "<s> lo </s> </s> er </s>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, segments := r.Join(r.Encode("lo"), c.b)
			var pieces []string
			for i, id := range ids {
				pieces = append(pieces, r.Piece(id))
				if segments[i] != 0 {
					t.Errorf("piece %d is in segment %d, want 0", i, segments[i])
				}
			}
			if got := strings.Join(pieces, " "); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := r.Decode([]int{1000, -1}); got != "" {
		t.Errorf("numbers without a piece decode as %q", got)
	}
	ids, _ := r.Join(r.Encode(" low 12<mask>"), nil)
	if got, want := r.Decode(ids), " low 12"; got != want {
		t.Errorf("decoded %q, want %q", got, want)
	}
}

func TestByteLevelFilesReadBack(t *testing.T) {
	g, err := tokenizer.ReadGPT2(byteFolder())
	if err != nil {
		t.Fatal(err)
	}
	files, err := g.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vocab.json", "merges.txt", "tokenizer_config.json"} {
		if files[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	again, err := tokenizer.ReadGPT2(folder("vocab.json", string(files["vocab.json"]), "merges.txt", string(files["merges.txt"])))
	if err != nil {
		t.Fatal(err)
	}
	const text = "lower low 12"
	if got, want := spell(again, text, again.Encode(text)), spell(g, text, g.Encode(text)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReadByteLevelFails(t *testing.T) {
	vocabulary, merges := bytePairs("l o")
	cases := []struct {
		name string
		fsys fs.FS
		want string
	}{
		{"nothing there", folder(), "neither a tokenizer.json nor vocab.json and merges.txt"},
		{"no merges", folder("vocab.json", vocabulary), "neither a tokenizer.json nor vocab.json and merges.txt"},
		{"a folder in place of merges", folder("vocab.json", vocabulary, "merges.txt/a", ""), "merges.txt: cannot be read"},
		{"a merge of unknown pieces", folder("vocab.json", vocabulary, "merges.txt", merges+"x yz\n"), "not all three are in the vocabulary"},
		{"a merge of one piece", folder("vocab.json", vocabulary, "merges.txt", merges+"xyz\n"), "does not name two pieces"},
		{"a number beyond all measure", folder("vocab.json", `{"a":99999999}`, "merges.txt", merges), "has the number 99999999"},
		{"an unknown part", folder("tokenizer.json", `{"pre_tokenizer":{"type":"Mystery"},"model":{"type":"BPE","vocab":{},"merges":[]}}`), `pre-tokeniser "Mystery" is not known`},
		{"no model", folder("tokenizer.json", `{}`), "it has no model"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.ReadGPT2(c.fsys)
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) || known.Hint() == "" {
				t.Errorf("got %v, want an Error with %q and a way out", err, c.want)
			}
		})
	}
}

// TestByteLevelGolden holds what huggingface tokenizers says of the published
// vocabularies.
func TestByteLevelGolden(t *testing.T) {
	cases := []struct {
		folder string
		read   func(fs.FS) (tokenizer.Tokenizer, error)
		text   string
		want   string
	}{
		{"tok_gpt2", tokenizer.ReadGPT2, "I'm 'I'M' y'all'd've", "I@I 'm@'m Ġ'@ ' I@I '@' M@M '@' Ġy@ y '@' all@all 'd@'d 've@'ve"},
		{"tok_gpt2", tokenizer.ReadGPT2, "    x    y\n\n  z\r\n", "Ġ@  Ġ@  Ġ@  Ġx@ x Ġ@  Ġ@  Ġ@  Ġy@ y ĊĊ@\n\n Ġ@  Ġz@ z č@\r Ċ@\n"},
		{"tok_roberta", tokenizer.ReadRoBERTa, "한국 ½ 12", "íķ@한 ľ@한 ê@국 µ@국 Ń@국 ĠÂ½@½ Ġ12@12"},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			r, err := c.read(os.DirFS(shared(t, "models", c.folder)))
			if err != nil {
				t.Fatal(err)
			}
			if got := spell(r, c.text, r.Encode(c.text)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// FuzzByteLevel: whatever the text, offsets lie inside it, and what is UTF-8 comes
// back byte for byte.
func FuzzByteLevel(f *testing.F) {
	for _, text := range []string{"", "low  lower\n", "é <s> \xff", "👍🏽 \u2028x", strings.Repeat("lo", 100)} {
		f.Add(text)
	}
	g, err := tokenizer.ReadGPT2(byteFolder())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkOffsets(t, g, text)
		ids, _ := g.Join(g.Encode(text), nil)
		if utf8.ValidString(text) && !strings.Contains(text, "<|endoftext|>") && g.Decode(ids) != text {
			t.Errorf("%q comes back as %q", text, g.Decode(ids))
		}
	})
}
