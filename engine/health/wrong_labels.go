package health

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"attune/engine/baseline"
	"attune/engine/dataset"
)

// WrongLabels finds rows whose label is likely wrong by confident learning
// (Northcutt, Jiang and Chuang 2021), from the probabilities that a linear model
// gives to rows that it has not seen.
var WrongLabels = Check{
	Name: "wrong-labels", Title: "Doubtful labels", Cost: 60,
	About: "Rows that read like those of another label, judged by a model that has not seen them.",
	look:  findWrongLabels,
}

// The rows are dealt into folds, and each is judged by a model that learned from
// the others, of many rows from mostLearned chosen by chance: more take longer
// and hardly judge better. Of a label with fewer rows than fewestOfLabel there is
// too little to learn from.
const (
	folds         = 4
	fewestOfLabel = 5
	fewestJudged  = 40
	mostLearned   = 20_000
	lessonCost    = 3  // follows single rows less closely than the usual 10: some are wrong
	clearly       = 10 // times as likely is likelier beyond doubt
)

// judgement is what the model that has not seen a row says about it.
type judgement struct {
	row    int
	own    float64 // probability of the label it has
	other  string  // the surest of the labels that it may have instead
	chance float64 // its probability
}

func findWrongLabels(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	some := judgeable(d)
	if len(some) < fewestJudged {
		return nil, nil
	}
	answers, err := answersUnseen(ctx, d, some, tell)
	if err != nil || answers == nil {
		return nil, err
	}
	suspects := suspectsAmong(d, some, answers)
	if len(suspects) == 0 {
		return nil, nil
	}
	f := Finding{Severity: graveness(len(suspects), len(some))}
	for n, s := range suspects {
		r := &d.Rows[s.row]
		f.Items = append(f.Items, Item{ID: r.ID, Group: n + 1, Change: Change{Label: s.other},
			Note: fmt.Sprintf("reads like %q (%s sure); %q is %s likely", s.other, percent(s.chance), r.label(), percent(s.own))})
	}
	n := len(suspects)
	f.Summary = fmt.Sprintf("%s of %s (%s) %s like those of another label than %s. A model learns what is wrong as well as what is right. The surest come first; look at them before you change them all.",
		count(n), rows(len(some)), share(n, len(some)), oneOrMore(n, "reads", "read"), oneOrMore(n, "its own", "their own"))
	f.Fix = "Give " + rows(n) + " the label that " + oneOrMore(n, "it reads like", "they read like")
	return []Finding{f}, nil
}

func percent(p float64) string {
	if p < 0.01 {
		return "under 1 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// judgeable gives the rows with one label, of labels that enough rows have.
func judgeable(d *Data) (some []int) {
	times := map[string]int{}
	for i := range d.Rows {
		if len(d.Rows[i].Labels) == 1 {
			times[d.Rows[i].label()]++
		}
	}
	for i := range d.Rows {
		if r := &d.Rows[i]; len(r.Labels) == 1 && times[r.label()] >= fewestOfLabel && (r.Text != "" || r.Pair != "") {
			some = append(some, i)
		}
	}
	return some
}

// answersUnseen gives for each of the rows what a model says that learned from
// other rows, nil if there are too few labels or too many. Two models learn at
// once.
func answersUnseen(ctx context.Context, d *Data, some []int, tell func(done float64)) ([]dataset.Answer, error) {
	examples := make([]dataset.Example, len(some))
	for n, i := range some {
		r := &d.Rows[i]
		examples[n] = dataset.Example{Text: r.Text, Labels: r.Labels}
		if r.Pair != "" {
			examples[n].Text += " " + r.Pair
		}
	}
	order := rand.New(rand.NewPCG(4, 4)).Perm(len(some))
	answers := make([]dataset.Answer, len(some))
	var done atomic.Int64
	var telling sync.Mutex
	step := func() {
		n := done.Add(1)
		telling.Lock()
		defer telling.Unlock()
		tell(float64(n) / (2 * folds))
	}
	errs := make([]error, folds)
	turn := make(chan struct{}, 2)
	var wait sync.WaitGroup
	for k := range folds {
		wait.Add(1)
		turn <- struct{}{}
		go func() {
			defer func() { <-turn; wait.Done() }()
			errs[k] = judgeFold(ctx, examples, order, k, answers, step)
		}()
	}
	wait.Wait()
	for _, err := range errs {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, nil // one label, or over a thousand: there is nothing to compare
		}
	}
	return answers, nil
}

// judgeFold answers every fourth of the examples in an order by chance, the k-th
// and so on, and learns from others.
func judgeFold(ctx context.Context, examples []dataset.Example, order []int, k int, answers []dataset.Answer, step func()) error {
	var learn []dataset.Example
	for n, i := range order {
		if n%folds != k && len(learn) < mostLearned {
			learn = append(learn, examples[i])
		}
	}
	m, err := baseline.Train(ctx, learn, baseline.Options{Cost: lessonCost})
	if err != nil {
		return err
	}
	step()
	for n := k; n < len(order); n += folds {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		answers[order[n]] = m.Answer(examples[order[n]].Text)
	}
	step()
	return nil
}

// suspectsAmong gives the rows of which another label is clearly the likelier,
// each label measured by how probable it usually is of the rows that have it, as
// confident learning does, since a model is surer of some labels than of others.
// The least likely labels come first.
func suspectsAmong(d *Data, some []int, answers []dataset.Answer) []judgement {
	usual := usualSureness(d, some, answers)
	var suspects []judgement
	for n, i := range some {
		j := judgement{row: i}
		own, likeliest := d.Rows[i].label(), 0.0
		for _, s := range answers[n].Labels {
			if s.Label == own {
				j.own = s.Score
			} else if x := s.Score / usual[s.Label]; x > likeliest {
				j.other, j.chance, likeliest = s.Label, s.Score, x
			}
		}
		if j.chance > j.own && likeliest >= clearly*j.own/usual[own] {
			suspects = append(suspects, j)
		}
	}
	slices.SortStableFunc(suspects, func(a, b judgement) int { return cmp.Compare(a.own, b.own) })
	return suspects
}

// usualSureness gives for each label how probable it is, in the mean, of the rows
// that have it.
func usualSureness(d *Data, some []int, answers []dataset.Answer) map[string]float64 {
	sum, times := map[string]float64{}, map[string]float64{}
	for n, i := range some {
		own := d.Rows[i].label()
		for _, s := range answers[n].Labels {
			if s.Label == own {
				sum[own] += s.Score
			}
		}
		times[own]++
	}
	for label := range sum {
		sum[label] = math.Max(sum[label]/times[label], 1e-9)
	}
	return sum
}
