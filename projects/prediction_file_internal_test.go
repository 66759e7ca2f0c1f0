package projects

import (
	"os"
	"path/filepath"
	"testing"

	"attune/engine/dataset"
	"attune/engine/format"
)

// TestAnswersOfAnyFormat writes answers behind rows of files that have no
// delimiter of their own.
func TestAnswersOfAnyFormat(t *testing.T) {
	for name, test := range map[string]struct {
		layout format.Layout
		want   string
	}{
		"a table":    {format.Layout{Delimiter: ";", Header: true, Columns: []string{"text", "n"}}, "text;n;predicted;score\na, b;1;x;0.5000\n"},
		"plain text": {format.Layout{Delimiter: "line", Columns: []string{"text", "n"}}, "\"a, b\",1,x,0.5000\n"},
		"objects":    {format.Layout{Header: true, Named: true, Columns: []string{"text", "n"}}, "text,n,predicted,score\n\"a, b\",1,x,0.5000\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out.csv")
			err := writeWhole(path, func(f *os.File) error {
				w := newAnswerWriter(f, test.layout)
				answer := dataset.Answer{Labels: []dataset.Score{{Label: "x", Score: 0.5}}}
				if err := w.write(answeredRow{row{record: format.Record{Row: 1, Values: []string{"a, b", "1"}}}, answer}); err != nil {
					return err
				}
				return w.flush()
			})
			got, readErr := os.ReadFile(path)
			if err != nil || readErr != nil || string(got) != test.want {
				t.Errorf("got %q, %v, %v, want %q", got, err, readErr, test.want)
			}
		})
	}
}
