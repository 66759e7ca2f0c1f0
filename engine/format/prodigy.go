package format

import "encoding/json"

// Prodigy is what Prodigy's db-out writes: spans, the options that a person chose,
// or one label that was accepted or rejected, a line for each text.
var Prodigy = Format{
	Name:       "Prodigy",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return o["[].text"] && (hasAny(o, "[]._input_hash", "[]._task_hash") || hasAll(o, "[].options", "[].accept") || o["[].spans[].start"])
	},
	Inspect: prodigy.inspect,
	Read:    prodigy.read,
}

var prodigy = notation{name: "Prodigy", usual: byCharacter, notes: prodigyNotes}

func prodigyNotes(_ File, element []byte) ([]note, error) {
	var row struct {
		Text  string `json:"text"`
		Label string `json:"label"`
		Spans []struct {
			Start int    `json:"start"`
			End   int    `json:"end"`
			Label string `json:"label"`
			Text  string `json:"text"`
		} `json:"spans"`
		Options []struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		} `json:"options"`
		Accept []json.RawMessage `json:"accept"`
		Answer string            `json:"answer"`
	}
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	n := note{text: row.Text, others: othersOf(element, "text", "label", "spans", "options", "accept", "tokens", "config")}
	if row.Answer != "" && row.Answer != "accept" {
		return []note{n}, nil // what was rejected or passed over is no label; the column answer tells it
	}
	n.spans = []rawSpan{}
	for _, s := range row.Spans {
		n.spans = append(n.spans, rawSpan{s.Start, s.End, s.Label, s.Text})
	}
	names := map[string]string{}
	for _, o := range row.Options {
		names[textOfJSON(o.ID)] = o.Text
	}
	for _, id := range row.Accept {
		label := textOfJSON(id)
		if name := names[label]; name != "" && isNumber(label) {
			label = name
		}
		n.labels = append(n.labels, label)
	}
	if len(row.Accept) == 0 && row.Label != "" {
		n.labels = []string{row.Label}
	}
	return []note{n}, nil
}
