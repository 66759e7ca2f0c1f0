package tokenizer

import (
	"fmt"
	"slices"
)

// jsonTemplate is the post_processor of tokenizer.json: TemplateProcessing, the
// older BertProcessing and RobertaProcessing, which name two tokens only, ByteLevel,
// which only trims offsets, or a Sequence of them.
type jsonTemplate struct {
	Type        string                 `json:"type"`
	Single      []jsonPart             `json:"single,omitempty"`
	Pair        []jsonPart             `json:"pair,omitempty"`
	Specials    map[string]jsonSpecial `json:"special_tokens,omitempty"`
	Sep         *jsonNumbered          `json:"sep,omitempty"`
	Cls         *jsonNumbered          `json:"cls,omitempty"`
	TrimOffsets *bool                  `json:"trim_offsets,omitempty"`
	PrefixSpace *bool                  `json:"add_prefix_space,omitempty"`
	Processors  []*jsonTemplate        `json:"processors,omitempty"`
}

type jsonPart struct {
	SpecialToken *jsonSlot `json:"SpecialToken,omitempty"`
	Sequence     *jsonSlot `json:"Sequence,omitempty"`
}

type jsonSlot struct {
	ID      string `json:"id"`
	Segment int    `json:"type_id"`
}

type jsonSpecial struct {
	ID     string   `json:"id"`
	IDs    []int    `json:"ids"`
	Tokens []string `json:"tokens"`
}

// jsonNumbered is ["[SEP]", 102].
type jsonNumbered [2]any

// template reads the parts, whose special tokens must be among size pieces. No
// post-processor at all adds nothing to the texts.
func (j *jsonTemplate) template(size int) (template, error) {
	t, err := j.read()
	for _, p := range slices.Concat(t.single, t.pair) {
		if p.id < 0 || p.id >= size {
			return t, fmt.Errorf("its template uses token %d of %d", p.id, size)
		}
	}
	return t, err
}

func (j *jsonTemplate) read() (t template, err error) {
	if j == nil {
		return plainTemplate, nil
	}
	switch j.Type {
	case "TemplateProcessing":
		if t.single, err = j.parts(j.Single); err != nil {
			return t, err
		}
		t.pair, err = j.parts(j.Pair)
		return t, err
	case "BertProcessing", "RobertaProcessing":
		class, ok := j.Cls.number()
		separator, also := j.Sep.number()
		if !ok || !also {
			return t, fmt.Errorf("its post-processor does not number its two tokens")
		}
		if j.Type == "BertProcessing" {
			return bertTemplate(class, separator), nil
		}
		return robertaTemplate(class, separator), nil
	case "ByteLevel":
		return plainTemplate, nil
	case "Sequence":
		return j.sequence()
	default:
		return t, fmt.Errorf("its post-processor %q is not known here", j.Type)
	}
}

// sequence gives the one template among several post-processors.
func (j *jsonTemplate) sequence() (template, error) {
	found := plainTemplate
	templates := 0
	for _, p := range j.Processors {
		t, err := p.read()
		if err != nil {
			return t, err
		}
		if p == nil || p.Type == "ByteLevel" {
			continue
		}
		if templates++; templates > 1 {
			return t, fmt.Errorf("its post-processors set special tokens more than once")
		}
		found = t
	}
	return found, nil
}

// trims says whether the spaces around pieces are taken out of their offsets, and
// whether the first piece's was put there. A RobertaProcessing or ByteLevel that
// does not say trims.
func (j *jsonTemplate) trims() (trims, prefixSpace bool) {
	if j == nil {
		return false, false
	}
	for _, p := range append(j.Processors, j) {
		if p == nil || p.Type != "RobertaProcessing" && p.Type != "ByteLevel" {
			continue
		}
		if p.TrimOffsets == nil || *p.TrimOffsets {
			return true, p.PrefixSpace == nil || *p.PrefixSpace
		}
	}
	return false, false
}

func (j *jsonTemplate) parts(from []jsonPart) (parts []part, err error) {
	for _, p := range from {
		switch {
		case p.Sequence != nil && p.Sequence.ID == "A":
			parts = append(parts, part{0, 0, p.Sequence.Segment})
		case p.Sequence != nil && p.Sequence.ID == "B":
			parts = append(parts, part{1, 0, p.Sequence.Segment})
		case p.SpecialToken != nil:
			s, ok := j.Specials[p.SpecialToken.ID]
			if !ok {
				return nil, fmt.Errorf("its template uses %q, which special_tokens does not number", p.SpecialToken.ID)
			}
			for _, id := range s.IDs {
				parts = append(parts, part{special, id, p.SpecialToken.Segment})
			}
		default:
			return nil, fmt.Errorf("its template has a part that is neither a special token nor text A or B")
		}
	}
	return parts, nil
}

func (n *jsonNumbered) number() (int, bool) {
	if n == nil {
		return 0, false
	}
	number, ok := n[1].(float64)
	return int(number), ok
}

// newJSONTemplate writes the parts, naming special tokens by their pieces.
func newJSONTemplate(t template, piece func(id int) string) *jsonTemplate {
	j := &jsonTemplate{Type: "TemplateProcessing", Specials: map[string]jsonSpecial{}}
	for _, parts := range []struct {
		from []part
		to   *[]jsonPart
	}{{t.single, &j.Single}, {t.pair, &j.Pair}} {
		for _, p := range parts.from {
			if p.text != special {
				*parts.to = append(*parts.to, jsonPart{Sequence: &jsonSlot{string(rune('A' + p.text)), p.segment}})
				continue
			}
			name := piece(p.id)
			*parts.to = append(*parts.to, jsonPart{SpecialToken: &jsonSlot{name, p.segment}})
			j.Specials[name] = jsonSpecial{name, []int{p.id}, []string{name}}
		}
	}
	return j
}
