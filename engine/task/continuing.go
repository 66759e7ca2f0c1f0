package task

import (
	"context"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
)

// continuer is a decoder that writes on: texts like those it has learned, or what follows
// a text that it is given.
type continuer struct {
	writing
	o         generating
	begin     []int // what stands before every text
	between   []int // what stands between a text and what follows it
	maxLength int
	maxOutput int
}

// newContinuer takes a body that reads nothing first.
func newContinuer(base *model.Base, o generating) (*continuer, error) {
	w, err := newWriting(base, o.Smoothing)
	if err != nil {
		return nil, err
	}
	m := &continuer{
		writing: w, o: o, maxLength: min(o.MaxLength, w.body.Longest()), maxOutput: min(o.MaxOutput, w.body.Longest()-1),
	}
	specials, _ := base.Tokenizer.Join(nil, nil)
	m.begin = specials[:base.Tokenizer.Prefix()]
	if len(m.begin) == 0 {
		// What ended one text begins the next, as GPT-2 learned it.
		m.begin = append(w.ends, 0)[:1]
	}
	if o.Between == betweenNewline {
		m.between = m.pieces("\n")
	}
	m.hidden = func(t *op.Tape, b *batch.Packed) mat.Tensor { return m.body.Decode(t, b, nil, nil) }
	return m, nil
}

func (m *continuer) pieces(text string) []int {
	var ids []int
	for _, token := range m.base.Tokenizer.Encode(text) {
		ids = append(ids, token.ID)
	}
	return ids
}

// Items encodes an example. Of one without a target the whole text is learned, a long one
// in parts, of which every piece counts once. Of one with a target only that is learned,
// as what follows the text; where both are too long the text loses its beginning, then
// the target its end.
func (m *continuer) Items(e dataset.Example) ([]batch.Item, error) {
	if e.Target == "" || e.Text == "" {
		return m.parts(m.ended(joinIDs(m.begin, m.pieces(e.Text+e.Target)))), nil
	}
	written := m.ended(m.pieces(e.Target))
	room := m.maxLength + 1 - len(m.begin) - len(m.between) // the last piece is only guessed
	written = written[:min(len(written), max(1, room))]
	prompt := m.prompt(e.Text, m.maxLength+1-len(written))
	item := following(joinIDs(prompt, written))
	for i := range len(prompt) - 1 {
		item.Targets[i] = loss.Ignored
	}
	return []batch.Item{item}, nil
}

// parts cuts a sequence into items of as many pieces as are read at once.
func (m *continuer) parts(all []int) []batch.Item {
	if len(all) == 1 {
		return []batch.Item{{IDs: all, Targets: []int{loss.Ignored}}}
	}
	var items []batch.Item
	for from := 0; from < len(all)-1; from += m.maxLength {
		items = append(items, following(all[from:min(from+m.maxLength+1, len(all))]))
	}
	return items
}

// following reads all pieces but the last, and its targets are those that follow.
func following(all []int) batch.Item {
	last := len(all) - 1
	return batch.Item{IDs: all[:last:last], Targets: append([]int{}, all[1:]...)}
}

// prompt gives what stands before what is written about a text, in so many pieces at
// most: of a longer text the end, which is what is written on from.
func (m *continuer) prompt(text string, room int) []int {
	pieces := m.pieces(text)
	room = max(0, room-len(m.begin)-len(m.between))
	return joinIDs(m.begin, pieces[max(0, len(pieces)-room):], m.between)
}

func joinIDs(all ...[]int) []int {
	var joined []int
	for _, ids := range all {
		joined = append(joined, ids...)
	}
	return joined
}

// ItemsVaried is Items: what is written must be spelt as it is.
func (m *continuer) ItemsVaried(e dataset.Example, _ float64, _ *rand.Rand) ([]batch.Item, error) {
	return m.Items(e)
}

// Write writes on from each text: what the beams find where answers were learned, a draw
// where texts were. An example without a text is only asked how surprising its target is.
func (m *continuer) Write(ctx context.Context, t *op.Tape, examples []dataset.Example) ([]dataset.Answer, error) {
	answers := make([]dataset.Answer, len(examples))
	prompts := make([][]int, len(examples))
	var known []batch.Item
	for i, e := range examples {
		if e.Target != "" {
			items, err := m.Items(e)
			if err != nil {
				return nil, err
			}
			for _, item := range items {
				item.Index = i
				known = append(known, item)
			}
		}
		if e.Text != "" || e.Target == "" {
			prompts[i] = m.asked(e, m.maxOutput)
		}
	}
	if err := m.surprise(ctx, t, known, answers); err != nil {
		return nil, err
	}
	if m.o.Between == betweenNewline {
		return answers, m.along(ctx, t, prompts, generate.Options{MaxTokens: m.maxOutput, Beams: m.o.Beams, LengthPenalty: 1}, answers)
	}
	for i, prompt := range prompts {
		if prompt == nil {
			continue
		}
		var err error
		if answers[i].Text, err = m.tell(ctx, t, prompt, m.Manner(), nil); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// asked gives what is written on from, with room behind it for so many pieces, or as many
// as there can be.
func (m *continuer) asked(e dataset.Example, room int) []int {
	return m.prompt(e.Text, max(m.body.Longest()-room, m.body.Longest()/2))
}

// Beams is how many texts are kept in sight where rows say what is to be written.
func (m *continuer) Beams() *int {
	if m.o.Between != betweenNewline {
		return nil
	}
	return &m.o.Beams
}

// Manner is to draw pieces where texts were learned, and to take the likeliest where
// answers were.
func (m *continuer) Manner() generate.Options {
	o := generate.Options{MaxTokens: m.maxOutput, Seed: 1}
	if m.o.Between != betweenNewline {
		o.Temperature, o.TopP, o.RepetitionPenalty = m.o.Temperature, m.o.TopP, m.o.Repetition
	}
	return o
}

// Tell writes for one who reads along.
func (m *continuer) Tell(ctx context.Context, t *op.Tape, e dataset.Example, o generate.Options, show func(text string)) (string, error) {
	return m.tell(ctx, t, m.asked(e, o.MaxTokens), o, show)
}
