package format

import (
	"encoding/json"
	"errors"
)

// SQuAD is questions on passages with the places of their answers: the published
// JSON of versions 1.1 and 2.0, and the flat objects of the Hugging Face hub. The
// passage is the text, the question the pair, answers are spans; in 2.0 the label
// says whether there is one.
var SQuAD = Format{
	Name:       "SQuAD",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return hasAll(o, "data[].paragraphs[].context") || hasAll(o, "[].context", "[].question", "[].answers.text") || hasAll(o, "data[].context", "data[].question", "data[].answers.text")
	},
	Inspect: squad.inspect,
	Read:    squad.read,
}

var squad = notation{name: "SQuAD", list: squadList, usual: byCharacter, marks: true, notes: squadNotes}

// squadList is the key of the list, where the file is an object.
const squadList = "data"

type squadQuestion struct {
	ID         json.RawMessage `json:"id"`
	Question   string          `json:"question"`
	Impossible *bool           `json:"is_impossible"`
	Answers    json.RawMessage `json:"answers"`
}

func squadNotes(_ File, element []byte) ([]note, error) {
	var x struct {
		squadQuestion
		Title      string `json:"title"`
		Context    string `json:"context"`
		Paragraphs []struct {
			Context string          `json:"context"`
			QAs     []squadQuestion `json:"qas"`
		} `json:"paragraphs"`
	}
	if err := json.Unmarshal(element, &x); err != nil {
		return nil, err
	}
	if x.Paragraphs == nil {
		n, err := x.note(x.Context, x.Title)
		return []note{n}, err
	}
	var all []note
	for _, p := range x.Paragraphs {
		for _, q := range p.QAs {
			n, err := q.note(p.Context, x.Title)
			if err != nil {
				return nil, err
			}
			all = append(all, n)
		}
	}
	return all, nil
}

// Labels of questions where not all have an answer.
const (
	squadAnswered   = "answer"
	squadImpossible = "no answer"
)

func (q squadQuestion) note(passage, title string) (note, error) {
	n := note{text: passage, pair: q.Question, others: []field{{"id", textOfJSON(q.ID)}, {"title", title}}}
	type answer struct {
		Text  string `json:"text"`
		Start int    `json:"answer_start"`
	}
	var answers []answer
	var flat struct {
		Text  []string `json:"text"`
		Start []int    `json:"answer_start"`
	}
	if json.Unmarshal(q.Answers, &answers) != nil {
		if err := json.Unmarshal(q.Answers, &flat); err != nil && q.Answers != nil {
			return n, errors.New("its answers have no text and place")
		}
		for i, text := range flat.Text {
			a := answer{Text: text, Start: -1}
			if i < len(flat.Start) {
				a.Start = flat.Start[i]
			}
			answers = append(answers, a)
		}
	}
	if q.Answers != nil {
		n.spans = []rawSpan{}
	}
	seen := map[answer]bool{}
	for _, a := range answers {
		if !seen[a] && a.Text != "" {
			seen[a] = true
			n.spans = append(n.spans, rawSpan{start: a.Start, end: a.Start + len([]rune(a.Text)), text: a.Text})
		}
	}
	if q.Impossible != nil {
		n.labels = []string{squadAnswered}
		if *q.Impossible {
			n.labels, n.spans = []string{squadImpossible}, []rawSpan{}
		}
	}
	return n, nil
}
