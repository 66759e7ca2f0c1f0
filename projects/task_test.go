package projects_test

import (
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

func TestTaskOfAFile(t *testing.T) {
	long := strings.Repeat("a long report of what came to pass, ", 20)
	cases := map[string]struct{ name, data, want string }{
		"labels":  {"a.csv", "text,label\nwhere is my card,late\nthank you so much,other\noh no it is lost,late\nhello,other\n", "classification"},
		"texts":   {"a.txt", "where is my card\nthank you so much\n", ""},
		"several": {"a.csv", "text,tags\nwhere is my card,late;sad\nthank you so much,glad\noh no it is lost,sad;late\nfine then,glad\n", "multilabel"},
		"places":  {"a.conll", "Anna B-PER\nlives O\nin O\nRome B-LOC\n\nBob B-PER\nsleeps O\n", "entities"},
		"answers": {"a.json", `{"data": [{"title": "x", "paragraphs": [{"context": "Anna lives in Rome.", "qas": [{"id": "1", "question": "Where does Anna live?", "answers": [{"text": "Rome", "answer_start": 14}]}]}]}]}`, "answering"},
		"pairs":   {"a.csv", "source,target\nhow are you,wie geht es dir\ngood night,gute Nacht\n", "translation"},
		"two languages without names": {"a.tsv", strings.Repeat("Where is the nearest railway station, please?\tOù se trouve la gare la plus proche, s'il vous plaît ?\n", 3) +
			"I would like to read this book again tomorrow.\tJ'aimerais relire ce livre demain.\nShe has lived there since she was a child.\tElle y habite depuis qu'elle est enfant.\n", "translation"},
		"two languages and a class": {"a.csv", "text,texte,label\n" + strings.Repeat("Where is the nearest railway station?,Où se trouve la gare la plus proche ?,travel\nI would like to read this book again.,J'aimerais bien relire ce livre.,leisure\n", 3), "classification"},
		"one language twice":        {"a.tsv", strings.Repeat("Where is the nearest railway station, please?\tThe station is at the end of this road.\n", 3), ""},
		"reports":                   {"a.csv", "document,summary\n\"" + long + "\",short one\n\"" + long + "\",short two\n", "generation"},
	}
	known := map[string]bool{"": true}
	for _, c := range projects.Tasks() {
		known[c.Name] = true
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			preview, err := create(t).Preview(t.Context(), file(t, c.name, c.data), projects.ImportOptions{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := c.want; preview.Task != want && known[want] {
				t.Errorf("taken for %q, want %q", preview.Task, want)
			}
		})
	}
}

func TestChangeOfTheTask(t *testing.T) {
	var other string
	for _, c := range projects.Tasks() {
		if c.Name == "entities" {
			other = c.Name
		}
	}
	if other == "" {
		t.Skip("there is no other task yet")
	}
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,label\nwhere is my card,late\nthank you so much,other\noh no it is lost,late\nhello,other\n"))
	for _, step := range []struct {
		task       string
		unlabelled int
	}{{other, 4}, {"classification", 0}} {
		if err := p.SetTask(t.Context(), step.task); err != nil {
			t.Fatal(err)
		}
		o := overview(t, p)
		if p.Task() != step.task || o.Splits[dataset.Unlabelled] != step.unlabelled {
			t.Errorf("as %s: the task is %s, and %d rows are unlabelled", step.task, p.Task(), o.Splits[dataset.Unlabelled])
		}
	}
	if err := p.SetTask(t.Context(), "cooking"); err == nil {
		t.Error("an unknown task was taken")
	}
}
