package tokenizer_test

import (
	"os"
	"strings"
	"testing"

	"attune/engine/tokenizer"
)

// BenchmarkEncode reads news and Chinese headlines with tokenizers of all kinds, on one
// core.
func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{
		"tok_bert_base_uncased", "tok_minilm_l6_v2_json", "tok_gpt2", "tok_roberta", "tok_xlnet_base_cased", "tok_albert_v1", "tok_marian_en_pt",
	} {
		t, err := tokenizer.Read(os.DirFS(shared(b, "models", name)))
		if err != nil {
			b.Fatal(err)
		}
		for _, file := range []string{"ag_news/ag_news_7600.csv", "thucnews10_zh/test.txt"} {
			b.Run(name+"/"+file, func(b *testing.B) {
				data, err := os.ReadFile(shared(b, "data", file))
				if err != nil {
					b.Fatal(err)
				}
				texts := strings.Split(string(data), "\n")
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					for _, text := range texts {
						t.Encode(text)
					}
				}
			})
		}
	}
}
