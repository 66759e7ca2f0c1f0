package dataset_test

import (
	"testing"

	"attune/engine/dataset"
)

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 rows", 1: "1 row", -1: "-1 rows", 999: "999 rows", 1000: "1,000 rows", 12_345: "12,345 rows", -1_234_567: "-1,234,567 rows"} {
		if got := dataset.Counted(n, "row", "rows"); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
