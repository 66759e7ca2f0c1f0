package health_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"attune/engine/catalog"
	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/health"
)

// Words of three topics, and words of none.
var (
	topics = map[string]string{
		"billing":  "invoice charged payment refund twice amount bank fee receipt price cost credit balance statement debit",
		"delivery": "parcel courier late tracking doorstep shipment arrived package depot driver address post damaged box delay",
		"login":    "password account locked reset email username signin code forgot browser access blocked verify profile session",
	}
	filler = "please yesterday morning again really today since week hello thanks could would still another always never maybe because after before"
)

// healthy gives rows with nothing wrong with them: three topics alike in size,
// no text like another, dealt out to training, validation and test.
func healthy(n int) *health.Data {
	random := rand.New(rand.NewPCG(11, 11))
	pick := func(from string) string {
		all := strings.Fields(from)
		return all[random.IntN(len(all))]
	}
	names := []string{"billing", "delivery", "login"}
	d := &health.Data{Words: 128}
	for i := range n {
		label := names[i%3]
		var text []string
		for range 7 + random.IntN(8) {
			if random.IntN(2) == 0 {
				text = append(text, pick(topics[label]))
			} else {
				text = append(text, pick(filler))
			}
		}
		split := dataset.Train
		if i%10 >= 8 {
			split = dataset.Splits[i%10-7]
		}
		d.Rows = append(d.Rows, health.Row{Example: dataset.Example{ID: int64(i + 1), Text: strings.Join(text, " "), Labels: []string{label}}, Split: split})
	}
	return d
}

// plant is one thing that is made wrong with healthy rows.
type plant struct {
	check  health.Check
	name   string
	do     func(d *health.Data)
	want   []int64 // rows of the finding, in any order
	change health.Change
	rows   []int64 // that the fix changes so
	says   string  // part of the sentence
}

func text(d *health.Data, id int, text string) { d.Rows[id-1].Text = text }

func like(d *health.Data, id, other int) {
	text(d, id, d.Rows[other-1].Text)
	d.Rows[id-1].Labels = d.Rows[other-1].Labels
	d.Rows[id-1].Split = d.Rows[other-1].Split
}

var plants = []plant{
	{check: health.Duplicates, name: "other case and signs", do: func(d *health.Data) {
		like(d, 10, 4)
		text(d, 10, "  "+strings.ToUpper(d.Rows[3].Text)+"!!")
	}, want: []int64{4, 10}, change: health.Change{Delete: true}, rows: []int64{10}, says: "1 row (0.3 %) repeats"},
	{check: health.Duplicates, name: "three emoji", do: func(d *health.Data) {
		like(d, 4, 1)
		like(d, 7, 1)
		for _, id := range []int{1, 4, 7} {
			text(d, id, "👍 👍")
		}
	}, want: []int64{1, 4, 7}, change: health.Change{Delete: true}, rows: []int64{4, 7}},
	{check: health.NearDuplicates, name: "a word replaced", do: func(d *health.Data) {
		like(d, 10, 4)
		text(d, 10, d.Rows[3].Text+" indeed")
	}, want: []int64{4, 10}, change: health.Change{Delete: true}, rows: []int64{10}, says: "but for a word or two"},
	{check: health.Leaks, name: "copies in the test and in validation", do: func(d *health.Data) {
		text(d, 10, d.Rows[0].Text) // test
		d.Rows[9].Labels = d.Rows[0].Labels
		text(d, 9, d.Rows[2].Text+" indeed") // validation
		d.Rows[8].Labels = d.Rows[2].Labels
	}, want: []int64{10, 1, 9, 3}, change: health.Change{Delete: true}, rows: []int64{1, 3}, says: "1 of the 30 test rows"},
	{check: health.Leaks, name: "one test row, many training rows", do: func(d *health.Data) {
		for _, id := range []int{4, 7, 10} {
			text(d, id, d.Rows[0].Text)
			d.Rows[id-1].Labels = d.Rows[0].Labels
		}
	}, want: []int64{1, 4, 7, 10}, change: health.Change{Delete: true}, rows: []int64{10}, says: "training rows"},
	{check: health.Conflicts, name: "two against one", do: func(d *health.Data) {
		for _, id := range []int{2, 4, 7} {
			text(d, id, d.Rows[0].Text)
		}
	}, want: []int64{1, 2, 4, 7}, change: health.Change{Label: "billing"}, rows: []int64{2}, says: "1 text stands in 4 rows"},
	{check: health.Conflicts, name: "one against one", do: func(d *health.Data) { text(d, 2, d.Rows[0].Text) },
		want: []int64{1, 2}, change: health.Change{Delete: true}, rows: []int64{1, 2}},
	{check: health.WrongLabels, name: "three rows of another topic", do: func(d *health.Data) {
		for _, id := range []int{4, 31, 61} {
			d.Rows[id-1].Labels = []string{"login"}
		}
	}, want: []int64{4, 31, 61}, change: health.Change{Label: "billing"}, rows: []int64{4, 31, 61}, says: "3 of 300 rows"},
	{check: health.Imbalance, name: "one label for nearly all", do: func(d *health.Data) {
		for i := range d.Rows {
			if i%3 > 0 && i > 60 {
				d.Rows[i].Labels = []string{"billing"}
			}
		}
	}, says: `"billing"`},
	{check: health.SmallLabels, name: "two rows, one of them a test row", do: func(d *health.Data) {
		d.Rows[0].Labels, d.Rows[9].Labels = []string{"praise"}, []string{"praise"}
	}, want: []int64{1, 10}, change: health.Change{Delete: true}, rows: []int64{1, 10}, says: `1 label ("praise") has fewer than 10`},
	{check: health.Empty, name: "in every way", do: func(d *health.Data) {
		text(d, 1, " \t")
		text(d, 2, "--")
		text(d, 3, "N/A")
		text(d, 4, "#REF!")
		text(d, 5, "👍")
	}, want: []int64{1, 2, 3, 4}, change: health.Change{Delete: true}, rows: []int64{1, 2, 3, 4}, says: "4 texts"},
	{check: health.Mojibake, name: "once and twice", do: func(d *health.Data) {
		text(d, 5, "the cafÃ© on the corner never answers")
		text(d, 9, "itâ€™s late")
	}, want: []int64{5, 9}, says: "2 texts (0.7 %) have broken characters"},
	{check: health.HTML, name: "tags and codes", do: func(d *health.Data) {
		text(d, 5, "<p>where is my <b>parcel</b></p>")
		text(d, 9, "black &amp; white")
	}, want: []int64{5, 9}, says: "2 texts"},
	{check: health.LongTexts, name: "two of them", do: func(d *health.Data) {
		text(d, 5, strings.Repeat("word after word ", 100))
		text(d, 9, strings.Repeat("on and on ", 100))
	}, want: []int64{5, 9}, says: "longer than the 128 words"},
	{check: health.Languages, name: "ten rows of German", do: func(d *health.Data) {
		for id := 1; id <= 300; id++ {
			text(d, id, fmt.Sprintf("I would like to know when the parcel number %d will finally be delivered to my house", id))
		}
		for id := 1; id <= 10; id++ {
			text(d, id, fmt.Sprintf("Ich möchte gern wissen, wann das Paket mit der Nummer %d endlich zu mir nach Hause kommt", id))
		}
	}, want: []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, change: health.Change{Delete: true}, rows: []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, says: "10 rows in German"},
	{check: health.Personal, name: "an address and a number", do: func(d *health.Data) {
		text(d, 5, "write to anna.schmidt@example.org about the parcel")
		text(d, 9, "call me at +44 20 7946 0958 please")
	}, want: []int64{5, 9}, says: "2 texts"},
	{check: health.Boilerplate, name: "a footer", do: func(d *health.Data) {
		for id := 1; id <= 60; id++ {
			text(d, id, d.Rows[id-1].Text+". This mail was sent from a mobile phone.")
		}
	}, says: "60 texts"},
	{check: health.LabelNames, name: "case and spaces", do: func(d *health.Data) {
		d.Rows[0].Labels, d.Rows[3].Labels = []string{"Billing"}, []string{"billing "}
	}, want: []int64{1, 4}, change: health.Change{Label: "billing"}, rows: []int64{1, 4}, says: "2 labels differ"},
	{check: health.GiveAways, name: "a code of the form", do: func(d *health.Data) {
		for i := range d.Rows {
			if d.Rows[i].Labels[0] == "login" {
				d.Rows[i].Text = "[F7] " + d.Rows[i].Text
			}
		}
	}, says: `"f7" for "login"`},
	{check: health.SpanBounds, name: "cut and overlapping", do: func(d *health.Data) {
		markAll(d, "billing")
		d.Rows[3].Spans = []dataset.Span{{Start: 1, End: 4, Label: "x"}}
		d.Rows[6].Text, d.Rows[6].Spans = "Ann and Bob", []dataset.Span{{Start: 0, End: 7, Label: "x"}, {Start: 4, End: 11, Label: "y"}}
	}, want: []int64{4, 7}, says: "share words"},
	{check: health.SpanNames, name: "another name, and forgotten", do: func(d *health.Data) {
		markAll(d, "Ann Lee")
		d.Rows[3].Spans[0].Label = "place"
		d.Rows[6].Spans = []dataset.Span{}
	}, want: []int64{4, 7}, says: "In 1 row words are marked with another name"},
	{check: health.Answers, name: "one that is nowhere", do: func(d *health.Data) {
		markAll(d, "Ann Lee")
		for i := range d.Rows {
			d.Rows[i].Pair = "Who?"
		}
		d.Rows[3].Spans, d.Rows[3].Target = nil, "Bob"
		d.Rows[6].Spans = []dataset.Span{}
	}, want: []int64{4}, change: health.Change{Delete: true}, rows: []int64{4}, says: "1 of 300 questions"},
	{check: health.Outliers, name: "Latin and no text", do: func(d *health.Data) {
		text(d, 5, "gallia est omnis divisa in partes tres quarum unam incolunt belgae")
		text(d, 9, "zx81 qwpo mnbv ghty lkju poiu")
	}, want: []int64{5, 9}, change: health.Change{Delete: true}, rows: []int64{5, 9}, says: "2 texts"},
	{check: health.StrangeWords, name: "a model of another language", do: func(d *health.Data) {
		d.Pieces = func(word string) (int, bool) { return 1 + len(word)/2, word == "parcel" }
	}, says: "most often"},
	{check: health.Drift, name: "a test set of one label", do: func(d *health.Data) {
		for i := range d.Rows {
			if d.Rows[i].Split == dataset.Test {
				d.Rows[i].Labels = []string{"login"}
			}
		}
	}, says: `The labels of the test rows`},
	{check: health.TextDrift, name: "a test set of last year", do: func(d *health.Data) {
		for i := range d.Rows {
			if d.Rows[i].Split == dataset.Test {
				d.Rows[i].Text = fmt.Sprintf("old voucher %d expired at the counter of your shop in town", i)
			}
		}
	}, says: `most often "at", "counter", "expired"`},
}

// markAll puts words before each text and marks them.
func markAll(d *health.Data, words string) {
	for i := range d.Rows {
		d.Rows[i].Text = words + " " + d.Rows[i].Text
		d.Rows[i].Spans = []dataset.Span{{Start: 0, End: len(words), Label: "name"}}
	}
}

func TestPlanted(t *testing.T) {
	for _, p := range plants {
		t.Run(p.check.Name+"/"+p.name, func(t *testing.T) {
			d := healthy(300)
			p.do(d)
			findings := examine(t, d, p.check)
			if len(findings) == 0 {
				t.Fatal("nothing was found")
			}
			var got, changed []int64
			for _, f := range findings {
				if f.Check != p.check.Name || f.Summary == "" {
					t.Errorf("a finding without a name or a sentence: %+v", f)
				}
				if (f.Fix != "") != (f.Changes() > 0) {
					t.Errorf("the fix %q changes %d rows", f.Fix, f.Changes())
				}
				if (f.Move != "") != (f.Moves() > 0) {
					t.Errorf("the move %q moves %d rows", f.Move, f.Moves())
				}
				for _, item := range f.Items {
					got = append(got, item.ID)
					if item.Change == p.change {
						changed = append(changed, item.ID)
					}
				}
			}
			if !strings.Contains(findings[0].Summary, p.says) {
				t.Errorf("it says %q, want %q in it", findings[0].Summary, p.says)
			}
			if p.want != nil && !sameIDs(got, p.want) {
				t.Errorf("it names the rows %v, want %v", got, p.want)
			}
			if p.rows != nil && !sameIDs(changed, p.rows) {
				t.Errorf("it would do %+v to the rows %v, want %v", p.change, changed, p.rows)
			}
		})
	}
}

func sameIDs(a, b []int64) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// TestEachCheckIsPlanted fails on a check without a planted case.
func TestEachCheckIsPlanted(t *testing.T) {
	for _, c := range catalog.Checks() {
		if !slices.ContainsFunc(plants, func(p plant) bool { return p.check.Name == c.Name }) {
			t.Errorf("nothing is planted for %s", c.Name)
		}
	}
}

func TestSilentOnHealthyRows(t *testing.T) {
	for _, f := range examine(t, healthy(300), catalog.Checks()...) {
		t.Errorf("%s: %s", f.Check, f.Summary)
	}
}

// TestSilentOnHealthyMarks has what some checks look at alone: marked words, questions
// with answers, and a model that knows nearly every word.
func TestSilentOnHealthyMarks(t *testing.T) {
	for name, with := range map[string]func(d *health.Data){
		"names": func(d *health.Data) { markAll(d, "Ann Lee") },
		"answers": func(d *health.Data) {
			markAll(d, "Ann Lee")
			for i := range d.Rows {
				d.Rows[i].Pair, d.Rows[i].Target = "Who?", "Ann Lee"
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy(300)
			with(d)
			d.Pieces = func(word string) (int, bool) { return 1 + len(word)/9, false }
			for _, f := range examine(t, d, catalog.Checks()...) {
				t.Errorf("%s: %s", f.Check, f.Summary)
			}
		})
	}
}

func TestFewRows(t *testing.T) {
	for n := range 4 {
		for _, f := range examine(t, healthy(n), catalog.Checks()...) {
			if f.Check != health.SmallLabels.Name {
				t.Errorf("%d rows: %s: %s", n, f.Check, f.Summary)
			}
		}
	}
}

// A text that very many rows repeat takes no longer than as many texts.
func TestLeaksOfOneTextInManyRows(t *testing.T) {
	d := healthy(100_000)
	for i := range d.Rows {
		text(d, i+1, "thanks a lot")
	}
	for _, f := range examine(t, d, health.Leaks) {
		if len(f.Items) != 90_000 || f.Items[0].Group != f.Items[89_999].Group {
			t.Errorf("%s has %d rows", f.Title, len(f.Items))
		}
	}
}

// TestFixesCure examines again what a fix has changed.
func TestFixesCure(t *testing.T) {
	for _, p := range plants {
		t.Run(p.check.Name+"/"+p.name, func(t *testing.T) {
			d := healthy(300)
			p.do(d)
			for _, f := range examine(t, d, p.check) {
				d = fixed(t, d, f)
			}
			for _, f := range examine(t, d, p.check) {
				if f.Fix != "" {
					t.Errorf("it still finds: %s", f.Summary)
				}
			}
		})
	}
}

func TestMovesCure(t *testing.T) {
	for _, p := range plants {
		t.Run(p.check.Name+"/"+p.name, func(t *testing.T) {
			d := healthy(300)
			p.do(d)
			moves := 0
			for _, f := range examine(t, d, p.check) {
				for _, item := range f.Items {
					if item.Move != dataset.Unassigned {
						at := slices.IndexFunc(d.Rows, func(r health.Row) bool { return r.ID == item.ID })
						d.Rows[at].Split = item.Move
						moves++
					}
				}
			}
			if p.check.Name == health.Leaks.Name && moves == 0 {
				t.Error("no row can be moved")
			}
			again := &health.Data{Rows: d.Rows, Words: d.Words, Pieces: d.Pieces}
			for _, f := range examine(t, again, p.check) {
				if f.Move != "" {
					t.Errorf("it still finds: %s", f.Summary)
				}
			}
		})
	}
}

// fixed gives the rows as a fix leaves them.
func fixed(t *testing.T, d *health.Data, f health.Finding) *health.Data {
	t.Helper()
	cleaner := &clean.Cleaner{}
	if f.Step != "" {
		cleaner = cleanerOf(t, d, f.Step)
	}
	after := &health.Data{Words: d.Words}
	changes := map[int64]health.Change{}
	for _, item := range f.Items {
		changes[item.ID] = item.Change
	}
	for _, r := range d.Rows {
		c := changes[r.ID]
		if c.Delete {
			continue
		}
		if c.Label != "" {
			r.Labels = []string{c.Label}
		}
		r.Text = cleaner.Text(r.Text)
		after.Rows = append(after.Rows, r)
	}
	return after
}

// cleanerOf gives a step of cleaning, ready for the rows.
func cleanerOf(t *testing.T, d *health.Data, name string) *clean.Cleaner {
	t.Helper()
	all := catalog.Cleaners()
	step := clean.Pipeline{all[slices.IndexFunc(all, func(s clean.Step) bool { return s.Name() == name })]}
	err := step.Learn(func(yield func(string) bool) {
		for _, r := range d.Rows {
			if !yield(r.Text) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	cleaner, err := step.Cleaner()
	if err != nil {
		t.Fatal(err)
	}
	return cleaner
}

func TestExamineTellsAndStops(t *testing.T) {
	told := map[string][]float64{}
	if _, err := health.Examine(t.Context(), catalog.Checks(), healthy(300), func(c health.Check, done float64) {
		told[c.Name] = append(told[c.Name], done)
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range catalog.Checks() {
		if all := told[c.Name]; len(all) < 2 || all[0] != 0 || all[len(all)-1] != 1 || !slices.IsSorted(all) {
			t.Errorf("%s told %v", c.Name, all)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	d := healthy(300)
	_, err := health.Examine(ctx, catalog.Checks(), d, func(c health.Check, _ float64) {
		if c.Name == health.WrongLabels.Name {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("stopped in its midst it gives %v", err)
	}
}

func TestSameEachTime(t *testing.T) {
	d := func() *health.Data {
		d := healthy(300)
		for _, p := range plants {
			p.do(d)
		}
		return d
	}
	a, b := examine(t, d(), catalog.Checks()...), examine(t, d(), catalog.Checks()...)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("the same rows gave other findings")
	}
	for i := 1; i < len(a); i++ {
		if a[i].Severity == health.Grave && a[i-1].Severity != health.Grave {
			t.Error("the gravest findings do not come first")
		}
	}
}

// TestLanguagesAmongMany: of so many rows some are looked at first, and then all.
func TestLanguagesAmongMany(t *testing.T) {
	d := &health.Data{}
	german := 0
	for i := range 20_500 {
		r := health.Row{Example: dataset.Example{ID: int64(i + 1), Text: "short"}} // its language cannot be told
		switch {
		case i%100 < 2:
			r.Text = "I would like to know when the parcel will finally be delivered to my house"
		case i%1000 < 110 && i%100 < 6:
			r.Text = "Ich möchte gern wissen, wann das Paket endlich zu mir nach Hause kommt"
			german++
		}
		d.Rows = append(d.Rows, r)
	}
	findings := examine(t, d, health.Languages)
	if len(findings) != 1 || len(findings[0].Items) != german {
		t.Errorf("%d findings, want one with %d rows", len(findings), german)
	}
}
