package projects

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"attune/engine/dataset"
	"attune/projects/store"
)

// unit is what goes into one split as a whole: a row, or the rows of a group.
type unit struct {
	rows   []int // places in the list of examples
	labels int64 // the labels of most of them
}

// dealing is examples on their way into splits, by place in the list of examples.
type dealing struct {
	SplitOptions
	from     []store.Assigned
	to       []dataset.Split
	values   []string // in the column Time or Column
	keepTest bool     // the rows that are the test now stay it
	note     string
	warnings []string
}

// read reads the values of the column that the rule looks at.
func (d *dealing) read(e *store.Edit) (err error) {
	if column := cmp.Or(d.Time, d.Column); column != "" {
		d.values, err = e.Values(column)
	}
	return err
}

// deal gives each example its split. It fails with an *Error if there is none to deal
// out and none that has its place already.
func (d *dealing) deal() ([]dataset.Split, error) {
	given := settleGiven(d.from, d.to, d.keepTest)
	if d.Column != "" {
		if err := d.byColumn(given); err != nil {
			return nil, err
		}
	}
	units := unitsOf(d.from, d.to)
	if len(units) == 0 && given[dataset.Train]+given[dataset.Validation]+given[dataset.Test] == 0 {
		return nil, &Error{Got: "there are no labelled rows to split", Way: "import a file with a label column first"}
	}
	test, validation := d.Test, d.Validation
	if given[dataset.Test] > 0 {
		test = 0
	}
	if given[dataset.Validation] > 0 {
		validation = 0
	}
	if d.Time != "" {
		return d.to, d.byTime(units, test, validation)
	}
	random := rand.New(rand.NewPCG(d.Seed, 0))
	random.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	strata := [][]unit{units}
	if d.Stratify {
		strata = byLabels(units)
	}
	rest := take(strata, test, dataset.Test, d.to)
	if d.Folds > 0 {
		return d.to, d.byFolds(rest, given)
	}
	// The share of validation is of all rows, of which the test took some.
	rest = take(rest, validation/(1-test), dataset.Validation, d.to)
	for _, units := range rest {
		for _, u := range units {
			u.assign(dataset.Train, d.to)
		}
	}
	return d.to, nil
}

// settleGiven keeps the place of rows that came as validation, test or
// unlabelled, or are a test that must stay one, and counts them.
func settleGiven(from []store.Assigned, to []dataset.Split, keepTest bool) map[dataset.Split]int {
	given := map[dataset.Split]int{}
	for i, a := range from {
		switch {
		case a.Split == dataset.Unlabelled:
			to[i] = dataset.Unlabelled
		case keepTest && a.Split == dataset.Test:
			to[i] = dataset.Test
		case keepTest && a.Given == dataset.Test: // it was none when the test was locked
		case a.Given == dataset.Validation, a.Given == dataset.Test:
			to[i] = a.Given
		}
		given[to[i]]++
	}
	return given
}

// unitsOf gathers the rows that are still without a split. A group, or a divided text, of which
// some rows came as test or validation follows them as a whole.
func unitsOf(from []store.Assigned, to []dataset.Split) []unit {
	place := map[string]dataset.Split{}
	for i, a := range from {
		if together := a.Together(); together != "" && (to[i] == dataset.Validation || to[i] == dataset.Test) {
			place[together] = to[i]
		}
	}
	open := 0
	for _, split := range to {
		if split == dataset.Unassigned {
			open++
		}
	}
	units := make([]unit, 0, open)
	index := map[string]int{}
	single := indices(from) // the rows of units of one row, without an allocation for each
	for i, a := range from {
		if to[i] != dataset.Unassigned {
			continue
		}
		together := a.Together()
		if split, ok := place[together]; ok {
			to[i] = split
			continue
		}
		if at, known := index[together]; known {
			units[at].rows = append(units[at].rows, i)
			continue
		}
		if together != "" {
			index[together] = len(units)
		}
		units = append(units, unit{rows: single[i : i+1 : i+1], labels: a.Labels})
	}
	for i, u := range units {
		if len(u.rows) > 1 {
			units[i].labels = mostOf(u.rows, from)
		}
	}
	return units
}

// mostOf gives the labels that most of the rows have.
func mostOf(rows []int, from []store.Assigned) (labels int64) {
	counts := map[int64]int{}
	for _, i := range rows {
		counts[from[i].Labels]++
	}
	for l, n := range counts {
		if n > counts[labels] || n == counts[labels] && l < labels {
			labels = l
		}
	}
	return labels
}

func (u unit) assign(split dataset.Split, to []dataset.Split) {
	for _, i := range u.rows {
		to[i] = split
	}
}

// byLabels sorts the units by their labels, keeping the order among those with the same,
// and gives those of each: parts of the list, of which there may be a million.
func byLabels(units []unit) [][]unit {
	slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(a.labels, b.labels) })
	var strata [][]unit
	from := 0
	for i := range units {
		if i+1 == len(units) || units[i+1].labels != units[i].labels {
			strata = append(strata, units[from:i+1:i+1])
			from = i + 1
		}
	}
	return strata
}

// take gives a share of the rows the split and returns the units left over, by
// stratum. Each stratum keeps one unit at least; a share above zero takes one
// unit at least where any can be spared.
func take(strata [][]unit, share float64, split dataset.Split, to []dataset.Split) (rest [][]unit) {
	rest = make([][]unit, len(strata))
	taken := 0
	for s, quota := range quotas(strata, share) {
		units := strata[s]
		n, left := 0, quota
		for n < len(units)-1 && 2*left >= len(units[n].rows) && left > 0 {
			left -= len(units[n].rows)
			units[n].assign(split, to)
			n++
		}
		rest[s] = units[n:]
		taken += n
	}
	if taken == 0 && share > 0 {
		spare(rest, split, to)
	}
	return rest
}

// quotas are the numbers of rows to take of each stratum: their sum is the
// share of all rows, at least 1, and the largest remainders are rounded up.
func quotas(strata [][]unit, share float64) []int {
	n := make([]int, len(strata))
	if share == 0 {
		return n
	}
	remainders := make([]float64, len(strata))
	all, sum := 0, 0
	for s, units := range strata {
		size := 0
		for _, u := range units {
			size += len(u.rows)
		}
		exact := share * float64(size)
		n[s] = int(exact)
		remainders[s] = exact - math.Floor(exact)
		if len(units) < 2 { // nothing can be spared
			n[s], remainders[s] = 0, -1
		}
		all += size
		sum += n[s]
	}
	order := make([]int, len(strata))
	for s := range order {
		order[s] = s
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, s := range order {
		if sum >= max(1, int(math.Round(share*float64(all)))) || remainders[s] < 0 {
			break
		}
		n[s]++
		sum++
	}
	return n
}

// spare takes the smallest unit of the stratum with the most units, if it has
// more than one.
func spare(rest [][]unit, split dataset.Split, to []dataset.Split) {
	if len(rest) == 0 {
		return
	}
	most := slices.MaxFunc(indices(rest), func(a, b int) int { return cmp.Compare(len(rest[a]), len(rest[b])) })
	units := rest[most]
	if len(units) < 2 {
		return
	}
	smallest := slices.MinFunc(indices(units), func(a, b int) int { return cmp.Compare(len(units[a].rows), len(units[b].rows)) })
	units[smallest].assign(split, to)
	rest[most] = slices.Delete(slices.Clone(units), smallest, smallest+1)
}

func indices[T any](list []T) []int {
	all := make([]int, len(list))
	for i := range all {
		all[i] = i
	}
	return all
}
