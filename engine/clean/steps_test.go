package clean_test

import (
	"testing"

	"attune/engine/clean"
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
