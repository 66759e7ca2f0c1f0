package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// A report is everything that was measured.
type report struct {
	rows    []row
	threads int
	torch   *torch    // nil when it was not asked
	loads   []float64 // before each case
}

// A row is one case with the measurements of its sides.
type row struct {
	title string
	mean  float64 // tokens of a text
	short bool
	sides [sideCount][]measured
}

// samples is a side's texts a second: tokens a second over the mean length of all
// texts, so that it does not matter whose batches happened to be the long ones.
func (r row) samples(side int) float64 {
	return median(r.sides[side], func(m measured) float64 { return m.Tokens }) / r.mean
}

func (r row) memory(side int) float64 {
	return median(r.sides[side], func(m measured) float64 { return m.Memory })
}

// cells are the columns of the table after the first.
func (r row) cells() []string {
	rate := func(m measured) float64 { return m.Rate }
	share := func(of func(measured) float64) string {
		return ratio(100*median(r.sides[ours], rate), median(r.sides[ours], of), "%.0f %%")
	}
	group, groupRatio := number(r.samples(grouped)), ratio(r.samples(ours), r.samples(grouped), "%.2f")
	if !r.short {
		group, groupRatio = "same", "same"
	}
	return []string{
		number(r.samples(ours)), number(r.samples(padded)), group,
		ratio(r.samples(ours), r.samples(padded), "%.2f"), groupRatio,
		share(func(m measured) float64 { return m.Products }), share(func(m measured) float64 { return m.Peak }),
		number(r.memory(ours)), number(r.memory(padded)), ratio(r.memory(ours), r.memory(padded), "%.2f"),
	}
}

// markdown is the table with what one has to know to read it.
func (r report) markdown() string {
	var b strings.Builder
	b.WriteString("| case | Attune, samples/s | PyTorch padded | PyTorch grouped | ratio to padded | ratio to grouped | of the rate of our products | of the peak | memory, MB | PyTorch's, MB | ratio |\n")
	b.WriteString("|---" + strings.Repeat("|---:", 10) + "|\n")
	for _, each := range r.rows {
		fmt.Fprintf(&b, "| %s | %s |\n", each.title, strings.Join(each.cells(), " | "))
	}
	b.WriteString("\n" + r.circumstances() + "\n")
	return b.String()
}

// circumstances tells how it was measured.
func (r report) circumstances() string {
	first := r.rows[0].sides[ours]
	text := fmt.Sprintf("Medians of %d, each program in turn, %d threads, %s, kernels %s, load average %.1f to %.1f before the cases.",
		len(first), r.threads, processor(), first[0].SIMD, slices.Min(r.loads), slices.Max(r.loads))
	if r.torch != nil {
		text += fmt.Sprintf(" PyTorch %s, eager, float32, with %s", r.torch.Version, r.torch.BLAS)
		if r.torch.Core != "" {
			text += " for " + r.torch.Core
		}
		text += "."
	}
	return text
}

// number writes a figure with as many digits as one reads.
func number(x float64) string {
	switch {
	case x == 0:
		return "-"
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// ratio writes a over b, or nothing where one is not known.
func ratio(a, b float64, format string) string {
	if a == 0 || b == 0 {
		return "-"
	}
	return fmt.Sprintf(format, a/b)
}

// processor is what the system calls it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if key, name, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				return strings.TrimSpace(name)
			}
		}
	}
	return runtime.GOARCH
}
