package format_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

func TestCSVKeepsItsWord(t *testing.T) {
	long := "text,label\n" + strings.Repeat("some words of a text,a label\n\"more, of\nit\",another\n", 40_000)
	for name, text := range map[string]string{
		"small":       "text,label\ngood,yes\nbad,no\n",
		"no header":   "good words,1\nbad words,2\ngood words,1\n",
		"ragged":      "text,label\ngood\nbad,no,really\n\"open,yes\nfine,no\n",
		"many chunks": long,
	} {
		t.Run(name, func(t *testing.T) { formattest.Check(t, format.CSV, memoryFile("a.csv", []byte(text))) })
	}
}

// read inspects and reads a text.
func read(t *testing.T, text string, o format.Overrides) (format.Layout, []format.Record) {
	t.Helper()
	f := memoryFile("a.csv", []byte(text))
	l, err := format.CSV.Inspect(t.Context(), f, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l, records(t, f, l)
}

// tableOf writes records as one value a cell, with "!" behind a row with a
// problem, which is easy to compare and to read.
func tableOf(recs []format.Record) []string {
	var rows []string
	for _, rec := range recs {
		row := strings.Join(rec.Values, "¦")
		if rec.Problem != nil {
			row += " !"
		}
		rows = append(rows, row)
	}
	return rows
}

func TestCSVRows(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"CRLF", "text,label\r\na,b\r\nc,d\r\n", []string{"a¦b", "c¦d"}},
		{"CR only", "text,label\ra,b\rc,d", []string{"a¦b", "c¦d"}},
		{"no line end at the end", "text,label\na,b\nc,d", []string{"a¦b", "c¦d"}},
		{"several lines", "text,label\n\"a\r\nb\n\nc\",d\ne,f\n", []string{"a\r\nb\n\nc¦d", "e¦f"}},
		{"doubled quotes", "text,label\n\"say \"\"a\"\"\",b\n", []string{`say "a"¦b`}},
		{"escaped quotes", "text,label\n\"say \\\"a\\\", and\",b\n\"c:\\\\d\",e\n", []string{`say "a", and¦b`, `c:\d¦e`}},
		{"backslash at the end", "text,label\n\"c:\\\",b\n\"d:\\\",c\n", []string{`c:\¦b`, `d:\¦c`}},
		{"blanks around quotes", "text,label\n \"a, b\" , c\n", []string{"a, b¦ c"}},
		{"quote inside a plain value", "text,label\n5\" nail,b\nthe 6\" one,c\n", []string{`5" nail¦b`, `the 6" one¦c`}},
		{"stray quotes inside quotes", "text,label\n\"he \"said\" it, twice\",b\nc,d\n", []string{`he "said" it, twice¦b`, "c¦d"}},
		{"empty quotes", "text,label\n\"\",b\n\"\"\"\",\"\"\n", []string{"¦b", `"¦`}},
		{"blank lines", "\n\ntext,label\n\na,b\n \n\t\nc,d\n\n", []string{"a¦b", "c¦d"}},
		{"row of empty values", "text,label\na,b\n,\n", []string{"a¦b", "¦"}},
		{"short row", "text,label,id\na,b\nc,d,e\n", []string{"a¦b¦ !", "c¦d¦e"}},
		{"long row", "text,label\na,b,c\nd,e\n", []string{"a¦b¦c !", "d¦e"}},
		{"long row of nothing", "text,label\na,b,,\nd,e\n", []string{"a¦b¦¦", "d¦e"}},
		{"unclosed quote", "text,label\na,b\n\"c,d\ne,f\n\"g, h\",i\nj,k\n", []string{"a¦b", `"c¦d !`, "e¦f", "g, h¦i", "j¦k"}},
		{"unclosed quote at the end", "text,label\n\"a, b\",c\nd,\"e\nf,g\n", []string{"a, b¦c", `d¦"e !`, "f¦g"}},
		{"broken UTF-8", "text,label\nschön,é\nb\xffd,x\nça,ü\n", []string{"schön¦é", "b\ufffdd¦x !", "ça¦ü"}},
		{"title above", "A fine table\n\nid,text,label\n1,a,b\n2,c,d\n", []string{"1¦a¦b", "2¦c¦d"}},
		{"title above two columns", "Costs of May,\n,\nwhat,how much\nhotel,12\nrail,7\n", []string{"hotel¦12", "rail¦7"}},
		{"separator line", "sep=;\r\ntext;label\r\na, b, c;d\r\ne, f, g;h\r\n", []string{"a, b, c¦d", "e, f, g¦h"}},
		{"one column", "text\nwell, yes\nno\nwell, no, never\n", []string{"well, yes", "no", "well, no, never"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, recs := read(t, test.text, format.Overrides{})
			if got := tableOf(recs); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q\n%+v", got, test.want, l)
			}
		})
	}
}

// TestUnclosedQuoteSwallowsNothing closes a quote by chance, far below.
func TestUnclosedQuoteSwallowsNothing(t *testing.T) {
	text := "text,label\n\"the first, second\",b\n\"open,a\n" + strings.Repeat("words,a\n", 500) + "the 5\",b\n\"last, really\",c\n"
	_, recs := read(t, text, format.Overrides{})
	if len(recs) != 504 {
		t.Fatalf("read %d rows, want 504", len(recs))
	}
	for _, rec := range recs {
		if (rec.Problem != nil) != (rec.Row == 2) {
			t.Errorf("row %d has the problem %v", rec.Row, rec.Problem)
		}
	}
}

func TestCSVHeader(t *testing.T) {
	for _, test := range []struct {
		name, text string
		columns    []string
	}{
		{"trimmed", " text , \"the  label\" \na,b\n", []string{"text", "the label"}},
		{"empty names", "text,,\na,b,c\nd,e,f\n", []string{"text", "column 2", "column 3"}},
		{"twice the same", "id,text,text,text 2\n1,a,b,c\n", []string{"id", "text", "text 2", "text 2 2"}},
		{"too short", "text\na,b\nc,d\n", []string{"text", "column 2"}},
		{"too long", "text,label,id\na,b\nc,d\ne,f\n", []string{"text", "label", "id"}},
		{"ends with delimiters", "text,label,,\na,b\nc,d\ne,f\n", []string{"text", "label"}},
		{"in Chinese", "文本,类别\n体验2D巅峰,游戏\n锌价难续去年辉煌,财经\n", []string{"文本", "类别"}},
		{"absent", "a fine thing,yes\na bad thing,no\na thing,yes\nno thing,no\n", []string{"column 1", "column 2"}},
		{"absent over numbers", "1,2.5\n2,3.5\n", []string{"column 1", "column 2"}},
		{"over numbers", "x,y\n1,2.5\n2,3.5\n", []string{"x", "y"}},
		{"alone", "review,stars\n", []string{"review", "stars"}},
		{"byte order mark", "\ufefftext,label\na,b\n", []string{"text", "label"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, _ := read(t, test.text, format.Overrides{})
			if !slices.Equal(l.Columns, test.columns) {
				t.Errorf("got %q, want %q", l.Columns, test.columns)
			}
		})
	}
}

func TestCSVDelimiter(t *testing.T) {
	for _, test := range []struct{ name, text, delimiter string }{
		{"comma", "text,label\na: b; c,d\ne: f; g,h\n", ","},
		{"semicolon and decimal commas", "x;y\n1,5;2,5\n3,5;4,5\n", ";"},
		{"tab and commas", "text\tlabel\none, two\ta\nthree, four\tb\n", "\t"},
		{"pipe", "text|label\nwell, a|b\nwell, c|d\n", "|"},
		{"blanks between numbers", "1.0 2.0 3.0\n4.0 5.0 6.0\n", " "},
		{"times", "id;when\n1;2022-05-25 10:39:15\n2;2022-05-25 10:39:15\n", ";"},
		{"prose", "Well, this is it.\nIt is not.\nIs it, or not, or what?\nNo.\n", ""},
		{"quoted delimiters", "text;label\n\"a;b;c\";d\n\"e\";f\n", ";"},
		{"ragged", "id,text,label\n1,a\n2,b,c,d\n", ","},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, _ := read(t, test.text, format.Overrides{})
			if l.Delimiter != test.delimiter {
				t.Errorf("got %q, want %q", l.Delimiter, test.delimiter)
			}
		})
	}
}

// TestCSVDelimiterLateCommas is a file that looks like one of semicolons and
// turns to prose further down.
func TestCSVDelimiterLateCommas(t *testing.T) {
	text := "text;label\n" + strings.Repeat("short;a\n", 130) + strings.Repeat("a text, with commas, and more, of them;b\n", 100_000)
	l, _ := read(t, text, format.Overrides{})
	if l.Delimiter != ";" || len(l.Columns) != 2 || l.Rows != 100_130 {
		t.Errorf("got the delimiter %q, columns %q, %d rows", l.Delimiter, l.Columns, l.Rows)
	}
}

func TestCSVOverrides(t *testing.T) {
	yes, no := true, false
	text := "a,b;c\nd,e;f\ng,h;i\n"
	for _, test := range []struct {
		name      string
		overrides format.Overrides
		want      []string
	}{
		{"comma", format.Overrides{Delimiter: ",", Header: &no}, []string{"a¦b;c", "d¦e;f", "g¦h;i"}},
		{"semicolon by name", format.Overrides{Delimiter: "semicolon", Header: &yes}, []string{"d,e¦f", "g,h¦i"}},
		{"tab by name", format.Overrides{Delimiter: "tab", Header: &no}, []string{"a,b;c", "d,e;f", "g,h;i"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, recs := read(t, text, test.overrides)
			if got := tableOf(recs); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestCSVEncoding(t *testing.T) {
	const text = "text,label\r\nschöne Grüße für 5 €,gut\r\n\"naïve, très déçu\",schlecht\r\n"
	want := []string{"schöne Grüße für 5 €¦gut", "naïve, très déçu¦schlecht"}
	for _, test := range []struct {
		name     string
		encoding encoding.Encoding
		found    string
		asked    string
	}{
		{"UTF-8", unicode.UTF8, "utf-8", ""},
		{"UTF-8 with a mark", unicode.UTF8BOM, "utf-8", ""},
		{"UTF-16 little-endian", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", ""},
		{"UTF-16 little-endian with a mark", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le", ""},
		{"UTF-16 big-endian", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", ""},
		{"UTF-16 big-endian with a mark", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be", ""},
		{"Windows-1252", charmap.Windows1252, "windows-1252", ""},
		{"asked for", charmap.Windows1250, "windows-1250", "cp1250"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, want := text, want
			if test.asked != "" { // Central European has no ï and è
				text = strings.NewReplacer("ï", "ö", "è", "é").Replace(text)
				want = []string{want[0], "naöve, trés déçu¦schlecht"}
			}
			coded, err := test.encoding.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			l, recs := read(t, coded, format.Overrides{Encoding: test.asked})
			if l.Encoding != test.found || !slices.Equal(l.Columns, []string{"text", "label"}) {
				t.Errorf("found the encoding %s and columns %q, want %s", l.Encoding, l.Columns, test.found)
			}
			if got := tableOf(recs); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestCSVChunkBorder puts characters of several bytes and line ends of two
// where one chunk of a reader ends and the next begins.
func TestCSVChunkBorder(t *testing.T) {
	const row = "中文字符é😀 \"\"x,y\"\"\r\nz"
	for shift := range 16 {
		text := "text,label\r\n" + strings.Repeat("x", shift) + ",b\r\n" + strings.Repeat("\""+row+"\",b\r\n", 20_000)
		l, recs := read(t, text, format.Overrides{})
		if l.Encoding != "utf-8" || len(recs) != 20_001 {
			t.Fatalf("shift %d: %d rows in %s", shift, len(recs), l.Encoding)
		}
		for _, rec := range recs[1:] {
			if rec.Problem != nil || rec.Values[0] != "中文字符é😀 \"x,y\"\r\nz" || rec.Values[1] != "b" {
				t.Fatalf("shift %d: row %d is %q, %v", shift, rec.Row, rec.Values, rec.Problem)
			}
		}
	}
}

// TestCSVLateEncoding has its only telling byte far behind the beginning.
func TestCSVLateEncoding(t *testing.T) {
	plain := strings.Repeat("some text,a\n", 200_000)
	for _, test := range []struct{ name, text, encoding, last string }{
		{"Western", "text,label\n" + plain + "caf\xe9,b\n", "windows-1252", "café"},
		{"UTF-8", "text,label\n" + plain + "café,b\n", "utf-8", "café"},
		{"UTF-8 with a broken byte", "text,label\né,b\nü,b\n" + plain + "caf\xe9,b\n", "utf-8", "caf\ufffd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, recs := read(t, test.text, format.Overrides{})
			if last := recs[len(recs)-1]; l.Encoding != test.encoding || last.Values[0] != test.last {
				t.Errorf("got %q in %s, want %q in %s", last.Values[0], l.Encoding, test.last, test.encoding)
			}
		})
	}
}

func TestCSVRefuses(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	binary := make([]byte, 4096)
	for i := range binary {
		binary[i] = byte(noise.Uint32())
	}
	for _, test := range []struct {
		name, text string
		overrides  format.Overrides
		says       string
	}{
		{"nothing", "", format.Overrides{}, "it is empty"},
		{"only a mark", "\xef\xbb\xbf", format.Overrides{}, "it is empty"},
		{"only blank lines", "\n\n \r\n", format.Overrides{}, "it is empty"},
		{"a workbook", "PK\x03\x04\x14\x00rest of it", format.Overrides{}, "Excel workbook"},
		{"noise", string(binary), format.Overrides{}, "binary files"},
		{"NUL characters", "text,label\na\x00b,c\n", format.Overrides{}, "NUL"},
		{"control characters", "a\x02\x03,b\x04\x05\n\x06\x07,c\n", format.Overrides{}, "control characters"},
		{"unknown encoding", "a,b\n", format.Overrides{Encoding: "klingon"}, "no encoding has that name"},
		{"long delimiter", "a,b\n", format.Overrides{Delimiter: "ab"}, "single character"},
		{"quote as delimiter", "a,b\n", format.Overrides{Delimiter: `"`}, "single character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := format.CSV.Inspect(t.Context(), memoryFile("a.csv", []byte(test.text)), test.overrides, nil)
			var e *format.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), test.says) || e.Hint() == "" {
				t.Errorf("got %v, want an error that says %q and a way out", err, test.says)
			}
		})
	}
}

func TestCSVOnlyHeader(t *testing.T) {
	l, recs := read(t, "text,label\n", format.Overrides{})
	if !l.Header || l.Rows != 0 || len(recs) != 0 || len(l.Columns) != 2 {
		t.Errorf("got %+v and %d records", l, len(recs))
	}
}

// TestCSVLargeField reads a field of 50 MB, and one that is larger than a row
// may be, quoted and plain; the row after them must come out.
func TestCSVLargeField(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes and reads hundreds of megabytes")
	}
	for _, megabytes := range []int{50, 70} {
		for name, quote := range map[string]string{"plain": "", "quoted": `"`} {
			t.Run(fmt.Sprintf("%s of %d MB", name, megabytes), func(t *testing.T) {
				field := strings.Repeat("words of text 16", megabytes<<16)
				f := memoryFile("a.csv", []byte("text,label\n"+quote+field+quote+",yes\nshort,no\n"))
				field = ""
				l, err := format.CSV.Inspect(t.Context(), f, format.Overrides{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				recs := records(t, f, l)
				if l.Rows != 2 || len(recs) != 2 || recs[1].Values[0] != "short" || recs[1].Values[1] != "no" {
					t.Fatalf("counted %d rows, read %d", l.Rows, len(recs))
				}
				size, cut := len(recs[0].Values[0]), recs[0].Problem != nil
				if whole := megabytes == 50; cut == whole || whole && (size != megabytes<<20 || recs[0].Values[1] != "yes") {
					t.Errorf("the field has %d bytes, its row the problem %v", size, recs[0].Problem)
				}
			})
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"", "text,label\na,b\n", "a;\"b\nc\"\"\";d\r\n\"", "\"\"\"", "\xff\xfea\x00,\x00b\x00\n\x00", "a\rb\rc",
		"x,\"y\\\"z\"\n1,2", "\xef\xbb\xbfé,\xe9\n", " \" a\" ,b\n", "sep=|\na|b\n", "'a,b','c'\n'd','e'\n",
	} {
		f.Add([]byte(text), "")
	}
	f.Add([]byte("a,\"b\nc,d"), ",")
	f.Fuzz(func(t *testing.T, data []byte, delimiter string) {
		file := memoryFile("a.csv", data)
		l, err := format.CSV.Inspect(t.Context(), file, format.Overrides{Delimiter: delimiter}, nil)
		if err != nil {
			var e *format.Error
			if !errors.As(err, &e) {
				t.Fatalf("the error %v is no *Error", err)
			}
			return
		}
		recs := records(t, file, l)
		if len(recs) != l.Rows {
			t.Fatalf("inspected %d rows, read %d of %q", l.Rows, len(recs), data)
		}
		for _, rec := range recs {
			if len(rec.Values) < len(l.Columns) {
				t.Fatalf("row %d has %d values for %d columns", rec.Row, len(rec.Values), len(l.Columns))
			}
		}
		if r := format.Guess(l); r.Text == "" {
			t.Fatalf("no column of %q is the text", l.Columns)
		}
	})
}
