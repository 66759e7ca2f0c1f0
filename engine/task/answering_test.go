package task_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/tokenizer"
)

// asking is a question about a passage in which [words]A are the answers.
func asking(question, passage string) dataset.Example {
	e := marked(passage)
	e.Pair = question
	for i := range e.Spans {
		e.Spans[i].Label = ""
	}
	return e
}

var questions = []dataset.Example{asking("where is my parcel", "the parcel has come to [my door]A please")}

// answerer gives a model that learned from the examples.
func answerer(t *testing.T, examples []dataset.Example, change func(*task.Answering)) task.Model {
	t.Helper()
	a := task.NewAnswering().(*task.Answering)
	if change != nil {
		change(a)
	}
	m, err := a.Learn(tasktest.Base(t), dataset.FromSlice(examples), 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shown gives the pieces of an item that its targets name: the first and the last.
func shown(it batch.Item) string {
	if it.Targets[0] == loss.Ignored && it.Targets[1] == loss.Ignored {
		return "nothing known"
	}
	var words []string
	for _, id := range it.IDs[it.Targets[0] : it.Targets[1]+1] {
		words = append(words, tasktest.Words[id])
	}
	return strings.Join(words, " ")
}

func TestTargetsOfAQuestion(t *testing.T) {
	m := answerer(t, questions, nil)
	cases := []struct {
		name string
		e    dataset.Example
		want string
	}{
		{"an answer", questions[0], "my door"},
		{"the first of several", asking("where", "the [parcel]A is [late]A"), "parcel"},
		{"at the beginning", asking("where", "[the parcel]A is late"), "the parcel"},
		{"at the end", asking("where", "the parcel is [late]A"), "late"},
		{"a part of a word is the word", dataset.Example{Pair: "where", Text: "the parcel", Spans: []dataset.Span{{Start: 5, End: 7}}}, "parcel"},
		{"none", asking("where", "the parcel is late"), "[CLS]"},
		{"nobody looked", dataset.Example{Pair: "where", Text: "the parcel"}, "nothing known"},
		{"blanks answer nothing", dataset.Example{Pair: "where", Text: "the   parcel", Spans: []dataset.Span{{Start: 3, End: 5}}}, "nothing known"},
		{"no question", asking("", "the [parcel]A"), "parcel"},
		{"no passage", asking("where", ""), "[CLS]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			it := item(t, m, c.e)
			if got := shown(it); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			for i, p := range it.Places {
				if word := c.e.Text[p.Start:p.End]; word != "" && word != tasktest.Words[it.IDs[i]] && tasktest.Words[it.IDs[i]] != "[UNK]" {
					t.Errorf("%q stands for %q", tasktest.Words[it.IDs[i]], word)
				}
			}
		})
	}
}

// A long passage is read in windows; those that do not show the answer teach that it
// is not there.
func TestALongPassageIsReadInWindows(t *testing.T) {
	m := answerer(t, questions, func(a *task.Answering) { a.MaxLength, a.Shared = 32, 8 })
	e := asking("where is my parcel", strings.Repeat("a card is lost please ", 12)+"[my door]A"+strings.Repeat(" i want a refund", 6))
	plain, err := m.Items(e)
	if err != nil || len(plain) < 4 {
		t.Fatalf("%d items, %v", len(plain), err)
	}
	varied, err := m.ItemsVaried(e, 0.9, rand.New(rand.NewPCG(1, 1)))
	if err != nil || len(varied) != len(plain) {
		t.Fatalf("%d items when words are cut at random, %d else: %v", len(varied), len(plain), err)
	}
	for _, items := range [][]batch.Item{plain, varied} {
		found := 0
		for _, it := range items {
			if len(it.IDs) > 32 || len(it.Places) != len(it.IDs) {
				t.Errorf("%d pieces, %d places", len(it.IDs), len(it.Places))
			}
			switch got := shown(it); got {
			case "my door":
				found++
			case "[CLS]":
			default:
				t.Errorf("%q", got)
			}
		}
		if found == 0 {
			t.Error("no window shows the answer")
		}
	}
	e.Pair = strings.Repeat(e.Pair+" ", 30) // leaves half of the room to the passage
	if long, err := m.Items(e); err != nil || len(long[0].IDs) > 32 || slices.Max(long[0].Segments) != 1 {
		t.Errorf("a long question: %v, %v", long[0], err)
	}
}

// says gives logits for items by which answers are as likely as told, by their first
// and last words, and no answer as likely as nothing.
func says(e dataset.Example, items []batch.Item, nothing float32, likely map[string]float32) []float32 {
	var all []float32
	for _, it := range items {
		logits := make([]float32, 2*len(it.IDs))
		for i := range logits {
			logits[i] = -20
		}
		logits[0], logits[1] = nothing, 0
		for i, p := range it.Places {
			for words, score := range likely {
				at := strings.Index(e.Text, words)
				if int(p.Start) == at {
					logits[2*i] = score
				}
				if !p.Empty() && int(p.End) == at+len(words) {
					logits[2*i+1] = 0
				}
			}
		}
		all = append(all, logits...)
	}
	return all
}

// answer gives what a model makes of logits.
func answer(t *testing.T, m task.Model, e dataset.Example, nothing float32, likely map[string]float32) dataset.Answer {
	t.Helper()
	items, err := m.Items(e)
	if err != nil {
		t.Fatal(err)
	}
	b := batch.Pack(items)
	return m.Join(e, m.Answers(op.Constant(b.Tokens(), 2, says(e, items, nothing, likely)), b))
}

func TestTheBestAnswer(t *testing.T) {
	e := asking("where", "the parcel has come 😀 to my dóor\r\nplease")
	m := answerer(t, questions, nil)
	got := answer(t, m, e, 9, map[string]float32{"my dóor": 3, "parcel has": 2, "the parcel has": 1})
	if got.Text != "my dóor" || len(got.Spans) != 2 || got.Labels != nil {
		t.Fatalf("%+v", got)
	}
	// "parcel has come 😀 to my dóor", which ends where the best one does, is as likely as
	// "parcel has"; what touches a better answer is not told.
	if x := got.Spans[1]; e.Text[x.Start:x.End] != "parcel has" {
		t.Errorf("the next best is %q", e.Text[x.Start:x.End])
	}
	if p := got.Spans[0].Score; p < 0.3 || p > 0.6 || got.Spans[1].Score >= p {
		t.Errorf("%+v", got.Spans)
	}
}

func TestAnAnswerIsNotLongerThanAllowed(t *testing.T) {
	e := asking("where", "the parcel has come to my door")
	m := answerer(t, questions, func(a *task.Answering) { a.Longest = 2 })
	if got := answer(t, m, e, 0, map[string]float32{"parcel has come": 9, "to": 1}); got.Text != "to" {
		t.Errorf("%q", got.Text)
	}
}

func TestTheAnswerOfAllWindows(t *testing.T) {
	m := answerer(t, questions, func(a *task.Answering) { a.MaxLength, a.Shared = 32, 8 })
	e := asking("where", strings.Repeat("a card is lost please ", 12)+"my door"+strings.Repeat(" i want a refund", 6)+" late")
	got := answer(t, m, e, 0, map[string]float32{"my door": 3, "late": 2})
	if got.Text != "my door" || len(got.Spans) < 2 || e.Text[got.Spans[1].Start:got.Spans[1].End] != "late" {
		t.Errorf("%+v", got)
	}
}

func TestNothingToReadAnswersNothing(t *testing.T) {
	for name, examples := range map[string][]dataset.Example{"always answered": questions, "not always": append([]dataset.Example{asking("a", "b")}, questions...)} {
		got := answer(t, answerer(t, examples, nil), asking("where", ""), 0, nil)
		if got.Text != "" || len(got.Spans) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// The bound of no answer is set where the validation rows score best, and kept with
// the model.
func TestTheBoundOfNoAnswer(t *testing.T) {
	m := answerer(t, append([]dataset.Example{asking("where", "i want a refund")}, questions...), nil)
	answered, not := asking("where", "the parcel is at [my door]A"), asking("where", "the parcel is late")
	examples := []dataset.Example{answered, not, answered, not}
	tune := func(nothing ...float32) []dataset.Answer {
		likely := []map[string]float32{{"my door": 4}, {"late": 4}, {"my door": 4}, {"late": 4}}
		var answers []dataset.Answer
		for i, e := range examples {
			answers = append(answers, answer(t, m, e, nothing[i], likely[i]))
		}
		m.(interface {
			Tune([]dataset.Example, []dataset.Answer)
		}).Tune(examples, answers)
		return answers
	}
	bound := func() float64 { return m.Config()["null_score_diff_threshold"].(float64) }
	texts := func(answers []dataset.Answer) (all []string) {
		for _, a := range answers {
			all = append(all, a.Text)
			if a.Labels != nil || (a.Text == "") != (len(a.Spans) == 0) {
				t.Errorf("%+v", a)
			}
		}
		return all
	}
	right := []string{"my door", "", "my door", ""}
	if got := texts(tune(2, 6, 3, 7)); !slices.Equal(got, right) || bound() != 0 {
		t.Errorf("%q with a bound of %g: none is needed", got, bound())
	}
	if got := texts(tune(4.5, 8, 5, 9)); !slices.Equal(got, right) || math.Abs(bound()-2.5) > 1e-5 {
		t.Errorf("%q with a bound of %g, want 2.5: half way from 1 to 4", got, bound())
	}
	if got := texts(tune(1, 3, 0, 2)); !slices.Equal(got, right) || math.Abs(bound()+2.5) > 1e-5 {
		t.Errorf("%q with a bound of %g, want -2.5", got, bound())
	}

	config, err := json.Marshal(m.Config())
	if err != nil {
		t.Fatal(err)
	}
	base := tasktest.Base(t)
	base.Config = config
	opened, err := task.NewAnswering().Open(base)
	if err != nil {
		t.Fatal(err)
	}
	for nothing, want := range map[float32]string{1: "my door", 2: ""} {
		got := answer(t, opened, answered, nothing, map[string]float32{"my door": 4})
		if got.Text != want || got.Labels != nil || len(got.Spans) > 1 {
			t.Errorf("no answer has %g: %+v", nothing, got)
		}
	}
}

// One that learned from answered questions alone always answers.
func TestThereIsAlwaysAnAnswerWhereThereAlwaysWas(t *testing.T) {
	m := answerer(t, questions, nil)
	if _, set := m.Config()["null_score_diff_threshold"]; set {
		t.Error("it has a bound")
	}
	if got := answer(t, m, asking("where", "the parcel is late"), 50, map[string]float32{"late": 0}); got.Text != "late" {
		t.Errorf("%+v", got)
	}
}

func TestWithoutAnswersThereIsNothingToLearn(t *testing.T) {
	for name, rows := range map[string][]dataset.Example{"none": nil, "unanswered": {asking("where", "my door")}, "not looked for": {{Text: "my door", Pair: "where"}}} {
		_, err := task.NewAnswering().Learn(tasktest.Base(t), dataset.FromSlice(rows), 1)
		var e *task.Error
		if !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestComparingAnswers(t *testing.T) {
	want := asking("where", "at [my door]A or [the door]A or again [my door]A")
	for got, right := range map[string]bool{"My door.": true, "door": true, "parcel": false, "": false} {
		c := task.NewAnswering().Compare(want, dataset.Answer{Text: got})
		if c.Right != right || c.Want != "my door / the door" || c.Got == "" {
			t.Errorf("%q: %+v", got, c)
		}
	}
	if c := task.NewAnswering().Compare(asking("where", "no"), dataset.Answer{}); !c.Right || c.Want != "no answer" || c.Got != c.Want {
		t.Errorf("%+v", c)
	}
}

// framed sets special tokens around texts as other families do.
type framed struct {
	tokenizer.Tokenizer
	before, between, after []int
}

func (f framed) Prefix() int { return len(f.before) }

func (f framed) Specials(pair bool) int {
	if pair {
		return len(f.before) + len(f.between) + len(f.after)
	}
	return len(f.before) + len(f.after)
}

func (f framed) Join(a, b []tokenizer.Token) (ids, segments []int) {
	ids = slices.Clone(f.before)
	for i, text := range [][]tokenizer.Token{a, b} {
		if i == 1 && b != nil {
			ids = append(ids, f.between...)
		}
		for _, piece := range text {
			ids = append(ids, piece.ID)
		}
	}
	ids = append(ids, f.after...)
	return ids, make([]int, len(ids))
}

// Answers have their place whatever the family sets around question and passage, and
// none stands where it sets its token for whole texts.
func TestAnswersAmongSpecialTokensOfOtherFamilies(t *testing.T) {
	const separator, class = 3, 2
	for name, c := range map[string]struct {
		frame   framed
		nothing int // of 12 tokens without the special ones
	}{
		"RoBERTa": {framed{before: []int{class}, between: []int{separator, separator}, after: []int{separator}}, 0},
		"XLNet":   {framed{between: []int{separator}, after: []int{separator, class}}, 14},
	} {
		t.Run(name, func(t *testing.T) {
			base := tasktest.Base(t)
			c.frame.Tokenizer = base.Tokenizer
			base.Tokenizer = c.frame
			m, err := task.NewAnswering().Learn(base, dataset.FromSlice(questions), 1)
			if err != nil {
				t.Fatal(err)
			}
			it := item(t, m, questions[0])
			if got := shown(it); got != "my door" {
				t.Errorf("%q", got)
			}
			none := questions[0]
			none.Spans = []dataset.Span{}
			if got := item(t, m, none).Targets; !slices.Equal(got, []int{c.nothing, c.nothing}) {
				t.Errorf("no answer stands at %v of %d tokens", got, len(it.IDs))
			}
		})
	}
}
