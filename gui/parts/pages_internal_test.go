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
