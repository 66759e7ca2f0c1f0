package format_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/format"
	"attune/engine/format/formattest"
)

// marked writes an example as its text, "label:words" for each span, or "none" where
// somebody looked and there is none, and its labels.
func marked(e dataset.Example) string {
	parts := []string{e.Text}
	if e.Pair != "" {
		parts = append(parts, "? "+e.Pair)
	}
	for _, s := range e.Spans {
		parts = append(parts, s.Label+":"+e.Text[s.Start:s.End])
	}
	if e.Spans != nil && len(e.Spans) == 0 {
		parts = append(parts, "none")
	}
	parts = append(parts, e.Labels...)
	if e.Target != "" {
		parts = append(parts, "> "+e.Target)
	}
	return strings.Join(parts, " | ")
}

// examples reads a file whole, and gives the examples and the problems.
func examples(t *testing.T, x format.Format, f format.File) (all []string, problems []string) {
	t.Helper()
	return examplesBy(t, x, f, format.Roles{})
}

// examplesBy is examples with a column for the spans, "" for the guess.
func examplesBy(t *testing.T, x format.Format, f format.File, roles format.Roles) (all []string, problems []string) {
	t.Helper()
	l, err := x.Inspect(t.Context(), f, format.Overrides{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	guess := format.Guess(l)
	guess.Spans = cmp.Or(roles.Spans, guess.Spans)
	read, err := guess.Reader(l)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range x.Read(t.Context(), f, l, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Problem != nil {
			problems = append(problems, fmt.Sprint(rec.Row, " ", rec.Problem.Reason))
		}
		e, split, problem := read(rec)
		if problem != nil && rec.Problem == nil {
			problems = append(problems, fmt.Sprint(rec.Row, " ", problem.Reason))
		}
		if problem != nil && !problem.Repaired {
			continue
		}
		text := marked(e)
		if split != dataset.Unassigned {
			text += " (" + string(split) + ")"
		}
		all = append(all, text)
	}
	return all, problems
}

var annotated = []struct {
	name, file, text string
	x                format.Format
	want, problems   []string
}{
	{"choices and regions", "a.json", `[{"id": 1, "data": {"text": "Ann saw Rome."}, "annotations": [{"was_cancelled": true, "result": []}, {"result": [
		{"from_name": "ner", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 3, "text": "Ann", "labels": ["PER"]}},
		{"from_name": "ner", "to_name": "text", "type": "labels", "value": {"start": 8, "end": 12, "text": "Rome", "labels": ["LOC"]}},
		{"from_name": "kind", "to_name": "text", "type": "choices", "value": {"choices": ["travel"]}}]}], "predictions": []}]`,
		format.LabelStudio, []string{"Ann saw Rome. | PER:Ann | LOC:Rome | travel"}, nil},
	{"places of JavaScript", "a.json", `[{"data": {"text": "😀 Ann saw Rome."}, "annotations": [{"result": [{"type": "labels", "value": {"start": 3, "end": 6, "text": "Ann", "labels": ["PER"]}}]}]}]`,
		format.LabelStudio, []string{"😀 Ann saw Rome. | PER:Ann"}, nil},
	{"places of Python", "a.json", `[{"data": {"text": "😀 Ann saw Rome."}, "annotations": [{"result": [{"type": "labels", "value": {"start": 2, "end": 5, "text": "Ann", "labels": ["PER"]}}]}]}]`,
		format.LabelStudio, []string{"😀 Ann saw Rome. | PER:Ann"}, []string{"1 the places of its spans count characters"}},
	{"an old export", "a.json", `[{"data": {"review": "fine"}, "completions": [{"result": [{"type": "choices", "value": {"choices": ["good"]}}]}]}]`,
		format.LabelStudio, []string{"fine | good"}, nil},
	{"JSON-MIN", "a.json", `[{"id": 7, "text": "Ann saw Rome.", "label": [{"start": 0, "end": 3, "text": "Ann", "labels": ["PER"]}]}]`,
		format.LabelStudio, []string{"Ann saw Rome. | PER:Ann"}, nil},
	{"marked and empty", "a.json", `[{"data": {"text": "one"}, "annotations": [{"result": [{"type": "labels", "value": {"start": 0, "end": 3, "text": "one", "labels": ["A"]}}]}]}, {"data": {"text": "two"}, "annotations": [{"result": []}]}, {"data": {"text": "three"}, "annotations": []}, {"data": {"text": "four"}, "annotations": [{"was_cancelled": true, "result": []}]}]`,
		format.LabelStudio, []string{"one | A:one", "two | none", "three", "four"}, nil},
	{"JSON-MIN of four controls", "a.json", `[{"text": "Ann saw Rome.", "label": [{"start": 8, "end": 9, "labels": ["D"]}], "b": [{"start": 4, "end": 5, "labels": ["B"]}], "c": [{"start": 6, "end": 7, "labels": ["C"]}], "a": [{"start": 0, "end": 3, "labels": ["A"]}], "m": [{"start": 10, "end": 11, "labels": ["E"]}]}]`,
		format.LabelStudio, []string{"Ann saw Rome. | A:Ann | B:s | C:w | D:R | E:m"}, nil},
	{"JSON-MIN and empty", "a.json", `[{"id": 7, "text": "Ann", "annotation_id": 3, "label": [{"start": 0, "end": 3, "text": "Ann", "labels": ["PER"]}]}, {"id": 8, "text": "No", "annotation_id": 4}, {"id": 9, "text": "What"}]`,
		format.LabelStudio, []string{"Ann | PER:Ann", "No | none", "What"}, nil},
	{"nothing marked", "a.json", `[{"data": {"text": "one"}, "annotations": [{"result": [{"type": "choices", "value": {"choices": ["a"]}}]}]}, {"data": {"text": "two"}, "annotations": []}]`,
		format.LabelStudio, []string{"one | a", "two (unlabelled)"}, nil},

	{"spans as lists", "a.jsonl", "{\"id\": 1, \"text\": \"Ann saw Rome.\", \"label\": [[0, 3, \"PER\"], [8, 12, \"LOC\"]]}\n{\"id\": 2, \"text\": \"No\", \"label\": []}\n",
		format.Doccano, []string{"Ann saw Rome. | PER:Ann | LOC:Rome", "No | none"}, nil},
	{"classes", "a.jsonl", "{\"id\": 1, \"text\": \"one\", \"label\": [\"a\"]}\n{\"id\": 2, \"text\": \"two\", \"label\": [\"a\", \"b\"]}\n", format.Doccano, []string{"one | a", "two | a; b"}, nil},
	{"entities as objects", "a.jsonl", `{"id": 1, "text": "Ann", "entities": [{"id": 3, "label": "PER", "start_offset": 0, "end_offset": 3}], "relations": [], "Comments": []}`,
		format.Doccano, []string{"Ann | PER:Ann"}, nil},
	{"entities, none, unknown", "a.jsonl", `{"id": 1, "text": "Ann", "entities": [{"id": 3, "label": "PER", "start_offset": 0, "end_offset": 3}], "Comments": []}` + "\n" + `{"id": 2, "text": "No", "entities": [], "Comments": []}` + "\n" + `{"id": 3, "text": "What", "Comments": []}`,
		format.Doccano, []string{"Ann | PER:Ann", "No | none", "What"}, nil},
	{"numbers for labels", "a.jsonl", `{"id": 1, "text": "Ann", "annotations": [{"label": 7, "start_offset": 0, "end_offset": 3, "user": 1}], "meta": {}}`, format.Doccano, []string{"Ann | 7:Ann"}, nil},
	{"accents apart", "a.jsonl", `{"text": "Zoé et René à Orléans", "label": [[8, 13, "PER"], [17, 25, "LOC"]]}`,
		format.Doccano, []string{"Zoé et René à Orléans | PER:René | LOC:Orléans"}, []string{"1 the places of its spans count accents on their own"}},
	{"accents as one", "a.jsonl", `{"text": "Zoe\u0301 et Rene\u0301 a\u0300 Orle\u0301ans", "label": [[7, 11, "PER"], [14, 21, "LOC"]]}`,
		format.Doccano, []string{"Zoe\u0301 et Rene\u0301 a\u0300 Orle\u0301ans | PER:Rene\u0301 | LOC:Orle\u0301ans"}, []string{"1 the places of its spans count characters with their accents as one"}},
	{"line ends as one", "a.jsonl", `{"text": "a\r\nb\r\nAnn saw", "label": [[4, 7, "PER"]]}`, format.Doccano, []string{"a\r\nb\r\nAnn saw | PER:Ann"}, []string{"1 the places of its spans count each line end as one character"}},
	{"line ends as two", "a.jsonl", `{"text": "a\nb\nAnn saw", "label": [[6, 9, "PER"]]}`, format.Doccano, []string{"a\nb\nAnn saw | PER:Ann"}, []string{"1 the places of its spans count each line end as two characters"}},
	{"outside the text", "a.jsonl", `{"text": "Ann saw", "label": [[0, 3, "PER"], [40, 44, "LOC"]]}`, format.Doccano, []string{"Ann saw | PER:Ann"}, []string{`1 1 span is not in the text (the first is " LOC" from 40 to 44)`}},
	{"a broken line", "a.jsonl", "{\"text\": \"Ann\", \"label\": [[0, 3, \"PER\"]]}\n{\"text\": \"Ann\", \"label\": [[0, 3]]}\n{\"text\": \"Bob\", \"label\": [[0, 3, \"PER\"]]}\n{\"text\": \n",
		format.Doccano, []string{"Ann | PER:Ann", "Bob | PER:Bob"}, []string{"2 it is not written as doccano does: a span has 2 parts instead", "4 it is not written as doccano does"}},

	{"spans", "a.jsonl", "{\"text\": \"Ann saw Rome.\", \"_input_hash\": 1, \"spans\": [{\"start\": 0, \"end\": 3, \"label\": \"PER\", \"token_start\": 0}], \"tokens\": [], \"answer\": \"accept\"}\n{\"text\": \"No\", \"_input_hash\": 2, \"spans\": [{\"start\": 0, \"end\": 2, \"label\": \"PER\"}], \"answer\": \"reject\"}\n",
		format.Prodigy, []string{"Ann saw Rome. | PER:Ann", "No"}, nil},
	{"spans, none, ignored", "a.jsonl", "{\"text\": \"Ann\", \"_input_hash\": 1, \"spans\": [{\"start\": 0, \"end\": 3, \"label\": \"PER\"}], \"answer\": \"accept\"}\n{\"text\": \"No\", \"_input_hash\": 2, \"answer\": \"accept\"}\n{\"text\": \"What\", \"_input_hash\": 3, \"answer\": \"ignore\"}\n",
		format.Prodigy, []string{"Ann | PER:Ann", "No | none", "What"}, nil},
	{"choices", "a.jsonl", "{\"text\": \"one\", \"options\": [{\"id\": 1, \"text\": \"good\"}, {\"id\": 2, \"text\": \"bad\"}], \"accept\": [2], \"answer\": \"accept\"}\n{\"text\": \"two\", \"options\": [{\"id\": \"X\", \"text\": \"x words\"}], \"accept\": [\"X\"], \"answer\": \"accept\"}\n{\"text\": \"three\", \"options\": [], \"accept\": [\"X\"], \"answer\": \"ignore\"}",
		format.Prodigy, []string{"one | bad", "two | X", "three (unlabelled)"}, nil},
	{"UTF-16 from PowerShell", "a.jsonl", string(utf16Bytes("{\"text\": \"Zoé\", \"_task_hash\": 1, \"spans\": [{\"start\": 0, \"end\": 3, \"label\": \"PER\"}], \"answer\": \"accept\"}\n")), format.Prodigy, []string{"Zoé | PER:Zoé"}, nil},

	{"pairs of spaCy", "a.json", `[["Ann saw Rome.", {"entities": [[0, 3, "PER"], [8, 12, "LOC"]]}], ["Fine", {"cats": {"good": 1.0, "bad": 0.0}}]]`,
		format.SpaCy, []string{"Ann saw Rome. | PER:Ann | LOC:Rome", "Fine | good"}, nil},
	{"pairs without entities", "a.json", `[["Ann", {"entities": [[0, 3, "PER"]]}], ["No", {"entities": []}], ["What", {}]]`,
		format.SpaCy, []string{"Ann | PER:Ann", "No | none", "What"}, nil},
	{"spaCy 2 without tags", "a.json", `[{"paragraphs": [{"raw": "Ann saw", "sentences": [{"tokens": [{"orth": "Ann", "ner": "U-PER"}, {"orth": "saw", "ner": "O"}]}]}, {"raw": "No no", "sentences": [{"tokens": [{"orth": "No", "ner": "O"}, {"orth": "no", "ner": "O"}]}]}, {"raw": "What", "sentences": [{"tokens": [{"orth": "What", "ner": "-"}]}]}]}]`,
		format.SpaCy, []string{"Ann saw | PER:Ann", "No no | none", "What"}, nil},
	{"objects of spaCy", "a.jsonl", "{\"text\": \"Ann saw\", \"entities\": [[0, 3, \"PER\"]]}\n", format.SpaCy, []string{"Ann saw | PER:Ann"}, nil},
	{"spaCy 2", "a.json", `[{"id": 0, "paragraphs": [{"raw": "Ann saw  New York!", "sentences": [{"tokens": [{"orth": "Ann", "ner": "U-PER"}, {"orth": "saw", "ner": "O"}, {"orth": "New", "ner": "B-LOC"}, {"orth": "York", "ner": "L-LOC"}, {"orth": "!", "ner": "O"}]}]}]}]`,
		format.SpaCy, []string{"Ann saw  New York! | PER:Ann | LOC:New York"}, nil},

	{"version 1.1", "a.json", `{"version": "1.1", "data": [{"title": "T", "paragraphs": [{"context": "Zoé lives in Rome.", "qas": [{"id": "q1", "question": "Where?", "answers": [{"text": "Rome", "answer_start": 13}, {"text": "Rome", "answer_start": 13}]}, {"id": "q2", "question": "Who?", "answers": [{"text": "Zoé", "answer_start": 0}]}]}]}]}`,
		format.SQuAD, []string{"Zoé lives in Rome. | ? Where? | :Rome", "Zoé lives in Rome. | ? Who? | :Zoé"}, nil},
	{"version 2.0", "a.json", `{"version": "v2.0", "data": [{"paragraphs": [{"context": "In Rome.", "qas": [{"id": "1", "question": "Where?", "is_impossible": false, "answers": [{"text": "Rome", "answer_start": 3}]}, {"id": "2", "question": "Why?", "is_impossible": true, "answers": [], "plausible_answers": []}]}]}]}`,
		format.SQuAD, []string{"In Rome. | ? Where? | :Rome | answer", "In Rome. | ? Why? | none | no answer"}, nil},
	{"version 2.0 of the hub", "a.jsonl", `{"context": "In Rome.", "question": "Where?", "answers": {"text": ["Rome"], "answer_start": [3]}}` + "\n" + `{"context": "In Rome.", "question": "Why?", "answers": {"text": [], "answer_start": []}}`,
		format.SQuAD, []string{"In Rome. | ? Where? | :Rome", "In Rome. | ? Why? | none"}, nil},
	{"no answers at all", "a.json", `{"data": [{"paragraphs": [{"context": "In Rome.", "qas": [{"question": "Why?", "is_impossible": true, "answers": []}]}]}]}`,
		format.SQuAD, []string{"In Rome. | ? Why? | none | no answer"}, nil},
	{"questions to answer", "a.json", `{"data": [{"paragraphs": [{"context": "In Rome.", "qas": [{"id": "1", "question": "Why?"}]}]}]}`,
		format.SQuAD, []string{"In Rome. | ? Why?"}, nil},
	{"answers astray", "a.jsonl", `{"context": "In Rome, not in Romeville, I say Rome.", "question": "Where?", "answers": {"text": ["Rome"], "answer_start": [34]}}` + "\n" + `{"context": "In Rome.", "question": "Where?", "answers": {"text": ["Paris"], "answer_start": [3]}}` + "\n" + `{"context": "In Rome.", "question": "Where?", "answers": {"text": ["Rome"], "answer_start": []}}`,
		format.SQuAD, []string{"In Rome, not in Romeville, I say Rome. | ? Where? | :Rome", "In Rome. | ? Where?", "In Rome. | ? Where? | :Rome"}, []string{"1 1 span is not where the text says", `2 1 span is not in the text (the first is "Paris "`, "3 1 span is not where the text says"}},

	{"Vertex classes", "a.jsonl", "{\"textContent\": \"one\", \"classificationAnnotation\": {\"displayName\": \"a\"}, \"dataItemResourceLabels\": {\"aiplatform.googleapis.com/ml_use\": \"training\"}}\n{\"textGcsUri\": \"gs://b/x.txt\", \"classificationAnnotation\": {\"displayName\": \"a\"}}\n",
		format.AutoML, []string{"one | a (train)"}, []string{"2 its text is at gs://b/x.txt"}},
	{"Vertex entities", "a.jsonl", `{"textContent": "Ann saw", "textSegmentAnnotations": [{"startOffset": 0, "endOffset": 3, "displayName": "PER"}]}`, format.AutoML, []string{"Ann saw | PER:Ann"}, nil},
	{"AutoML before", "a.jsonl", `{"annotations": [{"text_extraction": {"text_segment": {"end_offset": 3, "start_offset": 0}}, "display_name": "PER"}], "text_snippet": {"content": "Ann saw"}}`, format.AutoML, []string{"Ann saw | PER:Ann"}, nil},

	{"IOB2", "a.conll", "-DOCSTART- -X- O O\n\nAnn NNP B-NP B-PER\nsaw VBD B-VP O\nNew NNP B-NP B-LOC\nYork NNP I-NP I-LOC\n\nNo DT O O\n", format.CoNLL, []string{"Ann saw New York | PER:Ann | LOC:New York", "No | none"}, nil},
	{"IOB1", "a.conll", "Ann I-PER\nBob B-PER\nLee I-PER\nsaw O\nRome I-LOC\n", format.CoNLL, []string{"Ann Bob Lee saw Rome | PER:Ann | PER:Bob Lee | LOC:Rome"}, nil},
	{"BIOES", "a.tsv", "Ann\tS-PER\nNew\tB-LOC\nYork\tI-LOC\nCity\tE-LOC\nRome\tS-LOC\n\t\nx\tO\n", format.CoNLL, []string{"Ann New York City Rome | PER:Ann | LOC:New York City | LOC:Rome", "x | none"}, nil},
	{"BILOU", "a.txt", "Ann U-PER\nNew B-LOC\nYork L-LOC\nOslo U-LOC\n", format.CoNLL, []string{"Ann New York Oslo | PER:Ann | LOC:New York | LOC:Oslo"}, nil},
	{"of Label Studio", "a.conll", "-DOCSTART- -X- O\nAnn -X- _ B-PER\nsaw -X- _ O\n\n", format.CoNLL, []string{"Ann saw | PER:Ann"}, nil},
	{"a letter a line", "a.conll", "张 B-PER\n三 I-PER\n在 O\n北 B-LOC\n京 I-LOC\n。 O\n\n买 O\nA O\nB O\n", format.CoNLL, []string{"张三在北京。 | PER:张三 | LOC:北京", "买 A B | none"}, nil},
	{"letters and blanks", "a.conll", "A\tB-PER\nn\tI-PER\nn\tI-PER\n \tO\ns\tO\na\tO\nw\tO\n\tO\n7\tO\n0\tO\n0\tO\n\n北\tB-LOC\n2\tO\n", format.CoNLL, []string{"Ann saw 700 | PER:Ann", "北2 | LOC:北"}, nil},
	{"words of Chinese", "a.conll", "北京 B-LOC\n的 O\nApple B-ORG\n， O\n", format.CoNLL, []string{"北京的 Apple ， | LOC:北京 | ORG:Apple"}, nil},
	{"a word without a tag", "a.conll", "Ann B-PER\nsaw O\nX\nRome B-LOC\nand O\nOslo B-LOC\nor O\nBern B-LOC\nor O\nParis B-LOC\n", format.CoNLL, []string{"Ann saw X Rome and Oslo or Bern or Paris | PER:Ann | LOC:Rome | LOC:Oslo | LOC:Bern | LOC:Paris"}, []string{"1 its word X has no tag"}},

	{"instructions", "a.json", `[{"instruction": "Summarise.", "input": "The parcel came late.", "output": "Late."}, {"instruction": "Name a colour.", "input": "", "output": "Blue."}]`,
		format.Alpaca, []string{"Summarise.\nThe parcel came late. | > Late.", "Name a colour. | > Blue."}, nil},
	{"messages", "a.jsonl", `{"messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "Here."}, {"role": "user", "content": [{"type": "text", "text": "Now?"}]}, {"role": "assistant", "content": "There."}]}` + "\n" + `{"messages": [{"role": "user", "content": "Hello"}]}`,
		format.Chat, []string{"Be short.\nWhere is it? | > Here.", "Be short.\nWhere is it?\nHere.\nNow? | > There.", "Hello"}, nil},
	{"conversations", "a.json", `[{"id": 7, "conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Good day"}]}]`,
		format.Chat, []string{"Hello | > Good day"}, nil},

	{"of Kaggle", "a.csv", "Sentence #,Word,POS,Tag\nSentence: 1,Ann,NNP,B-per\n,saw,VBD,O\n,New,NNP,B-geo\n,York,NNP,I-geo\n,\",\",\",\",O\nSentence: 2,No,DT,O\n,one,NN,O\n",
		format.TagTable, []string{"Ann saw New York , | per:Ann | geo:New York", "No one | none"}, nil},
	{"numbered words", "a.tsv", "n\tsent_id\ttext\tner\n0\t5\tAnn\tB-PER\n1\t5\tsaw\tO\n2\t5\tme\tO\n3\t6\tRome\tB-LOC\n4\t6\tis\tO\n5\t6\tbig\tO\n", format.TagTable, []string{"Ann saw me | PER:Ann", "Rome is big | LOC:Rome"}, nil},
	{"letters of doccano", "a.csv", "7,A,B-PER,{}\n7,n,I-PER,{}\n7,n,I-PER,{}\n7, ,O,{}\n7,s,O,{}\n7,a,O,{}\n7,w,O,{}\n8,N,O,{}\n8,o,O,{}\n", format.TagTable, []string{"Ann saw | PER:Ann", "No | none"}, nil},
}

func TestAnnotated(t *testing.T) {
	for _, test := range annotated {
		t.Run(test.x.Name+"/"+test.name, func(t *testing.T) {
			f := memoryFile(test.file, []byte(test.text))
			if !test.x.Matches([]byte(test.text)) {
				t.Error("it does not look like its format")
			}
			got, problems := examples(t, test.x, f)
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			same := len(problems) == len(test.problems)
			for i := range test.problems {
				same = same && strings.HasPrefix(problems[i], test.problems[i])
			}
			if !same {
				t.Errorf("the problems are %q, want %q", problems, test.problems)
			}
			formattest.Check(t, test.x, f)
		})
	}
}

func TestAzure(t *testing.T) {
	project := `{"projectFileVersion": "2022-05-01", "stringIndexType": "Utf16CodeUnit", "metadata": {"projectKind": "CustomSingleLabelClassification"}, "assets": {"projectKind": "CustomSingleLabelClassification", "classes": [{"category": "a"}],
		"documents": [{"location": "one.txt", "language": "en", "dataset": "Train", "class": {"category": "a"}}, {"location": "sub/two.txt", "dataset": "Test", "class": {"category": "b"},
			"entities": [{"regionOffset": 0, "regionLength": 9, "labels": [{"category": "PER", "offset": 3, "length": 3}]}]}, {"location": "../three.txt", "class": {"category": "b"}}]}}`
	files := []string{"project.json", project, "one.txt", "\ufeffthe first", "sub/two.txt", "😀 Ann saw"}
	for name, path := range map[string]string{
		"folder":  filepath.Join(folderOf(t, files...), "project.json"),
		"archive": filepath.Join(folderOf(t, "a.zip", string(zipOf(t, files...))), "a.zip"),
	} {
		t.Run(name, func(t *testing.T) {
			f, err := format.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if !format.Azure.Matches([]byte(project)) {
				t.Error("it does not look like a project of Azure")
			}
			got, problems := examples(t, format.Azure, f)
			if want := "the first | a (train)\n😀 Ann saw | PER:Ann | b (test)"; strings.Join(got, "\n") != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if len(problems) != 1 || !strings.HasPrefix(problems[0], `3 its text "../three.txt" is not beside`) {
				t.Errorf("the problems are %q", problems)
			}
			formattest.Check(t, format.Azure, f)
		})
	}
}

// TestRealAnnotated reads published data sets whole.
func TestRealAnnotated(t *testing.T) {
	for _, test := range []struct {
		path     string
		x        format.Format
		rows     int
		spans    int
		problems int
	}{
		{"wnut17/wnut17train.conll", format.CoNLL, 3394, 1975, 0},
		{"wnut17/emerging.dev.conll", format.CoNLL, 1009, 836, 0},
		{"wnut17/emerging.test.annotated", format.CoNLL, 1287, 1079, 0},
		{"ncbi_disease/train.tsv", format.CoNLL, 5424, 5134, 0},
		{"ncbi_disease/devel.tsv", format.CoNLL, 923, 787, 0},
		{"ncbi_disease/test.tsv", format.CoNLL, 940, 960, 0},
		{"xquad/xquad.en.json", format.SQuAD, 1190, 1190, 0},
		{"xquad/xquad.zh.json", format.SQuAD, 1190, 1190, 0},
		{"xquad/xquad.ar.json", format.SQuAD, 1190, 1190, 0},
		{"xquad/xquad.hi.json", format.SQuAD, 1190, 1190, 0},
		{"xquad/xquad.th.json", format.SQuAD, 1190, 1190, 0},
		{"xquad/xquad.vi.json", format.SQuAD, 1190, 1190, 0},
	} {
		t.Run(test.path, func(t *testing.T) {
			f, err := format.Open(filepath.Join(sharedFolder(t, ""), test.path))
			if err != nil {
				t.Fatal(err)
			}
			got, problems := examples(t, test.x, f)
			spans := 0
			for rec := range test.x.Read(t.Context(), f, layoutOf(t, test.x, f), nil) {
				spans += strings.Count(strings.Join(rec.Values, " "), `"start":`)
			}
			if len(got) != test.rows || spans != test.spans || len(problems) != test.problems {
				t.Errorf("got %d rows with %d spans and %d problems, want %d, %d and %d: %.300q", len(got), spans, len(problems), test.rows, test.spans, test.problems, problems)
			}
		})
	}
}

func layoutOf(t *testing.T, x format.Format, f format.File) format.Layout {
	t.Helper()
	l, err := x.Inspect(t.Context(), f, format.Overrides{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// fuzzAnnotated fuzzes a format from the cases above.
func fuzzAnnotated(f *testing.F, x format.Format) {
	var seeds []string
	for _, a := range annotated {
		if a.x.Name == x.Name {
			seeds = append(seeds, a.text)
		}
	}
	fuzz(f, x, seeds...)
}

func FuzzLabelStudio(f *testing.F) { fuzzAnnotated(f, format.LabelStudio) }
func FuzzDoccano(f *testing.F)     { fuzzAnnotated(f, format.Doccano) }
func FuzzProdigy(f *testing.F)     { fuzzAnnotated(f, format.Prodigy) }
func FuzzSpaCy(f *testing.F)       { fuzzAnnotated(f, format.SpaCy) }
func FuzzSQuAD(f *testing.F)       { fuzzAnnotated(f, format.SQuAD) }
func FuzzAutoML(f *testing.F)      { fuzzAnnotated(f, format.AutoML) }
func FuzzCoNLL(f *testing.F)       { fuzzAnnotated(f, format.CoNLL) }
func FuzzAlpaca(f *testing.F)      { fuzzAnnotated(f, format.Alpaca) }
func FuzzChat(f *testing.F)        { fuzzAnnotated(f, format.Chat) }
func FuzzTagTable(f *testing.F)    { fuzzAnnotated(f, format.TagTable) }
func FuzzAzure(f *testing.F) {
	fuzz(f, format.Azure, `{"metadata": {"projectKind": "x"}, "assets": {"documents": [{"location": "one.txt", "class": {"category": "a"}}]}}`)
}

// Fields that are called as a column of the notes, or as the name that such a one is given,
// have columns of their own, in whatever order they stand.
func TestFurtherFieldsOfAnnotatedTexts(t *testing.T) {
	const spans = `Ann|[{"start":0,"end":1,"label":"a"}]`
	for _, test := range []struct{ text, columns, row string }{
		{`{"text": "Ann", "label": ["a"], "split": "x", "label 2": "y"}`, "text|label|split|label 2", "Ann|a|x|y"},
		{`{"text": "Ann", "label": [[0, 1, "a"]], "spans": "x", "spans 2": "y"}`, "text|spans|spans 2|spans 2 2", spans + "|x|y"},
		{`{"text": "Ann", "label": [[0, 1, "a"]], "spans 2": "y", "spans": "x"}`, "text|spans|spans 2|spans 3", spans + "|y|x"},
	} {
		sameTable(t, format.Doccano, memoryFile("a.jsonl", []byte(test.text)), format.Overrides{}, test.columns, test.row)
	}
}
