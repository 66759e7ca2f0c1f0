package tokenizer

import (
	"cmp"
	"container/heap"
	"unicode/utf8"
)

// sentenceBPE is SentencePiece's byte-pair encoding: a text falls into runes, then
// two neighbours that make a piece become one, again and again, the piece with the
// best score first; of equal ones the leftmost.
//
// Source: google/sentencepiece src/bpe_model.cc.
type sentenceBPE struct {
	*sentencePieceModel
	ids   map[string]int32 // of the pieces that a text can have
	whole *trie            // pieces that the user defined, which nothing is joined to; or nil
	spell func(word []byte, unknown piece, to []piece) []piece
	apart bool // no piece has a space behind another sign, so that words can be cut alone
}

func newSentenceBPE(m *sentencePieceModel) *sentenceBPE {
	b := &sentenceBPE{sentencePieceModel: m, ids: map[string]int32{}}
	var whole, texts []string
	for id, p := range m.pieces {
		if !p.kind.inText() {
			continue
		}
		b.ids[p.text] = int32(id)
		texts = append(texts, p.text)
		if p.kind == userPiece {
			whole = append(whole, p.text)
		}
	}
	b.apart = cutsApart(texts)
	if whole != nil {
		b.whole = newTrie(whole)
	}
	return b
}

// joined is a stretch of a word that may still grow.
type joined struct {
	start, end int32 // equal where its left neighbour has taken it in
	last, next int32 // its neighbours, or none
	whole      bool
}

// joiner is the state of one cut.
type joiner struct {
	*sentenceBPE
	word    []byte
	parts   []joined
	queue   joinings
	origins map[string]int32 // of pieces not to be used, how long the first of the two was that made them
}

func (b *sentenceBPE) cut(word []byte, to []piece) []piece {
	j := joiner{sentenceBPE: b, word: word, origins: map[string]int32{}}
	j.fall()
	for i := 1; i < len(j.parts); i++ {
		j.offer(int32(i-1), int32(i))
	}
	for len(j.queue) > 0 {
		j.join(heap.Pop(&j.queue).(joining))
	}
	for at := int32(0); at < int32(len(j.parts)) && at != none; at = j.parts[at].next {
		to = j.give(j.parts[at].start, j.parts[at].end, to)
	}
	return to
}

// fall lets the word fall into runes, and pieces that the user defined.
func (j *joiner) fall() {
	for at := 0; at < len(j.word); {
		length := 0
		if j.whole != nil {
			_, length = longest(j.whole, 0, j.word[at:], always)
		}
		whole := length > 0
		if !whole {
			_, length = utf8.DecodeRune(j.word[at:])
		}
		n := int32(len(j.parts))
		j.parts = append(j.parts, joined{int32(at), int32(at + length), n - 1, n + 1, whole})
		at += length
	}
	if len(j.parts) > 0 {
		j.parts[len(j.parts)-1].next = none
	}
}

// offer queues two neighbours if they make a piece.
func (j *joiner) offer(left, right int32) {
	if left == none || right == none || j.parts[left].whole || j.parts[right].whole {
		return
	}
	start, end := j.parts[left].start, j.parts[right].end
	id, ok := j.ids[string(j.word[start:end])]
	if !ok {
		return
	}
	heap.Push(&j.queue, joining{j.pieces[id].score, left, right, end - start})
	if j.pieces[id].kind == unusedPiece {
		j.origins[string(j.word[start:end])] = j.parts[right].start - start
	}
}

// join makes one of two parts, if they are still what they were when queued.
func (j *joiner) join(top joining) {
	left, right := &j.parts[top.left], &j.parts[top.right]
	if left.start == left.end || right.start == right.end || right.end-left.start != top.size {
		return
	}
	left.end, left.next = right.end, right.next
	if right.next != none {
		j.parts[right.next].last = top.left
	}
	right.start = right.end
	j.offer(left.last, top.left)
	j.offer(top.left, left.next)
}

// give appends the piece that a stretch is; of one not to be used, what it was made
// of.
func (j *joiner) give(start, end int32, to []piece) []piece {
	id, ok := j.ids[string(j.word[start:end])]
	switch {
	case !ok:
		return j.spell(j.word, piece{int32(j.unknown), start, end}, to)
	case j.pieces[id].kind == unusedPiece:
		if origin, ok := j.origins[string(j.word[start:end])]; ok {
			return j.give(start+origin, end, j.give(start, start+origin, to))
		}
	}
	return append(to, piece{id, start, end})
}

// joining is two neighbours that make a piece of size bytes.
type joining struct {
	score             float32
	left, right, size int32
}

// joinings is a heap: the best score first, of equals the leftmost.
type joinings []joining

func (q joinings) Len() int      { return len(q) }
func (q joinings) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *joinings) Push(x any)   { *q = append(*q, x.(joining)) }

func (q joinings) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[j].score, q[i].score), cmp.Compare(q[i].left, q[j].left)) < 0
}

func (q *joinings) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
