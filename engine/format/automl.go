package format

import "encoding/json"

// AutoML is what Google's AutoML Natural Language and Vertex AI exported of text
// data sets: a line for each text, with its classes, entities and use.
var AutoML = Format{
	Name:       "Google AutoML",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		return hasAny(outline(head), "[].textContent", "[].textGcsUri", "[].text_snippet.content", "[].textSnippet.content")
	},
	Inspect: automl.inspect,
	Read:    automl.read,
}

var automl = notation{name: "Google AutoML", usual: byCharacter, notes: automlNotes}

type automlClass struct {
	Name  string `json:"displayName"`
	Start int    `json:"startOffset"`
	End   int    `json:"endOffset"`
}

type automlSnippet struct {
	Content string `json:"content"`
}

func automlNotes(_ File, element []byte) ([]note, error) {
	var row struct {
		Text      string            `json:"textContent"`
		Elsewhere string            `json:"textGcsUri"`
		Class     *automlClass      `json:"classificationAnnotation"`
		Classes   []automlClass     `json:"classificationAnnotations"`
		Segments  []automlClass     `json:"textSegmentAnnotations"`
		Labels    map[string]string `json:"dataItemResourceLabels"`
		Sentiment *struct {
			Value json.RawMessage `json:"sentiment"`
		} `json:"sentimentAnnotation"`
		Snippet automlSnippet `json:"text_snippet"`
		Camel   automlSnippet `json:"textSnippet"`
		Old     []struct {
			Name       string `json:"display_name"`
			Extraction struct {
				Segment struct {
					Start int    `json:"start_offset"`
					End   int    `json:"end_offset"`
					Text  string `json:"content"`
				} `json:"text_segment"`
			} `json:"text_extraction"`
		} `json:"annotations"`
	}
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	n := note{text: row.Text + row.Snippet.Content + row.Camel.Content, split: row.Labels["aiplatform.googleapis.com/ml_use"]}
	if n.text == "" && row.Elsewhere != "" {
		n.problem, n.fix = "its text is at "+cutTo(row.Elsewhere, 200)+", not in the file", "download the texts and drop them as a folder for each label"
	}
	if row.Class != nil {
		row.Classes = append(row.Classes, *row.Class)
	}
	for _, c := range row.Classes {
		n.labels = append(n.labels, c.Name)
	}
	if row.Sentiment != nil {
		n.labels = append(n.labels, textOfJSON(row.Sentiment.Value))
	}
	if row.Segments != nil || row.Old != nil {
		n.spans = []rawSpan{}
	}
	for _, s := range row.Segments {
		n.spans = append(n.spans, rawSpan{start: s.Start, end: s.End, label: s.Name})
	}
	for _, a := range row.Old {
		if s := a.Extraction.Segment; s.End > s.Start {
			n.spans = append(n.spans, rawSpan{s.Start, s.End, a.Name, s.Text})
		} else {
			n.labels = append(n.labels, a.Name)
		}
	}
	return []note{n}, nil
}
