package format

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
)

// JSONL has an object of JSON on each line: JSON Lines, NDJSON.
var JSONL = Format{
	Name:       "JSON Lines",
	Extensions: []string{".jsonl", ".ndjson", ".jsonlines"},
	Matches:    func(head []byte) bool { return looksJSON(head) && !looksJSONTree(head) },
	Inspect:    inspectJSONL,
	Read:       readJSONL,
}

// looksJSONLines says that there are several lines, and most are JSON by
// themselves.
func looksJSONLines(head []byte) bool {
	whole, lines := jsonLines(head)
	return lines > 1 && 2*whole > lines
}

// looksJSONTree says that lines are not JSON by themselves, or there is but one
// and it is a list.
func looksJSONTree(head []byte) bool {
	whole, lines := jsonLines(head)
	if lines > 1 {
		return 2*whole <= lines
	}
	return isList(bytes.TrimSpace(headText(head)))
}

// jsonLines counts the complete lines that are not blank, and those of them
// that are JSON by themselves.
func jsonLines(head []byte) (whole, lines int) {
	all := bytes.Split(headText(head), []byte{'\n'})
	if len(head) >= headBytes {
		all = all[:len(all)-1] // it may go on
	}
	for _, line := range all {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		lines++
		if (line[0] == '{' || line[0] == '[') && json.Valid(line) {
			whole++
		}
	}
	return whole, lines
}

func inspectJSONL(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 3, progress)
	l := Layout{Format: "JSON Lines", Newline: "\n"}
	var err error
	if l.Encoding, err = f.encoding(ctx, o.Encoding, passes[0]); err != nil {
		return Layout{}, err
	}
	if err := l.findFields(f, rawJSONL(ctx, f, l, passes[1]), o.Header); err != nil {
		return Layout{}, err
	}
	return l, l.count(readJSONL(ctx, f, l, passes[2]))
}

func readJSONL(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return fieldRecords(rawJSONL(ctx, f, l, progress), l)
}

// rawJSONL gives the lines of a file that are not blank.
func rawJSONL(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[rawRecord, error] {
	return func(yield func(rawRecord, error) bool) {
		for line, err := range linesOf(ctx, f, l, progress) {
			raw := bytes.TrimSpace(line.text)
			if err == nil && len(raw) == 0 {
				continue
			}
			if !yield(rawRecord{raw, line.flaw}, err) || err != nil {
				return
			}
		}
	}
}
