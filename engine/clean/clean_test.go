package clean_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/setting"
)

// all gives one of each step.
func all() []clean.Step {
	return []clean.Step{
		clean.NewMojibake(), clean.NewHTML(), clean.NewUnicode(), clean.NewMail(), clean.NewBoilerplate(), clean.NewMask(), clean.NewEmoji(),
		clean.NewReplace(), clean.NewRepeats(), clean.NewWhitespace(), clean.NewLower(), clean.NewShorten(), clean.NewLabels(), clean.NewLanguage(), clean.NewLength(),
	}
}

// set changes settings of a step: a key and a value in turn.
func set(t testing.TB, s clean.Step, settings ...string) clean.Step {
	t.Helper()
	for i := 0; i < len(settings); i += 2 {
		if err := setting.Apply(s.Settings(), settings[i], settings[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// cleaner makes steps work.
func cleaner(t testing.TB, steps ...clean.Step) *clean.Cleaner {
	t.Helper()
	c, err := clean.Pipeline(steps).Cleaner()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// becomes checks what a step makes of texts, and that it makes no more of them when
// it is done again.
func becomes(t *testing.T, s clean.Step, cases map[string]string) {
	t.Helper()
	c := cleaner(t, s)
	for text, want := range cases {
		if got := c.Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if again := c.Text(want); again != want {
			t.Errorf("%q, cleaned already, becomes %q", want, again)
		}
	}
}

// stays checks that a step leaves texts alone.
func stays(t *testing.T, s clean.Step, texts ...string) {
	t.Helper()
	c := cleaner(t, s)
	for _, text := range texts {
		if got := c.Text(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestPipelineIsWrittenDownAndMadeAgain(t *testing.T) {
	steps := clean.Pipeline{clean.NewHTML(), set(t, clean.NewMask(), "urls", "off"), set(t, clean.NewReplace(), "pattern", `order \d+`, "with", "ORDER"),
		set(t, clean.NewLabels(), "from", "a; b", "to", "c"), clean.NewLength()}
	again, err := steps.Recipe().Pipeline(all)
	if err != nil {
		t.Fatal(err)
	}
	e := dataset.Example{Text: "<b>order 17</b> at www.x.org, write to me@x.org", Labels: []string{"b", "a"}}
	for _, p := range []clean.Pipeline{steps, again} {
		row := cleaner(t, p...).Row(e)
		if got := row.Example.Text; got != "ORDER at www.x.org, write to [EMAIL]" || !slices.Equal(row.Labels, []string{"c"}) || row.Dropped != "" {
			t.Errorf("it becomes %q %q, %q", got, row.Labels, row.Dropped)
		}
		if !slices.Equal(row.By, []bool{true, true, true, true, false}) {
			t.Errorf("changed by %v", row.By)
		}
	}
	if n := len(steps.Texts()); n != 3 {
		t.Errorf("%d steps change texts", n)
	}
	if _, err := (clean.Recipe{{Step: "polish"}}).Pipeline(all); err == nil {
		t.Error("a step that there is not was made")
	}
	if _, err := (clean.Recipe{{Step: "replace", Settings: map[string]string{"pattern": "("}}}).Pipeline(all); err == nil {
		t.Error("a pattern that does not hold was taken")
	}
}

func TestEmptiedTextIsLeftOut(t *testing.T) {
	row := cleaner(t, set(t, clean.NewMask(), "by", "nothing")).Row(dataset.Example{Text: "https://example.org"})
	if row.Dropped == "" {
		t.Errorf("it stays as %q", row.Example.Text)
	}
}

func TestSpansMove(t *testing.T) {
	c := cleaner(t, clean.NewHTML(), clean.NewMojibake(), clean.NewMask(), clean.NewWhitespace())
	text := "<p>Mail  to <b>JosÃ© Ruiz</b> in   Paris: jose@x.org.</p>"
	span := func(part, label string) dataset.Span {
		at := indexOf(t, text, part)
		return dataset.Span{Start: at, End: at + len(part), Label: label}
	}
	e := c.Example(dataset.Example{Text: text, Spans: []dataset.Span{span("JosÃ© Ruiz", "person"), span("Paris", "place"), span("jose@x.org", "mail"), span("</b>", "gone")}})
	if want := "Mail to José Ruiz in Paris: [EMAIL]."; e.Text != want {
		t.Fatalf("the text becomes %q, want %q", e.Text, want)
	}
	var got []string
	for _, s := range e.Spans {
		got = append(got, s.Label+" "+e.Text[s.Start:s.End])
	}
	if want := []string{"person José Ruiz", "place Paris", "mail [EMAIL]"}; !slices.Equal(got, want) {
		t.Errorf("the spans are %q, want %q", got, want)
	}
	trail := c.Trail(text)
	var back []string
	for _, s := range trail.Back(e.Spans) {
		back = append(back, text[s.Start:s.End])
	}
	if want := []string{"JosÃ© Ruiz", "Paris", "jose@x.org"}; !slices.Equal(back, want) {
		t.Errorf("back in the text they are %q, want %q", back, want)
	}
	before, after := trail.Parts()
	whole := func(parts []clean.Part) (text string) {
		for _, p := range parts {
			text += p.Text
		}
		return text
	}
	if whole(before) != text || whole(after) != e.Text || !before[0].Changed || before[0].Text != "<p>" {
		t.Errorf("the parts are %+v and %+v", before, after)
	}
}

func indexOf(t *testing.T, text, part string) int {
	for i := range text {
		if len(text)-i >= len(part) && text[i:i+len(part)] == part {
			return i
		}
	}
	t.Fatalf("%q is not in %q", part, text)
	return 0
}

// once are the steps that may find more when they are done again: what a code stood
// for may be a tag, and a pattern may match what it put.
var once = []string{"html", "replace"}

func FuzzSteps(f *testing.F) {
	for _, text := range []string{
		"", "plain", " a\u200b\t b\r\n\r\n\r\nc ", "<p>one<br>two &amp; 3 < 4</p><script>x</script", "cafÃ© â€™ ðŸ˜€", "e\u0301 ﬁ ｶﾞ ﾾￂￌ",
		"see www.x.org/a(b). me@x.org +44 20 7946 0018", "> quoted\nOn Monday, Jo wrote:\n> x\n-- \nJo", "soooo 👍🏽 🇩🇪 1️⃣", "\xff\x00\xc3", "İĞŞ ẞ Σς",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range all() {
			if l, ok := s.(clean.Learner); ok {
				l.Recall([]string{"plain", text[:min(len(text), 40)]})
			}
			c := cleaner(t, s)
			trail := c.Trail(text)
			checkTrail(t, s.Name(), trail)
			if again := c.Text(trail.After); again != trail.After && !slices.Contains(once, s.Name()) {
				t.Fatalf("%s makes %q of %q, and of that %q", s.Name(), trail.After, text, again)
			}
			checkParts(t, c.Row(dataset.Example{Text: trail.Before, Labels: []string{text}, Spans: []dataset.Span{{End: len(text) / 3}}}))
		}
		checkTrail(t, "all", cleaner(t, all()...).Trail(text))
	})
}

// checkParts holds the parts of a divided text against the text: only blanks go.
func checkParts(t *testing.T, r clean.Row) {
	t.Helper()
	if len(r.Rest) == 0 {
		return
	}
	left := r.Text.After
	for _, e := range append([]dataset.Example{r.Example}, r.Rest...) {
		before, after, found := strings.Cut(left, e.Text)
		if !found || strings.TrimSpace(before) != "" || e.Text == "" {
			t.Fatalf("%q is divided into %q, %+v", r.Text.After, r.Example.Text, r.Rest)
		}
		left = after
	}
	if strings.TrimSpace(left) != "" {
		t.Fatalf("%q is lost of %q", left, r.Text.After)
	}
}

func checkTrail(t *testing.T, name string, trail clean.Trail) {
	t.Helper()
	if !utf8.ValidString(trail.After) {
		t.Fatalf("%s makes %q, no UTF-8, of %q", name, trail.After, trail.Before)
	}
	before, after := trail.Parts()
	var whole [2]string
	for i, parts := range [][]clean.Part{before, after} {
		for _, p := range parts {
			if !utf8.ValidString(p.Text) && (i == 1 || utf8.ValidString(trail.Before)) {
				t.Fatalf("%s cuts a character of %q: %+v", name, trail.Before, parts)
			}
			whole[i] += p.Text
		}
	}
	if whole[0] != trail.Before || whole[1] != trail.After {
		t.Fatalf("%s: the parts of %q give %q and %q, not %q", name, trail.Before, whole[0], whole[1], trail.After)
	}
}

// Broken bytes become U+FFFD, a run of them one, and places are those of the text as it was.
func TestSpansMoveInBrokenUTF8(t *testing.T) {
	text := "\xff\xfe\xfd  A\xe9na \uFFFD saw\xc3  Rome\xf0\x9f"
	at := indexOf(t, text, "Rome")
	want := dataset.Span{Start: at, End: at + 4, Label: "place"}
	for name, c := range map[string]*clean.Cleaner{"no steps": cleaner(t), "blanks": cleaner(t, clean.NewWhitespace())} {
		e := dataset.Example{Text: text, Spans: []dataset.Span{want}}
		cleaned := c.Example(e)
		if !utf8.ValidString(cleaned.Text) || strings.Join(strings.Fields(cleaned.Text), " ") != "\uFFFD A\uFFFDna \uFFFD saw\uFFFD Rome\uFFFD" {
			t.Errorf("%s: the text becomes %q", name, cleaned.Text)
		}
		if s := cleaned.Spans; len(s) != 1 || cleaned.Text[s[0].Start:s[0].End] != "Rome" {
			t.Errorf("%s: the spans are %v of %q", name, s, cleaned.Text)
		}
		if row := c.Row(e); row.Example.Text != cleaned.Text || !slices.Equal(row.Spans, cleaned.Spans) {
			t.Errorf("%s: as a row it is %q with %v", name, row.Example.Text, row.Spans)
		}
		trail := c.Trail(text)
		if got := trail.Back(cleaned.Spans); len(got) != 1 || got[0] != want || trail.Before != text {
			t.Errorf("%s: back in the text they are %v, want %v", name, got, want)
		}
	}
}
