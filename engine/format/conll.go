package format

import (
	"bytes"
	"context"
	"iter"
	"strings"
	"unicode/utf8"

	"attune/engine/script"
)

// CoNLL is a word a line with its tag in the last column, and a blank line behind
// each sentence. The tags say where entities begin and end: IOB1, IOB2, BIOES or
// BILOU. A sentence is a row, its words joined by blanks where its script has them.
var CoNLL = Format{
	Name:       "CoNLL",
	Extensions: []string{".conll", ".conll2003", ".bio", ".iob", ".iob2", ".ner", ".annotated", ".tsv", ".txt"},
	Matches:    matchesCoNLL,
	Inspect:    inspectCoNLL,
	Read:       readCoNLL,
}

// matchesCoNLL says that nearly all lines end with a tag, and some are not O.
func matchesCoNLL(head []byte) bool {
	lines, tagged, entities := 0, 0, 0
	text := headText(head)
	if len(head) >= headBytes {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		words := strings.Fields(string(line))
		if len(words) == 0 || strings.HasPrefix(words[0], docStart) {
			continue
		}
		lines++
		if len(words) < 2 && !blankFirst(line) {
			continue
		}
		if tag := words[len(words)-1]; tag == "O" {
			tagged++
		} else if place, label := cutTag(tag); place != 0 && label != "" {
			tagged++
			entities++
		}
	}
	return lines > 1 && 10*tagged >= 9*lines && entities > 0
}

// docStart begins a line between two documents.
const docStart = "-DOCSTART-"

// cutTag takes "B-ORG" apart. The place is 0 for no tag of an entity; some write
// the label first.
func cutTag(tag string) (place byte, label string) {
	if len(tag) > 2 && (tag[1] == '-' || tag[1] == '_') && strings.IndexByte("BIESLUM", tag[0]) >= 0 {
		return tag[0], tag[2:]
	}
	if n := len(tag); n > 2 && tag[n-2] == '-' && strings.IndexByte("BIESLUM", tag[n-1]) >= 0 {
		return tag[n-1], tag[:n-2]
	}
	return 0, ""
}

// sentence puts words together, and their tags to spans in bytes.
type sentence struct {
	letters bool // its words are single letters, blanks among them
	text    strings.Builder
	at      int // behind the last word, in the text that was given
	open    *rawSpan
	spans   []rawSpan
}

// add adds a word with its tag; in is the text that it is from, "" if the words
// make the text.
func (s *sentence) add(word, tag, in string) {
	start := s.at
	if in != "" {
		i := strings.Index(in[s.at:], word)
		if i < 0 {
			return
		}
		start += i
		s.at = start + len(word)
	} else {
		if s.text.Len() > 0 && !s.joins(word) {
			s.text.WriteByte(' ')
		}
		start = s.text.Len()
		s.text.WriteString(word)
		s.at = s.text.Len()
	}
	place, label := cutTag(tag)
	begins := place != 0 && (s.open == nil || s.open.label != label || strings.IndexByte("BSU", place) >= 0)
	if place == 0 || begins {
		s.close()
	}
	if begins {
		s.open = &rawSpan{start: start, label: label}
	}
	if s.open != nil {
		s.open.end = s.at
		if strings.IndexByte("ESLU", place) >= 0 {
			s.close()
		}
	}
}

// joins says whether a word stands behind the last one without a blank.
func (s *sentence) joins(word string) bool {
	last, _ := utf8.DecodeLastRuneInString(s.text.String())
	next, _ := utf8.DecodeRuneInString(word)
	return s.letters || unbroken(last) && unbroken(next)
}

// unbroken says whether a letter or sign is of a script without blanks between words.
func unbroken(r rune) bool {
	const ideographicSpace, bracket, fullwidth, halfwidth = 0x3000, 0x303f, 0xff00, 0xffef
	return r >= ideographicSpace && r <= bracket || r >= fullwidth && r <= halfwidth ||
		script.Unspaced(r)
}

func (s *sentence) close() {
	if s.open != nil {
		s.spans = append(s.spans, *s.open)
		s.open = nil
	}
}

// end gives the spans of a sentence that is complete, never nil.
func (s *sentence) end() []rawSpan {
	s.close()
	if s.spans == nil {
		return []rawSpan{}
	}
	return s.spans
}

// note gives a sentence whose words make its text.
func (s *sentence) note() note {
	n := note{text: s.text.String(), spans: s.end()}
	for i, x := range n.spans { // sure of its place, whatever the word may be
		n.spans[i].text = n.text[x.start:x.end]
	}
	return n
}

func inspectCoNLL(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 3, progress)
	l := Layout{Format: "CoNLL", Newline: "\n", Header: true, Named: true}
	var err error
	if l.Encoding, err = f.encoding(ctx, o.Encoding, passes[0]); err != nil {
		return Layout{}, err
	}
	if err := l.nameNotes(f, conllNotes(ctx, f, l, passes[1]), byByte, true); err != nil {
		return Layout{}, err
	}
	return l, l.count(readCoNLL(ctx, f, l, passes[2]))
}

func readCoNLL(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return noteRecords(ctx, conllNotes(ctx, f, l, progress), l, byByte)
}

// conllNotes gives the sentences.
func conllNotes(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[noted, error] {
	return func(yield func(noted, error) bool) {
		s := sentence{letters: f.letterwise(ctx, l)}
		var untagged string // a word without a tag
		give := func() bool {
			if s.text.Len() == 0 {
				return true
			}
			n := s.note()
			if untagged != "" {
				n.problem, n.fix = "its word "+cutTo(untagged, 40)+" has no tag", "write one behind it; it was taken for O"
			}
			s, untagged = sentence{letters: s.letters}, ""
			return yield(noted{note: n}, nil)
		}
		for line, err := range linesOf(ctx, f, l, progress) {
			if err != nil {
				yield(noted{}, err)
				return
			}
			words := strings.Fields(strings.ToValidUTF8(string(line.text), replacement))
			if s.letters && len(words) == 1 && blankFirst(line.text) {
				words = []string{" ", words[0]}
			}
			if len(words) == 0 || words[0] == docStart || s.text.Len() > maxRowBytes {
				if !give() {
					return
				}
				if len(words) == 0 || words[0] == docStart {
					continue
				}
			}
			if len(words) == 1 {
				untagged = words[0]
				s.add(words[0], "O", "")
				continue
			}
			s.add(words[0], words[len(words)-1], "")
		}
		give()
	}
}

// letterwise says whether the lines of a file are letters rather than words, as tools
// write them that mark texts letter by letter.
func (f File) letterwise(ctx context.Context, l Layout) bool {
	const fewest, enough = 10, 1000
	letters := 0
	for line, err := range linesOf(ctx, f, l, nil) {
		words := bytes.Fields(line.text)
		switch {
		case err != nil || letters == enough:
			return letters == enough
		case len(words) == 0 || len(words) == 1 && blankFirst(line.text) || string(words[0]) == docStart:
		case utf8.RuneCount(words[0]) > 1:
			return false
		default:
			letters++
		}
	}
	return letters >= fewest
}

// blankFirst says whether a line begins with a blank.
func blankFirst(line []byte) bool { return len(line) > 0 && (line[0] == ' ' || line[0] == '\t') }
