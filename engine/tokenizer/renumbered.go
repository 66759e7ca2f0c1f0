package tokenizer

// renumbered gives the pieces of a model other numbers. What the model does not know
// may have one all the same.
type renumbered struct {
	model   cutting
	unknown int32 // of the model
	numbers []int32
	ids     map[string]int32
}

func (r renumbered) cut(word []byte, to []piece) []piece {
	first := len(to)
	to = r.model.cut(word, to)
	for i := first; i < len(to); i++ {
		p := &to[i]
		if id, ok := r.ids[string(word[p.start:p.end])]; ok && p.id == r.unknown {
			p.id = id
		} else {
			p.id = r.numbers[p.id]
		}
	}
	return to
}

// renumber numbers the pieces as a vocabulary does; those that it lacks are what it
// calls unknown.
func (p *Pipeline) renumber(pieces []string, unknown string) error {
	v := newVocabulary(pieces)
	id, ok := v.ids[unknown]
	if !ok {
		return missingSpecial(unknown)
	}
	numbers := make([]int32, len(p.pieces))
	for old, piece := range p.pieces {
		number, ok := v.ids[piece]
		if !ok || old == p.shown {
			number = id
		}
		numbers[old] = number
	}
	p.model = renumbered{p.model, int32(p.shown), numbers, v.ids}
	p.vocabulary, p.shown = v, int(id)
	return nil
}
