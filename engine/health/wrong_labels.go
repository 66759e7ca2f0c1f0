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
	lessonNGrams  = 50_000 // that are counted: rarer ones hardly tell of rows not seen
	lessonCost    = 3      // follows single rows less closely than the usual 10: some are wrong
	clearly       = 10     // times as likely is likelier beyond doubt
)

// opinion is what a model that has not seen a row says about it: the probability of
// the label it has, and the labels that are likelier, the surest first. A model that
// has seen no row of its label has none.
type opinion struct {
	told     bool
	own      float64
	likelier []dataset.Score
}

// judgement is a row with a label that it may have instead.
type judgement struct {
	row    int
	own    float64 // probability of the label it has
	other  string
	chance float64 // its probability
}

func findWrongLabels(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	some := judgeable(d)
	if len(some) < fewestJudged {
		return nil, nil
	}
	opinions, err := opinionsUnseen(ctx, d, some, tell)
	if err != nil || opinions == nil {
		return nil, err
	}
	suspects := suspectsAmong(d, some, opinions)
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

// opinionsUnseen gives for each of the rows what a model says that learned from
// other rows, nil if there are too few labels or too many. Two models learn at
// once.
func opinionsUnseen(ctx context.Context, d *Data, some []int, tell func(done float64)) ([]opinion, error) {
	examples := make([]dataset.Example, len(some))
	for n, i := range some {
		r := &d.Rows[i]
		examples[n] = dataset.Example{Text: r.Text, Labels: r.Labels}
		if r.Pair != "" {
			examples[n].Text += " " + r.Pair
		}
	}
	order := rand.New(rand.NewPCG(4, 4)).Perm(len(some))
	opinions := make([]opinion, len(some))
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
			errs[k] = judgeFold(ctx, examples, order, k, opinions, step)
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
	return opinions, nil
}

// judgeFold judges every fourth of the examples in an order by chance, the k-th
// and so on, and learns from others.
func judgeFold(ctx context.Context, examples []dataset.Example, order []int, k int, opinions []opinion, step func()) error {
	var learn []dataset.Example
	for n, i := range order {
		if n%folds != k && len(learn) < mostLearned {
			learn = append(learn, examples[i])
		}
	}
	m, err := baseline.Train(ctx, learn, baseline.Options{Cost: lessonCost, NGrams: lessonNGrams})
	if err != nil {
		return err
	}
	step()
	for n := k; n < len(order); n += folds {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e := examples[order[n]]
		opinions[order[n]] = opinionOf(m.Answer(e.Text), e.Labels[0])
	}
	step()
	return nil
}

// opinionOf keeps of an answer what is asked of it, which is little of many labels.
func opinionOf(a dataset.Answer, label string) (o opinion) {
	for n, s := range a.Labels {
		if s.Label == label {
			o.told, o.own, o.likelier = true, s.Score, slices.Clone(a.Labels[:n])
		}
	}
	return o
}

// suspectsAmong gives the rows of which another label is clearly the likelier,
// each label measured by how probable it usually is of the rows that have it, as
// confident learning does, since a model is surer of some labels than of others.
// The least likely labels come first.
func suspectsAmong(d *Data, some []int, opinions []opinion) []judgement {
	usual := usualSureness(d, some, opinions)
	var suspects []judgement
	for n, i := range some {
		o, likeliest := opinions[n], 0.0
		j := judgement{row: i, own: o.own}
		for _, s := range o.likelier {
			if x := s.Score / usual[s.Label]; usual[s.Label] > 0 && x > likeliest {
				j.other, j.chance, likeliest = s.Label, s.Score, x
			}
		}
		if j.chance > j.own && likeliest >= clearly*j.own/usual[d.Rows[i].label()] {
			suspects = append(suspects, j)
		}
	}
	slices.SortStableFunc(suspects, func(a, b judgement) int { return cmp.Compare(a.own, b.own) })
	return suspects
}

// usualSureness gives for each label how probable it is, in the mean, of the rows
// that have it.
func usualSureness(d *Data, some []int, opinions []opinion) map[string]float64 {
	sum, times := map[string]float64{}, map[string]float64{}
	for n, i := range some {
		if o := opinions[n]; o.told {
			sum[d.Rows[i].label()] += o.own
			times[d.Rows[i].label()]++
		}
	}
	for label := range sum {
		sum[label] = math.Max(sum[label]/times[label], 1e-9)
	}
	return sum
}
