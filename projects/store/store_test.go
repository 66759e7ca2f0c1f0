package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects/store"
)

// create makes an empty project that is closed when the test ends.
func create(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "Tickets.attune"), map[string]string{"task": "classification"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// add imports n examples of three labels in turn, of which every fifth came as
// a test example.
func add(t testing.TB, s *store.Store, n int) {
	t.Helper()
	err := s.Edit(t.Context(), func(e *store.Edit) error {
		e.Title = fmt.Sprintf("import of %d rows", n)
		if err := e.Source("tickets.csv", []string{"customer"}); err != nil {
			return err
		}
		for i := range n {
			if err := e.Add(example(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func example(i int) store.NewExample {
	x := store.NewExample{Row: i + 1, Words: i % 7, Others: []string{fmt.Sprint("customer ", i/10)}}
	x.Text = fmt.Sprintf("Ticket %d über die Lieferung", i)
	x.Labels = []string{[]string{"delivery", "invoice", "login"}[i%3]}
	if i%5 == 4 {
		x.Given = dataset.Test
	}
	x.Split = x.Given
	return x
}

func hash(t testing.TB, s *store.Store) string {
	t.Helper()
	h, err := s.DataHash(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ids(t testing.TB, s *store.Store, q store.Query) []int64 {
	t.Helper()
	found, err := s.IDs(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// rows reads everything that a table shows, as text.
func rows(t testing.TB, s *store.Store) string {
	t.Helper()
	all, err := s.Rows(t.Context(), ids(t, s, store.Query{}))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", all)
}

func edit(t testing.TB, s *store.Store, title string, do func(*store.Edit) error) {
	t.Helper()
	err := s.Edit(t.Context(), func(e *store.Edit) error {
		e.Title = title
		return do(e)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCreateAndOpenAgain(t *testing.T) {
	for _, name := range []string{"Tickets", "Über uns #1?", "100% & more", "客户", "with blanks ", "a.b"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name+store.Extension)
			s, err := store.Create(t.Context(), dir, map[string]string{"task": "classification"})
			if err != nil {
				t.Fatal(err)
			}
			add(t, s, 3)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(filepath.Dir(dir))
			if err != nil || len(entries) != 1 {
				t.Errorf("beside the project lies %v, %v", entries, err)
			}
			if s, err = store.Open(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			task, ok, err := s.Setting(t.Context(), "task")
			if task != "classification" || !ok || err != nil {
				t.Errorf("task %q, %v, %v", task, ok, err)
			}
			if s.Name() != name || len(ids(t, s, store.Query{})) != 3 {
				t.Errorf("name %q with %d rows", s.Name(), len(ids(t, s, store.Query{})))
			}
		})
	}
}

// TestOpenRefuses checks that what is no usable project is refused with a way
// out, and stays as it was to the last byte.
func TestOpenRefuses(t *testing.T) {
	project := func(t *testing.T, change func(file []byte) []byte) string {
		s := create(t)
		add(t, s, 3)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		path := s.Path("project.sqlite")
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(file), 0o666); err != nil {
			t.Fatal(err)
		}
		return s.Dir()
	}
	for name, test := range map[string]struct {
		change func(file []byte) []byte
		kind   error
		says   string
	}{
		"of a newer version":     {func(f []byte) []byte { f[63] = 99; return f }, store.ErrNewer, "newer Attune"},
		"of another program":     {func(f []byte) []byte { copy(f[68:], "GPKG"); return f }, store.ErrForeign, "another program"},
		"not a database":         {func([]byte) []byte { return []byte(strings.Repeat("text,label\n", 50)) }, store.ErrForeign, "not a database"},
		"shorter than a header":  {func(f []byte) []byte { return f[:50] }, store.ErrForeign, "not a database"},
		"overwritten inside":     {func(f []byte) []byte { copy(f[100:4096], make([]byte, 4096)); return f }, store.ErrDamaged, "damaged"},
		"cut off after the head": {func(f []byte) []byte { return f[:len(f)/2] }, store.ErrDamaged, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := project(t, test.change)
			before := tree(t, dir)
			s, err := store.Open(t.Context(), dir)
			if err == nil {
				_, err = s.Rows(t.Context(), ids(t, s, store.Query{}))
				s.Close()
			}
			var e *store.Error
			if !errors.As(err, &e) || !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) || e.Hint() == "" {
				t.Fatalf("error %v", err)
			}
			if after := tree(t, dir); test.kind != store.ErrDamaged && after != before {
				t.Errorf("the folder changed from\n%s\nto\n%s", before, after)
			}
		})
	}
	t.Run("no folder", func(t *testing.T) {
		_, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "Nothing.attune"))
		if !errors.Is(err, store.ErrMissing) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("name taken", func(t *testing.T) {
		s := create(t)
		_, err := store.Create(t.Context(), s.Dir(), nil)
		if !errors.Is(err, store.ErrExists) {
			t.Errorf("error %v", err)
		}
	})
}

// tree lists the files below dir with their contents.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all = append(all, fmt.Sprintf("%s %x", path, text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

func TestQueries(t *testing.T) {
	s := create(t)
	texts := []string{"Where is my ÜBERRASCHUNG?", "banana split", "Apple pie", "cherry", "100% sure_thing"}
	labels := [][]string{{"food"}, {"food", "sweet"}, {"sweet"}, nil, {"a"}}
	splits := []dataset.Split{dataset.Train, dataset.Test, dataset.Train, dataset.Unlabelled, dataset.Validation}
	edit(t, s, "import", func(e *store.Edit) error {
		if err := e.Source("x.csv", nil); err != nil {
			return err
		}
		for i, text := range texts {
			x := store.NewExample{Row: i + 1, Split: splits[i], Words: len(strings.Fields(text))}
			x.Text, x.Labels, x.Target = text, labels[i], strings.Repeat("pair of pears", i/4)
			if err := e.Add(x); err != nil {
				return err
			}
		}
		return nil
	})
	train, food, none, unknown := dataset.Train, "food", "", "no such label"
	for name, test := range map[string]struct {
		query store.Query
		want  []int64
	}{
		"all":                      {store.Query{}, []int64{1, 2, 3, 4, 5}},
		"descending":               {store.Query{Descending: true}, []int64{5, 4, 3, 2, 1}},
		"by split":                 {store.Query{Split: &train}, []int64{1, 3}},
		"by label, among others":   {store.Query{Label: &food}, []int64{1, 2}},
		"without label":            {store.Query{Label: &none}, []int64{4}},
		"label that is not there":  {store.Query{Label: &unknown}, nil},
		"split and label":          {store.Query{Split: &train, Label: &food}, []int64{1}},
		"search in any case":       {store.Query{Search: "BANANA"}, []int64{2}},
		"search with umlaut":       {store.Query{Search: "überr"}, []int64{1}},
		"search in the target":     {store.Query{Search: "pear"}, []int64{5}},
		"percent is itself":        {store.Query{Search: "0%"}, []int64{5}},
		"underscore is itself":     {store.Query{Search: "e_t"}, []int64{5}},
		"search for nothing there": {store.Query{Search: "zebra"}, nil},
		"by text":                  {store.Query{Sort: "text"}, []int64{5, 3, 2, 4, 1}},
		"by text descending":       {store.Query{Sort: "text", Descending: true}, []int64{1, 4, 2, 3, 5}},
		"by length":                {store.Query{Sort: "length"}, []int64{4, 2, 3, 5, 1}},
		"unknown order":            {store.Query{Sort: "x; drop table examples"}, []int64{1, 2, 3, 4, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ids(t, s, test.query); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	t.Run("rows keep the order asked for", func(t *testing.T) {
		page, err := s.Rows(t.Context(), []int64{4, 2})
		if err != nil || len(page) != 2 || page[0].Text != "cherry" || !slices.Equal(page[1].Labels, []string{"food", "sweet"}) || page[1].SourceRow != 2 || page[1].File != "x.csv" {
			t.Errorf("got %+v, %v", page, err)
		}
	})
	t.Run("a source", func(t *testing.T) {
		got, err := dataset.Collect(s.Examples(t.Context(), dataset.Train))
		if err != nil || len(got) != 2 || got[0].ID != 1 || got[1].Text != "Apple pie" || !slices.Equal(got[1].Labels, []string{"sweet"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("counts", func(t *testing.T) {
		counts, err := s.Counts(t.Context())
		n := 0
		for _, c := range counts {
			n += c.Rows
		}
		if err != nil || n != 5 {
			t.Errorf("got %+v, %v", counts, err)
		}
	})
	t.Run("an ended context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.IDs(ctx, store.Query{}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

func TestRowsKeepTheirSpans(t *testing.T) {
	s := create(t)
	want := []dataset.Span{{Start: 0, End: 5, Label: "person"}, {Start: 17, End: 22, Label: "location"}}
	edit(t, s, "import", func(e *store.Edit) error {
		if err := e.Source("x.jsonl", nil); err != nil {
			return err
		}
		return e.Add(store.NewExample{Example: dataset.Example{Text: "Monet moved from Paris.", Spans: want}, Row: 1})
	})
	page, err := s.Rows(t.Context(), ids(t, s, store.Query{}))
	if err != nil || len(page) != 1 || !slices.Equal(page[0].Spans, want) || !slices.Equal(page[0].Example().Spans, want) {
		t.Errorf("got %+v, %v", page, err)
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("Grüße aus KÖLN", "köln")
	f.Add("Kelvin \u212a", "k")
	f.Add("a\xffb", "\xff")
	s := create(f)
	edit(f, s, "import", func(e *store.Edit) error { return e.Source("x.csv", nil) })
	f.Fuzz(func(t *testing.T, text, wanted string) {
		q := store.Query{Search: wanted}
		if _, err := s.IDs(t.Context(), q); err != nil {
			t.Errorf("search for %q: %v", wanted, err)
		}
	})
}

// TestSpansThatNobodyLookedFor keeps them apart from those that are none, cleaned or not.
func TestSpansThatNobodyLookedFor(t *testing.T) {
	s := create(t)
	want := map[string][]dataset.Span{"unknown": nil, "none": {}, "one": {{Start: 0, End: 3, Label: "NUMBER"}}}
	err := s.Edit(t.Context(), func(e *store.Edit) error {
		if err := e.Source("a.conll", nil); err != nil {
			return err
		}
		for text, spans := range want {
			if err := e.Add(store.NewExample{Example: dataset.Example{Text: text, Spans: spans}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check := func(texts dataset.Source) {
		t.Helper()
		n := 0
		for x, err := range texts {
			if err != nil {
				t.Fatal(err)
			}
			spans := want[strings.ToLower(x.Text)]
			if n++; !slices.Equal(x.Spans, spans) || (x.Spans == nil) != (spans == nil) {
				t.Errorf("%q has the spans %#v, want %#v", x.Text, x.Spans, spans)
			}
		}
		if n != len(want) {
			t.Errorf("got %d of %d", n, len(want))
		}
	}
	check(s.Examples(t.Context(), dataset.Unassigned))
	err = s.Edit(t.Context(), func(e *store.Edit) error {
		for o, err := range e.Originals() {
			if err != nil {
				return err
			}
			if _, err := e.Show(o, store.Shown{Text: strings.ToUpper(o.Text), Spans: o.Spans}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(s.Examples(t.Context(), dataset.Unassigned))
	check(s.Imported(t.Context(), dataset.Unassigned))
}
