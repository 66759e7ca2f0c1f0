package tokenizer

import (
	"cmp"
	"slices"
)

// trie finds the longest piece at the start of a text. Nodes are numbered
// breadth first, so that the children of node n are nodes first[n] to
// first[n+1], in the order of their bytes.
type trie struct {
	first []int32 // one entry more than nodes
	label []byte  // the byte that leads to a node
	id    []int32 // the piece that ends at a node, or -1
}

// newTrie holds each piece under its place in the slice; of equal pieces the
// last. Empty pieces are left out.
func newTrie(pieces []string) *trie {
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(pieces[a], pieces[b]) })

	// A node stands for the pieces order[low:high], which share depth bytes.
	type node struct{ low, high, depth int }
	queue := []node{{0, len(order), 0}}
	t := &trie{label: []byte{0}}
	for n := 0; n < len(queue); n++ {
		low, high, depth := queue[n].low, queue[n].high, queue[n].depth
		id := -1
		for ; low < high && len(pieces[order[low]]) == depth; low++ {
			id = order[low]
		}
		t.id = append(t.id, int32(id))
		t.first = append(t.first, int32(len(queue)))
		for low < high {
			b, end := pieces[order[low]][depth], low+1
			for end < high && pieces[order[end]][depth] == b {
				end++
			}
			queue = append(queue, node{low, end, depth + 1})
			t.label = append(t.label, b)
			low = end
		}
	}
	t.first = append(t.first, int32(len(queue)))
	return t
}

// next gives the child of a node along a byte, or -1.
func (t *trie) next(node int32, b byte) int32 {
	low, high := t.first[node], t.first[node+1]
	for high-low > 8 {
		if middle := (low + high) / 2; t.label[middle] <= b {
			low = middle
		} else {
			high = middle
		}
	}
	for ; low < high; low++ {
		if t.label[low] == b {
			return low
		}
	}
	return -1
}

// walk follows all of a text from the root and gives the node there, or -1.
func (t *trie) walk(text string) int32 {
	node := int32(0)
	for i := 0; i < len(text) && node >= 0; i++ {
		node = t.next(node, text[i])
	}
	return node
}

// find gives the piece that is all of a text.
func (t *trie) find(text string) (id int, ok bool) {
	if node := t.walk(text); node > 0 && t.id[node] >= 0 {
		return int(t.id[node]), true
	}
	return 0, false
}

// longest gives the longest piece that continues a node with the first length
// bytes of a text; length is 0 if there is none. A piece longer than one found
// before counts if take says so.
func longest[T string | []byte](t *trie, node int32, text T, take func() bool) (id, length int) {
	for i := range len(text) {
		if node = t.next(node, text[i]); node < 0 {
			break
		}
		if t.id[node] >= 0 && (length == 0 || take()) {
			id, length = int(t.id[node]), i+1
		}
	}
	return id, length
}
