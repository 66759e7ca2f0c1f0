package task_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/weights"
)

// marked reads a text in which [words]LABEL are marked.
func marked(text string) dataset.Example {
	e := dataset.Example{Spans: []dataset.Span{}}
	for {
		before, rest, found := strings.Cut(text, "[")
		e.Text += before
		if !found {
			return e
		}
		words, after, _ := strings.Cut(rest, "]")
		end := strings.IndexFunc(after, func(r rune) bool { return r < 'A' || r > 'Z' })
		if end < 0 {
			end = len(after)
		}
		e.Spans = append(e.Spans, dataset.Span{Start: len(e.Text), End: len(e.Text) + len(words), Label: after[:end]})
		e.Text += words
		text = after[end:]
	}
}

var names = []dataset.Example{
	marked("my [card]THING is lost"), marked("the [parcel door]THING has not come [late]TIME"), marked("a refund please"),
}

func entities(t *testing.T, base *model.Base, length int) task.Model {
	t.Helper()
	m, err := (&task.Entities{MaxLength: length}).Learn(base, dataset.FromSlice(names), 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tagNames are those of the entities' model, in their order.
var tagNames = strings.Fields("O B-THING I-THING B-TIME I-TIME")

// targets gives the tags of an item's pieces, "." where none counts.
func targets(item batch.Item) string {
	var all []string
	for _, n := range item.Targets {
		if n == loss.Ignored {
			all = append(all, ".")
		} else {
			all = append(all, tagNames[n])
		}
	}
	return strings.Join(all, " ")
}

func TestTagsOfPieces(t *testing.T) {
	cases := []struct {
		name string
		e    dataset.Example
		want string
	}{
		{"one piece a word", marked("the [parcel door]THING is [late]TIME"), ". O B-THING I-THING O B-TIME ."},
		{"words of several pieces", marked("[my,card]THING"), ". B-THING I-THING I-THING ."},
		{"nothing marked", marked("my card"), ". O O ."},
		{"nobody looked", dataset.Example{Text: "my card"}, ". . . ."},
		{"a label that was not learned", marked("[my]PERSON card"), ". O O ."},
		{"no text", marked(""), ". ."},
	}
	m := entities(t, tasktest.Base(t), 64)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := targets(item(t, m, c.e)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// Places are bytes of the text as it is, whatever the tokenizer makes of it.
func TestPlacesAreBytesOfTheText(t *testing.T) {
	m := entities(t, tasktest.Base(t), 64)
	for name, text := range map[string]string{
		"emoji": "😀 my 👍🏽 card", "accents as marks": "my ca\u0301rd is", "line ends of Windows": "my\r\n\r\ncard\r\n",
		"Chinese": "我的 card 丢了", "capitals that grow": "MY İİ CARD", "broken": "my \xff\xfe card", "control characters": "my\x00 car\u200bd",
	} {
		t.Run(name, func(t *testing.T) {
			last := 0
			for _, p := range item(t, m, dataset.Example{Text: text}).Places {
				if p.Empty() {
					continue
				}
				word := text[p.Start:p.End]
				if int(p.Start) < last || strings.TrimSpace(word) != word {
					t.Errorf("%q at %v", word, p)
				}
				for _, at := range []int32{p.Start, p.End} {
					if int(at) < len(text) && text[at]&0xc0 == 0x80 {
						t.Errorf("%v lies inside of a letter", p)
					}
				}
				last = int(p.End)
			}
			if last == 0 {
				t.Error("nothing has a place")
			}
		})
	}
}

// A long text is read in windows, in which every word counts once, however its words
// are cut.
func TestALongTextIsReadInWindows(t *testing.T) {
	m := entities(t, tasktest.Base(t), 12)
	words := strings.Split(strings.Repeat("my card is lost the parcel has not come ", 6), " ")
	long := dataset.Example{Text: strings.Join(words, " "), Spans: []dataset.Span{}}
	plain, err := m.Items(long)
	if err != nil || len(plain) < 6 {
		t.Fatalf("%d items, %v", len(plain), err)
	}
	varied, err := m.ItemsVaried(long, 0.5, rand.New(rand.NewPCG(1, 1)))
	if err != nil || len(varied) != len(plain) {
		t.Fatalf("%d items when words are cut at random, %d else: %v", len(varied), len(plain), err)
	}
	for _, items := range [][]batch.Item{plain, varied} {
		seen := map[batch.Place]int{}
		for _, it := range items {
			if len(it.IDs) > 12 || len(it.IDs) != len(it.Targets) || len(it.IDs) != len(it.Places) {
				t.Errorf("%d pieces, %d targets, %d places", len(it.IDs), len(it.Targets), len(it.Places))
			}
			for i, target := range it.Targets {
				if target != loss.Ignored {
					seen[it.Places[i]]++
				}
			}
		}
		for place, times := range seen {
			if times != 1 {
				t.Errorf("%v counts %d times", place, times)
			}
		}
		if len(seen) != len(strings.Fields(long.Text)) {
			t.Errorf("%d words count", len(seen))
		}
	}
}

// answering gives logits by which the spans of an example are found in an item.
func sure(it batch.Item, spans []dataset.Span) []float32 {
	logits := make([]float32, len(it.IDs)*len(tagNames))
	for i, p := range it.Places {
		name := "O"
		for _, x := range spans {
			switch {
			case int(p.Start) == x.Start:
				name = "B-" + x.Label
			case int(p.Start) > x.Start && int(p.Start) < x.End:
				name = "I-" + x.Label
			}
		}
		logits[i*len(tagNames)+slices.Index(tagNames, name)] = 9
	}
	return logits
}

// What is found in windows is put together to what is there, each span once and whole.
func TestSpansOfWindowsAreJoined(t *testing.T) {
	m := entities(t, tasktest.Base(t), 14)
	e := marked(strings.Repeat("my [card]THING is lost the [parcel door]THING has not [come late]TIME ", 5))
	items, err := m.Items(e)
	if err != nil {
		t.Fatal(err)
	}
	var parts []dataset.Answer
	for _, it := range items {
		b := batch.Pack([]batch.Item{it})
		parts = append(parts, m.Answers(op.Constant(len(it.IDs), len(tagNames), sure(it, e.Spans)), b)...)
	}
	got := m.Join(e, parts)
	for i := range got.Spans {
		got.Spans[i].Score = 0
	}
	if !slices.Equal(got.Spans, e.Spans) {
		t.Errorf("%v, want %v", got.Spans, e.Spans)
	}
	if c := (&task.Entities{}).Compare(e, got); !c.Right || !strings.HasPrefix(c.Want, "“card” THING, ") {
		t.Errorf("%+v", c)
	}
}

// Windows weigh by their words when a step is computed in parts.
func TestTheLossIsTheMeanOverWords(t *testing.T) {
	m := entities(t, tasktest.Base(t), 64)
	tape := optest.Tape(t)
	short, long := item(t, m, marked("my")), item(t, m, marked("my card is lost"))
	value := func(items ...batch.Item) (mean, weight float64) {
		tape.Infer()
		b := batch.Pack(items)
		mean = float64(op.Rows(m.Loss(tape, m.Logits(tape, b), b))[0])
		return mean, tape.Weight()
	}
	a, one := value(short)
	b, four := value(long)
	both, five := value(short, long)
	if one != 1 || four != 4 || five != 5 {
		t.Errorf("weights %g, %g and %g", one, four, five)
	}
	if d := both - (a+4*b)/5; d > 1e-5 || d < -1e-5 {
		t.Errorf("%g of %g and %g", both, a, b)
	}
}

func TestWithoutMarksThereIsNothingToLearn(t *testing.T) {
	for name, rows := range map[string][]dataset.Example{"none": nil, "unmarked": {{Text: "my card"}}, "nothing found": {marked("my card")}} {
		_, err := task.NewEntities().Learn(tasktest.Base(t), dataset.FromSlice(rows), 1)
		var e *task.Error
		if !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A head of the same labels is kept, in the tags that it was saved with.
func TestASavedHeadOfTheSameLabelsIsKept(t *testing.T) {
	for names, kept := range map[string]bool{
		"O B-THING E-THING I-THING S-THING B-TIME E-TIME I-TIME S-TIME": true, "B-TIME I-TIME B-THING I-THING O": true,
		"O B-THING I-THING": false, "THING TIME": false,
	} {
		base := tasktest.Base(t)
		base.Labels = strings.Fields(names)
		got := entities(t, base, 64).Config()["label2id"].(map[string]int)
		want := tagNames
		if kept {
			want = base.Labels
		}
		if len(got) != len(want) || got[want[0]] != 0 || got[want[1]] != 1 {
			t.Errorf("%s became %v", names, got)
		}
	}
}

func TestTheDictionary(t *testing.T) {
	learn := []dataset.Example{
		marked("[New York]PLACE is large"), marked("the [New York Times]PAPER of [New  York]PLACE"), marked("[Ada]PERSON is here"),
		marked("[may]TIME be"), marked("it may be or may not"), marked("[Jo]PERSON"), marked("[Jo]PLACE and [Jo]PLACE"),
	}
	answer, err := (&task.Entities{}).Baseline(context.Background(), dataset.FromSlice(learn))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"in [New\nYork]PLACE, [New York Times]PAPER", "[Ada]PERSON's", "ada and Adam", "it may be", "[Jo]PLACE", "",
	} {
		want := marked(text)
		if got := answer(dataset.Example{Text: want.Text}).Spans; !slices.Equal(got, want.Spans) {
			t.Errorf("%q: %v, want %v", want.Text, got, want.Spans)
		}
	}
}

// Whatever a text is made of, its places lie inside of it on the bounds of runes and do
// not overlap, and every item is as long as its parts.
func FuzzItems(f *testing.F) {
	for _, text := range []string{"", "my card", "😀👍🏽 ca\u0301rd\r\n", "王明 กินข้าว", "my\xff\xfecard", strings.Repeat("İ-", 40)} {
		f.Add(text, text, uint8(1), uint8(4))
	}
	base := tasktest.Base(f)
	tagging, err := (&task.Entities{MaxLength: 12}).Learn(base, dataset.FromSlice(names), 1)
	if err != nil {
		f.Fatal(err)
	}
	asking, err := (&task.Answering{MaxLength: 32, Shared: 5, Longest: 9}).Learn(base, dataset.FromSlice(questions), 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, pair string, from, to uint8) {
		start, end := min(int(from), len(text)), min(int(to), len(text))
		e := dataset.Example{Text: text, Pair: pair, Spans: []dataset.Span{{Start: min(start, end), End: max(start, end), Label: "THING"}}}
		for _, m := range []task.Model{tagging, asking} {
			plain, err := m.Items(e)
			if err != nil || len(plain) == 0 {
				t.Fatalf("%d items, %v", len(plain), err)
			}
			varied, err := m.ItemsVaried(e, 0.5, rand.New(rand.NewPCG(1, 1)))
			if err != nil || len(varied) != len(plain) {
				t.Fatalf("%d items when words are cut at random, %d else: %v", len(varied), len(plain), err)
			}
			for _, it := range slices.Concat(plain, varied) {
				if len(it.IDs) > 32 || len(it.Places) != len(it.IDs) {
					t.Fatalf("%d pieces, %d places", len(it.IDs), len(it.Places))
				}
				last := batch.Place{}
				for _, p := range it.Places {
					if p.Empty() || p == last {
						continue
					}
					if p.Start < last.End || int(p.End) > len(text) {
						t.Fatalf("%v behind %v in %d bytes", p, last, len(text))
					}
					if utf8.ValidString(text) && !utf8.ValidString(text[p.Start:p.End]) {
						t.Fatalf("%q is cut inside of a rune", text[p.Start:p.End])
					}
					last = p
				}
			}
			b := batch.Pack(plain)
			columns := 2
			if m == tagging {
				columns = len(tagNames)
			}
			for _, x := range m.Join(e, m.Answers(op.Constant(b.Tokens(), columns, make([]float32, columns*b.Tokens())), b)).Spans {
				if x.Start >= x.End || x.End > len(text) {
					t.Fatalf("%v in %d bytes", x, len(text))
				}
			}
		}
	})
}

// A new head begins with what the body was taught of capitals: a word that it takes for one
// is a name of all labels alike.
func TestATaggerBeginsWithCapitals(t *testing.T) {
	base := tasktest.Base(t)
	plain := headOf(t, entities(t, base, 64))
	known := guessing.NewCapitals(base.Backbone.Width())
	random := rand.New(rand.NewPCG(2, 2))
	for _, p := range known.Params() {
		values := op.Rows(p)
		for i := range values {
			values[i] = float32(random.NormFloat64())
		}
	}
	sink := weights.NewSink()
	base.Backbone.Save(sink)
	known.Save(sink)
	held := weights.Held{}
	for _, tensor := range sink.Tensors() {
		held[tensor.Name] = tensor
	}
	base.Weights = weights.NewSource(held)
	begun := headOf(t, entities(t, base, 64))
	weight, width := op.Rows(known.Out.Weight), base.Backbone.Width()
	for i, name := range tagNames {
		from := guessing.Capital
		if name == "O" {
			from = guessing.Small
		}
		for j := range width {
			if got, want := begun[i*width+j], plain[i*width+j]+weight[from*width+j]; got != want {
				t.Fatalf("%s begins with %g, not %g", name, got, want)
			}
		}
	}
}

// headOf gives the weights of a tagger's last layer [tags x width].
func headOf(t *testing.T, m task.Model) []float32 {
	t.Helper()
	for name, p := range m.Params() {
		if name == "classifier.weight" {
			return op.Rows(p)
		}
	}
	t.Fatal("it has no head")
	return nil
}
