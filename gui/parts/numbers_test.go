package parts_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"attune/gui/parts"
)

func TestNumbersInWords(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"percent", parts.Percent(0.914), "91 %"},
		{"hardly any", parts.Percent(0.0004), "<1 %"},
		{"not quite all", parts.Percent(0.9996), ">99 %"},
		{"all", parts.Percent(1), "100 %"},
		{"score", parts.Score(0.905), "0.91"},
		{"no score", parts.Score(math.NaN()), "-"},
		{"large value", parts.Measured(2120), "2,120"},
		{"value", parts.Measured(0.03125), "0.0312"},
		{"round value", parts.Measured(0.5), "0.5"},
		{"tiny value", parts.Measured(2.5e-5), "2.5e-05"},
		{"a moment", parts.Duration(300 * time.Millisecond), "under 1 s"},
		{"seconds", parts.Duration(41 * time.Second), "41 s"},
		{"minutes", parts.Duration(220 * time.Second), "3 min 40 s"},
		{"whole minutes", parts.Duration(3 * time.Minute), "3 min"},
		{"hours", parts.Duration(2*time.Hour + 5*time.Minute + 9*time.Second), "2 h 5 min"},
		{"a forecast of seconds", parts.Roughly(41 * time.Second), "41 s"},
		{"a forecast of minutes", parts.Roughly(227 * time.Second), "3 min 50 s"},
		{"a forecast of many minutes", parts.Roughly(29*time.Minute + 59*time.Second), "30 min"},
		{"a forecast of hours", parts.Roughly(59*time.Minute + 45*time.Second), "1 h"},
		{"a byte", parts.Bytes(1), "1 byte"},
		{"megabytes", parts.Bytes(81_312_000), "81.3 MB"},
		{"metric", parts.MetricName("macro_f1"), "macro F1"},
		{"capital", parts.Capital("école"), "École"},
		{"sentence", parts.Sentenced("the disk is full"), "The disk is full."},
		{"a sentence already", parts.Sentenced("是这样。"), "是这样。"},
		{"nothing", parts.Sentenced(" "), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestBriefCutsAndFlattens(t *testing.T) {
	if got, want := parts.Brief("  a\r\n\tb  c\n"), "a b c "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	long := parts.Brief(strings.Repeat("漢", 5000))
	if n := utf8.RuneCountInString(long); n != 121 || !strings.HasSuffix(long, "…") {
		t.Errorf("a long text is cut to %d runes, want 120 and an ellipsis", n)
	}
}
