package format

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// XLSX is an Excel workbook, of which one sheet is read. Values are as Excel
// shows them, formulas as their last results.
var XLSX = Format{
	Name:       "Excel",
	Extensions: []string{".xlsx", ".xlsm", ".xltx"},
	Matches:    matchesXLSX,
	Inspect:    inspectXLSX,
	Read:       readXLSX,
}

// matchesXLSX looks for the names of a workbook's parts, which stand plain in
// the archive.
func matchesXLSX(head []byte) bool {
	if !bytes.HasPrefix(head, []byte(markZIP)) {
		return false
	}
	for _, part := range []string{"[Content_Types].xml", "xl/", "docProps/"} {
		if bytes.Contains(head, []byte(part)) {
			return true
		}
	}
	return false
}

// workbook is a workbook that is open.
type workbook struct {
	*excelize.File
	file File
}

// openWorkbook reads a workbook, whose large sheets go to temporary files.
func openWorkbook(ctx context.Context, f File, progress func(bytes int64)) (book workbook, err error) {
	const inMemory = 4 << 20 // of a sheet or the texts; larger ones go to the disk
	const most = 16 << 30    // of all parts; more is no workbook but a trap
	whole, err := f.whole(ctx, progress)
	if err != nil {
		return workbook{}, err
	}
	defer whole.Close()
	if whole.size == 0 {
		return workbook{}, emptyError(f)
	}
	head := make([]byte, min(whole.size, 8))
	if _, err := whole.ReadAt(head, 0); err != nil && err != io.EOF {
		return workbook{}, readError(f, 0, err)
	}
	if !bytes.HasPrefix(head, []byte(markZIP)) {
		return workbook{}, notWorkbook(f, head)
	}
	if err := checkParts(whole); err != nil {
		return workbook{}, damagedWorkbook(f, err)
	}
	defer guard(f, &err)
	opened, err := excelize.OpenReader(io.NewSectionReader(whole, 0, whole.size), excelize.Options{UnzipXMLSizeLimit: inMemory, UnzipSizeLimit: most, ShortDatePattern: "yyyy-mm-dd"})
	if err != nil {
		return workbook{}, damagedWorkbook(f, err)
	}
	return workbook{opened, f}, nil
}

// checkParts fails for a workbook with a part that says to be larger than what is packed
// can become: the library takes memory for what a part says.
func checkParts(whole wholeFile) error {
	const deflate = 1032 // times as large as it was, at most, becomes what is unpacked (zlib.net/zlib_tech.html)
	archive, err := zip.NewReader(whole, whole.size)
	if err != nil {
		return err
	}
	for _, part := range archive.File {
		packed := min(part.CompressedSize64, uint64(whole.size))
		if part.UncompressedSize64/deflate > packed {
			return fmt.Errorf("its part %q says to be %d bytes, of which %d are there, packed", part.Name, part.UncompressedSize64, packed)
		}
	}
	return nil
}

// guard turns a panic of a library over a damaged file into an error.
func guard(f File, err *error) {
	if r := recover(); r != nil {
		*err = damagedWorkbook(f, fmt.Errorf("%v", r))
	}
}

func damagedWorkbook(f File, err error) *Error {
	if strings.EqualFold(filepath.Ext(f.Name), ".xlsb") {
		return &Error{File: f.Name, Want: "be a workbook of Excel (.xlsx)", Got: "it is a binary workbook (.xlsb)", Way: "save it as .xlsx or CSV", Err: err}
	}
	return &Error{
		File: f.Name,
		Want: "be a whole workbook",
		Got:  fmt.Sprintf("it is damaged: %v", err),
		Way:  "open it in Excel or LibreOffice, which may repair it, and save it again as .xlsx or CSV",
		Err:  err,
	}
}

// notWorkbook says what a file is that does not even begin like a workbook.
func notWorkbook(f File, head []byte) *Error {
	e := &Error{File: f.Name, Want: "be a workbook of Excel (.xlsx)", Got: "it looks like " + describe(head), Way: "save it as .xlsx or CSV"}
	if signature(head) == oldOffice {
		e.Got = "it is protected by a password, or of Excel 2003 or older"
		e.Way = "open it in Excel or LibreOffice, take the password away, and save it as .xlsx"
	}
	return e
}

func inspectXLSX(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (l Layout, err error) {
	passes := portions(f.Size, 2, progress)
	b, err := openWorkbook(ctx, f, passes[0])
	if err != nil {
		return Layout{}, err
	}
	defer func() { b.Close() }()
	defer guard(f, &err)
	l = Layout{Format: "Excel", Sheets: b.GetSheetList()}
	damaged := false
	if l.Sheet, damaged, err = b.fullest(ctx, l.Sheets); err != nil {
		return Layout{}, err
	}
	if damaged { // the library tells of a damaged part once, and then goes on with half of it
		again, err := openWorkbook(ctx, f, nil)
		if err != nil {
			return Layout{}, err
		}
		b.Close()
		b = again
	}
	if err := l.choose(f, o.Sheet, "sheet"); err != nil {
		return Layout{}, err
	}
	var sample [][]string
	for row, err := range b.rows(ctx, l.Sheet) {
		if err != nil {
			return Layout{}, err
		}
		if sample = append(sample, row); len(sample) == sampleMost {
			break
		}
	}
	if err := l.name(f, sample, o.Header); err != nil {
		return Layout{}, err
	}
	return l, l.count(gridRecords(b.rows(ctx, l.Sheet), l, byRows(f.Size, 0, passes[1])))
}

// sampleMost is how many rows show what the columns of a grid are.
const sampleMost = 1000

// name finds the columns of a table by its first rows.
func (l *Layout) name(f File, sample [][]string, header *bool) error {
	for i, row := range sample {
		sample[i] = trimEmpty(row, 1)
	}
	h := findHead(sample, nil, header)
	if len(h.columns) == 0 {
		return emptyError(f)
	}
	l.Preamble, l.Header, l.Columns = h.preamble, h.header, h.columns
	return nil
}

// fullest is the first sheet that has rows, or the first. damaged says whether one could
// not be read.
func (b workbook) fullest(ctx context.Context, sheets []string) (name string, damaged bool, err error) {
	for _, name := range sheets {
		n := 0
		for _, err := range b.rows(ctx, name) {
			if own := (*Error)(nil); errors.As(err, &own) {
				damaged = true // or a chart: another may be whole
				break
			}
			if err != nil {
				return "", damaged, err
			}
			if n++; n == 2 {
				return name, damaged, nil
			}
		}
	}
	if len(sheets) == 0 {
		return "", damaged, emptyError(b.file)
	}
	return sheets[0], damaged, nil
}

// rows gives the rows of a sheet that are not blank.
func (b workbook) rows(ctx context.Context, sheet string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		damaged := func(err error) *Error { return damagedWorkbook(b.file, err) }
		guarded(yield, damaged, func(each func([]string) bool) error { return b.eachRow(ctx, sheet, each) })
	}
}

func (b workbook) eachRow(ctx context.Context, sheet string, each func([]string) bool) error {
	rows, err := b.Rows(sheet)
	if err != nil {
		return damagedWorkbook(b.file, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := rows.Columns()
		if err != nil {
			return damagedWorkbook(b.file, err)
		}
		if !isBlank(row) && !each(row) {
			return nil
		}
	}
	if err := rows.Error(); err != nil {
		return damagedWorkbook(b.file, err)
	}
	return nil
}

func isBlank(row []string) bool {
	return !slices.ContainsFunc(row, func(v string) bool { return strings.TrimSpace(v) != "" })
}

// byRows is the progress of a pass over so many rows, 0 if that is not known:
// the share of the size, and all of it after the last row.
func byRows(size int64, rows int, progress func(bytes int64)) func(row int, last bool) {
	if progress == nil {
		return func(int, bool) {}
	}
	return func(row int, last bool) {
		const many = 50_000
		switch {
		case last:
			progress(size)
		case rows == 0: // it slows down, and does not arrive before the end
			progress(size * int64(row) / int64(row+many))
		case row <= rows:
			progress(size * int64(row) / int64(rows))
		}
	}
}

// gridRecords makes records of the rows of a grid, which begins with what the
// layout skips.
func gridRecords(rows iter.Seq2[[]string, error], l Layout, told func(row int, last bool)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		row := -l.skipped()
		for values, err := range rows {
			if err != nil {
				yield(Record{}, err)
				return
			}
			if row++; row < 1 {
				continue
			}
			told(row, false)
			rec := Record{Row: row, Values: values}
			for len(rec.Values) < len(l.Columns) {
				rec.Values = append(rec.Values, "")
			}
			rec.mend(l)
			if !yield(rec, nil) {
				return
			}
		}
		told(0, true)
	}
}

func readXLSX(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		passes := portions(f.Size, 2, progress)
		b, err := openWorkbook(ctx, f, passes[0])
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer b.Close()
		gridRecords(b.rows(ctx, l.Sheet), l, byRows(f.Size, l.Rows, passes[1]))(yield)
	}
}
