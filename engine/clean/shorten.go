package clean

import "attune/engine/setting"

// NewShorten makes the step that cuts long texts.
func NewShorten() Step { return &shorten{words: 300, keep: keepStart} }

type shorten struct {
	words int
	keep  string
}

// Which part of a long text is kept.
const (
	keepStart = "the beginning"
	keepEnd   = "the end"
	keepBoth  = "beginning and end"
)

func (*shorten) Name() string  { return "shorten" }
func (*shorten) Title() string { return "Shorten long texts" }
func (*shorten) About() string {
	return "Keeps so many words of a long text, and you say of which part. To have all of it learned, divide it instead, or choose parts for Longer texts when you train."
}

func (s *shorten) Settings() []setting.Field {
	return []setting.Field{
		{Key: "words", Label: "Words", Help: "How many are kept.", Value: &setting.Count{To: &s.words, Min: 2, Max: 1_000_000}},
		{Key: "keep", Label: "Keep", Help: "Both means half of the words of each.", Value: &setting.Choice{To: &s.keep, Options: []string{keepStart, keepEnd, keepBoth}}},
	}
}

func (s *shorten) Editor() (Editor, error) {
	head, tail := s.words, 0
	switch s.keep {
	case keepEnd:
		head, tail = 0, s.words
	case keepBoth:
		head, tail = s.words-s.words/2, s.words/2
	}
	return func(text string) []Edit {
		if len(text) <= head+tail { // fewer bytes than words
			return nil
		}
		n := Words(text)
		if n <= head+tail {
			return nil
		}
		from, to, put := wordEnd(text, head), wordStart(text, n-tail), ""
		if head == 0 {
			from = 0
		}
		if tail == 0 {
			to = len(text)
		}
		if head > 0 && tail > 0 {
			put = " "
		}
		return []Edit{{from, to, put}}
	}, nil
}

// wordEnd gives where the n-th word ends, counted as Words does.
func wordEnd(text string, n int) int {
	end := 0
	for _, stop := range eachWord(text) {
		if n == 0 {
			break
		}
		end = stop
		n--
	}
	return end
}

// wordStart gives where the word after the first n begins.
func wordStart(text string, n int) int {
	for start := range eachWord(text) {
		if n == 0 {
			return start
		}
		n--
	}
	return len(text)
}
