package gpt2_test

import (
	"context"
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/model/gpt2"
	"attune/engine/model/modeltest"
)

func TestFreshIsSavedAndLoaded(t *testing.T) {
	base, err := gpt2.Fresh(context.Background(), slices.Values([]string{"Once upon a time there was a prairie."}), 1)
	if err != nil {
		t.Fatal(err)
	}
	ids, _ := base.Tokenizer.Join(base.Tokenizer.Encode("there was"), nil)
	modeltest.SameSaved(t, gpt2.Family, base.Backbone)
	modeltest.SameAlone(t, base.Backbone.(*gpt2.Model), []batch.Item{{IDs: ids}, {IDs: ids[1:]}})
	if w := base.Backbone.(*gpt2.Model).Writing(); base.Tokenizer.Piece(w.Ends[0]) != "<|endoftext|>" {
		t.Errorf("it ends with %q", base.Tokenizer.Piece(w.Ends[0]))
	}
}
