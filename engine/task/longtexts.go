package task

import (
	"math/rand/v2"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/engine/tokenizer"
)

// What is done with a text that is longer than what is read at once.
const (
	longCut   = "cut"
	longParts = "parts"
)

// longTexts is the knob for it.
func longTexts(to *string) setting.Field {
	return setting.Field{Key: "long_texts", Label: "Longer texts", Value: &setting.Choice{To: to, Options: []string{longCut, longParts}},
		Help: "Cut reads their beginning alone. Parts reads all of them, part by part: each part is learned with the labels of its text, and the answer is the mean of what the parts say, which other programs cannot know of. Two texts that belong together are always cut."}
}

// ReadInParts makes it read all of a text. It suits rows that are parts of texts, which
// are whole when the model answers.
func (c *Classification) ReadInParts() { c.Long = longParts }

// ReadInParts is Classification.ReadInParts.
func (c *Multilabel) ReadInParts() { c.Long = longParts }

// shownTwice is the share of the pieces of a part that the next one shows too, so that
// what is said at a border is whole in one of them.
const shownTwice = 8

// parts gives the windows in which a text is read: one where it is cut, or else as few
// as suffice, about equally long, since a short rest says little.
func (m *classifier) parts(text string, pieces []tokenizer.Token) []window {
	room := m.room()
	if m.long != longParts || len(pieces) <= room {
		return []window{{0, min(room, len(pieces)), 0, len(text)}}
	}
	shared := room / shownTwice
	n := (len(pieces) - shared + room - shared - 1) / (room - shared)
	return windows(text, pieces, (len(pieces)+(n-1)*shared+n-1)/n, shared)
}

// room is how many pieces of a text are read at once.
func (m *classifier) room() int { return m.maxLength - m.base.Tokenizer.Specials(false) }

// itemsVaried encodes a text in the same parts as Items, with its words cut at random but
// for the parts that would grow too long.
func (m *classifier) itemsVaried(e dataset.Example, rate float64, random *rand.Rand) []batch.Item {
	plain, varied := m.base.Tokenizer.Encode(e.Text), variedly(m.base.Tokenizer, rate, random)(e.Text)
	var items []batch.Item
	for _, w := range m.parts(e.Text, plain) {
		pieces := plain[w.from:w.to]
		if from, to, fits := w.within(e.Text, plain, varied, m.room()); fits {
			pieces = varied[from:to]
		}
		items = append(items, m.part(e, pieces))
	}
	return items
}

// part is the item of some pieces of a text.
func (m *classifier) part(e dataset.Example, pieces []tokenizer.Token) (item batch.Item) {
	item.IDs, item.Segments = m.base.Tokenizer.Join(pieces, nil)
	item.Targets = m.targets(e)
	return item
}

// Join gives the mean of the probabilities that the parts of a text give each class, and
// lets the counts of its words vote.
func (m *classifier) Join(e dataset.Example, parts []dataset.Answer) dataset.Answer {
	mean := m.mean(parts, func(score float64) float64 { return score }, func(mean float64) float64 { return mean })
	return m.votes.vote(e, mean, m.numbers)
}

// mean takes the mean of each label's scores on a scale of its own.
func (m *classifier) mean(parts []dataset.Answer, to, from func(float64) float64) dataset.Answer {
	if len(parts) == 1 {
		return parts[0]
	}
	sums := make([]float64, len(m.labels))
	for _, p := range parts {
		for _, s := range p.Labels {
			sums[m.numbers[s.Label]] += to(s.Score)
		}
	}
	var a dataset.Answer
	for i, label := range m.labels {
		a.Labels = append(a.Labels, dataset.Score{Label: label, Score: from(sums[i] / float64(len(parts)))})
	}
	dataset.SurestFirst(a.Labels)
	return a
}
