package format_test

import (
	"bytes"
	"os"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

// arrowFile reads a file that arrow-go v18.8 wrote.
func arrowFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/arrow/" + name + ".arrow")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestArrow(t *testing.T) {
	for name, test := range map[string]struct {
		columns string
		rows    []string
	}{
		"plain": {"text|label", []string{"good|pos", "bad|neg"}},
		"file":  {"text|label", []string{"good|pos", "bad|neg"}},
		"wide": {
			"text|label|tags|answers.text|answers.answer_start|turns.by|turns.fine|kind|score|weight|small|big|day|at|pair|nothing",
			[]string{
				"good|pos|x; y|go; od|0; 2|you; me|true; false|a|0.5|-1.25|200|18446744073709551615|2024-02-29|2024-02-29T12:00:00.5Z|1; -2|",
				"schlecht ü|neg||||||b|1|0|0|3|1969-12-31|1970-01-01T00:00:00Z|3; 4|",
				"||||||||2|1e+300|7|0|1970-01-01|1970-01-01T00:00:01Z|5; 6|",
				"odd|7|z|odd|0|you|true|a|3|2|1|1|2000-01-01|2000-01-01T00:00:00Z|7; 8|",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := arrowFile(t, name)
			if !format.Arrow.Matches(data) {
				t.Error("its beginning is not known")
			}
			f := memoryFile("a.arrow", data)
			sameTable(t, format.Arrow, f, format.Overrides{}, test.columns, test.rows...)
			formattest.Check(t, format.Arrow, f)
		})
	}
}

func TestArrowRefuses(t *testing.T) {
	plain := arrowFile(t, "plain")
	for name, test := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":           {nil, "empty"},
		"packed":            {arrowFile(t, "packed"), "compressed values"},
		"cut in its schema": {plain[:100], "damaged"},
		"cut in its values": {plain[:len(plain)-40], "damaged"},
		"cut in a length":   {plain[:6], "damaged"},
		"no message":        {bytes.Repeat([]byte{0xff, 0xff, 0xff, 0xff, 8, 0, 0, 0}, 20), "damaged"},
		"an endless one":    {bytes.Repeat([]byte{0xff}, 100), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, format.Arrow, memoryFile("a.arrow", test.data), format.Overrides{}, test.says)
		})
	}
}

// TestArrowWithoutRows has columns and nothing in them.
func TestArrowWithoutRows(t *testing.T) {
	l, err := format.Arrow.Inspect(t.Context(), memoryFile("a.arrow", arrowFile(t, "empty")), format.Overrides{}, nil)
	if err != nil || l.Rows != 0 || len(l.Columns) != 2 {
		t.Errorf("%d rows of %q, %v", l.Rows, l.Columns, err)
	}
}

func FuzzArrow(f *testing.F) {
	for _, name := range []string{"plain", "file", "wide", "packed", "empty"} {
		f.Add(arrowFile(f, name))
	}
	fuzz(f, format.Arrow)
}
