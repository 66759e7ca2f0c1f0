package projects_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"attune/engine/dataset"
)

func TestAModelIsComparedWithItselfIn8Bits(t *testing.T) {
	ctx := context.Background()
	p := trained(t)
	want, err := p.Evaluate(ctx, 0, dataset.Test, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.EvaluateInt8(ctx, 0, dataset.Test, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != want.Rows || !maps.Equal(got.Metrics, want.Metrics) {
		t.Errorf("in float32 %d rows with %v, want %d with %v", got.Rows, got.Metrics, want.Rows, want.Metrics)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(got.Int8.Metrics)), slices.Sorted(maps.Keys(want.Metrics))) {
		t.Errorf("scores in 8 bits: %v", got.Int8.Metrics)
	}
	lost := got.Metrics["accuracy"] - got.Int8.Metrics["accuracy"]
	if lost > got.Int8.Changed || -lost > got.Int8.Changed || got.Int8.Changed > 0.1 {
		t.Errorf("accuracy %.4f became %.4f with %.4f of the answers changed", got.Metrics["accuracy"], got.Int8.Metrics["accuracy"], got.Int8.Changed)
	}
	if 3*got.Int8.Bytes > got.Bytes {
		t.Errorf("%d bytes became %d", got.Bytes, got.Int8.Bytes)
	}
	if _, err := p.EvaluateInt8(ctx, 0, dataset.Unlabelled, nil); err == nil {
		t.Error("no rows were scored without a word")
	}
}
