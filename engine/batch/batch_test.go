package batch_test

import (
	"reflect"
	"testing"

	"attune/engine/batch"
)

func TestPack(t *testing.T) {
	cases := []struct {
		name  string
		items []batch.Item
		want  batch.Packed
	}{
		{"nothing", nil, batch.Packed{IDs: []int{}, Segments: []int{}, Targets: []int{}, Starts: []int{0}, Indices: []int{}, Parts: []int{}}},
		{"one sequence", []batch.Item{{IDs: []int{2, 7, 3}, Targets: []int{1}, Index: 4}},
			batch.Packed{IDs: []int{2, 7, 3}, Segments: []int{0, 0, 0}, Targets: []int{1}, Starts: []int{0, 3}, Indices: []int{4}, Parts: []int{0}}},
		{"segments given and left out, several targets, an empty sequence",
			[]batch.Item{
				{IDs: []int{2, 7, 3, 8, 3}, Segments: []int{0, 0, 0, 1, 1}, Targets: []int{0, 5}, Index: 9},
				{Index: 1},
				{IDs: []int{2, 3}, Targets: []int{6}, Index: 2},
			},
			batch.Packed{IDs: []int{2, 7, 3, 8, 3, 2, 3}, Segments: []int{0, 0, 0, 1, 1, 0, 0},
				Targets: []int{0, 5, 6}, Starts: []int{0, 5, 5, 7}, Indices: []int{9, 1, 2}, Parts: []int{0, 0, 0}}},
		{"two parts of one text, and a text without places",
			[]batch.Item{
				{IDs: []int{2, 7}, Places: []batch.Place{{}, {Start: 0, End: 4}}, Index: 5},
				{IDs: []int{2, 8}, Places: []batch.Place{{}, {Start: 5, End: 6}}, Index: 5, Part: 1},
				{IDs: []int{3}, Index: 6},
			},
			batch.Packed{IDs: []int{2, 7, 2, 8, 3}, Segments: []int{0, 0, 0, 0, 0}, Targets: []int{},
				Places: []batch.Place{{}, {Start: 0, End: 4}, {}, {Start: 5, End: 6}, {}},
				Starts: []int{0, 2, 4, 5}, Indices: []int{5, 5, 6}, Parts: []int{0, 1, 0}}},
		{"texts to be written",
			[]batch.Item{{IDs: []int{7, 3}, Output: []int{0}, Targets: []int{5}, Index: 1}, {IDs: []int{8}, Output: []int{0, 9}, Targets: []int{9, 3}, Index: 2}},
			batch.Packed{IDs: []int{7, 3, 8}, Segments: []int{0, 0, 0}, Targets: []int{5, 9, 3},
				Starts: []int{0, 2, 3}, Indices: []int{1, 2}, Parts: []int{0, 0},
				Output: &batch.Packed{IDs: []int{0, 0, 9}, Segments: []int{0, 0, 0}, Targets: []int{},
					Starts: []int{0, 1, 3}, Indices: []int{1, 2}, Parts: []int{0, 0}}}},
		{"only one is to be written", []batch.Item{{IDs: []int{7}, Output: []int{0}}, {IDs: []int{8}}},
			batch.Packed{IDs: []int{7, 8}, Segments: []int{0, 0}, Targets: []int{}, Starts: []int{0, 1, 2}, Indices: []int{0, 0}, Parts: []int{0, 0}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := batch.Pack(c.items)
			if !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got %+v, want %+v", *got, c.want)
			}
			if got.Len() != len(c.items) || got.Tokens() != len(c.want.IDs) {
				t.Errorf("%d sequences of %d tokens, want %d of %d", got.Len(), got.Tokens(), len(c.items), len(c.want.IDs))
			}
		})
	}
}

func TestPackCopies(t *testing.T) {
	item := batch.Item{IDs: []int{1, 2}, Segments: []int{0, 1}, Targets: []int{3}}
	packed := batch.Pack([]batch.Item{item})
	item.IDs[0], item.Segments[0], item.Targets[0] = 9, 9, 9
	if packed.IDs[0] != 1 || packed.Segments[0] != 0 || packed.Targets[0] != 3 {
		t.Errorf("a change of the item reached the packed batch: %+v", *packed)
	}
}
