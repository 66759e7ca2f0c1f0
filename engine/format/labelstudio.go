package format

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// LabelStudio is what Label Studio exports as JSON or JSON-MIN: choices become
// labels, marked regions spans, and typed texts targets. Its places are those of
// JavaScript. Older exports say completions where newer say annotations.
var LabelStudio = Format{
	Name:       "Label Studio",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return hasAny(o, "[].annotations[].result", "[].completions[].result") || hasAll(o, "[].annotations", "[].data", "[].drafts") || o["[].label[].labels"] && o["[].label[].start"]
	},
	Inspect: labelStudio.inspect,
	Read:    labelStudio.read,
}

var labelStudio = notation{name: "Label Studio", usual: byUTF16, notes: labelStudioNotes}

type labelStudioWork struct {
	Cancelled bool `json:"was_cancelled"`
	Result    []struct {
		Name  string                     `json:"from_name"`
		Type  string                     `json:"type"`
		Value map[string]json.RawMessage `json:"value"`
	} `json:"result"`
}

func labelStudioNotes(_ File, element []byte) ([]note, error) {
	var task struct {
		Data        map[string]json.RawMessage `json:"data"`
		Annotations []labelStudioWork          `json:"annotations"`
		Completions []labelStudioWork          `json:"completions"`
	}
	if err := json.Unmarshal(element, &task); err != nil {
		return nil, err
	}
	if task.Data == nil {
		return labelStudioFlat(element)
	}
	var n note
	textKey := longestText(task.Data)
	n.text = textOfJSON(task.Data[textKey])
	for _, x := range othersOf(element, "annotations", "completions", "predictions", "drafts", "file_upload") {
		if x.name = strings.TrimPrefix(x.name, "data."); x.name != textKey {
			n.others = append(n.others, x)
		}
	}
	for _, work := range append(task.Annotations, task.Completions...) {
		if work.Cancelled {
			continue
		}
		n.spans = []rawSpan{}
		for _, r := range work.Result {
			n.addRegion(r.Name, r.Type, r.Value)
		}
		break // the first that a person finished
	}
	return []note{n}, nil
}

// addRegion adds what one control of the page gave.
func (n *note) addRegion(name, kind string, value map[string]json.RawMessage) {
	var v struct {
		start, end *int
		text       string
		list       []string
	}
	json.Unmarshal(value["start"], &v.start)
	json.Unmarshal(value["end"], &v.end)
	json.Unmarshal(value["text"], &v.text)
	if json.Unmarshal(value[kind], &v.list) != nil {
		json.Unmarshal(value["labels"], &v.list)
	}
	switch {
	case v.start != nil && v.end != nil:
		if v.list == nil {
			json.Unmarshal(value["labels"], &v.list)
		}
		n.spans = append(n.spans, rawSpan{*v.start, *v.end, strings.Join(v.list, listSeparator), v.text})
	case kind == "choices":
		n.labels = append(n.labels, v.list...)
	case kind == "textarea":
		n.target = textOfJSON(value["text"])
	case value[kind] != nil:
		n.others = append(n.others, field{name, textOfJSON(value[kind])})
	}
}

// longestText is the key of the text of a task: "text", or that of the longest.
func longestText(data map[string]json.RawMessage) string {
	best, size := "text", -1
	if _, ok := data[best]; ok {
		return best
	}
	for key, raw := range data {
		if isText := len(raw) > 0 && raw[0] == '"'; isText && (len(raw) > size || len(raw) == size && key < best) {
			best, size = key, len(raw)
		}
	}
	return best
}

// labelStudioFlat reads a row of JSON-MIN, where each control is a member.
func labelStudioFlat(element []byte) ([]note, error) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	var n note
	textKey := longestText(row)
	n.text = textOfJSON(row[textKey])
	if row["annotation_id"] != nil { // somebody finished it
		n.spans = []rawSpan{}
	}
	var read []string
	for _, key := range slices.Sorted(maps.Keys(row)) {
		var regions []map[string]json.RawMessage
		if json.Unmarshal(row[key], &regions) != nil || len(regions) == 0 || regions[0]["start"] == nil {
			continue
		}
		read = append(read, key)
		for _, r := range regions {
			n.addRegion(key, "labels", r)
		}
	}
	n.others = othersOf(element, append(read, textKey)...)
	return []note{n}, nil
}
