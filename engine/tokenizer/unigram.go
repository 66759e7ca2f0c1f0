package tokenizer

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// unigram cuts a text into the pieces whose probabilities have the greatest
// product (Kudo 2018), found by Viterbi's algorithm. A rune that no piece covers
// is unknown.
//
// Source: google/sentencepiece src/unigram_model.cc, EncodeOptimized; huggingface
// tokenizers models/unigram, which computes the same in float64.
type unigram struct {
	trie         *trie
	root         [256]int32 // the trie's nodes after one byte, or none
	scores       []float64
	unknown      int32
	unknownScore float64
	narrow       bool // sums are rounded to float32, as SentencePiece's are
	spell        func(word []byte, unknown piece, to []piece) []piece
	works        sync.Pool // of *viterbi
}

// unknownPenalty is how much less likely an unknown rune is than any piece.
const unknownPenalty = 10

// newUnigram takes pieces and their scores; an empty piece is never found.
func newUnigram(pieces []string, scores []float64, unknown int) *unigram {
	u := &unigram{trie: newTrie(pieces), scores: scores, unknown: int32(unknown)}
	for b := range u.root {
		u.root[b] = u.trie.next(0, byte(b))
	}
	return u
}

// ending is the best way to cut a text up to a place: its score, and the last
// piece with where that begins.
type ending struct {
	score     float64
	id, start int32
}

// viterbi is the state of one cut.
type viterbi struct {
	ends []ending // for each byte of the word, and its end
	way  []piece  // the best way, backwards
}

func (u *unigram) cut(word []byte, to []piece) []piece {
	w, ok := u.works.Get().(*viterbi)
	if !ok {
		w = new(viterbi)
	}
	defer u.works.Put(w)
	w.ends = slices.Grow(w.ends[:0], len(word)+1)[:len(word)+1]
	u.best(word, w.ends)
	w.way = w.way[:0]
	for end := len(word); end > 0; end = int(w.ends[end].start) {
		w.way = append(w.way, piece{w.ends[end].id, w.ends[end].start, int32(end)})
	}
	for _, p := range slices.Backward(w.way) {
		if p.id == u.unknown {
			to = u.spell(word, p, to)
		} else {
			to = append(to, p)
		}
	}
	return to
}

// best fills in the best ending for each rune's end.
func (u *unigram) best(word []byte, ends []ending) {
	for i := range ends {
		ends[i].start = none
	}
	ends[0].score = 0
	for start := 0; start < len(word); {
		width := 1
		if word[start] >= utf8.RuneSelf {
			_, width = utf8.DecodeRune(word[start:])
		}
		till := ends[start].score
		single := false
		node := u.root[word[start]]
		for end := start + 1; node != none; end++ {
			if id := u.trie.id[node]; id >= 0 {
				u.offer(&ends[end], till+u.scores[id], start, id)
				single = single || end == start+width
			}
			if end == len(word) {
				break
			}
			node = u.trie.next(node, word[end])
		}
		if !single {
			score := till + u.unknownScore
			if u.narrow {
				score = float64(float32(score))
			}
			u.offer(&ends[start+width], score, start, u.unknown)
		}
		start += width
	}
}

func (u *unigram) offer(e *ending, score float64, start int, id int32) {
	if e.start != none && score <= e.score {
		return
	}
	if u.narrow {
		score = float64(float32(score))
	}
	*e = ending{score, id, int32(start)}
}

// joinUnknown lets neighbouring unknown runes be one piece.
func joinUnknown(_ []byte, unknown piece, to []piece) []piece {
	if last := len(to) - 1; last >= 0 && to[last].id == unknown.id && to[last].end == unknown.start {
		to[last].end = unknown.end
		return to
	}
	return append(to, unknown)
}

// spellUnknown gives the bytes of an unknown rune, the last of which shows the rune.
//
// Source: google/sentencepiece src/sentencepiece_processor.cc,
// PopulateSentencePieceText.
func spellUnknown(bytes *[256]int32) func(word []byte, unknown piece, to []piece) []piece {
	return func(word []byte, unknown piece, to []piece) []piece {
		for i := unknown.start; i < unknown.end; i++ {
			to = append(to, piece{bytes[word[i]], unknown.start, unknown.start})
		}
		to[len(to)-1].end = unknown.end
		return to
	}
}
