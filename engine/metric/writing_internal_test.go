package metric

import (
	"math"
	"slices"
	"testing"

	"attune/engine/dataset"
)

// written scores texts against the right ones.
func written(m Metric, want, got []string) float64 {
	for i := range want {
		m.Add(dataset.Example{Target: want[i]}, dataset.Answer{Text: got[i]})
	}
	return m.Value()
}

func near(t *testing.T, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("got %.7f, want %.7f", got, want)
	}
}

func TestBLEU(t *testing.T) {
	cases := []struct {
		name      string
		want, got []string
		value     float64
	}{
		{"none", nil, nil, 0},
		{"the same", []string{"this is a test"}, []string{"this is a test"}, 100},
		{"nothing right", []string{"ref one two three"}, []string{"this is a test"}, 0},
		{"nothing written", []string{"this is a test", "b"}, []string{"", ""}, 0},
		{"too short for four words", []string{"a test"}, []string{"a test"}, 0},
		// The counts are those of sacrebleu's test_statistics: 4/6, 2/5, 1/4, and 0/3, which
		// counts as a half; 6 words for 8.
		{"smoothed", []string{"I am a symbol string sequence a a"}, []string{"am I am a character sequence"},
			100 * math.Exp(1-8.0/6) * math.Pow(4.0/6*2/5*1/4*0.5/3, 0.25)},
		// Two lengths of which nothing is right: a half, then a quarter.
		{"smoothed twice", []string{"a b x c d"}, []string{"a b y c d"}, 100 * math.Pow(4.0/5*2/4*0.5/3*0.25/2, 0.25)},
		// Papineni et al. 2002, section 2.1.1: of seven times "the" two are right.
		{"clipped", []string{"the cat is on the mat"}, []string{"the the the the the the the"},
			100 * math.Pow(2.0/7*0.5/6*0.25/5*0.125/4, 0.25)},
		{"a corpus is not the mean of its sentences", []string{"a b c d", "e f g h"}, []string{"a b c d", "e f g x"},
			100 * math.Pow(7.0/8*5/6*3/4*1/2, 0.25)},
		{"without a target", []string{"", "this is a test"}, []string{"long and wrong", "this is a test"}, 100},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { near(t, written(NewBLEU(), c.want, c.got), c.value, 1e-9) })
	}
	// mjpost/sacrebleu test/test_bleu.py, test_case_scoring.
	near(t, bleuCounts{common: [4]int{9, 7, 5, 3}, all: [4]int{10, 8, 6, 4}, got: 11, want: 11}.score(), 83.75922397, 1e-6)
}

func TestWords13a(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"The dog bit the man.", []string{"The", "dog", "bit", "the", "man", "."}},
		{"It wasn't surprising.", []string{"It", "wasn't", "surprising", "."}},
		{"1,000.50 is, well, 3-4.", []string{"1,000.50", "is", ",", "well", ",", "3", "-", "4", "."}},
		{"a-b (c) [d] {e} f/g", []string{"a-b", "(", "c", ")", "[", "d", "]", "{", "e", "}", "f", "/", "g"}},
		{"&quot;x&quot; &lt;y&gt; &amp;amp;", []string{`"`, "x", `"`, "<", "y", ">", "&", "amp", ";"}},
		{"Ça va\u202f? Où\u00a0!", []string{"Ça", "va", "?", "Où", "!"}},
		{"two\nlines hy-\nphen", []string{"two", "lines", "hyphen"}},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			if got := words13a(c.text); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The values are those of mjpost/sacrebleu test/test_chrf.py, which weighs recall three
// times.
func TestChrF(t *testing.T) {
	risk := []string{"risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists ."}
	risky := []string{" risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists ."}
	obama := []string{"Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich."}
	obamas := []string{" Die    Beziehung zwischen  Obama und Netanjahu ist nicht gerade  freundlich. "}
	cases := []struct {
		name      string
		want, got []string
		spaced    bool
		value     float64
	}{
		{"none", nil, nil, false, 0},
		{"the same", []string{"a b c"}, []string{"a b c"}, false, 100},
		{"spaces", []string{"abc"}, []string{"a b c"}, false, 100},
		{"nothing", []string{"hijklmnop"}, []string{"abcdefg"}, false, 0},
		{"nothing written", []string{"reference"}, []string{""}, false, 0},
		{"two sentences", []string{"a", "c"}, []string{"a", "b"}, false, 50},
		{"one of two characters", []string{"ab"}, []string{"aa"}, false, 25},
		{"risk", risk, risky, false, 63.361730},
		{"obama", obama, obamas, false, 64.1302698},
		{"obama with spaces", obama, []string{"Die Beziehung zwischen Obama und Netanjahu ist nicht gerade freundlich."}, true, 67.3481606},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { near(t, written(&chrf{beta: 3, spaced: c.spaced}, c.want, c.got), c.value, 1e-4) })
	}
	// Two of three characters are right, one of two pairs, no triple; five written, so
	// precision averages (2/5 + 1/4 + 0)/3 and recall (2/3 + 1/2 + 0)/3.
	p, r := (2.0/5+1.0/4)/3, (2.0/3+1.0/2)/3
	near(t, written(NewChrF(), []string{"abc"}, []string{"abxyz"}), 100*5*p*r/(4*p+r), 1e-9)
}

// The values are those of google-research's rouge_scorer_test.py and of Lin 2004,
// section 3.1.
func TestROUGE(t *testing.T) {
	cases := []struct {
		name      string
		metric    Metric
		want, got []string
		value     float64
	}{
		{"none", NewROUGE1(), nil, nil, 0},
		{"two signs of four in Lao", NewROUGE1(), []string{"ລາວສ"}, []string{"ລາ"}, 2.0 / 3},
		{"nothing written", NewROUGE1(), []string{"testing one two"}, []string{""}, 0},
		{"one word of three", NewROUGE1(), []string{"testing one two"}, []string{"testing"}, 0.5},
		{"a pair of two", NewROUGE2(), []string{"testing one two"}, []string{"testing one"}, 2.0 / 3},
		{"in order", NewROUGEL(), []string{"testing one two"}, []string{"testing one"}, 0.8},
		{"in order with a gap", NewROUGEL(), []string{"testing one two"}, []string{"testing two"}, 0.8},
		{"police kill the gunman", NewROUGEL(), []string{"police killed the gunman"}, []string{"police kill the gunman"}, 0.75},
		{"the gunman kill police", NewROUGEL(), []string{"police killed the gunman"}, []string{"the gunman kill police"}, 0.5},
		{"capitals and signs", NewROUGE1(), []string{"The Man, bitten."}, []string{"the man - BITTEN!"}, 1},
		{"other letters", NewROUGE1(), []string{"été à Paris"}, []string{"Été à Paris"}, 1},
		{"without spaces", NewROUGE1(), []string{"我爱你"}, []string{"我恨你"}, 2.0 / 3},
		{"the mean of examples", NewROUGE1(), []string{"a b", "c d"}, []string{"a b", "x"}, 0.5},
		{"without a target", NewROUGE2(), []string{""}, []string{"a b"}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { near(t, written(c.metric, c.want, c.got), c.value, 1e-12) })
	}
}

func TestPerplexity(t *testing.T) {
	m := NewPerplexity()
	near(t, m.Value(), 0, 0)
	// Three pieces of probability 1/2 and one of 1/8: the mean is 1.5 ln 2.
	m.Add(dataset.Example{}, dataset.Answer{Surprise: dataset.Surprise{Nats: 3 * math.Ln2, Pieces: 3}})
	m.Add(dataset.Example{}, dataset.Answer{Surprise: dataset.Surprise{Nats: 3 * math.Ln2, Pieces: 1}})
	m.Add(dataset.Example{}, dataset.Answer{Text: "nobody asked"})
	near(t, m.Value(), math.Pow(2, 1.5), 1e-12)
}
