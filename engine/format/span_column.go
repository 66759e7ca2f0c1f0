package format

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"attune/engine/dataset"
)

// spansOf reads the spans of a text from a column: "" where nobody looked for any,
// [] where there are none, [{"start": 0, "end": 4, "label": "NAME"}] with one of the
// usual names for each, or [[0, 4, "NAME"]], both also as Python writes them. Those
// that the format itself placed are in bytes; others count characters, or what
// else fits. A row whose spans cannot be read is kept as one that nobody looked at.
func spansOf(text, value string, at places) ([]dataset.Span, *Problem) {
	if value = strings.TrimSpace(value); value == "" {
		return nil, nil
	}
	if at.placed {
		return placedSpans(text, value)
	}
	raw, err := rawSpansOf(value)
	if err != nil {
		return nil, &Problem{
			Reason: "its spans cannot be read: " + err.Error(), Repaired: true,
			Fix: `write them as [{"start": 0, "end": 4, "label": "NAME"}], or choose no column for the spans; it counts as not marked`,
		}
	}
	p := place(text, raw, byCharacter, at.file)
	return p.spans, p.problem(0)
}

// placedSpans reads what spansText wrote.
func placedSpans(text, value string) (spans []dataset.Span, _ *Problem) {
	err := json.Unmarshal([]byte(value), &spans)
	for _, s := range spans {
		if s.Start < 0 || s.End <= s.Start || s.End > len(text) || !isBoundary(text, s.Start) || !isBoundary(text, s.End) {
			err = fmt.Errorf("the one from byte %d to %d is no stretch of the text", s.Start, s.End)
		}
	}
	if err != nil {
		return nil, &Problem{Reason: "its spans cannot be read: " + err.Error(), Fix: "mark it again; it counts as not marked", Repaired: true}
	}
	return spans, nil
}

func isBoundary(text string, at int) bool { return at == len(text) || utf8.RuneStart(text[at]) }

// Names that tools give to the parts of a span.
var (
	startNames = []string{"start", "start_offset", "startOffset", "start_char", "begin", "from", "offset", "answer_start"}
	endNames   = []string{"end", "end_offset", "endOffset", "end_char", "stop", "to"}
	labelNames = []string{"label", "labels", "entity_group", "entity_type", "entity", "type", "tag", "category", "displayName"}
	coverNames = []string{"text", "word", "surface", "value", "mention"}
)

// rawSpansOf reads a list of spans. It is never nil without an error.
func rawSpansOf(value string) ([]rawSpan, error) {
	var all []json.RawMessage
	if json.Unmarshal([]byte(value), &all) != nil {
		if json.Unmarshal([]byte(pythonAsJSON(value)), &all) != nil {
			return nil, fmt.Errorf("they are no list")
		}
	}
	spans := make([]rawSpan, 0, len(all))
	for _, raw := range all {
		s, err := rawSpanOf(raw)
		if err != nil {
			return nil, err
		}
		spans = append(spans, s)
	}
	return spans, nil
}

func rawSpanOf(raw json.RawMessage) (s rawSpan, err error) {
	if isList(raw) {
		return spanOfList(raw)
	}
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return s, fmt.Errorf("%s is no span", cutTo(string(raw), 40))
	}
	part := func(names []string) json.RawMessage {
		for _, name := range names {
			if p, ok := parts[name]; ok {
				return p
			}
		}
		return nil
	}
	if json.Unmarshal(part(startNames), &s.start) != nil {
		return s, fmt.Errorf("%s has no start", cutTo(string(raw), 40))
	}
	s.label = textOfJSON(part(labelNames))
	json.Unmarshal(part(coverNames), &s.text)
	if end := part(endNames); end != nil {
		if json.Unmarshal(end, &s.end) != nil {
			return s, fmt.Errorf("the end %s of a span is no whole number", cutTo(string(end), 40))
		}
		return s, nil
	}
	length := len([]rune(s.text))
	if json.Unmarshal(parts["length"], &length); length == 0 {
		return s, fmt.Errorf("%s has no end", cutTo(string(raw), 40))
	}
	s.end = s.start + length
	return s, nil
}

// pythonAsJSON writes a list as Python prints it, [(0, 4, 'NAME')], as JSON.
func pythonAsJSON(value string) string {
	var b strings.Builder
	quote := byte(0) // of the text that it is in
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case quote == 0 && c == '(':
			c = '['
		case quote == 0 && c == ')':
			c = ']'
		case quote == 0 && (c == '\'' || c == '"'):
			quote, c = c, '"'
		case quote != 0 && c == quote:
			quote, c = 0, '"'
		case quote == '\'' && c == '"':
			b.WriteByte('\\')
		case quote != 0 && c == '\\' && i+1 < len(value):
			if i++; value[i] != '\'' {
				b.WriteByte(c)
			}
			c = value[i]
		}
		b.WriteByte(c)
	}
	return b.String()
}
