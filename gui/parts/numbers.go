package parts

import (
	"fmt"
	"math"
	"strings"
	"time"

	"attune/engine/dataset"
)

// Count writes a whole number with thousands apart: 12,345.
func Count(n int) string {
	return dataset.Thousands(n)
}

// Counted writes a number of things: "1 row", "12 rows".
func Counted(n int, one, many string) string {
	return dataset.Counted(n, one, many)
}

// Percent writes a share from 0 to 1 as a whole percentage. Only a share of
// exactly 0 or 1 is written as 0 % or 100 %.
func Percent(share float64) string {
	whole := math.Round(share * 100)
	switch {
	case whole == 0 && share > 0:
		return "<1 %"
	case whole == 100 && share < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", whole)
}

// Score writes a metric to two places, and one that is not a share to fewer; NaN is a
// dash.
func Score(x float64) string {
	switch {
	case math.IsNaN(x):
		return "-"
	case math.Abs(x) >= 100:
		return Measured(x)
	case math.Abs(x) >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// Fine writes a value to three places, so that a growing curve's figures do not jump
// about and what is nearly as good can be told apart.
func Fine(x float64) string {
	if math.Abs(x) < 100 {
		return fmt.Sprintf("%.3f", x)
	}
	return Measured(x)
}

// Measured writes a value of unknown size to three significant figures.
func Measured(x float64) string {
	switch size := math.Abs(x); {
	case x == 0:
		return "0"
	case size >= 1e6:
		return fmt.Sprintf("%.3g", x)
	case size >= 100:
		return Count(int(math.Round(x)))
	case size >= 0.001:
		return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.*f", 2-int(math.Floor(math.Log10(size))), x), "0"), ".")
	default:
		return fmt.Sprintf("%.2g", x)
	}
}

// Duration writes a time to the second, and only the minutes of one that is
// longer than an hour.
func Duration(d time.Duration) string {
	d = d.Round(time.Second)
	switch hours, minutes, seconds := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60; {
	case d < time.Second:
		return "under 1 s"
	case hours > 0 && minutes == 0:
		return fmt.Sprintf("%d h", hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes > 0 && seconds > 0:
		return fmt.Sprintf("%d min %d s", minutes, seconds)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	default:
		return fmt.Sprintf("%d s", seconds)
	}
}

// Roughly writes a forecast: to ten seconds above a minute, to minutes above ten.
func Roughly(d time.Duration) string {
	switch {
	case d >= 10*time.Minute:
		d = d.Round(time.Minute)
	case d >= time.Minute:
		d = d.Round(10 * time.Second)
	}
	return Duration(d)
}

// Bytes writes a size of a file.
func Bytes(n int64) string {
	size, unit := float64(n), 0
	units := []string{"bytes", "KB", "MB", "GB", "TB"}
	for size >= 1000 && unit < len(units)-1 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return Counted(int(n), "byte", "bytes")
	}
	return Measured(size) + " " + units[unit]
}

// cellRunes bounds what a table cell draws: laying out long texts is slow.
const cellRunes = 120

// Brief is the beginning of a text on one line, as a table cell shows it. It
// reads no more of the text than it gives.
func Brief(text string) string {
	var b strings.Builder
	n, space := 0, true
	for _, r := range text {
		if n == cellRunes {
			return b.String() + "…"
		}
		if r == '\n' || r == '\r' || r == '\t' || r == ' ' {
			if space {
				continue
			}
			r = ' '
		}
		space = r == ' '
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// MetricName writes a metric's key as people say it: "macro_f1" is "macro F1".
func MetricName(key string) string {
	switch key {
	case "chrf":
		return "chrF"
	case "rouge1", "rouge2", "rougeL":
		return "ROUGE-" + key[len("rouge"):]
	}
	words := strings.Split(key, "_")
	for i, w := range words {
		switch w {
		case "f1", "mcc", "bleu":
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, " ")
}
