package format

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// The encodings that are found by looking; every other one of the WHATWG
// Encoding Standard can be asked for by name.
const (
	encodingUTF8    = "utf-8"
	encodingUTF16LE = "utf-16le"
	encodingUTF16BE = "utf-16be"
	encodingWestern = "windows-1252" // of which Latin-1 is a part
)

// aliases are names that other tools use and the standard does not know.
var aliases = map[string]string{
	"utf_8": "utf-8", "utf-8-sig": "utf-8", "utf_8_sig": "utf-8",
	"utf16": "utf-16", "utf_16": "utf-16", "utf_16_le": "utf-16le", "utf_16_be": "utf-16be",
	"ansi": "windows-1252", "latin-1": "windows-1252", "latin_1": "windows-1252",
	"cp932": "shift_jis", "cp936": "gbk", "cp949": "euc-kr", "cp950": "big5",
}

// encodingNamed gives an encoding and its canonical name.
func encodingNamed(name string) (encoding.Encoding, string, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if alias, ok := aliases[name]; ok {
		name = alias
	}
	e, err := htmlindex.Get(name)
	if err != nil || e == encoding.Replacement {
		return nil, "", false
	}
	canonical, err := htmlindex.Name(e)
	return e, canonical, err == nil
}

// encodingOf says how the characters of a surveyed file are encoded; wanted is
// the user's word, or "". It fails with an *Error if that word is unknown or
// the file holds no text at all.
//
// UTF-8 stays UTF-8 with some broken bytes in it: its sequences are so unlikely
// by chance that a few of them outweigh as many bytes that are none.
func encodingOf(f File, s survey, wanted string) (string, error) {
	head := s.windows[0].data
	if what := signature(head); what != "" {
		return "", binaryError(f, "it is "+what)
	}
	if wanted != "" {
		_, name, ok := encodingNamed(wanted)
		if !ok {
			return "", unknownEncoding(f, wanted)
		}
		return name, nil
	}
	if name := s.utf16(); name != "" {
		return name, nil
	}
	switch {
	case s.nul > 0:
		return "", binaryError(f, "it holds NUL characters, as binary files do")
	case s.controls() > 0.02:
		return "", binaryError(f, "it is full of control characters, as binary files are")
	case s.broken > s.multi && !bytes.HasPrefix(head, []byte(markUTF8)):
		return cmp.Or(s.legacyEncoding(), encodingWestern), nil
	}
	return encodingUTF8, nil
}

// Marks of the byte order, with which a file may begin.
const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

func unknownEncoding(f File, name string) *Error {
	return &Error{
		File: f.Name,
		Want: fmt.Sprintf("be read as %q", name),
		Got:  "no encoding has that name",
		Way:  "use utf-8, utf-16, windows-1252, windows-1251, gbk, big5, shift_jis, euc-kr or another name of the WHATWG standard, or leave it to be found",
	}
}

func binaryError(f File, got string) *Error {
	return &Error{
		File: f.Name,
		Want: "be plain text",
		Got:  got,
		Way:  "open it in the program that wrote it and save it as CSV (UTF-8)",
	}
}

// controls is the share of control characters in the windows.
func (s survey) controls() float64 {
	count, all := 0, 0
	for _, w := range s.windows {
		all += len(w.data)
		for _, b := range w.data {
			// tab to carriage return are text, and so are the separators above escape
			if b < '\t' || b > '\r' && b <= 0x1b && b != 0x1a || b == 0x7f {
				count++
			}
		}
	}
	return float64(count) / float64(max(all, 1))
}

// utf16 says which byte order makes text of the windows, or "" if none does.
// Without a mark, a text shows itself by its ASCII characters (blanks, digits,
// line ends), whose other bytes are NUL.
func (s survey) utf16() string {
	head := s.windows[0].data
	best, most := "", 0
	for _, order := range []struct{ name, mark string }{{encodingUTF16LE, markUTF16LE}, {encodingUTF16BE, markUTF16BE}} {
		marked := bytes.HasPrefix(head, []byte(order.mark))
		if !marked && s.nul == 0 {
			continue
		}
		ascii, isText := s.readsAs(order.name)
		if isText && marked {
			return order.name
		}
		if isText && ascii > most {
			best, most = order.name, ascii
		}
	}
	return best
}

// readsAs counts the ASCII characters of the windows in an encoding, and says
// whether nearly all characters are of a kind that texts have.
func (s survey) readsAs(encoding string) (ascii int, isText bool) {
	odd, all := 0, 0
	for _, w := range s.windows {
		for _, r := range decode(w.data, encoding) {
			all++
			switch {
			case r >= ' ' && r < utf8.RuneSelf, r >= '\t' && r <= '\r':
				ascii++
			case r == utf8.RuneError || !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r):
				odd++
			}
		}
	}
	return ascii, odd*50 <= all
}

// decode gives a stretch of a file as UTF-8; what cannot be decoded becomes
// U+FFFD. The name is canonical.
func decode(data []byte, name string) string {
	e, _, _ := encodingNamed(name)
	text, _ := e.NewDecoder().Bytes(data) // the decoders of the standard replace, they do not fail
	return strings.TrimPrefix(string(text), "\ufeff")
}

// decoded gives the bytes of r, encoded as named, as UTF-8, where a mark of
// the byte order may still come first. UTF-8 passes through, broken bytes and
// all; in other encodings they become U+FFFD.
func decoded(r io.Reader, name string) (io.Reader, bool) {
	e, name, ok := encodingNamed(name)
	if !ok {
		return nil, false
	}
	if name == encodingUTF8 {
		return r, true
	}
	return transform.NewReader(r, e.NewDecoder()), true
}
