package format_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/format"
)

func TestGuess(t *testing.T) {
	long := "a rather long text of a customer who has much to say: "
	for _, test := range []struct {
		name string
		text string
		want format.Roles
	}{
		{"tickets", "created,channel,ticket,topic\n2024-01-02,mail," + long + "1,billing\n2024-01-03,chat," + long + "2,login\n2024-01-03,mail," + long + "3,login\n2024-01-05,chat," + long + "4,billing\n",
			format.Roles{Text: "ticket", Label: "topic"}},
		{"Kaggle", "v1,v2,,,\nham,\"Go until jurong point, crazy\",,,\nspam,Free entry in 2 a wkly comp,,,\n",
			format.Roles{Text: "v2", Label: "v1"}},
		{"few rows", "text,label\nI love it,positive\nI hate it,negative\n",
			format.Roles{Text: "text", Label: "label"}},
		{"label and its name", "text,label,label_text\n" + long + ",1,bad\nshort,2,good\n" + long + "too,1,bad\n",
			format.Roles{Text: "text", Label: "label"}},
		{"target is a class", "id,comment_text,target\n1," + long + "x,0\n2," + long + "y,1\n3,z,0\n4,w,1\n",
			format.Roles{Text: "comment_text", Label: "target"}},
		{"split", "split,text,label\ntrain,good,a\ntrain,bad,b\ntest,ugly,a\ndev,fine,b\n",
			format.Roles{Text: "text", Label: "label", Split: "split"}},
		{"inference", "premise,hypothesis,label\nA man sleeps,He is awake,no\nA dog runs,It moves,yes\nA cat eats,It sleeps,no\nA cat eats,It is fed,yes\n",
			format.Roles{Text: "premise", Pair: "hypothesis", Label: "label"}},
		{"translation", "source,target\nGood morning to all of you,Guten Morgen allerseits\nGood night and sleep well,Gute Nacht und schlaf gut\n",
			format.Roles{Text: "source", Target: "target"}},
		{"answers", "question,answer\nWhat is it?,It is a fish\nWhere is it?,It is in the sea\n",
			format.Roles{Text: "question", Target: "answer"}},
		{"in Chinese", "类别,文本\n游戏,体验2D巅峰倚天屠龙记十大创新概览\n财经,锌价难续去年辉煌\n游戏,中青宝sg现场抓拍\n财经,同步A股首秀港股缩量回调\n",
			format.Roles{Text: "文本", Label: "类别"}},
		{"no label", "id,body\n1," + long + "a\n2," + long + "b\n3," + long + "c\n",
			format.Roles{Text: "body"}},
		{"label column all different", "text,label\n" + long + "a,1\n" + long + "b,2\n" + long + "c,3\n",
			format.Roles{Text: "text", Label: "label"}},
		{"one column", "category\ngreat\nbad\ngreat\n", format.Roles{Text: "category"}},
		{"beside a table", ",,label,value\n,,celsius,22\n,,fahrenheit,72\n,,kelvin,295\n",
			format.Roles{Text: "value", Label: "label"}},
		{"beside nothing", "a,b,c\n,good,\n,bad,\n,good,\n", format.Roles{Text: "b"}},
		{"only a header", "text,label\n", format.Roles{Text: "text"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, _ := read(t, test.text, format.Overrides{})
			if got := format.Guess(l); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestRolesReader(t *testing.T) {
	l := format.Layout{Columns: []string{"Text", "other", "label", "split"}}
	roles := format.Roles{Text: " text", Pair: "other", Label: "label", Split: "split"}
	convert, err := roles.Reader(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		values  []string
		example dataset.Example
		split   dataset.Split
		problem string
	}{
		{"whole", []string{"a", "b", " c ", "Train"}, dataset.Example{Text: "a", Pair: "b", Labels: []string{"c"}}, dataset.Train, ""},
		{"unassigned", []string{"a", "b", "c", ""}, dataset.Example{Text: "a", Pair: "b", Labels: []string{"c"}}, dataset.Unassigned, ""},
		{"dev", []string{"a", "b", "c", "dev"}, dataset.Example{Text: "a", Pair: "b", Labels: []string{"c"}}, dataset.Validation, ""},
		{"surplus values", []string{"a", "b", "c", "", "d"}, dataset.Example{Text: "a", Pair: "b", Labels: []string{"c"}}, dataset.Unassigned, ""},
		{"no label", []string{"a", "b", " ", ""}, dataset.Example{Text: "a", Pair: "b"}, dataset.Unlabelled, ""},
		{"no text", []string{" \n", "b", "c", ""}, dataset.Example{}, dataset.Unassigned, "the text is empty"},
		{"unknown split", []string{"a", "b", "c", "holdout"}, dataset.Example{}, dataset.Unassigned, "\"holdout\""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, split, problem := convert(format.Record{Row: 7, Values: test.values})
			if !reflect.DeepEqual(e, test.example) || split != test.split {
				t.Errorf("got %+v for %q, want %+v for %q", e, split, test.example, test.split)
			}
			if (problem != nil) != (test.problem != "") {
				t.Fatalf("got the problem %v", problem)
			}
			if problem != nil && (problem.Row != 7 || problem.Fix == "" || !strings.Contains(problem.Reason, test.problem)) {
				t.Errorf("got the problem %+v, want one that says %s", *problem, test.problem)
			}
		})
	}
}

func TestRolesReaderRefuses(t *testing.T) {
	l := format.Layout{Columns: []string{"text", "label"}}
	for _, test := range []struct {
		name  string
		roles format.Roles
		says  string
	}{
		{"no text", format.Roles{Label: "label"}, "no column is chosen as the text"},
		{"unknown text", format.Roles{Text: "body"}, `there is no column "body" for the text`},
		{"unknown label", format.Roles{Text: "text", Label: "class"}, `there is no column "class" for the label`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.roles.Reader(l)
			var e *format.ColumnError
			if !errors.As(err, &e) || err.Error() != test.says || !strings.Contains(e.Hint(), "text, label") {
				t.Errorf("got %v, want %q and a hint with the columns", err, test.says)
			}
		})
	}
}
