package projects

import (
	"reflect"
	"testing"

	"attune/engine/dataset"
	"attune/projects/store"
)

// TestRowsComeBackAsTheyWereStaged takes rows of two tables with all that a row can have,
// lists that are empty and lists that are not there.
func TestRowsComeBackAsTheyWereStaged(t *testing.T) {
	p, err := Create(t.TempDir()+"/Tickets", "classification")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	tables := [][]store.NewExample{{
		{Example: dataset.Example{Text: "Zoë\x00was\nhere", Pair: "who?", Target: "Zoë", Labels: []string{"a", ""},
			Spans: []dataset.Span{{Start: 0, End: 4, Label: "PERSON", Score: 0.25}, {Start: 5, End: 8}}},
			Row: 1 << 40, Given: dataset.Test, Split: dataset.Unlabelled, Words: 4, Others: []string{"", "x"}},
		{Example: dataset.Example{Labels: []string{}, Spans: []dataset.Span{}}, Others: []string{}},
	}, {}, {{Row: 1}}}
	s, err := p.stage()
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range tables {
		s.begin()
		for _, x := range rows {
			if err := s.add(x); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.rewind(); err != nil {
		t.Fatal(err)
	}
	for i, want := range tables {
		got := []store.NewExample{}
		for x, err := range s.next() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, x)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("table %d: %#v, want %#v", i, got, want)
		}
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
