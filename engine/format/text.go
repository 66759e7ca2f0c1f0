package format

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Text is plain text, of which each line or each paragraph is a row.
var Text = Format{
	Name:       "Plain text",
	Extensions: []string{".txt", ".text", ".md"},
	Matches:    matchesText,
	Inspect:    inspectText,
	Read:       readText,
}

// What a row of plain text is, as a Layout's Delimiter tells it.
const (
	eachLine      = "line"
	eachParagraph = "paragraph"
)

// matchesText accepts text whose lines nothing divides into columns.
func matchesText(head []byte) bool {
	text := headText(head)
	if describe(text) != plainText {
		return false
	}
	if len(head) >= headBytes { // the last line may be cut
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	texts := [][]byte{text}
	return len(text) > 0 && findDialect(texts, newlineOf(texts), 0).delimiter == 0
}

func inspectText(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 2, progress)
	s, err := look(ctx, f, passes[0])
	if err != nil {
		return Layout{}, err
	}
	if s.bytes == 0 {
		return Layout{}, emptyError(f)
	}
	l := Layout{Format: "Plain text", Named: true, Columns: []string{"text"}, Roles: Roles{Text: "text"}, Between: []string{eachLine, eachParagraph}}
	if l.Encoding, err = encodingOf(f, s, o.Encoding); err != nil {
		return Layout{}, err
	}
	texts, newline := s.texts(l.Encoding)
	l.Newline = string(rune(newline))
	switch wanted := strings.ToLower(o.Delimiter); {
	case wanted == "" && inParagraphs(texts, newline):
		l.Delimiter = eachParagraph
	case wanted == "":
		l.Delimiter = eachLine
	case slices.Contains(l.Between, wanted):
		l.Delimiter = wanted
	default:
		return Layout{}, &Error{
			File: f.Name,
			Want: fmt.Sprintf("be divided by %q", o.Delimiter),
			Got:  "plain text is divided by line or by paragraph",
			Way:  `choose "line" or "paragraph", or read it as CSV`,
		}
	}
	return l, l.count(readText(ctx, f, l, passes[1]))
}

// inParagraphs says that blank lines divide the texts, samples of a file, into pieces of
// several lines, but not of so many that it must be an accident.
func inParagraphs(texts [][]byte, newline byte) bool {
	pieces, lines := 1, 0
	for _, text := range texts {
		inside := true // what stands before a sample's first line is not known
		for line := range bytes.SplitSeq(text, []byte{newline}) {
			if len(bytes.TrimSpace(line)) == 0 {
				inside = false
				continue
			}
			if !inside {
				pieces++
			}
			inside = true
			lines++
		}
	}
	return pieces > 1 && lines >= 2*pieces && lines <= longestParagraph*pieces
}

// longestParagraph is how many lines paragraphs have at most on average.
const longestParagraph = 100

// textRow is a line or a paragraph.
type textRow struct {
	text []byte
	flaw flaw
}

func readText(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		row := 0
		for r, err := range textRows(ctx, f, l, progress) {
			if err != nil {
				yield(Record{}, err)
				return
			}
			row++
			rec := Record{Row: row, Values: []string{string(r.text)}}
			if r.flaw == tooLarge {
				rec.Problem = &Problem{Row: row, Reason: fmt.Sprintf("it is larger than %d MB", maxRowBytes>>20), Fix: "divide it; what follows became a row of its own"}
			}
			rec.mend(l)
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// textRows gives the lines or paragraphs that are not blank.
func textRows(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[textRow, error] {
	return func(yield func(textRow, error) bool) {
		var row textRow
		give := func() bool {
			if len(row.text) == 0 {
				return true
			}
			now := row
			row = textRow{}
			return yield(now, nil)
		}
		for line, err := range linesOf(ctx, f, l, progress) {
			if err != nil {
				yield(textRow{}, err)
				return
			}
			blank := len(bytes.TrimSpace(line.text)) == 0
			full := len(row.text)+len(line.text) > maxRowBytes
			if blank || full || l.Delimiter == eachLine {
				if full {
					row.flaw = tooLarge
				}
				if !give() {
					return
				}
			}
			if blank {
				continue
			}
			if len(row.text) > 0 {
				row.text = append(row.text, '\n')
			}
			row.text = append(row.text, line.text...)
			row.flaw = max(row.flaw, line.flaw)
		}
		give()
	}
}

// linesOf gives the lines of a text file, blank ones too, until the next is
// taken. A line that is larger than a row may be comes in pieces.
func linesOf(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[textRow, error] {
	return func(yield func(textRow, error) bool) {
		text, err := f.textOf(ctx, l.Encoding, progress)
		if err != nil {
			yield(textRow{}, err)
			return
		}
		defer text.Close()
		r := newRows(text, dialect{newline: '\n'}, 1)
		if l.Newline == "\r" {
			r.newline = '\r'
		}
		for first := true; ; first = false {
			line, whole := r.line()
			if err := ctx.Err(); err != nil {
				yield(textRow{}, err)
				return
			}
			if !whole && (len(line) == 0 || r.err() != nil) {
				break
			}
			row := textRow{text: bytes.TrimSuffix(line, []byte{'\r'})}
			if first {
				row.text = bytes.TrimPrefix(row.text, []byte(markUTF8))
			}
			if !whole && r.ended == nil {
				row.flaw = tooLarge
			}
			if !yield(row, nil) {
				return
			}
			r.from = min(r.from+len(line)+1, r.to)
		}
		if err := r.err(); err != nil {
			yield(textRow{}, err)
		}
	}
}
