package tokenizer_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"attune/engine/tokenizer"
)

// pipelineJSON is a tokenizer.json of the parts given, with a model of single letters.
func pipelineJSON(normaliser, words, decoder string) string {
	return `{"version":"1.0","added_tokens":[],"normalizer":` + normaliser + `,"pre_tokenizer":` + words + `,"decoder":` + decoder + `,
"model":{"type":"WordPiece","unk_token":"?","continuing_subword_prefix":"","vocab":{"?":0,"a":1,"b":2,"c":3,"A":4,"▁":5,"é":6,"1":7,"2":8," ":9,"!":10,"ab":11,"e":12,".":13,"키":14}}}`
}

// TestParts holds what huggingface tokenizers makes of each kind of part.
func TestParts(t *testing.T) {
	cases := []struct{ name, normaliser, words, text, want string }{
		{"nothing", "null", "null", "ab", "ab@ab"},
		{"a word that cannot be cut is unknown", "null", "null", "ax", "?@ax"},
		{"lower case", `{"type":"Lowercase"}`, "null", "AB", "ab@AB"},
		{"composed", `{"type":"NFC"}`, "null", "ae\u0301", "a@a é@e"},
		{"composed of compatible", `{"type":"NFKC"}`, "null", "ａ①", "a@ａ 1@①"},
		{"halfwidth Hangul composed", `{"type":"NFKC"}`, "null", "aﾻￜ", "a@a 키@ﾻ"},
		{"decomposed, accents off", `{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]}`, "null", "aé", "a@a e@é"},
		{"spaces stripped", `{"type":"Strip","strip_left":true,"strip_right":true}`, "null", " ab\n", "ab@ab"},
		{"a text replaced", `{"type":"Replace","pattern":{"String":"xx"},"content":"b"}`, "null", "cxxa", "c@c b@x a@a"},
		{"spaces replaced", `{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}`, "null", "a   b a", "a@a ▁@  b@b  @  a@a"},
		{"a text before", `{"type":"Prepend","prepend":"▁"}`, "null", "ab", "▁@a ab@ab"},
		{"control characters", `{"type":"Nmt"}`, "null", "a\x01\u2028b", "a@a  @\u2028 b@b"},
		{"spaces left out", "null", `{"type":"WhitespaceSplit"}`, "a b\u00a0a", "a@a b@b a@a"},
		{"words and signs", "null", `{"type":"Whitespace"}`, "ab!; a", "ab@ab ?@!; a@a"},
		{"BERT's words", "null", `{"type":"BertPreTokenizer"}`, "ab!. a", "ab@ab !@! .@. a@a"},
		{"punctuation", "null", `{"type":"Punctuation","behavior":"MergedWithPrevious"}`, "a!.b", "a@a !@! .@. b@b"},
		{"digits together", "null", `{"type":"Digits","individual_digits":false}`, "a12x", "a@a 1@1 2@2 ?@x"},
		{"digits alone", "null", `{"type":"Digits","individual_digits":true}`, "12x", "1@1 2@2 ?@x"},
		{"around a delimiter", "null", `{"type":"CharDelimiterSplit","delimiter":"b"}`, "abba", "a@a a@a"},
		{"around a text", "null", `{"type":"Split","pattern":{"String":"x"},"behavior":"Contiguous","invert":false}`, "axxb", "a@a ?@xx b@b"},
		{"before a text", "null", `{"type":"Split","pattern":{"String":"x"},"behavior":"MergedWithNext","invert":false}`, "axb", "a@a ?@xb"},
		{"only a text", "null", `{"type":"Split","pattern":{"String":"b"},"behavior":"Removed","invert":true}`, "abxb", "b@b b@b"},
		{"a space before each", "null", `{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}`, "ab a", "▁@a ab@ab ▁@  a@a"},
		{"no space before", "null", `{"type":"Metaspace","replacement":"▁","add_prefix_space":false}`, "ab a", "ab@ab ▁@  a@a"},
		{"one after the other", "null", `{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation"}]}`, "a! b", "a@a !@! b@b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := tokenizer.Read(folder("tokenizer.json", pipelineJSON(c.normaliser, c.words, "null")))
			if err != nil {
				t.Fatal(err)
			}
			if got := spell(p, c.text, p.Encode(c.text)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			checkOffsets(t, p, c.text)
			again := filesRead(t, p, tokenizer.Read)
			if !reflect.DeepEqual(again.Encode(c.text), p.Encode(c.text)) {
				t.Error("it cuts otherwise after saving")
			}
		})
	}
}

func TestDecoders(t *testing.T) {
	cases := []struct {
		name, decoder string
		ids           []int
		want          string
	}{
		{"none", "null", []int{1, 2}, "a b"},
		{"WordPiece", `{"type":"WordPiece","prefix":"##","cleanup":true}`, []int{1, 11, 13}, "a ab."},
		{"the first space vanishes", `{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}`, []int{5, 1, 5, 2}, "a b"},
		{"the first space stays", `{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}`, []int{5, 1}, " a"},
		{"fused", `{"type":"Fuse"}`, []int{1, 2}, "ab"},
		{"Llama's", `{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}`,
			[]int{5, 1, 5, 5, 2}, "a  b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := tokenizer.Read(folder("tokenizer.json", pipelineJSON("null", "null", c.decoder)))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Decode(c.ids); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestUnknownPartsAreRefused(t *testing.T) {
	cases := []struct{ name, json, want string }{
		{"a normaliser", pipelineJSON(`{"type":"Mystery"}`, "null", "null"), `normaliser "Mystery"`},
		{"a normaliser among others", pipelineJSON(`{"type":"Sequence","normalizers":[{"type":"Mystery"}]}`, "null", "null"), `"Mystery"`},
		{"a pre-tokeniser", pipelineJSON("null", `{"type":"UnicodeScripts"}`, "null"), `pre-tokeniser "UnicodeScripts"`},
		{"a decoder", pipelineJSON("null", "null", `{"type":"CTC"}`), `decoder "CTC"`},
		{"a regular expression", pipelineJSON("null", `{"type":"Split","pattern":{"Regex":"a+"},"behavior":"Isolated"}`, "null"), "is not known here"},
		{"a behaviour", pipelineJSON("null", `{"type":"Punctuation","behavior":"Odd"}`, "null"), `"Odd"`},
		{"bytes for a model without", pipelineJSON("null", `{"type":"ByteLevel"}`, "null"), "does not take bytes"},
		{"a unigram model without unknown", `{"model":{"type":"Unigram","vocab":[["a",-1]]}}`, "no piece for what is unknown"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.Read(folder("tokenizer.json", c.json))
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) || known.Hint() == "" {
				t.Errorf("got %v, want an Error with %q and a way out", err, c.want)
			}
		})
	}
}

// llamaJSON is a BPE model of runes that spells unknown ones by bytes, as Llama's.
const llamaJSON = `{"added_tokens":[{"id":0,"content":"<s>","special":true}],
"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],
"special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}},
"model":{"type":"BPE","unk_token":"<u>","fuse_unk":true,"vocab":{"<s>":0,"<u>":1,"▁":2,"a":3,"b":4,"ab":5,"▁ab":6,"▁▁":7},"merges":["a b","▁ ab","▁ ▁"]}}`

func TestPairsOfRunes(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"merges in order", "ab ab", "▁ab@ab ▁ab@ ab"},
		{"spaces together", "b  b", "▁@b b@b ▁▁@   b@b"},
		{"unknown runes are one", "axyb", "▁@a a@a <u>@xy b@b"},
		{"long words", strings.Repeat("ab", 60), "▁ab@ab" + strings.Repeat(" ab@ab", 59)},
	}
	p, err := tokenizer.Read(folder("tokenizer.json", llamaJSON))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := spell(p, c.text, p.Encode(c.text)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// FuzzReadPipeline: whatever a tokenizer.json says, reading fails with an Error or
// gives a tokenizer that keeps its word.
func FuzzReadPipeline(f *testing.F) {
	f.Add([]byte(pipelineJSON(`{"type":"NFKC"}`, `{"type":"Metaspace"}`, "null")), "ａ e\u0301\u0327 ab\xff")
	f.Add([]byte(llamaJSON), "ab  xé")
	f.Add([]byte(`{"added_tokens":[{"id":5,"content":" b","normalized":true,"lstrip":true}],"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true},
"post_processor":{"type":"ByteLevel","trim_offsets":true},"model":{"type":"BPE","vocab":{"a":0,"Ġ":1,"Ġa":2},"merges":["Ġ a"]}}`), "a  b a")
	f.Add([]byte(`{"normalizer":{"type":"Precompiled","precompiled_charsmap":"BAAAAAAAAAA="},"pre_tokenizer":{"type":"WhitespaceSplit"},
"model":{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["?",0],["a",-1],["ab",-1.5]]}}`), "ab a\r\nx")
	f.Fuzz(func(t *testing.T, json []byte, text string) {
		p, err := tokenizer.Read(folder("tokenizer.json", string(json)))
		if err != nil {
			var known *tokenizer.Error
			if !errors.As(err, &known) {
				t.Errorf("%v is no Error", err)
			}
			return
		}
		checkOffsets(t, p, text)
		ids, segments := p.Join(p.Encode(text), nil)
		if len(ids) != len(segments) {
			t.Errorf("%d numbers, %d segments", len(ids), len(segments))
		}
		p.Decode(ids)
	})
}
