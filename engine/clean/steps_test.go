package clean_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/setting"
)

func TestWhitespace(t *testing.T) {
	becomes(t, clean.NewWhitespace(), map[string]string{
		"  two   blanks ":         "two blanks",
		"a\tb\u00a0c\u3000d":      "a b c d",
		"a\r\nb\rc\u2028d":        "a\nb\nc\nd",
		"a \n \n\n\n b":           "a\n\nb",
		"zero\u200bwidth\ufeff":   "zerowidth",
		"soft\u00adhyphen":        "softhyphen",
		"bell\x07 and \x00 null":  "bell and null",
		"\u200b \n":               "",
		"می\u200cخواهم \u200eبله": "می\u200cخواهم بله",
	})
	stays(t, clean.NewWhitespace(), "", "one line", "two\n\nlines", "👨\u200d👩\u200d👧 family")
	becomes(t, set(t, clean.NewWhitespace(), "lines", "off"), map[string]string{"a\n\nb \r\n c": "a b c"})
}

func TestUnicode(t *testing.T) {
	becomes(t, clean.NewUnicode(), map[string]string{"cafe\u0301 au lait": "café au lait", "\u212b": "Å"})
	stays(t, clean.NewUnicode(), "ﬁne ½ ｗide")
	becomes(t, set(t, clean.NewUnicode(), "form", "NFKC"), map[string]string{"ﬁne ½ ｗide": "fine 1⁄2 wide", "ﾾￂ": "하"})
}

func TestHTML(t *testing.T) {
	becomes(t, clean.NewHTML(), map[string]string{
		"<p>One</p><p>two<br/>three</p>":                           "\nOne\ntwo\nthree\n",
		"a <b>bold</b> <a href=\"http://x.org\">link</a>":          "a bold link",
		"fish &amp; chips, caf&#233; &eacute;&#xE9;":               "fish & chips, café éé",
		"<style>p {}</style>seen<script>if (a<b) {}</script>":      "seen",
		"<!-- note -->text<!DOCTYPE html>":                         "text",
		"<table><tr><td>1</td><td>2</td></tr></table>":             "\n1 2\n",
		"<html><head><title>T</title></head><body>x</body></html>": "\nx\n",
		"quoted <IMG src=x alt='>'> here":                          "quoted   here",
	})
	stays(t, clean.NewHTML(), "I <3 you", "1 < 2 && 3 > 2", "from <jo@x.org>", "dear <name>,", "AT&T &copy &unknown;", "half a tag <b", "a <!- b", "x &lt")
	becomes(t, set(t, clean.NewHTML(), "entities", "off"), map[string]string{"<i>a &amp; b</i>": "a &amp; b"})
}

func TestMask(t *testing.T) {
	becomes(t, clean.NewMask(), map[string]string{
		"see https://example.org/a?b=c.":                        "see [URL].",
		"(www.example.org) or example.com/x_(y), ok":            "([URL]) or [URL], ok",
		"mail jo.doe+x@mail.example.co.uk!":                     "mail [EMAIL]!",
		"call +44 20 7946 0018 or (030) 901820 or 555-867-5309": "call [PHONE] or [PHONE] or [PHONE]",
		"txt 09061701461 now":                                   "txt [PHONE] now",
		"http://localhost:8080/x":                               "[URL]",
		"visit shop.example.com today":                          "visit [URL] today",
	})
	stays(t, clean.NewMask(), "on 2026-03-01 at 10.30", "01/02/2026", "order 48213771", "£1000000", "0.1234567 of it", "e.g. this", "192.168.100.200",
		"end.Next sentence", "version 1.2.3", "a@b", "@handle", "12345678901234567890", "www.", "the .com boom")
	becomes(t, set(t, clean.NewMask(), "urls", "off", "by", "nothing"), map[string]string{"at www.x.org by a@x.org": "at www.x.org by "})
}

// However many addresses a text has, and however they end, each is looked at once: four
// times the text takes four times as long.
func TestMaskOfLongTexts(t *testing.T) {
	c := cleaner(t, clean.NewMask())
	for name, text := range map[string]func(n int) string{
		"many":     func(n int) string { return strings.Repeat("a@b.org www.c.org 0301234567 ", n/8) },
		"brackets": func(n int) string { return "https://" + strings.Repeat(")", 8*n) },
	} {
		took := func(n int) time.Duration {
			began := time.Now()
			c.Text(text(n))
			return time.Since(began)
		}
		if one, four := took(1<<16), took(1<<18); four > 9*one+time.Second {
			t.Errorf("%s: it took %v, and %v for four times as much", name, one, four)
		}
	}
}

func TestReplace(t *testing.T) {
	becomes(t, set(t, clean.NewReplace(), "pattern", `order (\d+)`, "with", "no. $1", "ignore_case", "on"), map[string]string{"Order 17 and order 18": "no. 17 and no. 18"})
	stays(t, clean.NewReplace(), "nothing is asked for")
	stays(t, set(t, clean.NewReplace(), "pattern", "x*", "with", ""), "empty matches")
}

func TestLabels(t *testing.T) {
	rename, err := set(t, clean.NewLabels(), "from", "invoice; Payment ;", "to", " billing ").(clean.LabelStep).Renamer()
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]string{"invoice": "billing", "Payment": "billing", "payment": "payment", "": "", "other": "other"} {
		if got := rename(label); got != want {
			t.Errorf("%q becomes %q, want %q", label, got, want)
		}
	}
	rename, err = set(t, clean.NewLabels(), "from", "spam", "to", "Spam", "ignore_case", "on").(clean.LabelStep).Renamer()
	if got := rename(" SPAM  "); got != "Spam" || err != nil {
		t.Errorf("it becomes %q, %v", got, err)
	}
	rename, err = set(t, clean.NewLabels(), "from", "spam").(clean.LabelStep).Renamer()
	if got := rename("spam"); got != "spam" || err != nil {
		t.Errorf("without a new name it becomes %q, %v", got, err)
	}
}

func TestMojibake(t *testing.T) {
	becomes(t, clean.NewMojibake(), map[string]string{
		"cafÃ© au lait": "café au lait",
		"donâ€™t â€œquoteâ€\u009d â€“ ok": "don’t “quote” – ok",
		"20Â° and Â£5":                     "20° and £5",
		"ðŸ˜€ smile":                       "😀 smile",
		"Ð¿Ñ€Ð¸Ð²ÐµÑ‚":                     "привет",
		"twice: cafÃƒÂ©":                   "twice: café",
		"latin-1 cafÃ\u00a9 â\u0080\u0099": "latin-1 café ’",
		"Ã©tÃ© Ã\u00a0 Paris":              "été à Paris",
		"that\u0092s \u0093it\u0094\u0081": "that’s “it”\u0081",
		"ä½\u00a0å¥½":                      "你好",
		"ï»¿start":                         "\ufeffstart",
	})
	stays(t, clean.NewMojibake(), "café", "naïve Ångström", "Ünïcödé", "CAFÉ» fermé", "«MAÇÃ» boa", "“MAÇÔ", "à\u00a0»", "ESPAÑA", "Â", "Ã is a letter", "São João", "привет", "日本語", "½ × ÷", "É…")
}

func TestMail(t *testing.T) {
	becomes(t, clean.NewMail(), map[string]string{
		"It is broken.\n\nKind regards,\nJo Doe\nFirm Ltd\n":                                "It is broken.\n\n",
		"Yes please.\n-- \nJo\n+44 1":                                                       "Yes please.\n",
		"No.\nSent from my iPhone":                                                          "No.\n",
		"Thanks!\n\nOn Mon, 3 Mar 2025 at 10:00, Jo Doe <jo@x.org> wrote:\n> old\n> text\n": "Thanks!\n\n",
		"Thanks!\n\nAm 03.03.2025 um 10:00 schrieb Jo Doe <jo@x.org>:\nalt\n":               "Thanks!\n\n",
		"Top.\n-----Original Message-----\nFrom: Jo\nold":                                   "Top.\n",
		"Top.\n\nFrom: Jo <jo@x.org>\nSent: Monday\nTo: me\n\nold":                          "Top.\n\n",
		"> asked\nanswered\n> more\nanswered too":                                           "answered\nanswered too",
		"Mit freundlichen Grüßen\nJo":                                                       "Mit freundlichen Grüßen\nJo",
	})
	stays(t, clean.NewMail(), "> all of it is quoted", "", "Best wishes to the team, they did well.", "Regards\n"+strings.Repeat("a long letter goes on and on here\n", 12), "From: here to there it is far", "On my way she wrote: hello")
	stays(t, set(t, clean.NewMail(), "quotes", "off", "signatures", "off"), "x\n> y\n-- \nz")
}

func TestBoilerplate(t *testing.T) {
	b := clean.NewBoilerplate().(clean.Learner)
	if b.Learned() != nil {
		t.Error("it knows something before it learned")
	}
	b.Learn(func(yield func(string) bool) {
		for i := range 100 {
			text := fmt.Sprintf("My problem is number %d in the list.", i)
			if i%10 == 0 {
				text += "\nThis message is meant for you alone. Thank you!"
			}
			if !yield(text) {
				return
			}
		}
	})
	if want := []string{"This message is meant for you alone."}; !slices.Equal(b.Learned(), want) {
		t.Fatalf("it learned %q, want %q", b.Learned(), want)
	}
	again, err := clean.Pipeline{b}.Recipe().Pipeline(all)
	if err != nil || !slices.Equal(again[0].(clean.Learner).Learned(), b.Learned()) {
		t.Errorf("written down and made again, it knows something else: %v", err)
	}
	if set(t, again[0], "share", "20").(clean.Learner).Learned() != nil {
		t.Error("set in another way, it keeps what it learned")
	}
	becomes(t, b, map[string]string{"Help. This message is meant for you alone. Thank you!": "Help.  Thank you!"})
	stays(t, b, "This message is meant for you alone.", "this message is meant for you alone, I think. Yes.")
}

// TestBoilerplateOfManyRows learns from more different sentences than it counts at a
// time.
func TestBoilerplateOfManyRows(t *testing.T) {
	b := clean.NewBoilerplate().(clean.Learner)
	b.Learn(func(yield func(string) bool) {
		for i := range 450_000 {
			text := fmt.Sprintf("the sentence with number %d", i)
			if i%15 == 7 {
				text += "\nevery fifteenth row says this"
			}
			if !yield(text) {
				return
			}
		}
	})
	if want := []string{"every fifteenth row says this"}; !slices.Equal(b.Learned(), want) {
		t.Errorf("it learned %q", b.Learned())
	}
}

func TestEmoji(t *testing.T) {
	becomes(t, clean.NewEmoji(), map[string]string{
		"good 👍🏽 day":     "good :thumbs up sign: day",
		"from 🇩🇪":         "from :flag DE:",
		"press 1️⃣ or #⃣": "press :1: or :#:",
		"👩‍👩‍👧 ❤️ ☀":      ":woman: :heavy black heart: :black sun with rays:",
	})
	stays(t, clean.NewEmoji(), "1 2 #3", "© 2024 ™ ↔", "a\u200db", "plain")
	becomes(t, set(t, clean.NewEmoji(), "by", "nothing"), map[string]string{"good 👍🏽": "good "})
}

func TestRepeats(t *testing.T) {
	becomes(t, clean.NewRepeats(), map[string]string{"sooooo good!!!!!!": "sooo good!!!", "hmmmmm…………": "hmmm………"})
	stays(t, clean.NewRepeats(), "1000000 aaa", "a    b")
	becomes(t, set(t, clean.NewRepeats(), "most", "1"), map[string]string{"good": "god"})
}

func TestLower(t *testing.T) {
	becomes(t, clean.NewLower(), map[string]string{"HELLO World": "hello world", "ÄÖÜ ẞ": "äöü ß", "ΟΔΟΣ": "οδοσ"})
	stays(t, clean.NewLower(), "already small ß", "日本")
}

func TestShorten(t *testing.T) {
	becomes(t, set(t, clean.NewShorten(), "words", "3"), map[string]string{"one two three four five": "one two three", "我是中国人": "我是中", "ສະບາຍດີ": "ສະບ"})
	becomes(t, set(t, clean.NewShorten(), "words", "3", "keep", "the end"), map[string]string{"one two three four five": "three four five"})
	becomes(t, set(t, clean.NewShorten(), "words", "3", "keep", "beginning and end"), map[string]string{"one two three four five": "one two five"})
	stays(t, set(t, clean.NewShorten(), "words", "3"), "one two three", " a b ")
}

func TestDivide(t *testing.T) {
	span := func(text, of string) dataset.Span {
		return dataset.Span{Start: strings.Index(text, of), End: strings.Index(text, of) + len(of), Label: of}
	}
	for name, test := range map[string]struct {
		most, text, spans string
		want              []string
	}{
		"short":                         {"5", " one two three four five ", "", []string{" one two three four five "}},
		"equal parts of plain words":    {"5", "a b c d e f", "", []string{"a b c", "d e f"}},
		"where a sentence ends":         {"6", "one two three four. five six seven eight", "", []string{"one two three four.", "five six seven eight"}},
		"a quoted sentence":             {"6", `one two "three four!" five six seven`, "", []string{`one two "three four!"`, "five six seven"}},
		"a paragraph before a sentence": {"6", "one two three\nfour five. six seven eight", "", []string{"one two three", "four five. six seven eight"}},
		"after a comma":                 {"6", "one two three four, five six seven eight", "", []string{"one two three four,", "five six seven eight"}},
		"no blanks between words":       {"6", "我是中国人。你是谁", "", []string{"我是中国人。", "你是谁"}},
		"not before a mark":             {"5", "我是中国人。你是谁", "", []string{"我是中国", "人。你是谁"}},
		"not inside a span":             {"5", "a b New York City f", "New York City", []string{"a b", "New York City f"}},
		"a span longer than a part":     {"5", "a b c d e f g h", "b c d e f g", []string{"a b c d e f g", "h"}},
		"a span over everything":        {"5", "a b c d e f g", "a b c d e f g", []string{"a b c d e f g"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := dataset.Example{Text: test.text, Labels: []string{"x"}}
			if test.spans != "" {
				e.Spans = []dataset.Span{span(test.text, test.spans)}
			}
			row := cleaner(t, set(t, clean.NewDivide(), "words", test.most)).Row(e)
			var got []string
			found := 0
			for _, part := range append([]dataset.Example{row.Example}, row.Rest...) {
				got = append(got, part.Text)
				if !slices.Equal(part.Labels, e.Labels) {
					t.Errorf("a part is labelled %q", part.Labels)
				}
				for _, s := range part.Spans {
					if found++; part.Text[s.Start:s.End] != test.spans {
						t.Errorf("the span is %q in %q", part.Text[s.Start:s.End], part.Text)
					}
				}
			}
			if !slices.Equal(got, test.want) || row.By[0] != (len(test.want) > 1) || found != len(e.Spans) {
				t.Errorf("it becomes %q with %d spans, want %q", got, found, test.want)
			}
		})
	}
	for name, e := range map[string]dataset.Example{
		"two texts": {Text: "a b c d e f", Pair: "why"}, "a text to write": {Text: "a b c d e f", Target: "abc"},
	} {
		if row := cleaner(t, set(t, clean.NewDivide(), "words", "5")).Row(e); row.Rest != nil || row.Example.Text != e.Text {
			t.Errorf("a row with %s is divided: %q, %+v", name, row.Example.Text, row.Rest)
		}
	}
}

func TestFilters(t *testing.T) {
	german := "Meine Mutter hat mir erzählt, dass mein Vater heute nicht nach Hause kommt."
	for name, test := range map[string]struct {
		step clean.Step
		text string
		stay bool
	}{
		"long enough":           {set(t, clean.NewLength(), "least", "2"), "two words", true},
		"too short":             {set(t, clean.NewLength(), "least", "3"), "two words", false},
		"too long":              {set(t, clean.NewLength(), "most", "3"), "one two three four", false},
		"no limit":              {clean.NewLength(), strings.Repeat("word ", 10_000), true},
		"no language is wanted": {clean.NewLanguage(), german, true},
		"the wanted language":   {set(t, clean.NewLanguage(), "keep", "en, de"), german, true},
		"another":               {set(t, clean.NewLanguage(), "keep", "en"), german, false},
		"another script":        {set(t, clean.NewLanguage(), "keep", "en"), "今天天气很好", false},
		"too short to tell":     {set(t, clean.NewLanguage(), "keep", "en"), "ja gut", true},
	} {
		t.Run(name, func(t *testing.T) {
			row := cleaner(t, test.step).Row(dataset.Example{Text: test.text})
			if stays := row.Dropped == ""; stays != test.stay || row.By[0] == stays {
				t.Errorf("left out because %q", row.Dropped)
			}
		})
	}
	if err := setting.Apply(clean.NewLanguage().Settings(), "keep", "xx"); err == nil {
		t.Error("a language that there is not was taken")
	}
}
