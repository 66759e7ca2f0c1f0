package metric

import (
	"strings"
	"unicode"

	"attune/engine/dataset"
)

// answers is the mean of a score of each answer to a question.
type answers struct {
	name  string
	score func(right []string, got string) float64
	sum   float64
	rows  int
}

// NewExactMatch gives the share of the questions whose answer is, word by word, one
// of the right ones, as the script of SQuAD 2.0 counts: capitals, punctuation,
// articles and spaces aside. Where nothing in the text answers, no answer is right.
func NewExactMatch() Metric { return &answers{name: "exact_match", score: exactMatch} }

// NewAnswerF1 gives the mean F1 score of the words of the answers, each beside the
// right answer that is nearest, as the script of SQuAD 2.0 counts.
func NewAnswerF1() Metric { return &answers{name: "f1", score: wordF1} }

func (a *answers) Name() string       { return a.name }
func (*answers) HigherIsBetter() bool { return true }

func (a *answers) Add(want dataset.Example, got dataset.Answer) {
	a.sum += a.score(rightAnswers(want), got.Text)
	a.rows++
}

func (a *answers) Value() float64 { return a.sum / float64(max(a.rows, 1)) }

// AnswerF1 scores one answer as NewAnswerF1 does.
func AnswerF1(want dataset.Example, got string) float64 { return wordF1(rightAnswers(want), got) }

// ExactMatch says whether one answer is right as NewExactMatch counts.
func ExactMatch(want dataset.Example, got string) bool {
	return exactMatch(rightAnswers(want), got) == 1
}

// rightAnswers gives the words of the right answers, normalised: "" alone where there
// are none.
func rightAnswers(e dataset.Example) []string {
	var all []string
	for _, x := range e.Spans {
		if text := normalised(e.Text[x.Start:x.End]); text != "" {
			all = append(all, text)
		}
	}
	if all == nil {
		return []string{""}
	}
	return all
}

func exactMatch(right []string, got string) float64 {
	got = normalised(got)
	for _, text := range right {
		if got == text {
			return 1
		}
	}
	return 0
}

func wordF1(right []string, got string) float64 {
	words := strings.Fields(normalised(got))
	best := 0.0
	for _, text := range right {
		best = max(best, overlap(strings.Fields(text), words))
	}
	return best
}

// overlap is the F1 score of two bags of words; of nothing beside nothing it is 1.
func overlap(want, got []string) float64 {
	if len(want) == 0 && len(got) == 0 {
		return 1
	}
	left := map[string]int{}
	for _, w := range want {
		left[w]++
	}
	same := 0
	for _, w := range got {
		if left[w] > 0 {
			left[w]--
			same++
		}
	}
	return ratio(2*same, len(want)+len(got))
}

// punctuation is Python's string.punctuation.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// normalised takes out of an answer what does not make it right or wrong.
//
// Source: evaluate-v2.0.py of SQuAD, normalize_answer.
func normalised(answer string) string {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune(punctuation, r) {
			return -1
		}
		return r
	}, strings.ToLower(answer))
	var kept strings.Builder
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
		if n < 0 {
			n = len(text)
		}
		switch word := text[:n]; word {
		case "a", "an", "the":
			kept.WriteByte(' ')
		default:
			kept.WriteString(word)
		}
		text = text[n:]
		m := strings.IndexFunc(text, inWord)
		if m < 0 {
			m = len(text)
		}
		kept.WriteString(text[:m])
		text = text[m:]
	}
	return strings.Join(strings.Fields(kept.String()), " ")
}

// inWord is \w of Python's expressions.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_' }
