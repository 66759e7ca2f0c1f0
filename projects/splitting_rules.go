package projects

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"attune/engine/dataset"
)

// byColumn puts rows where a column says, and counts them. Rows of which it says
// nothing are dealt out as usual. It fails with an *Error at values that are no split.
func (d *dealing) byColumn(given map[dataset.Split]int) error {
	unknown, said := map[string]bool{}, 0
	for i, value := range d.values {
		word := strings.ToLower(strings.TrimSpace(value))
		split, ok := splitWords[word]
		switch {
		case word == "" || d.to[i] == dataset.Unlabelled:
			continue
		case !ok:
			unknown[value] = true
			continue
		case d.keepTest && (split == dataset.Test) != (d.to[i] == dataset.Test):
			continue // the locked test stays as it is
		}
		said++
		given[d.to[i]]--
		d.to[i] = split
		given[split]++
	}
	if len(unknown) > 0 {
		return &Error{
			Got: fmt.Sprintf("the column %q says %s, which is no split", d.Column, quoted(slices.Sorted(maps.Keys(unknown)))),
			Way: "choose a column with train, validation (or dev) and test",
		}
	}
	d.note = fmt.Sprintf("The column %q says what %s are for.", d.Column, rows(said))
	return nil
}

// byFolds deals the units into equal parts, of which one is for validation.
func (d *dealing) byFolds(strata [][]unit, given map[dataset.Split]int) error {
	if given[dataset.Validation] > 0 {
		return &Error{
			Got: fmt.Sprintf("%s came as validation, so the rest cannot take turns", rows(given[dataset.Validation])),
			Way: "import all rows without saying what they are for, or split without parts",
		}
	}
	few := 0
	for _, units := range strata {
		if len(units) < d.Folds {
			few++
		}
	}
	dealEvenly(strata, d.Folds, func(u unit, part int) {
		split := dataset.Train
		if part == d.Fold-1 {
			split = dataset.Validation
		}
		u.assign(split, d.to)
	})
	d.note = fmt.Sprintf("Part %d of %d is for validation.", d.Fold, d.Folds)
	if few > 0 && d.Stratify {
		d.warnings = append(d.warnings, fmt.Sprintf("%s fewer rows than there are parts, so some parts have none of them. Make fewer parts, or import more rows.",
			dataset.Counted(few, "label has", "labels have")))
	}
	return nil
}

// dealEvenly deals the units into parts, numbered from 0. What is left of each stratum
// goes on where the one before it ended, so that the parts differ by a unit at most.
func dealEvenly(strata [][]unit, parts int, put func(u unit, part int)) {
	all := make([]int, parts) // rows of each part
	numbers := indices(all)
	for _, units := range strata {
		of := make([]int, parts) // rows of this stratum
		slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(len(b.rows), len(a.rows)) })
		for _, u := range units {
			part := slices.MinFunc(numbers, func(a, b int) int { return cmp.Or(cmp.Compare(of[a], of[b]), cmp.Compare(all[a], all[b])) })
			of[part] += len(u.rows)
			all[part] += len(u.rows)
			put(u, part)
		}
	}
}

// dated is a unit with the moment of its newest row.
type dated struct {
	unit
	at time.Time
}

// byTime gives the newest units to the test and those before them to validation. All
// rows of one moment stay on one side, so that nothing that is learned from is newer
// than what it is checked on. Rows without a date are learned from.
func (d *dealing) byTime(units []unit, test, validation float64) error {
	times, dayFirst := readTimes(d.values)
	var all []dated
	total, undated := 0, 0
	for _, u := range units {
		at := newest(times, u.rows)
		if at.IsZero() {
			undated += len(u.rows)
			u.assign(dataset.Train, d.to)
			continue
		}
		total += len(u.rows)
		all = append(all, dated{u, at})
	}
	if len(all) == 0 && undated > 0 {
		return &Error{Got: fmt.Sprintf("the column %q holds no dates", d.Time), Way: "choose another column, or write dates as 2026-03-31"}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.at.Compare(b.at) })
	testFrom := lastShare(all, test, total)
	validationFrom := lastShare(all[:testFrom], validation, total)
	if validationFrom == 0 { // what is left to learn from
		validationFrom = min(testFrom, 1)
	}
	for i, u := range all {
		switch {
		case i >= testFrom:
			u.assign(dataset.Test, d.to)
		case i >= validationFrom:
			u.assign(dataset.Validation, d.to)
		default:
			u.assign(dataset.Train, d.to)
		}
	}
	if testFrom < len(all) {
		d.note = "The test rows are those from " + all[testFrom].at.Format(time.DateOnly) + " on."
	}
	if validationFrom < testFrom {
		d.note = strings.TrimSpace(d.note + " The validation rows begin on " + all[validationFrom].at.Format(time.DateOnly) + ".")
	}
	if undated > 0 {
		d.warnings = append(d.warnings, fmt.Sprintf("%s no date in the column %q and are learned from.", dataset.Counted(undated, "row has", "rows have"), d.Time))
	}
	if dayFirst {
		d.warnings = append(d.warnings, fmt.Sprintf("Dates such as 03/04/2026 in the column %q were read with the day first.", d.Time))
	}
	return nil
}

// newest gives the last moment of rows, the zero time where none has one.
func newest(times []time.Time, rows []int) (last time.Time) {
	for _, i := range rows {
		if times[i].After(last) {
			last = times[i]
		}
	}
	return last
}

// lastShare gives where the newest of the units begin that hold a share of all rows. Units
// of one moment are not parted: they all come before it, unless nothing would come after.
func lastShare(units []dated, share float64, rows int) int {
	quota, from := int(share*float64(rows)+0.5), len(units)
	if share > 0 {
		quota = max(1, quota)
	}
	for got := 0; from > 0 && got < quota; from-- {
		got += len(units[from-1].rows)
	}
	later := from
	for later > 0 && later < len(units) && units[later].at.Equal(units[later-1].at) {
		later++
	}
	if later < len(units) || from == len(units) {
		return later
	}
	for from > 0 && units[from].at.Equal(units[from-1].at) {
		from--
	}
	return from
}

// timeLayouts are the ways in which dates are written. Of two that read the same
// number of values, the first is taken: the day before the month, unless some value
// has a month that only the other can read.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
	"2006/01/02 15:04:05", "2006/01/02", "20060102", "02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", "2.1.2006",
	"2/1/2006 15:04:05", "2/1/2006 15:04", "2/1/2006", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006",
	time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, time.UnixDate, "Jan 2, 2006", "January 2, 2006", "2 Jan 2006", "2 January 2006", "2006-01", "2006",
}

const tried = 2000 // values that tell how dates are written

// readTimes reads the values as dates, the zero time where one is none, in the way in
// which most can be read. dayFirst says that the other order of day and month would
// have read as many.
func readTimes(values []string) (times []time.Time, dayFirst bool) {
	step := max(1, len(values)/tried)
	readBy := func(layout string) (n int) {
		for i := 0; i < len(values); i += step {
			if _, err := time.Parse(layout, strings.TrimSpace(values[i])); err == nil {
				n++
			}
		}
		return n
	}
	counts := map[string]int{}
	for _, layout := range timeLayouts {
		counts[layout] = readBy(layout)
	}
	order := slices.Clone(timeLayouts)
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	best := order[0]
	times = make([]time.Time, len(values))
	for i, value := range values {
		value = strings.TrimSpace(value)
		for _, layout := range order {
			if counts[layout] == 0 && value != "" && layout != best {
				continue
			}
			if t, err := time.Parse(layout, value); err == nil {
				times[i] = t
				break
			}
		}
	}
	other := strings.Replace(best, "2/1/2006", "1/2/2006", 1)
	return times, other != best && counts[other] == counts[best]
}
