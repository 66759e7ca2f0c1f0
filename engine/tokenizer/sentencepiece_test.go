package tokenizer_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"attune/engine/tokenizer"
)

// message puts a protobuf message together.
type message []byte

func (m message) number(field int, value uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), value)
}

func (m message) float(field int, value float32) message {
	return binary.LittleEndian.AppendUint32(binary.AppendUvarint(m, uint64(field)<<3|5), math.Float32bits(value))
}

func (m message) text(field int, value string) message {
	m = binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3|2), uint64(len(value)))
	return append(m, value...)
}

// The types of pieces in sentencepiece_model.proto.
const (
	unknownPiece = 2
	controlPiece = 3
	userPiece    = 4
	unusedPiece  = 5
	bytePiece    = 6
)

func (m message) piece(text string, score float32, kind uint64) message {
	return m.text(1, string(message{}.text(1, text).float(2, score).number(3, kind)))
}

func (m message) pieces(score float32, all ...string) message {
	for i, text := range all {
		m = m.piece(text, score-float32(i), 1)
	}
	return m
}

// unigramModel is a small unigram model, its first three pieces as usual.
func unigramModel() message {
	return message{}.piece("<unk>", 0, unknownPiece).piece("<s>", 0, controlPiece).piece("</s>", 0, controlPiece).
		pieces(-1, "▁hello", "▁", "h", "e", "l", "o", "ab", "a", "b", "▁12", "12", "1", "2", ",", ".").
		piece("<x>", 0, userPiece).piece("bab", 0, unusedPiece)
}

// pairModel is a small BPE model that spells unknown runes byte by byte.
func pairModel() message {
	m := message{}.piece("<unk>", 0, unknownPiece).piece("<s>", 0, controlPiece).piece("</s>", 0, controlPiece)
	for b := range 256 {
		const digits = "0123456789ABCDEF"
		m = m.piece("<0x"+string(digits[b>>4])+string(digits[b&15])+">", 0, bytePiece)
	}
	m = m.pieces(-1, "lo", "low", "▁low", "▁▁", "er").piece("▁lo", -9, unusedPiece).pieces(-100, "▁", "l", "o", "w", "e", "r")
	return m.text(2, string(message{}.number(3, 2).number(35, 1))).text(3, string(message{}.number(4, 0)))
}

func TestSentencePiece(t *testing.T) {
	cases := []struct {
		name       string
		model      message
		text, want string
		decoded    string
	}{
		{"nothing", unigramModel(), "", "", ""},
		{"only spaces", unigramModel(), "   ", "", ""},
		{"the likeliest way", unigramModel(), "hello ab", "▁hello@hello ▁@  ab@ab", "hello ab"},
		{"spaces belong to what follows", unigramModel(), "  hello   hello ", "▁hello@hello ▁hello@   hello", "hello hello"},
		{"unknown runes are one piece", unigramModel(), "aéüb", "▁@ a@a éü@éü b@b", "a ⁇ b"},
		{"broken UTF-8", unigramModel(), "a\xffb", "▁@ a@a \uFFFD@\xff b@b", "a ⁇ b"},
		{"what the user defined stays whole", unigramModel(), "a<x>b", "▁@ a@a <x>@<x> b@b", "a<x>b"},
		{"control pieces are text", unigramModel(), "a<s>", "▁@ a@a <s>@<s>", "a ⁇ "},
		{"an unused piece is not found", unigramModel(), "bab", "▁@ b@b ab@ab", "bab"},
		{"the best merge first", pairModel(), "lower low", "▁low@low er@er ▁low@ low", "lower low"},
		{"spaces stay", pairModel(), "l  l", "▁@ l@l ▁▁@   l@l", "l  l"},
		{"an unused piece is undone", pairModel(), "loe", "▁@ lo@lo e@e", "loe"},
		{"bytes of unknown runes", pairModel(), "lé", "▁@ l@l <0xC3>@ <0xA9>@é", "lé"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := tokenizer.ReadSentencePiece(folder("x.model", string(c.model)), "x.model")
			if err != nil {
				t.Fatal(err)
			}
			tokens, names := p.EncodePieces(c.text)
			var got []string
			var ids []int
			for i, token := range tokens {
				got = append(got, names[i]+"@"+c.text[token.Start:token.End])
				ids = append(ids, token.ID)
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := p.Decode(ids); c.decoded != "" && got != c.decoded {
				t.Errorf("decoded %q, want %q", got, c.decoded)
			}
			checkOffsets(t, p, c.text)
		})
	}
}

func TestFamiliesOfSentencePiece(t *testing.T) {
	xlnet := message{}.piece("<unk>", 0, unknownPiece).piece("<s>", 0, controlPiece).piece("</s>", 0, controlPiece).
		piece("<cls>", 0, controlPiece).piece("<sep>", 0, controlPiece).piece("<pad>", 0, controlPiece).piece("<mask>", 0, controlPiece).
		pieces(-1, "▁a", "e", "▁12,", "▁12", "12", ",", "12,", "\"", "▁", "x")
	albert := message{}.piece("<pad>", 0, controlPiece).piece("<unk>", 0, unknownPiece).piece("[CLS]", 0, controlPiece).
		piece("[SEP]", 0, controlPiece).piece("[MASK]", 0, controlPiece).pieces(-1, "▁a", "▁", "ς", "σ", "a", "x")
	numbers := `{"</s>":0,"<unk>":1,"hello":2,"▁hello":3,"▁":4,"é":5,"a":6,">>fr<<":7,"<pad>":8}`
	cases := []struct {
		name       string
		read       func(fs.FS) (tokenizer.Tokenizer, error)
		fsys       fs.FS
		text, want string
		pair       string // of the text and "a"
		decoded    string
	}{
		{"XLNet", tokenizer.ReadXLNet, folder("spiece.model", string(xlnet)), "a é", "▁a ▁ e <sep>/0 <cls>/2",
			"▁a ▁ e <sep>/0 ▁a/1 <sep>/1 <cls>/2", "a e"},
		{"XLNet keeps commas from numbers", tokenizer.ReadXLNet, folder("spiece.model", string(xlnet)), "12, x12,", "▁12 , ▁ x 12 , <sep>/0 <cls>/2", "", "12, x12,"},
		{"XLNet tidies spaces and quotes", tokenizer.ReadXLNet, folder("spiece.model", string(xlnet)), " a \t ``a''  ", "▁a ▁ \" <unk> \" <sep>/0 <cls>/2", "", ""},
		{"XLNet finds its mask", tokenizer.ReadXLNet, folder("spiece.model", string(xlnet)), "a  <mask>e", "▁a <mask> ▁ e <sep>/0 <cls>/2", "", "a e"},
		{"ALBERT folds capitals", tokenizer.ReadALBERT, folder("spiece.model", string(albert)), "A XΣ ΣX", "[CLS]/0 ▁a ▁ x ς ▁ σ x [SEP]/0",
			"[CLS]/0 ▁a ▁ x ς ▁ σ x [SEP]/0 ▁a/1 [SEP]/1", "a xς σx"},
		{"T5", tokenizer.ReadT5, folder("spiece.model", string(unigramModel())), "a<extra_id_0>", "▁ a <extra_id_0> </s>/0", "▁ a <extra_id_0> </s>/0 ▁/0 a/0 </s>/0", "a"},
		{"Llama", tokenizer.ReadLlama, folder("tokenizer.model", string(pairModel())), "low low", "<s>/0 ▁low ▁low", "<s>/0 ▁low ▁low <s>/1 ▁/1 <0x61>/1", "low low"},
		{"XLM-RoBERTa", tokenizer.ReadXLMRoBERTa, folder("sentencepiece.bpe.model", string(unigramModel())), "hello é<mask>", "<s>/0 ▁hello ▁ <unk> <mask> </s>/0", "", "hello"},
		{"Marian", tokenizer.ReadMarian, folder("source.spm", string(unigramModel()), "target.spm", string(unigramModel()), "vocab.json", numbers),
			">>fr<<hello éa", ">>fr<< ▁hello ▁ é a </s>/0", "", "hello éa"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, err := c.read(c.fsys)
			if err != nil {
				t.Fatal(err)
			}
			if got := joined(f, f.Encode(c.text), nil); got != plain(c.want) {
				t.Errorf("got  %s\nwant %s", got, plain(c.want))
			}
			if got := joined(f, f.Encode(c.text), f.Encode("a")); c.pair != "" && got != plain(c.pair) {
				t.Errorf("got  %s\nwant %s", got, plain(c.pair))
			}
			ids, _ := f.Join(f.Encode(c.text), nil)
			if got := f.Decode(ids); c.decoded != "" && got != c.decoded {
				t.Errorf("decoded %q, want %q", got, c.decoded)
			}
			checkOffsets(t, f, c.text)
			again := filesRead(t, f, c.read)
			if !reflect.DeepEqual(f.Encode(c.text), again.Encode(c.text)) || f.Size() != again.Size() {
				t.Error("it cuts otherwise after saving")
			}
		})
	}
}

// joined writes what Join makes as "piece/segment".
func joined(f tokenizer.Tokenizer, a, b []tokenizer.Token) string {
	ids, segments := f.Join(a, b)
	var all []string
	for i, id := range ids {
		all = append(all, f.Piece(id)+"/"+string(rune('0'+segments[i])))
	}
	return strings.Join(all, " ")
}

// plain sets segment 0 where a case does not name one.
func plain(want string) string {
	all := strings.Fields(want)
	for i, piece := range all {
		if len(piece) < 2 || piece[len(piece)-2] != '/' || strings.HasSuffix(piece, "</s") {
			all[i] += "/0"
		}
	}
	return strings.Join(all, " ")
}

// filesRead reads a tokenizer again from what it saves.
func filesRead(t *testing.T, f tokenizer.Tokenizer, read func(fs.FS) (tokenizer.Tokenizer, error)) tokenizer.Tokenizer {
	t.Helper()
	files, err := f.Files()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: content}
	}
	again, err := read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestReadSentencePieceFails(t *testing.T) {
	cases := []struct {
		name, model, want string
	}{
		{"no protobuf", "\xff\xff", "no protobuf message"},
		{"no pieces", "", "no piece for what is unknown"},
		{"an empty piece", string(message{}.piece("", 0, 1)), "piece 0 is empty"},
		{"not UTF-8", string(message{}.piece("\xff", 0, 1)), "not UTF-8"},
		{"words", string(unigramModel().text(2, string(message{}.number(3, 3)))), "only unigram and BPE"},
		{"a damaged map", string(unigramModel().text(3, string(message{}.text(2, "\xff\xff\xff\xff")))), "map is damaged"},
		{"bytes are missing", string(unigramModel().text(2, string(message{}.number(35, 1)))), "byte by byte"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.ReadSentencePiece(folder("x.model", c.model), "x.model")
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an Error with %q", err, c.want)
			}
		})
	}
}

// TestSentencePieceGolden holds what the sentencepiece library says of published
// models.
func TestSentencePieceGolden(t *testing.T) {
	data, err := os.ReadFile(shared(t, "models", "golden", "sentencepiece.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Texts  []string
		Models map[string]struct {
			File   string
			Pieces [][]string
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	for name, model := range golden.Models {
		t.Run(name, func(t *testing.T) {
			p, err := tokenizer.ReadSentencePiece(os.DirFS(shared(t, "models")), model.File)
			if err != nil {
				t.Fatal(err)
			}
			for i, text := range golden.Texts {
				if _, got := p.EncodePieces(text); !slices.Equal(got, model.Pieces[i]) {
					t.Errorf("%q: %q, want %q", text, got, model.Pieces[i])
				}
				checkOffsets(t, p, text)
			}
		})
	}
}

// FuzzReadSentencePiece: whatever a model says, reading fails with an Error or gives
// a tokenizer that keeps its word.
func FuzzReadSentencePiece(f *testing.F) {
	f.Add([]byte(unigramModel()), "hello  ab é\xff<x>")
	f.Add([]byte(pairModel()), "lower low  é")
	f.Add([]byte(unigramModel().text(3, string(message{}.text(2, "\x04\x00\x00\x00\x00\x01\x00\x00a\x00")))), "a")
	f.Fuzz(func(t *testing.T, model []byte, text string) {
		p, err := tokenizer.ReadSentencePiece(folder("x.model", string(model)), "x.model")
		if err != nil {
			var known *tokenizer.Error
			if !errors.As(err, &known) {
				t.Errorf("%v is no Error", err)
			}
			return
		}
		checkOffsets(t, p, text)
		ids, _ := p.Join(p.Encode(text), nil)
		p.Decode(ids)
	})
}
