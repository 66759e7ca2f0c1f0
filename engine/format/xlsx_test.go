package format_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

// sheet is what a test writes into a workbook.
type sheet struct {
	name string
	rows [][]any
}

func workbookOf(t testing.TB, sheets ...sheet) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, s := range sheets {
		if i == 0 {
			if err := book.SetSheetName("Sheet1", s.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := book.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for n, row := range s.rows {
			cell, err := excelize.CoordinatesToCellName(1, n+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetSheetRow(s.name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var tickets = [][]any{{"ticket", "topic"}, {"Where is my parcel?", "delivery"}, {"It never came", "delivery"}, {"I love it", "praise"}}

func TestXLSX(t *testing.T) {
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		sheets  []sheet
		wanted  string
		sheet   string
		columns string
		rows    []string
	}{
		"one sheet":              {[]sheet{{"Data", tickets}}, "", "Data", "ticket|topic", []string{"Where is my parcel?|delivery", "It never came|delivery", "I love it|praise"}},
		"the first that is full": {[]sheet{{"About", [][]any{{"made by us"}}}, {"Data", tickets}}, "", "Data", "ticket|topic", []string{"Where is my parcel?|delivery", "It never came|delivery", "I love it|praise"}},
		"the one chosen":         {[]sheet{{"Data", tickets}, {"Übrige Daten", [][]any{{"text", "label"}, {"other words", "x"}}}}, " übrige daten", "Übrige Daten", "text|label", []string{"other words|x"}},
		"blank rows and cells":   {[]sheet{{"Data", [][]any{{"text", "n", "label"}, {}, {"words", nil, "a"}, {nil, nil, nil}, {"more words", 2, "b"}}}}, "", "Data", "text|n|label", []string{"words||a", "more words|2|b"}},
		"a title above":          {[]sheet{{"Data", [][]any{{"Tickets of May"}, {}, {"text", "label", "day"}, {"words", "a", day}, {"more words", "b", day}}}}, "", "Data", "text|label|day", []string{"words|a|2024-02-29", "more words|b|2024-02-29"}},
		"numbers and truth":      {[]sheet{{"Data", [][]any{{"text", "x", "y"}, {"words", 1.5, true}, {"more words", 1e15, false}}}}, "", "Data", "text|x|y", []string{"words|1.5|TRUE", "more words|1000000000000000|FALSE"}},
		"a row too long":         {[]sheet{{"Data", [][]any{{"text", "label"}, {"words", "a"}, {"more words", "b", "", "astray"}, {"words", "a"}}}}, "", "Data", "text|label", []string{"words|a", "more words|b||astray ! 4 values", "words|a"}},
		"lines in a cell":        {[]sheet{{"Data", [][]any{{"text", "label"}, {"one\ntwo", "a"}, {" blanks ", "a"}}}}, "", "Data", "text|label", []string{"one\ntwo|a", " blanks |a"}},
	} {
		t.Run(name, func(t *testing.T) {
			data := workbookOf(t, test.sheets...)
			f := memoryFile("a.xlsx", data)
			l := sameTable(t, format.XLSX, f, format.Overrides{Sheet: test.wanted}, test.columns, test.rows...)
			if l.Sheet != test.sheet || len(l.Sheets) != len(test.sheets) {
				t.Errorf("read sheet %q of %q, want %q", l.Sheet, l.Sheets, test.sheet)
			}
			if !format.XLSX.Matches(data) {
				t.Error("it does not look like a workbook")
			}
			formattest.Check(t, format.XLSX, f)
		})
	}
}

func TestXLSXRefuses(t *testing.T) {
	whole := workbookOf(t, sheet{"Data", tickets})
	damaged := bytes.Clone(whole)
	for i := len(damaged) / 3; i < len(damaged)/2; i++ {
		damaged[i] ^= 0x55
	}
	// The directory at the end says that the first part becomes 2 GB.
	trap := bytes.Clone(whole)
	copy(trap[bytes.Index(trap, []byte("PK\x01\x02"))+24:], "\xff\xff\xff\x7f")
	both := bytes.Clone(trap) // and was as large before
	copy(both[bytes.Index(both, []byte("PK\x01\x02"))+20:], "\xff\xff\xff\x7f")
	for name, test := range map[string]struct {
		data  []byte
		sheet string
		says  string
	}{
		"nothing":            {nil, "", "it is empty"},
		"no such sheet":      {whole, "May", `a sheet "May"`},
		"an empty workbook":  {workbookOf(t, sheet{"Data", nil}), "", "it is empty"},
		"a damaged one":      {damaged, "", "it is damaged"},
		"a trap":             {trap, "", "says to be 2147483647 bytes"},
		"a trap in a trap":   {both, "", "says to be 2147483647 bytes"},
		"the beginning only": {whole[:len(whole)/2], "", "it is damaged"},
		"text":               {[]byte("text,label\na,b\n"), "", "plain text"},
		"an old workbook":    {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), "", "password"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, format.XLSX, memoryFile("a.xlsx", test.data), format.Overrides{Sheet: test.sheet}, test.says)
		})
	}
}

// TestRealXLSX reads workbooks that break importers: each is imported, or
// refused with a sentence.
func TestRealXLSX(t *testing.T) {
	root := sharedFolder(t, "")
	read := 0
	for _, pattern := range []string{"calamine_xlsx/*.xls*", "frictionless/*.xls*"} {
		paths, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, path := range paths {
			t.Run(filepath.Base(path), func(t *testing.T) {
				f, err := format.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				l, err := format.XLSX.Inspect(t.Context(), f, format.Overrides{}, nil)
				var e *format.Error
				if errors.As(err, &e) && e.Hint() != "" {
					t.Logf("refused: %v", err)
					return
				} else if err != nil {
					t.Fatal(err)
				}
				read++
				t.Logf("sheet %q of %q: %d rows of %q, %.200q", l.Sheet, l.Sheets, l.Rows, l.Columns, l.Sample)
				if l.Rows > 0 {
					formattest.Check(t, format.XLSX, f)
				}
			})
		}
	}
	if read < 60 {
		t.Errorf("%d workbooks were read, want at least 60", read)
	}
}

// TestWrittenElsewhere has the values of workbooks of other programs.
func TestWrittenElsewhere(t *testing.T) {
	for _, test := range []struct{ file, columns, first string }{
		{"calamine_xlsx/issue3.xlsm", "column 1|column 2", "1|a"},
		{"frictionless/preserve-formatting-percentage.xlsx", "col1|col2", "123|52.00%"},
		{"frictionless/table.xlsx", "id|name", "1|english"},
		{"calamine_xlsx/temperature.xlsx", "label|value", "celsius|22.2222"},
	} {
		t.Run(test.file, func(t *testing.T) {
			f, err := format.Open(filepath.Join(sharedFolder(t, ""), test.file))
			if err != nil {
				t.Fatal(err)
			}
			l, err := format.XLSX.Inspect(t.Context(), f, format.Overrides{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c, r := strings.Join(l.Columns, "|"), strings.Join(l.Sample[0], "|"); c != test.columns || r != test.first {
				t.Errorf("got the columns %q and the first row %q", c, r)
			}
		})
	}
}

func FuzzXLSX(f *testing.F) {
	small := string(workbookOf(f, sheet{"Data", tickets}))
	seeds := []string{small, small[:len(small)-30], "PK\x03\x04"}
	for _, name := range []string{"calamine_xlsx/temperature.xlsx", "calamine_xlsx/inlineStr_cdata.xlsx"} {
		if data, err := os.ReadFile(filepath.Join(os.Getenv("ATTUNE_SHARED"), "data", name)); err == nil {
			seeds = append(seeds, string(data))
		}
	}
	fuzz(f, format.XLSX, seeds...)
}
