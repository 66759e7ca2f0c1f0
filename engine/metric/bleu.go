package metric

import (
	"math"
	"regexp"
	"strings"

	"attune/engine/dataset"
)

// longestRun is the longest run of words that BLEU compares.
const longestRun = 4

type bleu struct{ counts bleuCounts }

// bleuCounts are the runs of words of a corpus, by their length less one.
type bleuCounts struct {
	common, all [longestRun]int
	got, want   int // words
}

// NewBLEU gives the share of runs of one to four words of what was written that stand
// in the right text too, from 0 to 100, less where too little was written (Papineni et
// al. 2002): over the whole corpus, in words as mteval-v13a cuts them, the precision of
// a length of which nothing is right halved each time, which is sacrebleu's default
// (Post 2018; mjpost/sacrebleu metrics/bleu.py). An example without a target is left
// out.
func NewBLEU() Metric { return &bleu{} }

func (*bleu) Name() string         { return "bleu" }
func (*bleu) HigherIsBetter() bool { return true }

func (m *bleu) Add(want dataset.Example, got dataset.Answer) {
	if want.Target == "" {
		return
	}
	right, written := words13a(want.Target), words13a(got.Text)
	m.counts.want += len(right)
	m.counts.got += len(written)
	for n := range longestRun {
		m.counts.common[n] += shared(runs(right, n+1), runs(written, n+1))
		m.counts.all[n] += max(0, len(written)-n)
	}
}

func (m *bleu) Value() float64 { return m.counts.score() }

// score is sacrebleu's compute_bleu with the smoothing "exp".
func (c bleuCounts) score() float64 {
	if c.common == [longestRun]int{} {
		return 0
	}
	sum, half := 0.0, 1.0
	for n := range longestRun {
		if c.all[n] == 0 {
			return 0
		}
		common := float64(c.common[n])
		if common == 0 {
			half /= 2
			common = half
		}
		sum += math.Log(common / float64(c.all[n]))
	}
	brevity := min(0, 1-float64(c.want)/float64(c.got))
	return 100 * math.Exp(brevity+sum/longestRun)
}

// cuts13a part a text where mteval-v13a.pl does: around signs, around a point or a comma
// that is not between digits, and around a dash behind a digit.
var cuts13a = []struct {
	at   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`[{-~\[-\x60 -&(-+:-@/]`), " $0 "},
	{regexp.MustCompile(`([^0-9])([.,])`), "$1 $2 "},
	{regexp.MustCompile(`([.,])([^0-9])`), " $1 $2"},
	{regexp.MustCompile(`([0-9])(-)`), "$1 $2 "},
}

var entities13a = strings.NewReplacer("<skipped>", "", "-\n", "", "\n", " ")

// words13a cuts a text into words.
//
// Source: mjpost/sacrebleu tokenizers/tokenizer_13a.py.
func words13a(text string) []string {
	text = entities13a.Replace(strings.TrimRight(text, " \t\r\n"))
	for _, e := range [][2]string{{"&quot;", `"`}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}} {
		text = strings.ReplaceAll(text, e[0], e[1])
	}
	text = " " + text + " "
	for _, cut := range cuts13a {
		text = cut.at.ReplaceAllString(text, cut.with)
	}
	return strings.Fields(text)
}

// runs counts the runs of n words.
func runs(words []string, n int) map[string]int {
	counts := map[string]int{}
	for i := range len(words) - n + 1 {
		counts[strings.Join(words[i:i+n], " ")]++
	}
	return counts
}

// shared counts what stands in both, each as often as in the one that has it less.
func shared(a, b map[string]int) int {
	n := 0
	for run, count := range a {
		n += min(count, b[run])
	}
	return n
}
