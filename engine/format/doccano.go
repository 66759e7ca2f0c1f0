package format

import (
	"encoding/json"
	"fmt"
)

// Doccano is what doccano exports: {"text", "label": [[0, 4, "ORG"]]} or
// {"text", "label": ["sport"]} a line, entities and relations as objects in newer
// versions, annotations with numbers for labels in older ones.
var Doccano = Format{
	Name:       "doccano",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return hasAny(o, "[].text", "[].data") &&
			(hasAny(o, "[].label[][]", "[].labels[][]", "[].entities[].start_offset", "[].annotations[].start_offset", "[].annotations[].label") ||
				hasAny(o, "[].label[]", "[].labels[]") && hasAny(o, "[].Comments", "[].comments", "[].meta", "[].id") && !hasAny(o, "[].options", "[].label[].labels"))
	},
	Inspect: doccano.inspect,
	Read:    doccano.read,
}

var doccano = notation{name: "doccano", usual: byCharacter, notes: doccanoNotes}

func doccanoNotes(_ File, element []byte) ([]note, error) {
	var row struct {
		Text     *string         `json:"text"`
		Data     string          `json:"data"`
		Label    json.RawMessage `json:"label"`
		Labels   json.RawMessage `json:"labels"`
		Entities []struct {
			Label json.RawMessage `json:"label"`
			Start int             `json:"start_offset"`
			End   int             `json:"end_offset"`
		} `json:"entities"`
		Annotations []struct {
			Label json.RawMessage `json:"label"`
			Start *int            `json:"start_offset"`
			End   *int            `json:"end_offset"`
		} `json:"annotations"`
	}
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	n := note{text: row.Data, others: othersOf(element, "text", "data", "label", "labels", "entities", "annotations", "relations")}
	if row.Text != nil {
		n.text = *row.Text
	}
	for _, raw := range []json.RawMessage{row.Label, row.Labels} {
		if err := n.addMarks(raw); err != nil {
			return nil, err
		}
	}
	if n.spans == nil && (row.Entities != nil || row.Annotations != nil) {
		n.spans = []rawSpan{}
	}
	for _, e := range row.Entities {
		n.spans = append(n.spans, rawSpan{start: e.Start, end: e.End, label: textOfJSON(e.Label)})
	}
	for _, a := range row.Annotations {
		if a.Start != nil && a.End != nil {
			n.spans = append(n.spans, rawSpan{start: *a.Start, end: *a.End, label: textOfJSON(a.Label)})
		} else if a.Label != nil {
			n.labels = append(n.labels, textOfJSON(a.Label))
		}
	}
	return []note{n}, nil
}

// addMarks adds labels, written as one or as a list, or spans, written as lists
// of their start, end and label.
func (n *note) addMarks(raw json.RawMessage) error {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil || all == nil {
		if text := textOfJSON(raw); text != "" {
			n.labels = append(n.labels, text)
		}
		return nil
	}
	if n.spans == nil {
		n.spans = []rawSpan{}
	}
	for _, mark := range all {
		if !isList(mark) {
			n.labels = append(n.labels, textOfJSON(mark))
			continue
		}
		s, err := spanOfList(mark)
		if err != nil {
			return err
		}
		n.spans = append(n.spans, s)
	}
	return nil
}

// spanOfList reads [start, end, "label"].
func spanOfList(raw json.RawMessage) (rawSpan, error) {
	var parts []json.RawMessage
	var s rawSpan
	if err := json.Unmarshal(raw, &parts); err != nil {
		return s, err
	}
	if len(parts) < 3 {
		return s, fmt.Errorf("a span has %s instead of a start, an end and a label", plural(len(parts), "part"))
	}
	if json.Unmarshal(parts[0], &s.start) != nil || json.Unmarshal(parts[1], &s.end) != nil {
		return s, fmt.Errorf("the places %s and %s of a span are no whole numbers", parts[0], parts[1])
	}
	s.label = textOfJSON(parts[2])
	return s, nil
}
