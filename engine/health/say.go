package health

import (
	"fmt"
	"strconv"
	"strings"

	"attune/engine/dataset"
)

// count is a number with its thousands apart: 12,345.
func count(n int) string {
	return dataset.Thousands(n)
}

// counted is a number of things in words: "1 row", "3 rows".
func counted(n int, one, more string) string {
	return dataset.Counted(n, one, more)
}

func rows(n int) string { return counted(n, "row", "rows") }

// share is a part in percent: "3 %", "0.2 %", "under 0.1 %".
func share(part, whole int) string {
	percent := 100 * float64(part) / float64(max(whole, 1))
	switch {
	case percent >= 9.95 || percent == 0 || part == whole:
		return fmt.Sprintf("%.0f %%", percent)
	case percent >= 0.1:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", percent), ".0") + " %"
	}
	return "under 0.1 %"
}

// quoted lists names, at most five of them.
func quoted(names []string) string {
	const few = 5
	var all []string
	for _, n := range names[:min(few, len(names))] {
		all = append(all, strconv.Quote(n))
	}
	if more := len(names) - few; more > 0 {
		all = append(all, "and "+count(more)+" more")
	}
	return strings.Join(all, ", ")
}
