package format_test

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

func parquetOf[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type labelled struct {
	Text  string `parquet:"text"`
	Label int64  `parquet:"label"`
}

const classNames = `{"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}`

func TestParquet(t *testing.T) {
	type nested struct {
		Text    string            `parquet:"text,zstd"`
		Tags    []string          `parquet:"tags,list"`
		Answers struct{ N int32 } `parquet:"answers"`
		Score   *float64          `parquet:"score,optional"`
		Day     time.Time         `parquet:"day,timestamp(millisecond)"`
		Fine    bool              `parquet:"fine"`
	}
	half := 0.5
	day := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		data    []byte
		columns string
		rows    []string
	}{
		"plain": {parquetOf(t, []labelled{{"good", 1}, {"bad", 0}, {"odd", 7}}), "text|label", []string{"good|1", "bad|0", "odd|7"}},
		"names of classes": {parquetOf(t, []labelled{{"good", 1}, {"bad", 0}, {"odd", 7}, {"none", -1}}, parquet.KeyValueMetadata("huggingface", classNames)),
			"text|label", []string{"good|pos", "bad|neg", "odd|7", "none|-1"}},
		"nested": {parquetOf(t, []nested{{"a", []string{"x", "y"}, struct{ N int32 }{3}, &half, day, true}, {Text: "b", Day: day}}),
			"text|tags|answers.N|score|day|fine", []string{"a|x; y|3|0.5|2024-02-29T12:00:00Z|true", "b||0||2024-02-29T12:00:00Z|false"}},
		"not UTF-8":  {parquetOf(t, []labelled{{"caf\xe9", 1}}), "text|label", []string{"caf\ufffd|1 ! not utf-8"}},
		"row groups": {parquetOf(t, []labelled{{"a", 1}, {"b", 2}, {"c", 3}}, parquet.MaxRowsPerRowGroup(1)), "text|label", []string{"a|1", "b|2", "c|3"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := memoryFile("a.parquet", test.data)
			sameTable(t, format.Parquet, f, format.Overrides{}, test.columns, test.rows...)
			if !format.Parquet.Matches(test.data) {
				t.Error("it does not look like Parquet")
			}
			formattest.Check(t, format.Parquet, f)
		})
	}
}

// A long list, as vectors of texts are, is joined at once and not number by number.
func TestParquetOfLongLists(t *testing.T) {
	type embedded struct {
		Text   string    `parquet:"text"`
		Vector []float64 `parquet:"vector,list"`
	}
	row := embedded{Text: "a"}
	for i := range 4000 {
		row.Vector = append(row.Vector, float64(i)/7)
	}
	f := memoryFile("a.parquet", parquetOf(t, []embedded{row, row, row, row}))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l, err := format.Parquet.Inspect(t.Context(), f, format.Overrides{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 40 || l.Rows != 4 {
		t.Errorf("%d rows took %d MB", l.Rows, took)
	}
}

func TestParquetRefuses(t *testing.T) {
	whole := parquetOf(t, []labelled{{"good", 1}, {"bad", 0}})
	for name, test := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":   {nil, "it is empty"},
		"its start": {whole[:len(whole)/2], "it is damaged"},
		"text":      {[]byte("a,b\n1,2\n"), "it is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, format.Parquet, memoryFile("a.parquet", test.data), format.Overrides{}, test.says)
		})
	}
}

func FuzzParquet(f *testing.F) {
	fuzz(f, format.Parquet, string(parquetOf(f, []labelled{{"good", 1}, {"bad", 0}})), string(parquetOf(f, []labelled{{"a", 1}}, parquet.KeyValueMetadata("huggingface", classNames))), "PAR1")
}
