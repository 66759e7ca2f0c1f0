package bart_test

import (
	"context"
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/model/bart"
	"attune/engine/model/modeltest"
	"attune/engine/op"
)

func TestFreshIsSavedAndLoaded(t *testing.T) {
	texts := slices.Values([]string{"Tom wants to get married again.", "Tom veut se remarier."})
	base, err := bart.Fresh(context.Background(), texts, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := bart.Fresh(context.Background(), texts, 1)
	if err != nil {
		t.Fatal(err)
	}
	ids, _ := base.Tokenizer.Join(base.Tokenizer.Encode("Tom wants"), nil)
	modeltest.SameSaved(t, bart.Marian, base.Backbone)
	modeltest.SameAlone(t, base.Backbone.(*bart.Model), []batch.Item{{IDs: ids}, {IDs: ids[1:]}})
	for name, p := range base.Backbone.Params() {
		for other, q := range again.Backbone.Params() {
			if name == other && !slices.Equal(op.Rows(p), op.Rows(q)) {
				t.Errorf("%s differs with the same seed", name)
			}
		}
	}
	if w := base.Backbone.(*bart.Model).Writing(); base.Tokenizer.Piece(w.Start) != "<pad>" || base.Tokenizer.Piece(w.Ends[0]) != "</s>" {
		t.Errorf("it begins with %q and ends with %q", base.Tokenizer.Piece(w.Start), base.Tokenizer.Piece(w.Ends[0]))
	}
}
