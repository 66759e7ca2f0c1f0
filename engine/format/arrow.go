package format

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Arrow is a table of columns as the library datasets of Hugging Face keeps it on disk:
// the streaming or the file form of Apache Arrow's IPC format, uncompressed. Columns in
// columns and the numbers of classes become what they become of Parquet.
var Arrow = Format{
	Name:       "Arrow",
	Extensions: []string{".arrow", ".feather"},
	Matches: func(head []byte) bool {
		return bytes.HasPrefix(head, []byte(markArrow)) || bytes.HasPrefix(head, arrowGoesOn)
	},
	Inspect: inspectArrow,
	Read:    readArrow,
}

// markArrow begins the file form. The streaming form begins with its first message.
const markArrow = "ARROW1\x00\x00"

// arrowGoesOn stands before the length of each message (format/Message.fbs).
var arrowGoesOn = []byte{0xff, 0xff, 0xff, 0xff}

// The most bytes of one message and of the values of one batch: a file is read batch by
// batch, each held in memory.
const (
	arrowMessageMost = 64 << 20
	arrowBatchMost   = 1 << 30
)

func damagedArrow(f File, err error) *Error {
	return &Error{
		File: f.Name,
		Want: "be a whole Arrow file",
		Got:  fmt.Sprintf("it is damaged: %v", err),
		Way:  "write it again, or save the table as Parquet or CSV",
		Err:  err,
	}
}

// unreadArrow refuses what such a file may hold and is not read here.
func unreadArrow(f File, what string) *Error {
	return &Error{File: f.Name, Want: "be a plain Arrow file", Got: "it has " + what, Way: "save the table as Parquet or CSV"}
}

// arrowFile is an Arrow file that is open, with its schema read.
type arrowFile struct {
	*pass
	columns      []arrowColumn
	fields       []arrowField
	dictionaries map[int64]arrowArray
}

// arrowColumn is a column of plain values.
type arrowColumn struct {
	name    string
	top     int   // number of the field that it is in
	path    []int // of the fields in that one, by number
	classes []string
}

func openArrow(ctx context.Context, f File, progress func(bytes int64)) (a arrowFile, err error) {
	p, err := f.begin(ctx, progress)
	if err != nil {
		return arrowFile{}, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = damagedArrow(f, fmt.Errorf("%v", r))
		}
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	a = arrowFile{pass: p, dictionaries: map[int64]arrowArray{}}
	m, err := a.message(true)
	if err == io.EOF && f.Size == 0 {
		return arrowFile{}, emptyError(f)
	}
	if err == nil && m.kind != arrowSchema {
		err = damagedArrow(f, errors.New("it does not begin with a schema"))
	}
	if err != nil {
		return arrowFile{}, a.explain(err)
	}
	if a.fields, err = m.header.fields(f); err != nil {
		return arrowFile{}, err
	}
	classes := classesIn(m.header.metadata("huggingface"))
	for i, field := range a.fields {
		a.addColumns(field, arrowColumn{name: field.name, top: i, classes: classes[field.name]})
	}
	if len(a.columns) > maxColumns {
		return arrowFile{}, tooManyColumns(f)
	}
	return a, nil
}

// addColumns adds the plain columns that a field holds.
func (a *arrowFile) addColumns(f arrowField, c arrowColumn) {
	for f.isList() {
		f = f.children[0]
	}
	if f.kind != arrowStruct {
		a.columns = append(a.columns, c)
		return
	}
	for i, child := range f.children {
		inner := c
		inner.name, inner.path = c.name+"."+child.name, append(c.path[:len(c.path):len(c.path)], i)
		a.addColumns(child, inner)
	}
}

// explain makes an error of a stream that ends too early one of the file.
func (a *arrowFile) explain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damagedArrow(a.file, io.ErrUnexpectedEOF)
	}
	return err
}

// message reads the next message without its values; io.EOF after the last.
func (a *arrowFile) message(first bool) (m arrowMessage, err error) {
	mark, err := a.bytes(4)
	if err == io.EOF && len(mark) == 0 {
		return m, err // it ends without saying so
	}
	if err == nil && first && string(mark) == markArrow[:4] {
		if _, err = a.bytes(4); err == nil {
			mark, err = a.bytes(4)
		}
	}
	if err == nil && bytes.Equal(mark, arrowGoesOn) { // else written before Arrow 0.15, which had the length alone
		mark, err = a.bytes(4)
	}
	if err != nil {
		return m, a.explain(err)
	}
	n := binary.LittleEndian.Uint32(mark)
	if n == 0 {
		return m, io.EOF
	}
	if n > arrowMessageMost {
		return m, damagedArrow(a.file, fmt.Errorf("a message of %d bytes", n))
	}
	text, err := a.bytes(int64(n))
	if err != nil {
		return m, a.explain(err)
	}
	return messageOf(text), nil
}

// bytes reads so many bytes; memory grows with what is there.
func (a *arrowFile) bytes(n int64) ([]byte, error) {
	var b bytes.Buffer
	_, err := io.CopyN(&b, a.pass, n)
	return b.Bytes(), err
}

// batch reads the next batch of rows; io.EOF after the last.
func (a *arrowFile) batch() (rows int, columns []arrowArray, err error) {
	for {
		m, err := a.message(false)
		if err != nil {
			return 0, nil, err
		}
		if m.body < 0 || m.body > arrowBatchMost {
			return 0, nil, unreadArrow(a.file, fmt.Sprintf("a batch of %d bytes", m.body))
		}
		body, err := a.bytes(m.body)
		if err != nil {
			return 0, nil, a.explain(err)
		}
		switch m.kind {
		case arrowDictionary:
			if err := a.learn(m.header, body); err != nil {
				return 0, nil, err
			}
		case arrowBatch:
			r, err := a.reading(m.header, body)
			if err != nil {
				return 0, nil, err
			}
			for _, f := range a.fields {
				columns = append(columns, r.array(f))
			}
			return r.rows, columns, nil
		}
	}
}

// learn reads the values of a dictionary, to which columns point.
func (a *arrowFile) learn(header arrowTable, body []byte) error {
	id := header.int64(0)
	if header.bool(2) {
		return unreadArrow(a.file, "a dictionary in parts")
	}
	r, err := a.reading(header.table(1), body)
	if err != nil {
		return err
	}
	for _, f := range a.fields {
		if f, found := f.withDictionary(id); found {
			f.dictionary = nil
			a.dictionaries[id] = r.array(f)
			return nil
		}
	}
	return nil
}

func (a *arrowFile) reading(header arrowTable, body []byte) (*arrowReading, error) {
	if header.has(3) {
		return nil, unreadArrow(a.file, "compressed values")
	}
	r := &arrowReading{body: body, nodes: header.structs(1, 16), buffers: header.structs(2, 16), dictionaries: a.dictionaries}
	if n := header.int64(0); n >= 0 && n <= 8*int64(len(body)) { // a bit each at least
		r.rows = int(n)
		return r, nil
	}
	return nil, damagedArrow(a.file, errors.New("a batch has more rows than values"))
}

func inspectArrow(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	a, err := openArrow(ctx, f, progress)
	if err != nil {
		return Layout{}, err
	}
	defer a.Close()
	l := Layout{Format: "Arrow", Header: true, Named: true}
	names := make([]string, len(a.columns))
	for i, c := range a.columns {
		names[i] = c.name
	}
	if l.Columns = columnNames(names, len(names)); len(names) == 0 {
		return Layout{}, emptyError(f)
	}
	return l, l.count(a.records(l))
}

func readArrow(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		a, err := openArrow(ctx, f, progress)
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer a.Close()
		a.records(l)(yield)
	}
}

func (a *arrowFile) records(l Layout) iter.Seq2[Record, error] {
	damaged := func(err error) *Error { return damagedArrow(a.file, err) }
	return func(yield func(Record, error) bool) {
		row := 0
		guarded(yield, damaged, func(each func(Record) bool) error {
			for {
				n, columns, err := a.batch()
				if err == io.EOF {
					a.progress(a.file.Size) // an index may follow
					return nil
				}
				if err != nil {
					return err
				}
				for i := range n {
					if err := a.ctx.Err(); err != nil {
						return err
					}
					row++
					rec := Record{Row: row, Values: make([]string, len(a.columns))}
					for c, column := range a.columns {
						rec.Values[c] = column.value(columns[column.top], i)
					}
					rec.mend(Layout{Columns: l.Columns, Encoding: encodingUTF8})
					if !each(rec) {
						return nil
					}
				}
			}
		})
	}
}
