package tokenizer

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// TrainWordPiece learns a vocabulary of at most size pieces from texts: the
// special tokens first, then the characters, then pieces in the order in which
// they were found. It does not depend on the order of the texts. It fails if
// size leaves no room, if no text has a word, or with the context's error.
//
// Words are counted; then, again and again, the two neighbouring pieces that
// stand together most often become one, until size is reached or no two stand
// together twice: byte-pair encoding (Sennrich et al. 2016) with pieces inside
// words marked, as huggingface tokenizers learns WordPiece vocabularies.
// Google's own trainer was never published. Characters take half of the room at
// first, the commonest before others; a word with one that is left out becomes
// unknown.
func TrainWordPiece(ctx context.Context, texts iter.Seq[string], size int, o WordPieceOptions) ([]string, error) {
	o = o.filled()
	vocabulary := o.Specials.names()
	room := size - len(vocabulary)
	if room < 2 {
		return nil, &Error{
			Problem: fmt.Sprintf("a vocabulary of %d pieces has no room beside its %d special tokens", size, len(vocabulary)),
			Way:     "ask for a few thousand pieces",
		}
	}
	words, err := countWords(ctx, texts, o)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, &Error{Problem: "there is no word to learn a vocabulary from", Way: "check that the text column is the right one"}
	}
	l := newLearner(o.Continuation)
	characters := commonest(words)
	for len(characters) > 0 && len(l.pieces) < room/2 {
		l.addCharacter(characters[0])
		characters = characters[1:]
	}
	l.addWords(words)
	for len(l.pieces) < room && l.merge() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for len(characters) > 0 && len(l.pieces) < room {
		l.addCharacter(characters[0])
		characters = characters[1:]
	}
	return append(vocabulary, l.pieces[:min(len(l.pieces), room)]...), nil
}

// mostWords bounds the memory of counting: past it, words seen least are
// forgotten.
const mostWords = 2_000_000

// countWords counts the words of all texts, normalised and split as Encode does.
func countWords(ctx context.Context, texts iter.Seq[string], o WordPieceOptions) (map[string]int, error) {
	n := o.normaliser()
	s := splitter{table: classes(), word: word{limit: o.LongestWord}}
	return count(ctx, texts, func(text string, add func(word []byte)) {
		s.found = func(w *word) {
			if !w.long() {
				add(w.text)
			}
		}
		n.each(text, 0, s.add)
		s.flush()
	})
}

// count counts the words that cut adds for each text.
func count(ctx context.Context, texts iter.Seq[string], cut func(text string, add func(word []byte))) (map[string]int, error) {
	counts, rare := map[string]int{}, 1
	add := func(word []byte) { counts[string(word)]++ }
	for text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cut(text, add)
		for ; len(counts) > mostWords; rare++ {
			maps.DeleteFunc(counts, func(_ string, count int) bool { return count <= rare })
		}
	}
	return counts, nil
}

// character is one rune of the words that were counted.
type character struct {
	rune
	count  int
	joined bool // it stands in words with other runes, not only alone
}

// commonest gives all characters, those seen most first.
func commonest(words map[string]int) []character {
	seen := map[rune]character{}
	for text, count := range words {
		for _, r := range text {
			c := seen[r]
			seen[r] = character{r, c.count + count, c.joined || utf8.RuneLen(r) < len(text)}
		}
	}
	return slices.SortedFunc(maps.Values(seen), func(a, b character) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.rune, b.rune))
	})
}

// learner merges pieces. Pieces are numbered in the order in which they came.
type learner struct {
	continuation string
	pieces       []string
	ids          map[string]int32
	words        []pieced
	pairs        map[pair]*pairing
	queue        pairQueue
	merges       [][2]string // in the order in which they were learnt
}

// pieced is a word, cut into pieces, and how often it was seen.
type pieced struct {
	pieces []int32
	count  int
}

// pair is two pieces that stand next to each other.
type pair struct{ left, right int32 }

// pairing is how often a pair stands in all words, and in which: every word that
// has it, and some that had it.
type pairing struct {
	count int
	words []int32
}

func newLearner(continuation string) *learner {
	return &learner{continuation: continuation, ids: map[string]int32{}, pairs: map[pair]*pairing{}}
}

// add gives the number of a piece, which may be known already.
func (l *learner) add(piece string) int32 {
	id, ok := l.ids[piece]
	if !ok {
		id = int32(len(l.pieces))
		l.ids[piece] = id
		l.pieces = append(l.pieces, piece)
	}
	return id
}

// addCharacter adds a character as a word's first and, unless it only ever
// stands alone, as one inside a word.
func (l *learner) addCharacter(c character) {
	l.add(string(c.rune))
	if c.joined {
		l.add(l.continuation + string(c.rune))
	}
}

// addWords cuts words into characters and counts their pairs, leaving out words
// with a character that was not added.
func (l *learner) addWords(words map[string]int) {
	for _, text := range slices.Sorted(maps.Keys(words)) {
		if pieces, ok := l.characters(text); ok && len(pieces) > 1 {
			l.words = append(l.words, pieced{pieces, words[text]})
		}
	}
	for w := range l.words {
		l.count(w, 1, func(pair) bool { return true })
	}
	for p, found := range l.pairs {
		l.queue = append(l.queue, counted{p, found.count})
	}
	heap.Init(&l.queue)
}

func (l *learner) characters(text string) (pieces []int32, ok bool) {
	for i, r := range text {
		piece := string(r)
		if i > 0 {
			piece = l.continuation + piece
		}
		id, ok := l.ids[piece]
		if !ok {
			return nil, false
		}
		pieces = append(pieces, id)
	}
	return pieces, true
}

// count adds a word's pairs, or takes them off with sign -1. Where a pair is new
// to the word, the word is noted.
func (l *learner) count(w, sign int, isNew func(pair) bool) {
	pieces := l.words[w].pieces
	for i := range len(pieces) - 1 {
		p := pair{pieces[i], pieces[i+1]}
		found := l.pairs[p]
		if found == nil {
			found = new(pairing)
			l.pairs[p] = found
		}
		found.count += sign * l.words[w].count
		if last := len(found.words) - 1; isNew(p) && (last < 0 || found.words[last] != int32(w)) {
			found.words = append(found.words, int32(w))
		}
	}
}

// merge makes one piece of the commonest pair; false if none stands together
// twice.
func (l *learner) merge() bool {
	p, ok := l.commonestPair()
	if !ok {
		return false
	}
	merged := l.add(l.pieces[p.left] + strings.TrimPrefix(l.pieces[p.right], l.continuation))
	l.merges = append(l.merges, [2]string{l.pieces[p.left], l.pieces[p.right]})
	hasMerged := func(q pair) bool { return q.left == merged || q.right == merged }
	words := l.pairs[p].words
	grown := map[pair]bool{}
	for _, w := range words {
		if !slices.Contains(l.words[w].pieces, p.left) {
			continue
		}
		l.count(int(w), -1, func(pair) bool { return false })
		l.words[w].pieces = replace(l.words[w].pieces, p, merged)
		l.count(int(w), 1, func(q pair) bool {
			if hasMerged(q) {
				grown[q] = true
			}
			return hasMerged(q)
		})
	}
	delete(l.pairs, p)
	for q := range grown {
		heap.Push(&l.queue, counted{q, l.pairs[q].count})
	}
	return true
}

// commonestPair takes pairs off the queue until one has the count that it was
// queued with; others have lost some since, and are queued again.
func (l *learner) commonestPair() (pair, bool) {
	for len(l.queue) > 0 {
		top := heap.Pop(&l.queue).(counted)
		found := l.pairs[top.pair]
		if found == nil || found.count < 2 {
			continue
		}
		if found.count == top.count {
			return top.pair, true
		}
		heap.Push(&l.queue, counted{top.pair, found.count})
	}
	return pair{}, false
}

// replace writes merged for each p, from left to right, in place.
func replace(pieces []int32, p pair, merged int32) []int32 {
	to := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		if i+1 < len(pieces) && pieces[i] == p.left && pieces[i+1] == p.right {
			to = append(to, merged)
			i++
		} else {
			to = append(to, pieces[i])
		}
	}
	return to
}

// counted is a pair with its count when it was queued.
type counted struct {
	pair
	count int
}

// pairQueue is a heap: the commonest pair first, of equals the one whose pieces
// came first.
type pairQueue []counted

func (q pairQueue) Len() int      { return len(q) }
func (q pairQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *pairQueue) Push(x any)   { *q = append(*q, x.(counted)) }

func (q pairQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.left, b.left), cmp.Compare(a.right, b.right)) < 0
}

func (q *pairQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
