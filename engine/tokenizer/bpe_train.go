package tokenizer

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
)

// endOfText is GPT-2's one special token.
const endOfText = "<|endoftext|>"

// TrainBytePairs learns a tokenizer like GPT-2's, of at most size pieces: the special
// token, the 256 bytes, then what neighbouring pieces make that stand together most
// often, until size is reached or no two stand together twice. It does not depend on
// the order of the texts. It fails if size leaves no room, if no text has a word, or
// with the context's error.
//
// Source: Radford et al. 2019, section 2.2; Sennrich et al. 2016.
func TrainBytePairs(ctx context.Context, texts iter.Seq[string], size int) (*Pipeline, error) {
	if size < 258 {
		return nil, &Error{
			Problem: fmt.Sprintf("a vocabulary of %d pieces has no room beside the 256 bytes", size),
			Way:     "ask for a few thousand pieces",
		}
	}
	words, err := countByteWords(ctx, texts)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, &Error{Problem: "there is no word to learn a vocabulary from", Way: "check that the text column is the right one"}
	}
	l := newLearner("")
	l.add(endOfText)
	for b := range 256 {
		l.add(string(visible(byte(b))))
	}
	l.addWords(words)
	for len(l.pieces) < size && l.merge() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return newTrained(l.pieces, l.merges)
}

// countByteWords counts the words of all texts, their bytes spelt as visible
// characters.
func countByteWords(ctx context.Context, texts iter.Seq[string]) (map[string]int, error) {
	var spelling []byte
	return count(ctx, texts, func(text string, add func(word []byte)) {
		bytes := []byte(text)
		gpt2Words(bytes, func(start, end int) {
			spelling = spelling[:0]
			for _, b := range bytes[start:end] {
				spelling = append(spelling, string(visible(b))...)
			}
			add(spelling)
		})
	})
}

// newTrained makes a tokenizer of a vocabulary, with the files that hold it.
func newTrained(pieces []string, merges [][2]string) (*Pipeline, error) {
	p := &Pipeline{
		template:   plainTemplate,
		vocabulary: newVocabulary(pieces),
		shown:      none,
		wording:    byteLevel{},
		decoder:    byteDecoder{},
	}
	var err error
	if p.model, err = newBPE(&p.vocabulary, merges, true); err != nil {
		return nil, err
	}
	p.setAdded([]added{{Content: endOfText, Special: true}})
	lines := make([]string, len(merges))
	for i, m := range merges {
		lines[i] = m[0] + " " + m[1]
	}
	numbers, err := json.Marshal(jsonVocabulary(pieces))
	if err != nil {
		return nil, &Error{File: numbersFile, Problem: "cannot be written", Err: err}
	}
	p.files = map[string][]byte{
		numbersFile: numbers,
		mergesFile:  []byte("#version: 0.2\n" + strings.Join(lines, "\n") + "\n"),
	}
	for name, content := range map[string]any{
		tokenizerFile: bytePairsJSON(pieces, lines, p.added),
		configFile: map[string]any{
			"tokenizer_class": gpt2.class, "add_prefix_space": false, "clean_up_tokenization_spaces": false,
			"bos_token": endOfText, "eos_token": endOfText, "unk_token": endOfText,
		},
		specialsFile: map[string]any{"bos_token": endOfText, "eos_token": endOfText, "unk_token": endOfText},
	} {
		if p.files[name], err = indented(content); err != nil {
			return nil, inFile(name, err)
		}
	}
	return p, nil
}

// bytePairsJSON is a tokenizer.json that cuts words as GPT-2 does.
func bytePairsJSON(vocabulary jsonVocabulary, merges []string, tokens []added) map[string]any {
	byteLevel := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
	return map[string]any{
		"version": "1.0", "truncation": nil, "padding": nil, "added_tokens": tokens, "normalizer": nil,
		"pre_tokenizer": byteLevel, "decoder": byteLevel,
		"post_processor": map[string]any{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
		"model": map[string]any{
			"type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil, "end_of_word_suffix": nil,
			"fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": vocabulary, "merges": merges,
		},
	}
}
