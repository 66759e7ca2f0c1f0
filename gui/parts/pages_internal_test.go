package parts

import (
	"context"
	"testing"
)

func TestPagesKeepOnlySome(t *testing.T) {
	fetched := 0
	p := NewPages[int](Background{}, func() {})
	p.Reset(func(_ context.Context, offset, limit int) ([]int, error) {
		fetched++
		rows := make([]int, limit)
		for i := range rows {
			rows[i] = offset + i
		}
		return rows, nil
	})
	for i := range 70 * blockRows {
		if row, here := p.Row(i); !here || row != i {
			t.Fatalf("row %d is %d, %v", i, row, here)
		}
	}
	if n := len(p.blocks); n > mostBlocks || fetched != 70 {
		t.Errorf("%d blocks are kept of %d that were fetched", n, fetched)
	}
}

// Until the new rows have come the old ones are drawn, but cannot be chosen.
func TestPagesDrawOldRowsUntilTheNewHaveCome(t *testing.T) {
	var later []func()
	p := NewPages[string](Background{Spawn: func(work func()) { later = append(later, work) }}, func() {})
	all := func(text string, n int) func(context.Context, int, int) ([]string, error) {
		return func(context.Context, int, int) ([]string, error) {
			rows := make([]string, n)
			for i := range rows {
				rows[i] = text
			}
			return rows, nil
		}
	}
	arrive := func() {
		for _, work := range later {
			work()
		}
		later = nil
	}
	p.Reset(all("old", 3))
	if _, some := p.Seen(1); some {
		t.Error("a row is seen that never came")
	}
	arrive()
	p.Reset(all("new", 2))
	p.Reset(all("newer", 2))
	if row, here := p.Row(1); here {
		t.Errorf("%q is here before it has come", row)
	}
	if row, some := p.Seen(1); !some || row != "old" {
		t.Errorf("%q is seen, want the old one", row)
	}
	arrive()
	if row, some := p.Seen(1); !some || row != "newer" {
		t.Errorf("%q is seen, want the newer one", row)
	}
	if row, some := p.Seen(2); some {
		t.Errorf("%q is seen where there is no row any more", row)
	}
}
