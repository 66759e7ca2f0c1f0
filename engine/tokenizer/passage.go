package tokenizer

import "unicode/utf8"

// passage is a stretch of a text on its way from the original to pieces: its
// bytes as they are now, the place in the original of each, and the words that
// it has been cut into so far.
type passage struct {
	text  []byte
	words []stretch
	base  int // where the stretch begins in the original

	// The original place of the rune of each byte. They hold only after the text
	// was rewritten; until then byte i comes from base+i.
	rewritten    bool
	starts, ends []int32

	old struct { // what is read while the text is rewritten
		text         []byte
		words        []stretch
		rewritten    bool
		starts, ends []int32
	}
}

// stretch is a word, in bytes of a passage. A word that an added token was found
// for has its number; any other has cutLater.
type stretch struct{ start, end, id int }

const cutLater = -1

// reset makes a text that begins at base of the original the passage's only
// word.
func (p *passage) reset(text string, base int) {
	p.text = append(p.text[:0], text...)
	p.base, p.rewritten = base, false
	p.starts, p.ends = p.starts[:0], p.ends[:0]
	p.words = append(p.words[:0], stretch{0, len(text), cutLater})
}

// place gives the stretch of the original that bytes start to end come from; an
// empty one where there are none.
func (p *passage) place(start, end int) (int, int) {
	if start == end {
		at, _ := p.place(start, start+1)
		return at, at
	}
	if p.rewritten {
		return int(p.starts[start]), int(p.ends[end-1])
	}
	return p.base + runeStart(p.text, start), p.base + runeEnd(p.text, end)
}

// rewrite lets write put a new text together out of the old one, and words out of
// the old words, with keep, put and word.
func (p *passage) rewrite(write func(old []byte, words []stretch)) {
	p.text, p.old.text = p.old.text[:0], p.text
	p.words, p.old.words = p.old.words[:0], p.words
	p.starts, p.old.starts = p.old.starts[:0], p.starts
	p.ends, p.old.ends = p.old.ends[:0], p.ends
	p.rewritten, p.old.rewritten = true, p.rewritten
	write(p.old.text, p.old.words)
}

// keep copies bytes start to end of the old text.
func (p *passage) keep(start, end int) {
	p.text = append(p.text, p.old.text[start:end]...)
	if p.old.rewritten {
		p.starts = append(p.starts, p.old.starts[start:end]...)
		p.ends = append(p.ends, p.old.ends[start:end]...)
		return
	}
	for i := start; i < end; {
		width := 1
		if p.old.text[i] >= utf8.RuneSelf {
			_, width = utf8.DecodeRune(p.old.text[i:end])
		}
		for range width {
			p.starts = append(p.starts, int32(p.base+i))
			p.ends = append(p.ends, int32(p.base+i+width))
		}
		i += width
	}
}

// put writes a text that takes the place of the rune at byte at of the old text;
// that of the last rune if at is its end.
func (p *passage) put(text []byte, at int) {
	start, end := p.oldPlace(at)
	p.text = append(p.text, text...)
	for range text {
		p.starts, p.ends = append(p.starts, start), append(p.ends, end)
	}
}

func (p *passage) putRune(r rune, at int) {
	var buffer [utf8.UTFMax]byte
	p.put(utf8.AppendRune(buffer[:0], r), at)
}

func (p *passage) oldPlace(at int) (int32, int32) {
	at = min(at, len(p.old.text)-1)
	switch {
	case at < 0:
		return int32(p.base), int32(p.base)
	case p.old.rewritten:
		return p.old.starts[at], p.old.ends[at]
	}
	return int32(p.base + runeStart(p.old.text, at)), int32(p.base + runeEnd(p.old.text, at+1))
}

// word adds what was written since byte start as a word; nothing if that is
// nothing.
func (p *passage) word(start, id int) {
	if start < len(p.text) {
		p.words = append(p.words, stretch{start, len(p.text), id})
	}
}

// cutWords cuts each word further: cut is given a word and calls found for the
// parts of it that stay, in order.
func (p *passage) cutWords(cut func(word []byte, found func(start, end int))) {
	p.words, p.old.words = p.old.words[:0], p.words
	base := 0
	found := func(start, end int) {
		if start < end {
			p.words = append(p.words, stretch{base + start, base + end, cutLater})
		}
	}
	for _, w := range p.old.words {
		if w.id != cutLater {
			p.words = append(p.words, w)
			continue
		}
		base = w.start
		cut(p.text[w.start:w.end], found)
	}
}

// runeStart gives the first byte of the rune that byte at belongs to.
func runeStart(text []byte, at int) int {
	for start := at; start >= 0 && start > at-utf8.UTFMax; start-- {
		if utf8.RuneStart(text[start]) {
			if _, width := utf8.DecodeRune(text[start:]); start+width > at {
				return start
			}
			break
		}
	}
	return at
}

// runeEnd gives the end of the rune that the byte before at belongs to.
func runeEnd(text []byte, at int) int {
	start := runeStart(text, at-1)
	_, width := utf8.DecodeRune(text[start:])
	return start + width
}

// putAt writes a text that begins where byte at of the old text does, and ends
// where what is written next begins; meet then sets the ends.
func (p *passage) putAt(text []byte, at int) {
	start := p.oldEdge(at)
	p.text = append(p.text, text...)
	for range text {
		p.starts, p.ends = append(p.starts, start), append(p.ends, start)
	}
}

// meet lets each byte end where the next begins, and the last at byte at of the old
// text.
func (p *passage) meet(at int) {
	if len(p.text) > 0 {
		copy(p.ends, p.starts[1:])
		p.ends[len(p.ends)-1] = p.oldEdge(at)
	}
}

// putLast writes a text that stands for nothing, at the end of what was written.
func (p *passage) putLast(text []byte) {
	end := int32(p.base)
	if len(p.ends) > 0 {
		end = p.ends[len(p.ends)-1]
	}
	p.text = append(p.text, text...)
	for range text {
		p.starts, p.ends = append(p.starts, end), append(p.ends, end)
	}
}

// cutTo takes what was written after so many bytes away; the last that stays ends
// where that began.
func (p *passage) cutTo(length int) {
	p.text, p.starts, p.ends = p.text[:length], p.starts[:length], p.ends[:length]
}

// oldEdge gives where byte at of the old text, or its end, is in the original.
func (p *passage) oldEdge(at int) int32 {
	switch {
	case !p.old.rewritten:
		return int32(p.base + at)
	case at < len(p.old.text):
		return p.old.starts[at]
	case at > 0:
		return p.old.ends[at-1]
	}
	return int32(p.base)
}
