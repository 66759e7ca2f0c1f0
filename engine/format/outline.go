package format

import (
	"bytes"
	"strings"
)

// outline gives the paths of the values in the beginning of a JSON text: keys
// joined by dots, "[]" for a step into a list. Lines of JSON look like a list of
// them. "[].data.text" is in [{"data": {"text": "..."}}].
func outline(head []byte) map[string]bool {
	text := bytes.TrimLeft(headText(head), " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return nil
	}
	o := outliner{jsonText: &jsonText{wholeText(text)}, paths: map[string]bool{}}
	if !looksJSONLines(head) {
		o.value("", 0)
	}
	if text[0] == '{' || looksJSONLines(head) { // or a single line
		o.jsonText = &jsonText{wholeText(text)}
		for o.peek() != 0 && o.value("[]", 0) {
		}
	}
	return o.paths
}

type outliner struct {
	*jsonText
	paths map[string]bool
}

// value walks through the next value. It is false where the text ends or is
// broken.
func (o outliner) value(path string, depth int) bool {
	const deepest, most = 12, 10_000 // brackets, paths
	o.paths[path] = true
	if depth > deepest || len(o.paths) > most {
		return false
	}
	switch o.peek() {
	case '{':
		return o.members(func(key string) bool {
			return o.value(strings.TrimPrefix(path+"."+key, "."), depth+1)
		})
	case '[':
		o.take('[')
		for !o.take(']') {
			if o.peek() == 0 || !o.value(path+"[]", depth+1) {
				return false
			}
			if !o.take(',') && o.peek() != ']' {
				return false
			}
		}
		return true
	case 0:
		return false
	}
	from := o.from
	_, f := o.jsonText.value(false)
	return f == sound && o.from > from
}

// hasAll says that a JSON text begins with all these paths in its outline.
func hasAll(paths map[string]bool, wanted ...string) bool {
	for _, w := range wanted {
		if !paths[w] {
			return false
		}
	}
	return true
}

// hasAny says that it begins with one of them.
func hasAny(paths map[string]bool, wanted ...string) bool {
	for _, w := range wanted {
		if paths[w] {
			return true
		}
	}
	return false
}
