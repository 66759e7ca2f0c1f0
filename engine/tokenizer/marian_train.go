package tokenizer

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Marian's special tokens, where its vocabularies have them: the end first, then what
// is unknown, and the padding, with which its decoder starts, last.
const (
	marianEnd     = "</s>"
	marianUnknown = "<unk>"
	marianPadding = "<pad>"
)

// TrainMarian learns a tokenizer of at most size pieces that both languages of a
// translation model share: SentencePiece's byte pairs, in the files of an opus-mt
// folder. Texts of both languages are given, in any order, which does not matter.
// Characters take half of the room at first, the commonest before others; one that is
// left out becomes unknown. It fails if size leaves no room, if no text has a word, or
// with the context's error.
//
// Source: Sennrich et al. 2016, section 3.2, which learns byte pairs of both
// languages jointly.
func TrainMarian(ctx context.Context, texts iter.Seq[string], size int) (*Marian, error) {
	const specials = 3
	room := size - specials
	if room < 2 {
		return nil, &Error{
			Problem: fmt.Sprintf("a vocabulary of %d pieces has no room beside its %d special tokens", size, specials),
			Way:     "ask for a few thousand pieces",
		}
	}
	m := &sentencePieceModel{kind: bpeKind, dummyPrefix: true, removeSpaces: true, escapeSpaces: true}
	words, err := countSpaced(ctx, texts, m)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, &Error{Problem: "there is no word to learn a vocabulary from", Way: "check that the text columns are the right ones"}
	}
	l := newLearner("")
	for _, c := range commonest(words) {
		if len(l.pieces) < room/2 {
			l.add(string(c.rune))
		}
	}
	characters := len(l.pieces)
	l.addWords(words)
	for len(l.pieces) < room && l.merge() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	m.pieces = []scored{{marianUnknown, 0, unknownPiece}, {"<s>", 0, controlPiece}, {marianEnd, 0, controlPiece}}
	// The first to be merged have the best scores; characters are never merged into.
	for i, piece := range append(slices.Clone(l.pieces[characters:]), l.pieces[:characters]...) {
		m.pieces = append(m.pieces, scored{piece, float32(-i), normalPiece})
	}
	vocabulary := append([]string{marianEnd, marianUnknown}, l.pieces...)
	vocabulary = append(vocabulary, marianPadding)
	return trainedMarian(m.file(), vocabulary)
}

// countSpaced counts the words of all texts as the normaliser of a model spells them,
// each with the space before it. A word that spells a special token is left out.
func countSpaced(ctx context.Context, texts iter.Seq[string], m *sentencePieceModel) (map[string]int, error) {
	n := newSentencePieceNormaliser(m)
	specials := []string{marianEnd, marianUnknown, marianPadding}
	var whole passage
	return count(ctx, texts, func(text string, add func(word []byte)) {
		whole.reset(text, 0)
		n.normalise(&whole)
		cutBeforeSpaces(whole.text, func(start, end int) {
			special := func(name string) bool { return strings.Contains(string(whole.text[start:end]), name) }
			if start < end && !slices.ContainsFunc(specials, special) {
				add(whole.text[start:end])
			}
		})
	})
}

// trainedMarian makes a tokenizer whose two sides are one, with the files that hold it.
func trainedMarian(model []byte, vocabulary []string) (*Marian, error) {
	config := map[string]any{
		"tokenizer_class": "MarianTokenizer", "separate_vocabs": false, "model_max_length": 512,
		"eos_token": marianEnd, "unk_token": marianUnknown, "pad_token": marianPadding,
		"clean_up_tokenization_spaces": false, // which would write French as English is written
	}
	specials := map[string]any{"eos_token": marianEnd, "unk_token": marianUnknown, "pad_token": marianPadding}
	c := tokenizerConfig{all: config, names: specials}
	p, _, err := sentencePieceOf(model, sourceFile)
	if err != nil {
		return nil, err
	}
	if err := p.makeMarian(vocabulary, c, nil); err != nil {
		return nil, err
	}
	numbers, err := json.Marshal(jsonVocabulary(vocabulary))
	if err != nil {
		return nil, &Error{File: numbersFile, Problem: "cannot be written", Err: err}
	}
	p.files = map[string][]byte{numbersFile: numbers, sourceFile: model, targetFile: model}
	for name, content := range map[string]any{configFile: config, specialsFile: specials} {
		if p.files[name], err = indented(content); err != nil {
			return nil, inFile(name, err)
		}
	}
	return &Marian{p, p}, nil
}
