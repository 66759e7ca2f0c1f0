package task

import (
	"attune/engine/batch"
	"attune/engine/tokenizer"
)

// window is a part of a text that is read at once, as the numbers of its pieces. Of
// its bytes those between own and end are its own: the windows of a text share it
// out, each place to the window that shows most of what stands around it.
type window struct {
	from, to int
	own, end int
}

// windows parts the pieces of a text into windows of so many pieces at most, which
// share so many with the next, but no more than half. There is one at least.
func windows(text string, pieces []tokenizer.Token, room, shared int) []window {
	shared = min(shared, room/2)
	all := []window{{0, min(room, len(pieces)), 0, len(text)}}
	for all[len(all)-1].to < len(pieces) {
		last := &all[len(all)-1]
		next := window{from: last.to - shared, end: len(text)}
		next.to = min(next.from+room, len(pieces))
		next.own = pieces[(next.from+last.to)/2].Start
		last.end = next.own
		all = append(all, next)
	}
	return all
}

// within gives the numbers of the pieces of another way to cut the text's words that
// stand in the window of pieces, and whether there is room for so many.
func (w window) within(text string, pieces, others []tokenizer.Token, room int) (from, to int, fits bool) {
	start, end := 0, len(text)
	if w.from > 0 {
		start = pieces[w.from].Start
	}
	if w.to < len(pieces) {
		end = pieces[w.to].Start
	}
	for from < len(others) && others[from].Start < start {
		from++
	}
	for to = from; to < len(others) && others[to].End <= end; to++ {
	}
	return from, to, to-from <= room
}

// owns says whether a place is one of the window's own.
func (w window) owns(p batch.Place) bool {
	return !p.Empty() && w.own <= int(p.Start) && int(p.Start) < w.end
}
