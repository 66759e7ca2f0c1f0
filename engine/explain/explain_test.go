package explain_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/explain"
)

// counting answers by adding up what words weigh, as a linear model does, and counts how
// often it is asked.
type counting struct {
	weights map[string]float64
	asked   int
	largest int
}

func (c *counting) answers(ctx context.Context, examples []dataset.Example) ([]dataset.Answer, error) {
	c.asked += len(examples)
	c.largest = max(c.largest, len(examples))
	all := make([]dataset.Answer, len(examples))
	for i, e := range examples {
		logit := 0.0
		for word, w := range c.weights {
			logit += w * float64(strings.Count(e.Text+e.Pair, word))
		}
		p := 1 / (1 + math.Exp(-logit))
		all[i].Labels = []dataset.Score{{Label: "ham", Score: 1 - p}, {Label: "spam", Score: p}}
	}
	return all, ctx.Err()
}

func TestALinearModelIsToldExactly(t *testing.T) {
	model := &counting{weights: map[string]float64{"win": 2, "don't": -3, "中": 1, "😀": 0.5}}
	e := dataset.Example{Text: "You don't win, 中文 😀!", Pair: "win"}
	reasons, err := explain.Words(t.Context(), model.answers, e, "spam")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range reasons {
		got += fmt.Sprintf("%s %.2f %.3f|", e.Text[r.Start:r.End], r.Weight, r.Without)
	}
	if want := "don't -3.00 0.996|win 2.00 0.622|中 1.00 0.818|😀 0.50 0.881|You 0.00 0.924|文 0.00 0.924|"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	against, err := explain.Words(t.Context(), model.answers, e, "ham")
	if err != nil || math.Abs(against[0].Weight-3) > 1e-9 {
		t.Errorf("%v, %v", against, err)
	}
}

func TestALongTextIsTakenInGroups(t *testing.T) {
	model := &counting{weights: map[string]float64{"win": 2}}
	e := dataset.Example{Text: strings.Repeat("one two ", 150) + "win it"}
	reasons, err := explain.Words(t.Context(), model.answers, e, "spam")
	if err != nil {
		t.Fatal(err)
	}
	if model.asked > 65 || model.largest > 16 {
		t.Errorf("asked %d times, %d at once", model.asked, model.largest)
	}
	if r := reasons[0]; r.Weight < 1.99 || !strings.HasSuffix(e.Text[r.Start:r.End], "win it") {
		t.Errorf("%q weighs %f", e.Text[r.Start:r.End], r.Weight)
	}
}

func TestNothingToLeaveOut(t *testing.T) {
	model := &counting{}
	for _, text := range []string{"", " … !"} {
		if reasons, err := explain.Words(t.Context(), model.answers, dataset.Example{Text: text}, "spam"); len(reasons) > 0 || err != nil {
			t.Errorf("%q: %v, %v", text, reasons, err)
		}
	}
}

func TestItStopsWhenNobodyWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	model := &counting{}
	if _, err := explain.Words(ctx, model.answers, dataset.Example{Text: strings.Repeat("a ", 60)}, "spam"); !errors.Is(err, context.Canceled) || model.asked > 16 {
		t.Errorf("%v, asked %d times", err, model.asked)
	}
}
