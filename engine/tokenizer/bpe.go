package tokenizer

import (
	"cmp"
	"container/heap"
	"fmt"
	"sync"
	"unicode/utf8"
)

// bpe is byte-pair encoding: a word falls into runes (or bytes), then two
// neighbours become one, again and again, those first whose merge was learnt
// first; of equal ones the leftmost.
//
// Source: Sennrich et al. 2016; huggingface tokenizers models/bpe.
type bpe struct {
	vocabulary   *vocabulary
	bytes        bool             // words fall into bytes, which visible spells in the vocabulary
	atoms        [256]int32       // the pieces of single bytes, or of ASCII runes; none if there is none
	merges       pairs            // what two pieces become, and how early
	unknown      int32            // for a rune that has no piece, or none: it is left out
	fuseUnknown  bool             // neighbouring unknown runes become one piece
	byteFallback *[256]int32      // the pieces <0x00> to <0xFF>, which spell runes that have none
	wholeFirst   map[string]int32 // words that are pieces are not cut; nil if they are
	works        sync.Pool        // of *mergeWork
}

const none = -1

// newBPE takes merges in the order in which they were learnt, as left and right
// pieces. It fails if a merge speaks of pieces that are not there.
func newBPE(v *vocabulary, merges [][2]string, bytes bool) (*bpe, error) {
	b := &bpe{vocabulary: v, bytes: bytes, unknown: none}
	for i := range b.atoms {
		b.atoms[i] = none
		name := string(rune(i))
		if bytes {
			name = string(visible(byte(i)))
		} else if i >= utf8.RuneSelf {
			continue
		}
		if id, ok := v.ids[name]; ok {
			b.atoms[i] = id
		}
	}
	b.merges = newPairs(len(merges))
	for rank, m := range merges {
		left, ok := v.ids[m[0]]
		right, also := v.ids[m[1]]
		merged, too := v.ids[m[0]+m[1]]
		if !ok || !also || !too {
			return nil, &Error{
				Problem: fmt.Sprintf("merge %d makes %q of %q and %q, and not all three are in the vocabulary", rank+1, m[0]+m[1], m[0], m[1]),
				Way:     "check that the vocabulary and the merges are of the same model",
			}
		}
		b.merges.set(pair{left, right}, merge{int32(rank), merged})
	}
	return b, nil
}

// symbol is a piece within a word that may still grow.
type symbol struct {
	id, end    int32
	last, next int32 // its neighbours' places, or none
}

func (b *bpe) cut(word []byte, to []piece) []piece {
	if id, ok := b.wholeFirst[string(word)]; ok {
		return append(to, piece{id, 0, int32(len(word))})
	}
	w, ok := b.works.Get().(*mergeWork)
	if !ok {
		w = new(mergeWork)
	}
	defer b.works.Put(w)
	w.symbols = w.symbols[:0]
	if b.bytes {
		b.cutBytes(w, word)
	} else {
		b.cutRunes(w, word)
	}
	if len(w.symbols) == 0 {
		return to
	}
	if len(w.symbols) > longWord {
		b.mergeLong(w)
	} else {
		b.mergeShort(w)
	}
	start := int32(0)
	for at := int32(0); at != none; at = w.symbols[at].next {
		s := w.symbols[at]
		to = append(to, piece{s.id, start, s.end})
		start = s.end
	}
	return to
}

// mergeWork is the state of one cut.
type mergeWork struct {
	symbols []symbol
	merges  []merge // of each symbol with the next, or rank none
	queue   mergeQueue
}

func (w *mergeWork) add(id int32, end int) {
	n := int32(len(w.symbols))
	if n > 0 {
		w.symbols[n-1].next = n
	}
	w.symbols = append(w.symbols, symbol{id, int32(end), n - 1, none})
}

func (b *bpe) cutBytes(w *mergeWork, word []byte) {
	for i, c := range word {
		switch {
		case b.atoms[c] != none:
			w.add(b.atoms[c], i+1)
		default:
			b.addUnknown(w, i, i+1)
		}
	}
}

func (b *bpe) cutRunes(w *mergeWork, word []byte) {
	for i := 0; i < len(word); {
		id, width := int32(none), 1
		if word[i] < utf8.RuneSelf {
			id = b.atoms[word[i]]
		} else {
			_, width = utf8.DecodeRune(word[i:])
			if known, ok := b.vocabulary.ids[string(word[i:i+width])]; ok {
				id = known
			}
		}
		switch {
		case id != none:
			w.add(id, i+width)
		case b.byteFallback != nil:
			for j := i; j < i+width; j++ {
				w.add(b.byteFallback[word[j]], j+1)
			}
		default:
			b.addUnknown(w, i, i+width)
		}
		i += width
	}
}

func (b *bpe) addUnknown(w *mergeWork, start, end int) {
	if b.unknown == none {
		return
	}
	if n := len(w.symbols); b.fuseUnknown && n > 0 && w.symbols[n-1].id == b.unknown && int(w.symbols[n-1].end) == start {
		w.symbols[n-1].end = int32(end)
		return
	}
	w.add(b.unknown, end)
}

// longWord is from how many symbols on a queue is faster than looking at all.
const longWord = 48

// mergeShort looks at all pairs for each merge.
func (b *bpe) mergeShort(w *mergeWork) {
	symbols := w.symbols
	w.merges = w.merges[:0]
	for i := range symbols {
		m := merge{rank: none}
		if i+1 < len(symbols) {
			m = b.merges.get(pair{symbols[i].id, symbols[i+1].id})
		}
		w.merges = append(w.merges, m)
	}
	merges := w.merges
	for {
		best := none
		for i, m := range merges {
			if m.rank >= 0 && (best == none || m.rank < merges[best].rank) {
				best = i
			}
		}
		if best == none {
			break
		}
		symbols[best].id, symbols[best].end = merges[best].id, symbols[best+1].end
		symbols = append(symbols[:best+1], symbols[best+2:]...)
		merges = append(merges[:best], merges[best+1:]...)
		if best > 0 {
			merges[best-1] = b.merges.get(pair{symbols[best-1].id, symbols[best].id})
		}
		if best+1 < len(symbols) {
			merges[best] = b.merges.get(pair{symbols[best].id, symbols[best+1].id})
		} else {
			merges[best] = merge{rank: none}
		}
	}
	for i := range symbols {
		symbols[i].last, symbols[i].next = int32(i-1), int32(i+1)
	}
	symbols[len(symbols)-1].next = none
	w.symbols = symbols
}

// mergeLong keeps the pairs in a queue.
func (b *bpe) mergeLong(w *mergeWork) {
	symbols := w.symbols
	w.queue = w.queue[:0]
	for i := range symbols[:len(symbols)-1] {
		if m := b.merges.get(pair{symbols[i].id, symbols[i+1].id}); m.rank >= 0 {
			w.queue = append(w.queue, queued{m.rank, int32(i), symbols[i].id, symbols[i+1].id})
		}
	}
	heap.Init(&w.queue)
	push := func(at int32) {
		if at == none || symbols[at].next == none {
			return
		}
		left, right := symbols[at].id, symbols[symbols[at].next].id
		if m := b.merges.get(pair{left, right}); m.rank >= 0 {
			heap.Push(&w.queue, queued{m.rank, at, left, right})
		}
	}
	for len(w.queue) > 0 {
		top := heap.Pop(&w.queue).(queued)
		left := &symbols[top.at]
		if left.id != top.left || left.next == none || symbols[left.next].id != top.right {
			continue
		}
		right := &symbols[left.next]
		left.id = b.merges.get(pair{top.left, top.right}).id
		left.end, left.next = right.end, right.next
		right.id = none
		if left.next != none {
			symbols[left.next].last = top.at
		}
		push(left.last)
		push(top.at)
	}
}

// queued is a merge that was possible when it was queued.
type queued struct{ rank, at, left, right int32 }

// mergeQueue is a heap: the merge learnt first, of equals the leftmost.
type mergeQueue []queued

func (q mergeQueue) Len() int      { return len(q) }
func (q mergeQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *mergeQueue) Push(x any)   { *q = append(*q, x.(queued)) }

func (q mergeQueue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].rank, q[j].rank), cmp.Compare(q[i].at, q[j].at)) < 0
}

func (q *mergeQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
