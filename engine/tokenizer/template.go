package tokenizer

// template says how the pieces of one text, or of two, become a model's input.
type template struct{ single, pair []part }

// part is a special token, or all pieces of the first or second text.
type part struct {
	text    int // which text: 0 or 1, or special
	id      int // of a special token
	segment int
}

const special = -1

// bertTemplate is [CLS] a [SEP], or [CLS] a [SEP] b [SEP] with b in segment 1
// (Devlin et al. 2018, section 3).
func bertTemplate(class, separator int) template {
	single := []part{{special, class, 0}, {0, 0, 0}, {special, separator, 0}}
	return template{single, append(single[:3:3], part{1, 0, 1}, part{special, separator, 1})}
}

// robertaTemplate is <s> a </s>, or <s> a </s> </s> b </s>, all in segment 0 (Liu et
// al. 2019; fairseq roberta/hub_interface.py).
func robertaTemplate(class, separator int) template {
	single := []part{{special, class, 0}, {0, 0, 0}, {special, separator, 0}}
	return template{single, append(single[:3:3], part{special, separator, 0}, part{1, 0, 0}, part{special, separator, 0})}
}

// plainTemplate adds nothing to the texts.
var plainTemplate = template{single: []part{{0, 0, 0}}, pair: []part{{0, 0, 0}, {1, 0, 1}}}

// Join makes one input of the pieces of one text, or of two when b is not nil.
func (t template) Join(a, b []Token) (ids, segments []int) {
	texts, parts := [][]Token{a, b}, t.single
	if b != nil {
		parts = t.pair
	}
	size := len(a) + len(b) + t.Specials(b != nil)
	ids, segments = make([]int, 0, size), make([]int, 0, size)
	for _, p := range parts {
		if p.text == special {
			ids, segments = append(ids, p.id), append(segments, p.segment)
			continue
		}
		for _, token := range texts[p.text] {
			ids, segments = append(ids, token.ID), append(segments, p.segment)
		}
	}
	return ids, segments
}

// Prefix counts the special tokens before the first text.
func (t template) Prefix() int {
	count := 0
	for _, p := range t.single {
		if p.text != special {
			break
		}
		count++
	}
	return count
}

// Specials counts the special tokens around one text, or two.
func (t template) Specials(pair bool) int {
	parts, count := t.single, 0
	if pair {
		parts = t.pair
	}
	for _, p := range parts {
		if p.text == special {
			count++
		}
	}
	return count
}
