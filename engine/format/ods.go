package format

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"attune/engine/dataset"
)

// ODS is a spreadsheet of LibreOffice and others (OpenDocument 1.2, part 1,
// chapter 9), of which one sheet is read. Values are as they are shown.
var ODS = Format{
	Name:       "OpenDocument",
	Extensions: []string{".ods", ".ots"},
	Matches:    matchesODS,
	Inspect:    inspectODS,
	Read:       readODS,
}

// matchesODS looks for the kind that such an archive tells at its beginning.
func matchesODS(head []byte) bool {
	return bytes.HasPrefix(head, []byte(markZIP)) && bytes.Contains(head[:min(len(head), 256)], []byte("opendocument.spreadsheet"))
}

func damagedSheet(f File, err error) *Error {
	return &Error{
		File: f.Name,
		Want: "be a whole spreadsheet",
		Got:  fmt.Sprintf("it is damaged: %v", err),
		Way:  "open it in LibreOffice, which may repair it, and save it again as .ods or CSV",
		Err:  err,
	}
}

// sheetXML is the content of a spreadsheet while it is read.
type sheetXML struct {
	file File
	*xml.Decoder
	closers
}

// openODS opens the content of a spreadsheet.
func openODS(ctx context.Context, f File, progress func(bytes int64)) (sheetXML, error) {
	whole, err := f.whole(ctx, progress)
	if err != nil {
		return sheetXML{}, err
	}
	if whole.size == 0 {
		return sheetXML{}, errors.Join(emptyError(f), whole.Close())
	}
	archive, err := zip.NewReader(whole, whole.size)
	if err == nil && protectedODS(archive) {
		whole.Close()
		return sheetXML{}, &Error{File: f.Name, Want: "be open to read", Got: "it is protected by a password", Way: "open it in LibreOffice and save it without the password"}
	}
	var content io.ReadCloser
	if err == nil {
		content, err = archive.Open("content.xml")
	}
	if err != nil {
		whole.Close()
		return sheetXML{}, damagedSheet(f, err)
	}
	return sheetXML{f, xml.NewDecoder(content), closers{nil, []io.Closer{content, whole}}}, nil
}

// protectedODS says that the parts of an archive are encrypted.
func protectedODS(archive *zip.Reader) bool {
	manifest, err := archive.Open("META-INF/manifest.xml")
	if err != nil {
		return false
	}
	defer manifest.Close()
	text, _ := io.ReadAll(io.LimitReader(manifest, 1<<20))
	return bytes.Contains(text, []byte("encryption-data"))
}

// next gives the next start or end of an element.
func (x sheetXML) next() (xml.Token, error) {
	token, err := x.Token()
	if err == io.EOF {
		return nil, err
	}
	if err != nil {
		return nil, damagedSheet(x.file, err)
	}
	return token, nil
}

// attribute is the value of an attribute, "" without.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// times is how often an element is repeated.
func times(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(attribute(e, name))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

func inspectODS(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 2, progress)
	l := Layout{Format: "OpenDocument"}
	sample, err := l.lookODS(ctx, f, o.Sheet, passes[0])
	if err != nil {
		return Layout{}, err
	}
	if err := l.name(f, sample, o.Header); err != nil {
		return Layout{}, err
	}
	return l, l.count(readODS(ctx, f, l, passes[1]))
}

// lookODS finds the sheets, chooses one, the first with two rows if none is
// wanted, and gives its first rows.
func (l *Layout) lookODS(ctx context.Context, f File, wanted string, progress func(bytes int64)) ([][]string, error) {
	samples := map[string][][]string{}
	for row, err := range sheetRows(ctx, f, "", progress) {
		if err != nil {
			return nil, err
		}
		if row.first && len(l.Sheets) < maxSheets {
			l.Sheets = append(l.Sheets, row.sheet)
		}
		if s := samples[row.sheet]; row.values != nil && len(s) < sampleMost {
			samples[row.sheet] = append(s, row.values)
		}
	}
	for _, name := range l.Sheets {
		if len(samples[name]) > 1 {
			l.Sheet = name
			break
		}
	}
	if l.Sheet == "" && len(l.Sheets) > 0 {
		l.Sheet = l.Sheets[0]
	}
	if err := l.choose(f, wanted, "sheet"); err != nil {
		return nil, err
	}
	return samples[l.Sheet], nil
}

// sheetRow is a row of a sheet that is not blank, or, without values, the
// beginning of a sheet.
type sheetRow struct {
	sheet  string
	first  bool // no row of the sheet came before
	values []string
}

// sheetRows gives the rows of a sheet, of all sheets if it is "".
func sheetRows(ctx context.Context, f File, sheet string, progress func(bytes int64)) iter.Seq2[sheetRow, error] {
	return func(yield func(sheetRow, error) bool) {
		x, err := openODS(ctx, f, progress)
		if err != nil {
			yield(sheetRow{}, err)
			return
		}
		defer x.closers.Close()
		for now := ""; ; {
			token, err := x.next()
			if err == io.EOF {
				return
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(sheetRow{}, err)
				return
			}
			e, ok := token.(xml.StartElement)
			switch {
			case !ok:
			case e.Name.Local == "table":
				now = attribute(e, "name")
				if !yield(sheetRow{sheet: now, first: true}, nil) {
					return
				}
			case e.Name.Local == "table-row" && (sheet == "" || sheet == now):
				values, err := x.row()
				if err == nil {
					err = x.bearable(e, values)
				}
				if err != nil {
					yield(sheetRow{}, err)
					return
				}
				if isBlank(values) {
					continue
				}
				for range times(e, "number-rows-repeated") {
					if err := ctx.Err(); err != nil {
						yield(sheetRow{}, err)
						return
					}
					if !yield(sheetRow{sheet: now, values: values}, nil) {
						return
					}
				}
			}
		}
	}
}

// bearable refuses a row that is repeated so often that the file is a trap.
func (x sheetXML) bearable(row xml.StartElement, values []string) error {
	const most = 20_000_000 // cells
	n := times(row, "number-rows-repeated")
	if isBlank(values) || n <= most/len(values) {
		return nil
	}
	return &Error{
		File: x.file.Name,
		Want: "hold a table",
		Got:  fmt.Sprintf("it repeats a row of %s %s times", plural(len(values), "cell"), dataset.Thousands(n)),
		Way:  "delete the rows that repeat, and save it again",
	}
}

// maxCells bounds the cells of a row, as programs do.
const maxCells = 16384

// row reads the cells of a row up to its end. Blank ones behind the last are left
// out, and so is what goes beyond the bounds of a row.
func (x sheetXML) row() ([]string, error) {
	var values []string
	blank, size := 0, 0
	for {
		token, err := x.next()
		if err == io.EOF {
			err = damagedSheet(x.file, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "table-row" {
				return values, nil
			}
		case xml.StartElement:
			if e.Name.Local != "table-cell" && e.Name.Local != "covered-table-cell" {
				continue
			}
			value, err := x.cell(e, maxRowBytes-size)
			if err != nil {
				return nil, err
			}
			n := times(e, "number-columns-repeated")
			if value == "" {
				blank = min(blank+n, maxCells)
				continue
			}
			for range min(blank, maxCells-len(values)) {
				values = append(values, "")
			}
			blank = 0
			for range min(n, maxCells-len(values)) {
				values = append(values, value)
			}
			size += len(value)
		}
	}
}

// cell reads what a cell shows, paragraphs as lines, or its value if it shows
// nothing; at most so many bytes.
func (x sheetXML) cell(start xml.StartElement, most int) (string, error) {
	var b strings.Builder
	paragraphs, notes := 0, 0
	for depth := 1; depth > 0; {
		token, err := x.next()
		if err == io.EOF {
			err = damagedSheet(x.file, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return "", err
		}
		write := func(s string) {
			if notes == 0 && b.Len()+len(s) <= most {
				b.WriteString(s)
			}
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "annotation":
				notes++
			case "p":
				if paragraphs++; paragraphs > 1 {
					write("\n")
				}
			case "s":
				write(strings.Repeat(" ", min(times(t, "c"), 1000)))
			case "tab":
				write("\t")
			case "line-break":
				write("\n")
			}
			if notes > 0 && t.Name.Local == "p" {
				paragraphs--
			}
		case xml.EndElement:
			depth--
			if t.Name.Local == "annotation" {
				notes--
			}
		case xml.CharData:
			if paragraphs > 0 || depth > 1 {
				write(string(t))
			}
		}
	}
	if paragraphs == 0 {
		for _, name := range []string{"string-value", "date-value", "time-value", "boolean-value", "value"} {
			if v := attribute(start, name); v != "" {
				return v, nil
			}
		}
	}
	return b.String(), nil
}

func readODS(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	passes := portions(f.Size, 2, progress)
	rows := func(yield func([]string, error) bool) {
		for row, err := range sheetRows(ctx, f, l.Sheet, passes[0]) {
			if err == nil && row.values == nil {
				continue
			}
			if !yield(row.values, err) {
				return
			}
		}
	}
	return gridRecords(rows, l, byRows(f.Size, l.Rows, passes[1]))
}
