package baseline_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/engine/baseline"
	"attune/engine/dataset"
	"attune/engine/metric"
)

// read gives a file of real data, or skips the test.
func read(t testing.TB, names ...string) string {
	t.Helper()
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		t.Skip("ATTUNE_SHARED names no folder: the baseline is not measured on real data")
	}
	data, err := os.ReadFile(filepath.Join(append([]string{root, "data"}, names...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// table gives the rows of a CSV file below its header.
func table(t testing.TB, names ...string) [][]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(read(t, names...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[1:]
}

func example(label string, text ...string) dataset.Example {
	return dataset.Example{Text: strings.Join(text, " "), Labels: []string{label}}
}

// parted leaves each tenth row to the test and the one before to validation.
func parted(all []dataset.Example) (learn, test []dataset.Example) {
	for i, e := range all {
		switch {
		case i%10 < 8:
			learn = append(learn, e)
		case i%10 == 9:
			test = append(test, e)
		}
	}
	return learn, test
}

func spam(t testing.TB) (learn, test []dataset.Example) {
	var all []dataset.Example
	for line := range strings.Lines(read(t, "sms_spam", "sms.tsv")) {
		label, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		all = append(all, example(label, text))
	}
	return parted(all)
}

func news(t testing.TB) (learn, test []dataset.Example) {
	var all []dataset.Example
	for _, r := range table(t, "ag_news", "ag_news_7600.csv") {
		all = append(all, example(r[0], r[1], r[2]))
	}
	return parted(all)
}

func banking(t testing.TB) (learn, test []dataset.Example) {
	for _, r := range table(t, "banking77", "train.csv") {
		learn = append(learn, example(r[1], r[0]))
	}
	for _, r := range table(t, "banking77", "test.csv") {
		test = append(test, example(r[1], r[0]))
	}
	return learn, test
}

// tickets is small enough to see what must come out.
var tickets = []dataset.Example{
	example("billing", "The invoice is wrong, I was charged twice"),
	example("billing", "Please refund the second charge on my invoice"),
	example("billing", "Why was my card charged again?"),
	example("login", "I cannot log in, the password is refused"),
	example("login", "Password reset mail never arrives"),
	example("login", "Locked out after three wrong passwords"),
	example("shipping", "Where is my parcel? It should be here"),
	example("shipping", "The parcel arrived damaged"),
	example("shipping", "Please send the parcel to my new address"),
	{Text: "a text that nobody labelled"},
}

func trained(t testing.TB, examples []dataset.Example) *baseline.Model {
	t.Helper()
	m, err := baseline.Train(t.Context(), examples, baseline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnswer(t *testing.T) {
	m := trained(t, tickets)
	cases := []struct{ name, text, want string }{
		{"a text it was trained on", tickets[3].Text, "login"},
		{"a word", "invoice", "billing"},
		{"another case and ending", "PASSWORDS!", "login"},
		{"a slip of the fingers", "my parcle", "shipping"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := m.Answer(c.text).Labels[0]; got.Label != c.want {
				t.Errorf("%q is %v, want %s", c.text, got, c.want)
			}
		})
	}
}

func TestAnswersAreProbabilities(t *testing.T) {
	m := trained(t, tickets)
	for _, text := range []string{"", " ", "invoice password parcel", "\xff\x00", "中国", strings.Repeat("parcel ", 100_000)} {
		checkAnswer(t, text, m.Answer(text))
	}
}

func checkAnswer(t *testing.T, text string, answer dataset.Answer) {
	t.Helper()
	sum, last, seen := 0.0, 1.0, map[string]bool{}
	for _, s := range answer.Labels {
		sum += s.Score
		seen[s.Label] = true
		if s.Score < 0 || s.Score > last {
			t.Errorf("%.40q: %v is out of order", text, s)
		}
		last = s.Score
	}
	if math.Abs(sum-1) > 1e-5 || len(seen) != 3 {
		t.Errorf("%.40q: the scores of %d labels add up to %v", text, len(seen), sum)
	}
}

func TestWithoutKnownWordsTheCommonestLabelComesFirst(t *testing.T) {
	m := trained(t, append(slices.Clone(tickets), example("login", "Sign in fails"), example("login", "Two-factor code refused")))
	if got := m.Answer("").Labels[0].Label; got != "login" {
		t.Errorf("an empty text is %s, want login, which has most examples", got)
	}
}

func TestSameExamplesSameModel(t *testing.T) {
	a, b := trained(t, tickets), trained(t, tickets)
	for _, e := range tickets {
		if !reflect.DeepEqual(a.Answer(e.Text), b.Answer(e.Text)) {
			t.Errorf("%q: %v and %v", e.Text, a.Answer(e.Text), b.Answer(e.Text))
		}
	}
}

func TestAHigherCostFollowsTheExamplesMoreClosely(t *testing.T) {
	loose, err := baseline.Train(t.Context(), tickets, baseline.Options{Cost: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	if free, close := loose.Answer(tickets[0].Text).Labels[0].Score, trained(t, tickets).Answer(tickets[0].Text).Labels[0].Score; free >= close {
		t.Errorf("cost 0.1 is sure to %.2f, cost 10 to %.2f: want less", free, close)
	}
}

func TestTrainFails(t *testing.T) {
	many := make([]dataset.Example, 1001)
	for i := range many {
		many[i] = example(fmt.Sprint(i), "text")
	}
	cases := []struct {
		name     string
		examples []dataset.Example
		want     string
	}{
		{"no examples", nil, "0 labels"},
		{"no labels", []dataset.Example{{Text: "a"}, {Text: "b"}}, "0 labels"},
		{"one label", tickets[:3], "1 labels"},
		{"every label different", many, "1001 labels"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, err := baseline.Train(t.Context(), c.examples, baseline.Options{})
			var known *baseline.Error
			if m != nil || !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) || known.Hint() == "" {
				t.Errorf("got %v, want an Error with %q and a hint", err, c.want)
			}
		})
	}
}

func TestTrainStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m, err := baseline.Train(ctx, tickets, baseline.Options{}); m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v, want the context's error alone", m, err)
	}
}

func TestEmptyTexts(t *testing.T) {
	m := trained(t, []dataset.Example{example("a", ""), example("a", " "), example("b", "")})
	if got := m.Answer("anything").Labels[0].Label; got != "a" {
		t.Errorf("without any word, %s comes first, want the commoner a", got)
	}
}

// FuzzAnswer: whatever the text, an answer is a distribution over the labels.
func FuzzAnswer(f *testing.F) {
	m := trained(f, tickets)
	for _, e := range tickets {
		f.Add(e.Text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkAnswer(t, text, m.Answer(text)) })
}

// TestRealData holds the baseline to what scikit-learn's TfidfVectorizer and
// LogisticRegression reach with the same n-grams and C = 10, less a little.
func TestRealData(t *testing.T) {
	cases := []struct {
		name              string
		read              func(testing.TB) (learn, test []dataset.Example)
		accuracy, macroF1 float64
	}{
		{"sms_spam", spam, 0.98, 0.97},
		{"ag_news", news, 0.895, 0.895},
		{"banking77", banking, 0.91, 0.91},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			learn, test := c.read(t)
			began := time.Now()
			m, err := baseline.Train(t.Context(), learn, baseline.Options{})
			if err != nil {
				t.Fatal(err)
			}
			trained := time.Since(began)
			accuracy, macroF1 := metric.NewAccuracy(), metric.NewMacroF1()
			for _, e := range test {
				answer := m.Answer(e.Text)
				accuracy.Add(e, answer)
				macroF1.Add(e, answer)
			}
			t.Logf("%d examples in %v: accuracy %.4f, macro F1 %.4f", len(learn), trained.Round(time.Millisecond), accuracy.Value(), macroF1.Value())
			if accuracy.Value() < c.accuracy || macroF1.Value() < c.macroF1 {
				t.Errorf("accuracy %.4f, macro F1 %.4f; want %.3f and %.3f", accuracy.Value(), macroF1.Value(), c.accuracy, c.macroF1)
			}
		})
	}
}

func BenchmarkTrain(b *testing.B) {
	learn, _ := banking(b)
	for b.Loop() {
		trained(b, learn)
	}
}

// TestRowsOfFeatures learns labels from two columns, of which one is far larger and says
// nothing.
func TestRowsOfFeatures(t *testing.T) {
	var rows [][]float32
	var labels []string
	for i := range 60 {
		x := float32(i%3) - 1 + float32(i%7)/100
		rows = append(rows, []float32{float32(i%5) * 1000, x, 4})
		labels = append(labels, []string{"low", "middle", "high"}[i%3])
	}
	m, err := baseline.TrainRows(t.Context(), rows, labels, baseline.Options{Cost: 100})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if got := m.AnswerRow(row); got.Labels[0].Label != labels[i] || len(got.Labels) != 3 {
			t.Errorf("row %d is %+v, want %s", i, got.Labels, labels[i])
		}
	}
	if _, err := baseline.TrainRows(t.Context(), rows[:1], labels[:1], baseline.Options{}); err == nil {
		t.Error("one label was learned")
	}
}
