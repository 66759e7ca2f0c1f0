package tokenizer_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"attune/engine/tokenizer"
)

// folder makes a file system of name, content pairs.
func folder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

const lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##e\ne\n中\n国\n"

// bert is a tokenizer.json whose parts can be replaced.
const bert = `{"version":"1.0","truncation":{"max_length":128},"padding":{"pad_id":0},
"added_tokens":[{"id":0,"content":"[MASK]","special":true}],
"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
"pre_tokenizer":{"type":"BertPreTokenizer"},
"post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]},
"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
"vocab":{"[MASK]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"hello":4,"world":5,"e":6,"##e":7,"new":8,"york":9,"中":10}}}`

func with(from, to string) string {
	if !strings.Contains(bert, from) {
		panic("there is nothing to replace: " + from)
	}
	return strings.Replace(bert, from, to, 1)
}

// added replaces the added tokens of bert.
func added(tokens string) string {
	return with(`{"id":0,"content":"[MASK]","special":true}`, tokens)
}

func TestReadWordPiece(t *testing.T) {
	cases := []struct {
		name       string
		fsys       fs.FS
		text, want string // with the special tokens
	}{
		{"a vocabulary without capitals folds them", folder("vocab.txt", lines), "Hello é中国", "[CLS] hello e 中 国 [SEP]"},
		{"lines of Windows", folder("vocab.txt", strings.ReplaceAll(lines, "\n", "\r\n")), "hello", "[CLS] hello [SEP]"},
		{"no line break at the end", folder("vocab.txt", lines+"end"), "end", "[CLS] end [SEP]"},
		{"an empty line is a number without a piece", folder("vocab.txt", "[UNK]\n\n[CLS]\n[SEP]\na"), "a", "[CLS] a [SEP]"},
		{"a vocabulary with capitals keeps them", folder("vocab.txt", lines+"A\n"), "Hello A hello", "[CLS] [UNK] A hello [SEP]"},
		{"a capital without a small letter is none", folder("vocab.txt", lines+"ℝ\n"), "Hello ℝ", "[CLS] hello ℝ [SEP]"},
		{"the config says to keep capitals", folder("vocab.txt", lines, "tokenizer_config.json", `{"do_lower_case":false}`),
			"Hello hello é", "[CLS] [UNK] hello [UNK] [SEP]"},
		{"the config says to keep accents", folder("vocab.txt", lines, "tokenizer_config.json", `{"strip_accents":false}`),
			"Hello é", "[CLS] hello [UNK] [SEP]"},
		{"the config says to keep Chinese together", folder("vocab.txt", lines, "tokenizer_config.json", `{"tokenize_chinese_chars":false}`),
			"中 中国", "[CLS] 中 [UNK] [SEP]"},
		{"the config names special tokens", folder("vocab.txt", "<u>\n<s>\n</s>\na",
			"tokenizer_config.json", `{"unk_token":"<u>","cls_token":{"content":"<s>"}}`, "special_tokens_map.json", `{"sep_token":"</s>"}`),
			"a b", "<s> a <u> </s>"},
		{"tokenizer.json goes before vocab.txt", folder("tokenizer.json", bert, "vocab.txt", "x"), "Hello ée", "[CLS] hello e ##e [SEP]"},
		{"accents kept", folder("tokenizer.json", with(`"strip_accents":null`, `"strip_accents":false`)), "Hello é", "[CLS] hello [UNK] [SEP]"},
		{"capitals kept", folder("tokenizer.json", with(`"lowercase":true`, `"lowercase":false`)), "Hello é", "[CLS] [UNK] [UNK] [SEP]"},
		{"a short limit", folder("tokenizer.json", with(`"max_input_chars_per_word":100`, `"max_input_chars_per_word":1`)), "e ee", "[CLS] e [UNK] [SEP]"},
		{"a template", folder("tokenizer.json", with(`{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}`,
			`{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],
			"special_tokens":{"x":{"id":"x","ids":[2,3],"tokens":["[CLS]","[SEP]"]}}}`)), "hello", "[CLS] [SEP] hello"},
		{"no template", folder("tokenizer.json", with(`{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}`, `null`)), "hello", "hello"},
		{"an added token as it stands", folder("tokenizer.json", added(`{"id":11,"content":"<Hello>"}`)),
			"<Hello> <hello>", "[CLS] <Hello> [UNK] hello [UNK] [SEP]"},
		{"the longest added token", folder("tokenizer.json", added(`{"id":11,"content":"ab"},{"id":12,"content":"abc"}`)),
			"abcab", "[CLS] abc ab [SEP]"},
		{"an added token that is a piece has its number", folder("tokenizer.json", added(`{"id":70,"content":"hello"}`)),
			"xhellox", "[CLS] [UNK] hello [UNK] [SEP]"},
		{"an added token as a single word", folder("tokenizer.json", added(`{"id":11,"content":"He","single_word":true}`)),
			"He Hello é-He", "[CLS] He hello e [UNK] He [SEP]"},
		{"an added token in normalised text", folder("tokenizer.json", added(`{"id":11,"content":"NEW York","normalized":true}`)),
			"Néw\tYork new  york", "[CLS] NEW York new york [SEP]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := tokenizer.ReadWordPiece(c.fsys)
			if err != nil {
				t.Fatal(err)
			}
			ids, _ := w.Join(w.Encode(c.text), nil)
			var pieces []string
			for _, id := range ids {
				pieces = append(pieces, w.Piece(id))
			}
			if got := strings.Join(pieces, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkOffsets(t, w, c.text)
		})
	}
}

// otherWords is a tokenizer.json that folds and cuts words in other steps than BERT.
const otherWords = `{"version":"1.0","added_tokens":[{"id":2,"content":"[CLS]","special":true},{"id":3,"content":"[SEP]","special":true}],
"normalizer":{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]},
"pre_tokenizer":{"type":"Whitespace"},
"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"hello":4,"e":5,"##e":6,"__":7,"_":8}}}`

// BERT cuts at each sign; other tokenizers in the folders of its kin do not.
func TestReadBERT(t *testing.T) {
	cases := []struct {
		name       string
		fsys       fs.FS
		text, want string // with the special tokens
	}{
		{"a tokenizer.json of BERT's", folder("tokenizer.json", bert), "Hello ée", "[CLS] hello e ##e [SEP]"},
		{"a tokenizer.json of another kind", folder("tokenizer.json", otherWords, "vocab.txt", lines), "Héllo __ ée", "[CLS] hello __ e ##e [SEP]"},
		{"a vocabulary alone", folder("vocab.txt", lines), "Hello é中", "[CLS] hello e 中 [SEP]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			read, err := tokenizer.ReadBERT(c.fsys)
			if err != nil {
				t.Fatal(err)
			}
			for _, each := range []tokenizer.Tokenizer{read, filesRead(t, read, tokenizer.ReadBERT)} {
				if got := joined(each, each.Encode(c.text), nil); got != plain(c.want) {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			}
		})
	}
	for name, fsys := range map[string]fs.FS{
		"no files": folder(), "a damaged tokenizer.json": folder("tokenizer.json", bert[:400]), "a damaged config": folder("tokenizer_config.json", "{"),
	} {
		var known *tokenizer.Error
		if _, err := tokenizer.ReadBERT(fsys); !errors.As(err, &known) || known.Hint() == "" {
			t.Errorf("%s: got %v, want an Error with a hint", name, err)
		}
	}
}

// TestAddedTokensTakeSpaces looks at the offsets, which show the spaces.
func TestAddedTokensTakeSpaces(t *testing.T) {
	cases := []struct{ name, tokens, text, want string }{
		{"none", `{"id":11,"content":"<a>"}`, "e <a> e", "e@e <a>@<a> e@e"},
		{"before", `{"id":11,"content":"<a>","lstrip":true}`, "e \t<a> e", "e@e <a>@ \t<a> e@e"},
		{"after", `{"id":11,"content":"<a>","rstrip":true}`, "e <a> \u3000e", "e@e <a>@<a> \u3000 e@e"},
		{"between two", `{"id":11,"content":"<a>","lstrip":true,"rstrip":true}`, "<a> <a>", "<a>@<a>  <a>@<a>"},
		{"in normalised text", `{"id":11,"content":"NEW","normalized":true,"lstrip":true}`, "e\tNéw e", "e@e NEW@\tNéw e@e"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := tokenizer.ReadWordPiece(folder("tokenizer.json", added(c.tokens)))
			if err != nil {
				t.Fatal(err)
			}
			if got := spell(w, c.text, w.Encode(c.text)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestReadWordPieceFails(t *testing.T) {
	cases := []struct {
		name       string
		fsys       fs.FS
		file, want string
	}{
		{"an empty folder", folder(), "", "neither"},
		{"a vocabulary without special tokens", folder("vocab.txt", "a\nb"), "vocab.txt", "no [UNK] piece"},
		{"a vocabulary that is no text", folder("vocab.txt", lines+"\xff\xfe"), "vocab.txt", "not UTF-8"},
		{"a config that is no JSON", folder("vocab.txt", lines, "tokenizer_config.json", "{"), "tokenizer_config.json", "JSON"},
		{"special tokens that are no object", folder("vocab.txt", lines, "special_tokens_map.json", "[]"), "special_tokens_map.json", "JSON"},
		{"a damaged tokenizer.json", folder("vocab.txt", lines, "tokenizer.json", bert[:400]), "tokenizer.json", "JSON"},
		{"another model", folder("tokenizer.json", `{"model":{"type":"Unigram","vocab":[["a",-1.5]]}}`), "tokenizer.json", `"Unigram"`},
		{"another normaliser", folder("tokenizer.json", with("BertNormalizer", "NFC")), "tokenizer.json", `"NFC"`},
		{"no normaliser", folder("tokenizer.json", `{"model":{"vocab":{"[UNK]":0}}}`), "tokenizer.json", "normaliser"},
		{"another pre-tokeniser", folder("tokenizer.json", with("BertPreTokenizer", "ByteLevel")), "tokenizer.json", `"ByteLevel"`},
		{"another post-processor", folder("tokenizer.json", with("BertProcessing", "PairProcessing")), "tokenizer.json", `"PairProcessing"`},
		{"a post-processor without numbers", folder("tokenizer.json", with(`"cls":["[CLS]",2]`, `"cls":["[CLS]"]`)), "tokenizer.json", "number"},
		{"a post-processor beyond the vocabulary", folder("tokenizer.json", with(`"cls":["[CLS]",2]`, `"cls":["[CLS]",12]`)), "tokenizer.json", "token 12 of 11"},
		{"no unknown piece", folder("tokenizer.json", with(`"unk_token":"[UNK]"`, `"unk_token":"<unk>"`)), "tokenizer.json", "no <unk> piece"},
		{"no mark inside words", folder("tokenizer.json", with(`"continuing_subword_prefix":"##"`, `"continuing_subword_prefix":""`)), "tokenizer.json", "inside words"},
		{"a negative number", folder("tokenizer.json", with(`"hello":4`, `"hello":-4`)), "tokenizer.json", "-4"},
		{"a number that would take all memory", folder("tokenizer.json", with(`"hello":4`, `"hello":4000000000`)), "tokenizer.json", "4000000000"},
		{"an added token beyond reason", folder("tokenizer.json", added(`{"id":-1,"content":"x"}`)), "tokenizer.json", "-1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.ReadWordPiece(c.fsys)
			var known *tokenizer.Error
			if !errors.As(err, &known) {
				t.Fatalf("got %v, want an Error", err)
			}
			if known.File != c.file || !strings.Contains(err.Error(), c.want) || known.Hint() == "" {
				t.Errorf("got %q in %q with the hint %q, want %q in %q and a hint", err, known.File, known.Hint(), c.want, c.file)
			}
		})
	}
}

// saved reads back what Files gives.
func saved(t *testing.T, w *tokenizer.WordPiece, leave string) *tokenizer.WordPiece {
	t.Helper()
	files, err := w.Files()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, data := range files {
		if name != leave {
			fsys[name] = &fstest.MapFile{Data: data}
		}
	}
	again, err := tokenizer.ReadWordPiece(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestFilesReadBack(t *testing.T) {
	for _, c := range encodings {
		t.Run(c.name, func(t *testing.T) {
			w := newWordPiece(t, small, c.o)
			again := saved(t, w, "")
			if got := spell(again, c.text, again.Encode(c.text)); got != c.want {
				t.Errorf("from tokenizer.json: got %s, want %s", got, c.want)
			}
			// vocab.txt and its config cannot say how long a word may be, nor that
			// control characters stay.
			if c.o.LongestWord == 0 && !c.o.KeepControls {
				again = saved(t, w, "tokenizer.json")
				if got := spell(again, c.text, again.Encode(c.text)); got != c.want {
					t.Errorf("from vocab.txt: got %s, want %s", got, c.want)
				}
			}
		})
	}
}

func TestFilesOfAddedTokensReadBack(t *testing.T) {
	w, err := tokenizer.ReadWordPiece(folder("tokenizer.json", added(
		`{"id":11,"content":"NEW","normalized":true,"lstrip":true},{"id":12,"content":"<&>","single_word":true,"rstrip":true}`)))
	if err != nil {
		t.Fatal(err)
	}
	const text, want = "e Néw <&> e", "e@e NEW@ Néw <&>@<&>  e@e"
	again := saved(t, w, "vocab.txt")
	if got := spell(again, text, again.Encode(text)); got != want || again.Size() != 13 {
		t.Errorf("got %q of %d pieces, want %q of 13", got, again.Size(), want)
	}
}

func TestFilesKeepTheConfig(t *testing.T) {
	w, err := tokenizer.ReadWordPiece(folder("vocab.txt", lines, "tokenizer_config.json",
		`{"tokenizer_class":"DistilBertTokenizer","model_max_length":512,"do_lower_case":true}`))
	if err != nil {
		t.Fatal(err)
	}
	files, err := w.Files()
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(files["tokenizer_config.json"], &config); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"tokenizer_class": "DistilBertTokenizer", "model_max_length": 512.0,
		"do_lower_case": true, "strip_accents": true, "tokenize_chinese_chars": true,
		"cls_token": "[CLS]", "mask_token": "[MASK]",
	} {
		if config[key] != want {
			t.Errorf("%s is %v, want %v", key, config[key], want)
		}
	}
	var names map[string]string
	if err := json.Unmarshal(files["special_tokens_map.json"], &names); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("special tokens %v, want %v", names, want)
	}
	if string(files["vocab.txt"]) != lines {
		t.Errorf("vocab.txt is %q, want %q", files["vocab.txt"], lines)
	}
}

func TestNoVocabularyFileForPiecesWithLineBreaks(t *testing.T) {
	files, err := newWordPiece(t, []string{"[UNK]", "[CLS]", "[SEP]", "a\nb"}, cased).Files()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := files["vocab.txt"]; ok || files["tokenizer.json"] == nil {
		t.Error("a piece with a line break went into vocab.txt, or tokenizer.json is missing")
	}
}

// TestRealFilesReadBack saves a published tokenizer and reads it again.
func TestRealFilesReadBack(t *testing.T) {
	for _, name := range []string{"tok_minilm_l6_v2_json", "tok_bert_base_cased"} {
		t.Run(name, func(t *testing.T) {
			w := readShared(t, name)
			again := saved(t, w, "")
			for _, text := range readGolden(t).Texts {
				if !reflect.DeepEqual(w.Encode(text), again.Encode(text)) {
					t.Errorf("%q is cut otherwise after saving", text)
				}
			}
		})
	}
}

// FuzzReadWordPiece: whatever the files say, reading fails with an Error or
// gives a tokenizer that keeps its word.
func FuzzReadWordPiece(f *testing.F) {
	f.Add([]byte(bert), []byte(lines), []byte(`{"do_lower_case":false}`), "Hello 中国 <Hello>")
	f.Add([]byte(added(`{"id":11,"content":" ","normalized":true,"rstrip":true}`)), []byte(""), []byte("{}"), " a  b ")
	f.Add([]byte(nil), []byte(lines), []byte(`{"unk_token":{"content":"e"}}`), "[MASK] e")
	f.Fuzz(func(t *testing.T, tokenizerJSON, vocabulary, config []byte, text string) {
		fsys := fstest.MapFS{
			"vocab.txt":             &fstest.MapFile{Data: vocabulary},
			"tokenizer_config.json": &fstest.MapFile{Data: config},
		}
		if len(tokenizerJSON) > 0 {
			fsys["tokenizer.json"] = &fstest.MapFile{Data: tokenizerJSON}
		}
		w, err := tokenizer.ReadWordPiece(fsys)
		if err != nil {
			var known *tokenizer.Error
			if !errors.As(err, &known) {
				t.Errorf("%v is no Error", err)
			}
			return
		}
		checkOffsets(t, w, text)
		ids, segments := w.Join(w.Encode(text), nil)
		if len(ids) != len(segments) || len(ids) != len(w.Encode(text))+w.Specials(false) {
			t.Errorf("%d numbers, %d segments, %d pieces, %d special tokens", len(ids), len(segments), len(w.Encode(text)), w.Specials(false))
		}
		if _, err := w.Files(); err != nil {
			t.Error(err)
		}
	})
}
