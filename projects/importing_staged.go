package projects

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"

	"attune/engine/dataset"
	"attune/projects/store"
)

// staged holds rows that were read in a file of the project until they are added to it.
// Reading may take long, and may be paused: other changes of the project do not wait for
// it, but only for the adding.
type staged struct {
	file  *store.Scratch
	to    *bufio.Writer
	from  *bufio.Reader
	row   []byte // room for one
	rows  []int  // of each table
	added int    // rows, to the project
}

func (p *Project) stage() (*staged, error) {
	file, err := p.store.Scratch()
	if err != nil {
		return nil, err
	}
	return &staged{file: file, to: bufio.NewWriterSize(file, 1<<18)}, nil
}

func (s *staged) close() error { return s.file.Close() }

// begin begins the rows of the next table.
func (s *staged) begin() { s.rows = append(s.rows, 0) }

// add takes a row, as its length in bytes and its values in turn.
func (s *staged) add(x store.NewExample) error {
	b := s.row[:0]
	b = binary.AppendUvarint(b, uint64(x.Row))
	b = binary.AppendUvarint(b, uint64(x.Words))
	for _, text := range []string{x.Text, x.Pair, x.Target, string(x.Given), string(x.Split)} {
		b = appendText(b, text)
	}
	b = appendTexts(b, x.Labels)
	b = appendTexts(b, x.Others)
	b = appendCount(b, x.Spans == nil, len(x.Spans))
	for _, span := range x.Spans {
		b = binary.AppendUvarint(b, uint64(span.Start))
		b = binary.AppendUvarint(b, uint64(span.End))
		b = binary.AppendUvarint(b, math.Float64bits(span.Score))
		b = appendText(b, span.Label)
	}
	s.row = b
	s.rows[len(s.rows)-1]++
	_, err := s.to.Write(binary.AppendUvarint(nil, uint64(len(b))))
	if err == nil {
		_, err = s.to.Write(b)
	}
	return err
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// appendCount keeps a list that is nil apart from one that is empty.
func appendCount(b []byte, none bool, n int) []byte {
	if none {
		return binary.AppendUvarint(b, 0)
	}
	return binary.AppendUvarint(b, uint64(n)+1)
}

func appendTexts(b []byte, texts []string) []byte {
	b = appendCount(b, texts == nil, len(texts))
	for _, text := range texts {
		b = appendText(b, text)
	}
	return b
}

// rewind ends the adding; the rows of each table can be read from then on.
func (s *staged) rewind() error {
	if err := s.to.Flush(); err != nil {
		return err
	}
	_, err := s.file.Seek(0, io.SeekStart)
	s.from = bufio.NewReaderSize(s.file, 1<<18)
	return err
}

// next gives the rows of the next table.
func (s *staged) next() iter.Seq2[store.NewExample, error] {
	n := s.rows[0]
	s.rows = s.rows[1:]
	return func(yield func(store.NewExample, error) bool) {
		for range n {
			x, err := s.read()
			if err != nil {
				err = fmt.Errorf("read again what was read: %w", err)
			}
			if !yield(x, err) || err != nil {
				return
			}
		}
	}
}

// addTo adds the rows of the next table to the project, and tells how many of all are
// added.
func (s *staged) addTo(e *store.Edit, t table, tell func(n int)) error {
	_, names := t.others()
	if err := e.Source(t.file.Name, names); err != nil {
		return err
	}
	for x, err := range s.next() {
		if err == nil {
			err = e.Add(x)
		}
		if err != nil {
			return err
		}
		if s.added++; s.added%1000 == 0 {
			tell(s.added)
		}
	}
	tell(s.added)
	return nil
}

func (s *staged) read() (x store.NewExample, err error) {
	size, err := binary.ReadUvarint(s.from)
	if err != nil {
		return x, err
	}
	s.row = slices.Grow(s.row[:0], int(size))[:size]
	if _, err := io.ReadFull(s.from, s.row); err != nil {
		return x, err
	}
	c := cursor{row: s.row, text: string(s.row)}
	x.Row, x.Words = c.number(), c.number()
	x.Text, x.Pair, x.Target = c.next(), c.next(), c.next()
	x.Given, x.Split = dataset.Split(c.next()), dataset.Split(c.next())
	x.Labels, x.Others = c.texts(), c.texts()
	if n := c.number(); n > 0 {
		x.Spans = make([]dataset.Span, n-1)
	}
	for i := range x.Spans {
		x.Spans[i] = dataset.Span{Start: c.number(), End: c.number(), Score: math.Float64frombits(c.bits()), Label: c.next()}
	}
	return x, nil
}

// cursor takes the values out of a row in the order in which they were put in.
type cursor struct {
	row  []byte
	text string // the same bytes
	at   int
}

func (c *cursor) bits() uint64 {
	n, size := binary.Uvarint(c.row[c.at:])
	c.at += size
	return n
}

func (c *cursor) number() int { return int(c.bits()) }

func (c *cursor) next() string {
	n := c.number()
	c.at += n
	return c.text[c.at-n : c.at]
}

func (c *cursor) texts() []string {
	n := c.number()
	if n == 0 {
		return nil
	}
	texts := make([]string, n-1)
	for i := range texts {
		texts[i] = c.next()
	}
	return texts
}
