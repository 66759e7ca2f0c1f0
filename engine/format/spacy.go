package format

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SpaCy is training data of spaCy as JSON: ["text", {"entities": [[0, 4, "ORG"]],
// "cats": {"sport": 1}}], the same as an object, and the paragraphs of tokens of
// spaCy 2.
var SpaCy = Format{
	Name:       "spaCy",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return hasAny(o, "[][].entities", "[][].cats", "[].entities[][]", "[].paragraphs[].sentences[].tokens[].orth", "[].paragraphs[].cats")
	},
	Inspect: spacy.inspect,
	Read:    spacy.read,
}

var spacy = notation{name: "spaCy", usual: byCharacter, notes: spacyNotes}

type spacyMarks struct {
	Entities []json.RawMessage  `json:"entities"`
	Cats     map[string]float64 `json:"cats"`
}

func spacyNotes(_ File, element []byte) ([]note, error) {
	if isList(element) {
		var pair []json.RawMessage
		var n note
		var marks spacyMarks
		if err := json.Unmarshal(element, &pair); err != nil {
			return nil, err
		}
		if len(pair) < 2 || json.Unmarshal(pair[0], &n.text) != nil {
			return nil, fmt.Errorf("a text and what is marked in it are expected")
		}
		if err := json.Unmarshal(pair[1], &marks); err != nil {
			return nil, err
		}
		err := n.addSpacy(marks)
		return []note{n}, err
	}
	var row struct {
		Text string `json:"text"`
		spacyMarks
		Paragraphs []spacyParagraph `json:"paragraphs"`
	}
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	if row.Paragraphs == nil {
		n := note{text: row.Text, others: othersOf(element, "text", "entities", "cats", "tokens")}
		err := n.addSpacy(row.spacyMarks)
		return []note{n}, err
	}
	var all []note
	for _, p := range row.Paragraphs {
		all = append(all, p.note())
	}
	return all, nil
}

// addSpacy adds entities, and the categories that are more true than not.
func (n *note) addSpacy(m spacyMarks) error {
	if m.Entities != nil {
		n.spans = []rawSpan{}
	}
	for _, raw := range m.Entities {
		s, err := spanOfList(raw)
		if err != nil {
			return err
		}
		n.spans = append(n.spans, s)
	}
	for _, label := range slices.Sorted(maps.Keys(m.Cats)) {
		if m.Cats[label] > 0.5 {
			n.labels = append(n.labels, label)
		}
	}
	return nil
}

// spacyUntagged is the tag of a token of which nobody knows whether it is part of an
// entity.
const spacyUntagged = "-"

// spacyParagraph is a text of spaCy 2 with its tokens.
type spacyParagraph struct {
	Raw       string `json:"raw"`
	Sentences []struct {
		Tokens []struct {
			Orth string `json:"orth"`
			NER  string `json:"ner"`
		} `json:"tokens"`
	} `json:"sentences"`
	Cats []struct {
		Label string  `json:"label"`
		Value float64 `json:"value"`
	} `json:"cats"`
}

// note finds the tokens in the text in their order, or joins them where there is
// none.
func (p spacyParagraph) note() note {
	n := note{text: p.Raw}
	for _, c := range p.Cats {
		if c.Value > 0.5 {
			n.labels = append(n.labels, c.Label)
		}
	}
	var s sentence
	tagged := false
	for _, sentence := range p.Sentences {
		for _, t := range sentence.Tokens {
			s.add(t.Orth, t.NER, p.Raw)
			tagged = tagged || t.NER != "" && t.NER != spacyUntagged
		}
	}
	if n.text == "" {
		n.text = s.text.String()
	}
	if tagged {
		n.spans = characterSpans(n.text, s.end())
	}
	return n
}

// characterSpans counts spans in bytes anew in characters, as a note has them.
func characterSpans(text string, spans []rawSpan) []rawSpan {
	for i, s := range spans {
		spans[i].start = len([]rune(text[:min(s.start, len(text))]))
		spans[i].end = len([]rune(text[:min(s.end, len(text))]))
		spans[i].text = strings.Clone(text[min(s.start, len(text)):min(s.end, len(text))])
	}
	return spans
}
