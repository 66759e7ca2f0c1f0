package format_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

// zipOf packs files, given as names and texts in turn.
func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		how := zip.Deflate
		if files[i] == "mimetype" { // stands plain at the beginning
			how = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: files[i], Method: how})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func odsOf(t testing.TB, tables string) []byte {
	return zipOf(t,
		"mimetype", "application/vnd.oasis.opendocument.spreadsheet",
		"content.xml", `<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>`+
			tables+`</office:spreadsheet></office:body></office:document-content>`)
}

// cells writes a row of a sheet.
func cells(texts ...string) string {
	row := "<table:table-row>"
	for _, text := range texts {
		row += `<table:table-cell office:value-type="string"><text:p>` + text + `</text:p></table:table-cell>`
	}
	return row + "</table:table-row>"
}

func TestODS(t *testing.T) {
	data := `<table:table table:name="Data">` + cells("text", "label") + cells("one word", "a") + cells("two words", "b") + `</table:table>`
	for name, test := range map[string]struct {
		tables, wanted, sheet, columns string
		rows                           []string
	}{
		"one sheet":            {data, "", "Data", "text|label", []string{"one word|a", "two words|b"}},
		"the fuller one":       {`<table:table table:name="About">` + cells("made by us") + `</table:table>` + data, "", "Data", "text|label", []string{"one word|a", "two words|b"}},
		"the chosen one":       {data + `<table:table table:name="More">` + cells("text", "label") + cells("other words", "x") + `</table:table>`, "more", "More", "text|label", []string{"other words|x"}},
		"one of other columns": {data + `<table:table table:name="More">` + cells("body", "kind") + cells("other words", "x") + `</table:table>`, "more", "More", "body|kind", []string{"other words|x"}},
		"repeated": {`<table:table table:name="D">` + cells("text", "x", "y") +
			`<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>same words</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>z</text:p></table:table-cell></table:table-row>` +
			`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`,
			"", "D", "text|x|y", []string{"same words|z|z", "same words|z|z"}},
		"blanks between": {`<table:table table:name="D">` + cells("text", "x", "label") +
			`<table:table-row><table:table-cell><text:p>some words</text:p></table:table-cell><table:table-cell/><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>`,
			"", "D", "text|x|label", []string{"some words||a"}},
		"inside a cell": {`<table:table table:name="D">` + cells("text", "label") +
			`<table:table-row><table:table-cell><office:annotation><text:p>a remark</text:p></office:annotation><text:p>two<text:s text:c="3"/>words,<text:span> bold</text:span></text:p><text:p>a<text:tab/>b<text:line-break/>c</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="1.5"/></table:table-row></table:table>`,
			"", "D", "text|label", []string{"two   words, bold\na\tb\nc|1.5"}},
	} {
		t.Run(name, func(t *testing.T) {
			data := odsOf(t, test.tables)
			f := memoryFile("a.ods", data)
			l := sameTable(t, format.ODS, f, format.Overrides{Sheet: test.wanted}, test.columns, test.rows...)
			if l.Sheet != test.sheet {
				t.Errorf("read sheet %q of %q, want %q", l.Sheet, l.Sheets, test.sheet)
			}
			if !format.ODS.Matches(data) || format.XLSX.Matches(data) {
				t.Error("it does not look like a spreadsheet, or like a workbook of Excel")
			}
			formattest.Check(t, format.ODS, f)
		})
	}
}

func TestODSRefuses(t *testing.T) {
	trap := `<table:table table:name="D"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`
	for name, test := range map[string]struct {
		data  []byte
		sheet string
		says  string
	}{
		"nothing":          {nil, "", "it is empty"},
		"an empty sheet":   {odsOf(t, `<table:table table:name="D"></table:table>`), "", "it is empty"},
		"no such sheet":    {odsOf(t, `<table:table table:name="D">`+cells("a")+`</table:table>`), "E", `a sheet "E"`},
		"a trap":           {odsOf(t, trap), "", "16,384 cells 1,048,576 times"},
		"cut in the sheet": {zipOf(t, "content.xml", `<table:table table:name="D"><table:table-row>`), "", "it is damaged"},
		"no sheet at all":  {zipOf(t, "a.txt", "text"), "", "it is damaged"},
		"not an archive":   {[]byte("text"), "", "it is damaged"},
		"a password":       {zipOf(t, "META-INF/manifest.xml", "<manifest:encryption-data>", "content.xml", "\x01\x02"), "", "password"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, format.ODS, memoryFile("a.ods", test.data), format.Overrides{Sheet: test.sheet}, test.says)
		})
	}
}

func TestRealODS(t *testing.T) {
	read := 0
	for _, pattern := range []string{"calamine_xlsx/*.ods", "frictionless/*.ods"} {
		paths, _ := filepath.Glob(filepath.Join(sharedFolder(t, ""), pattern))
		for _, path := range paths {
			t.Run(filepath.Base(path), func(t *testing.T) {
				f, err := format.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				l, err := format.ODS.Inspect(t.Context(), f, format.Overrides{}, nil)
				var e *format.Error
				if errors.As(err, &e) && e.Hint() != "" {
					t.Logf("refused: %v", err)
					return
				} else if err != nil {
					t.Fatal(err)
				}
				read++
				t.Logf("sheet %q of %q: %d rows of %q, %.200q", l.Sheet, l.Sheets, l.Rows, l.Columns, l.Sample)
				if strings.HasPrefix(filepath.Base(path), "table.") && (l.Rows != 2 || strings.Join(l.Columns, " ") != "id name") {
					t.Error("this is not its table")
				}
				if l.Rows > 0 {
					formattest.Check(t, format.ODS, f)
				}
			})
		}
	}
	if read < 15 {
		t.Errorf("%d spreadsheets were read, want at least 15", read)
	}
}

func FuzzODS(f *testing.F) {
	fuzz(f, format.ODS, string(odsOf(f, `<table:table table:name="D">`+cells("text", "label")+cells("a", "b")+`</table:table>`)), "PK\x03\x04")
}
