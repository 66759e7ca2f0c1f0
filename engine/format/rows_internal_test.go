package format

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

var quotedCommas = dialect{delimiter: ',', quote: '"', newline: '\n'}

// rowsOf reads a text through a source, with rows of at most limit bytes.
func rowsOf(t *testing.T, source io.Reader, limit int) []string {
	t.Helper()
	r := newRows(source, quotedCommas, 2)
	r.limit = limit
	var got []string
	for r.next() {
		row := strings.Join(r.values(0), "¦")
		switch r.flaw {
		case unclosed:
			row += " unclosed"
		case tooLarge:
			row += " too large"
		}
		got = append(got, row)
	}
	if err := r.err(); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestRowsAnySource gives the same rows however few bytes a source gives at a
// time.
func TestRowsAnySource(t *testing.T) {
	const text = "a,\"b\r\n\"\"c\"\r\n\"d\ne,f\n\"g\" , h\n\ni,\"j"
	want := []string{"a¦b\r\n\"c", "\"d unclosed", "e¦f", "g¦ h", "i¦\"j unclosed"}
	for name, source := range map[string]io.Reader{
		"whole":          strings.NewReader(text),
		"byte by byte":   iotest.OneByteReader(strings.NewReader(text)),
		"end with data":  iotest.DataErrReader(strings.NewReader(text)),
		"halves":         iotest.HalfReader(strings.NewReader(text)),
		"behind a chunk": io.MultiReader(strings.NewReader(strings.Repeat("\n", chunkBytes-7)), strings.NewReader(text)),
	} {
		t.Run(name, func(t *testing.T) {
			if got := rowsOf(t, source, maxRowBytes); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestRowsLimit(t *testing.T) {
	const limit = chunkBytes
	long := strings.Repeat("é", limit)       // twice the limit
	lines := strings.Repeat("é, ü\n", limit) // no line of which is a row
	for _, test := range []struct{ name, text, last string }{
		{"plain", "a,b\n" + long + ",c\nd,e\n", "d¦e"},
		{"plain, second value", "a,b\nc," + long + "\nd,e\n", "d¦e"},
		{"quoted", "a,b\n\"" + long + "\",c\nd,e\n", "d¦e"},
		{"quoted with quotes", "a,b\n\"" + long + "\"\"x\"\",\"\"" + long + "\",c\nd,e\n", "d¦e"},
		{"quoted lines", "a,b\n\"" + strings.ReplaceAll(lines, ",", ",,") + "\",c\nd,e\n", "d¦e"},
		{"never ending", "a,b\n\"" + long, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := rowsOf(t, strings.NewReader(test.text), limit)
			if len(got) < 2 || got[0] != "a¦b" || !strings.HasSuffix(got[1], " too large") || !utf8.ValidString(got[1]) {
				t.Fatalf("got %d rows, the second ends with %q", len(got), got[1][max(0, len(got[1])-20):])
			}
			if last := strings.Join(got[2:], "/"); last != test.last {
				t.Errorf("after it come %q, want %q", last, test.last)
			}
		})
	}
}

// TestRowsUnclosedBeyondLimit has an unclosed quote and more rows after it than
// fit into memory.
func TestRowsUnclosedBeyondLimit(t *testing.T) {
	const limit = chunkBytes
	n := limit // rows of 4 bytes
	got := rowsOf(t, strings.NewReader("\"a,b\n"+strings.Repeat("c,d\n", n)), limit)
	if len(got) != n+1 || got[0] != "\"a¦b unclosed" || got[1] != "c¦d" {
		t.Errorf("got %d rows, want %d, beginning with %q", len(got), n+1, got[:2])
	}
}

// TestRowsLinear would take minutes a case if the search for closing quotes began
// anew in every row.
func TestRowsLinear(t *testing.T) {
	for _, line := range []string{"\"a,b\n", "a,\"\"b\n", "\"\"\"a,b\n", "a,\"b\"c\n", "\"\"a\"\",b\n", "a,\"b\n\"\"c\n"} {
		t.Run(fmt.Sprintf("%q", line), func(t *testing.T) {
			text := strings.Repeat(line, 500_000)
			got := rowsOf(t, strings.NewReader(text), maxRowBytes)
			if len(got) < 250_000 {
				t.Errorf("%d rows of %d lines", len(got), bytes.Count([]byte(text), []byte("\n")))
			}
		})
	}
}

func TestSurveyWindows(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	s := survey{windows: windowsOf(int64(len(data)))}
	for at := 0; at < len(data); at += 1000 {
		s.add(data[at:min(at+1000, len(data))])
	}
	for i, w := range s.windows {
		if len(w.data) != windowBytes || w.from%2 != 0 || !bytes.Equal(w.data, data[w.from:w.from+windowBytes]) {
			t.Errorf("window %d at %d does not hold the %d bytes there", i, w.from, windowBytes)
		}
	}
	if last := s.windows[windowCount-1]; last.from+windowBytes < int64(len(data))-1 {
		t.Errorf("the last window ends at %d of %d", last.from+windowBytes, len(data))
	}
}
