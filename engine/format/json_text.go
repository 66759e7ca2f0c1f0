package format

import (
	"encoding/json"
	"io"
	"strings"
)

// jsonText walks through JSON of any size and holds one value of it in memory
// at a time. It is strict about where values stand, not about what is in them:
// a value ends where its brackets close.
type jsonText struct{ stretch }

func newJSONText(source io.Reader) *jsonText {
	t := &jsonText{newStretch(source)}
	if t.peek() == markUTF8[0] && t.to-t.from >= len(markUTF8) && string(t.buf[t.from:t.from+len(markUTF8)]) == markUTF8 {
		t.from += len(markUTF8)
	}
	return t
}

// peek gives the next byte that is no blank, 0 at the end.
func (t *jsonText) peek() byte {
	for {
		for t.from < t.to {
			if c := t.buf[t.from]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c
			}
			t.from++
		}
		if !t.fill() {
			return 0
		}
	}
}

// take passes over the next byte that is no blank if it is c.
func (t *jsonText) take(c byte) bool {
	if t.peek() != c {
		return false
	}
	t.from++
	return true
}

// jsonState is how far a value was passed over.
type jsonState struct {
	depth   int  // brackets that are open
	quoted  bool // inside a string
	escaped bool // behind a backslash
	bare    bool // inside a number or a word, at depth 0
}

// pass goes on in b and gives how many bytes belong to the value, and whether
// it ended there.
func (s *jsonState) pass(b []byte) (n int, done bool) {
	for i, c := range b {
		switch {
		case s.escaped:
			s.escaped = false
		case s.quoted && c == '\\':
			s.escaped = true
		case s.quoted:
			if c != '"' {
				continue
			}
			s.quoted = false
			if s.depth == 0 {
				return i + 1, true
			}
		case c == '{', c == '[':
			if s.bare {
				return i, true
			}
			s.depth++
		case c == '}', c == ']':
			if s.depth == 0 {
				return i, true
			}
			if s.depth--; s.depth == 0 {
				return i + 1, true
			}
		case s.depth > 0:
			s.quoted = c == '"'
		case c == ',', c == ':', c == ' ', c == '\n', c == '\r', c == '\t':
			if s.bare {
				return i, true
			}
			if c == ',' || c == ':' {
				return i, true // nothing stands here
			}
		case c == '"':
			if s.bare {
				return i, true
			}
			s.quoted = true
		default:
			s.bare = true
		}
	}
	return len(b), false
}

// value gives the next value as it stands in the text, until the next call;
// without keep it is only passed over. It is unclosed if the text ends inside
// it, and tooLarge, without its text, if it is more than a row may be.
func (t *jsonText) value(keep bool) (raw []byte, f flaw) {
	t.peek()
	var s jsonState
	passed := 0
	for {
		n, done := s.pass(t.buf[t.from+passed : t.to])
		passed += n
		if done {
			raw = t.buf[t.from : t.from+passed]
			t.from += passed
			return raw, f
		}
		if !keep || f == tooLarge {
			t.from, passed = t.to, 0
		}
		if t.fill() {
			continue
		}
		if t.ended == nil { // the buffer is full
			f = tooLarge
			t.from, passed = t.to, 0
			continue
		}
		raw = t.buf[t.from:t.to]
		t.from = t.to
		if f == sound && !s.bare {
			f = unclosed
		}
		return raw, f
	}
}

// members calls each with the key of every member of the object that comes
// next, which has to pass over the value. It is false if this is no object, or
// one that is broken, or each is false.
func (t *jsonText) members(each func(key string) bool) bool {
	if !t.take('{') {
		return false
	}
	for !t.take('}') {
		if t.peek() != '"' {
			return false
		}
		raw, f := t.value(true)
		key, ok := jsonString(raw)
		if f != sound || !ok || !t.take(':') || !each(key) {
			return false
		}
		if !t.take(',') && t.peek() != '}' {
			return false
		}
	}
	return true
}

// enter goes to the value at a path of keys joined by dots, and says whether
// there is one.
func (t *jsonText) enter(path string) bool {
	if path == "" {
		return true
	}
	found := false
	t.members(func(key string) bool {
		rest, ok := strings.CutPrefix(path, key)
		if ok && (rest == "" || rest[0] == '.') {
			found = t.enter(strings.TrimPrefix(rest, "."))
			return false
		}
		t.value(false)
		return true
	})
	return found
}

// elements calls each with every element of the array that comes next, or with
// every value up to the end if this is none, until each is false. A comma that
// is missing is not missed.
func (t *jsonText) elements(each func(raw []byte, f flaw) bool) {
	list := t.take('[')
	for {
		switch c := t.peek(); {
		case c == 0, list && c == ']':
			return
		case c == ',' && !list, c == ':', c == '}', c == ']':
			t.from++
			continue
		}
		if raw, f := t.value(true); !each(raw, f) {
			return
		}
		if list {
			t.take(',')
		}
	}
}

// tables tells the arrays of objects and of arrays that the value that comes
// next is, or holds as the members of objects, with how many elements each has.
func (t *jsonText) tables(path string, found func(path string, rows int)) {
	const deepest = 8 // dots of a path
	switch c := t.peek(); {
	case c == '[':
		t.from++
		rows, first := 0, t.peek()
		for t.peek() != 0 && !t.take(']') {
			from := t.base + int64(t.from)
			t.value(false)
			rows++
			if !t.take(',') && t.base+int64(t.from) == from {
				t.from++ // nothing to pass over: a bracket astray
			}
		}
		if first == '{' || first == '[' {
			found(path, rows)
		}
	case c == '{' && strings.Count(path, ".") < deepest:
		t.members(func(key string) bool {
			if path != "" {
				key = path + "." + key
			}
			t.tables(key, found)
			return true
		})
	default:
		t.value(false)
	}
}

// jsonString is what a string of JSON means, and whether it is one.
func jsonString(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := string(raw[1 : len(raw)-1])
	if !strings.Contains(inner, `\`) {
		return inner, true
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}
