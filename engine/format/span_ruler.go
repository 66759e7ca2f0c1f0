package format

// ballot is how many spans of a file agree by each ruler: a single text says little
// of how a tool counts, least where no blanks are between the words.
type ballot struct {
	usual ruler
	texts int
	votes map[string]int // by the names of rulers
}

// add counts the spans of a text, up to as many texts as are enough.
func (b *ballot) add(text string, spans []rawSpan) {
	const enough = 2000
	if len(spans) == 0 || b.texts == enough {
		return
	}
	b.texts++
	if b.votes == nil {
		b.votes = map[string]int{}
	}
	for _, r := range rulers {
		b.votes[r.name] += agreeing(text, spans, r.marks(text))
	}
}

// elected is the ruler by which clearly more spans agree than by the usual one, or
// that one.
func (b *ballot) elected() ruler {
	best := b.usual
	for _, r := range rulers {
		if b.votes[r.name] > b.votes[best.name] {
			best = r
		}
	}
	const chance = 2 // spans more may agree by a ruler that is none
	if b.votes[best.name]-b.votes[b.usual.name] <= chance {
		return b.usual
	}
	return best
}

// rulerNamed is the ruler of a layout, or the usual one.
func rulerNamed(name string, usual ruler) ruler {
	for _, r := range rulers {
		if r.name == name {
			return r
		}
	}
	return usual
}
