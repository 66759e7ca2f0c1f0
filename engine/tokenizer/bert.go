package tokenizer

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normaliser is BERT's: it cleans control characters out, makes every space a
// plain one, sets Chinese characters apart, takes accents off and folds
// capitals, each if asked for. Categories are those of Go's Unicode tables; the
// Rust library's are of Unicode 8, so that some 600 rare runes, added or moved
// since, are treated differently.
//
// Source: google-research/bert tokenization.py, BasicTokenizer; huggingface
// tokenizers normalizers/bert.rs, which lower-cases rune by rune (a final sigma
// stays a sigma) and strips accents first.
type normaliser struct{ clean, partChinese, stripAccents, lowercase bool }

// each gives the runes of the normalised text, each with the bytes of text that
// it comes from, counted from base.
func (n normaliser) each(text string, base int, yield func(r rune, start, end int)) {
	table := classes()
	for i := 0; i < len(text); {
		r, width := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, width = utf8.DecodeRuneInString(text[i:])
		}
		start, end := base+i, base+i+width
		i += width
		c := classOf(table, r)
		if n.clean {
			if c&control != 0 {
				continue
			}
			if c&space != 0 {
				r = ' '
			}
		}
		apart := n.partChinese && c&chinese != 0
		if apart {
			yield(' ', start, end)
		}
		if c&(folds|mark) == 0 {
			yield(r, start, end)
		} else {
			n.fold(table, r, start, end, yield)
		}
		if apart {
			yield(' ', start, end)
		}
	}
}

// fold gives what is left of one rune without accents and capitals.
func (n normaliser) fold(table *[0x10000]class, r rune, start, end int, yield func(r rune, start, end int)) {
	var buffer [32]byte
	parts := buffer[:0]
	if n.stripAccents {
		parts = decompose(parts, norm.NFD, r)
	}
	if len(parts) == 0 {
		parts = utf8.AppendRune(parts, r)
	}
	for len(parts) > 0 {
		part, width := utf8.DecodeRune(parts)
		parts = parts[width:]
		if n.stripAccents && classOf(table, part)&mark != 0 {
			continue
		}
		if !n.lowercase {
			yield(part, start, end)
			continue
		}
		yield(unicode.ToLower(part), start, end)
		if part == 'İ' {
			yield('\u0307', start, end)
		}
	}
}

// word is a run of normalised text between spaces, or one punctuation mark. A
// word of more than limit runes keeps its place and the fact that it is long,
// not its text, so that memory stays bounded.
type word struct {
	limit        int
	text         []byte
	starts, ends []int // for each byte of text, where its rune came from
	start, end   int
	runes        int
}

func (w *word) add(r rune, start, end int) {
	if w.runes == 0 {
		w.start = start
	}
	w.end = end
	w.runes++
	if w.runes > w.limit {
		return
	}
	w.text = utf8.AppendRune(w.text, r)
	for len(w.starts) < len(w.text) {
		w.starts = append(w.starts, start)
		w.ends = append(w.ends, end)
	}
}

func (w *word) long() bool { return w.runes > w.limit }

func (w *word) clear() {
	w.text, w.starts, w.ends = w.text[:0], w.starts[:0], w.ends[:0]
	w.runes = 0
}

// splitter puts runes together to words and hands each over; the word is its
// own again afterwards.
//
// Source: tokenization.py, BasicTokenizer.tokenize; huggingface tokenizers
// pre_tokenizers/bert.rs.
type splitter struct {
	table *[0x10000]class
	word  word
	found func(*word)
}

func (s *splitter) add(r rune, start, end int) {
	switch c := classOf(s.table, r); {
	case c&space != 0:
		s.flush()
	case c&punctuation != 0:
		s.flush()
		s.word.add(r, start, end)
		s.flush()
	default:
		s.word.add(r, start, end)
	}
}

func (s *splitter) flush() {
	if s.word.runes > 0 {
		s.found(&s.word)
		s.word.clear()
	}
}
