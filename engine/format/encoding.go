package format

import (
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
func encodingOf(f File, s survey, wanted string) (string, error) {
	if wanted != "" {
		_, name, ok := encodingNamed(wanted)
		if !ok {
			return "", unknownEncoding(f, wanted)
		}
		return name, nil
	}
	head := s.windows[0].data
	switch {
	case hasPrefix(head, "\xef\xbb\xbf"):
		return encodingUTF8, s.refuseBinary(f)
	case hasPrefix(head, "\xff\xfe"):
		return encodingUTF16LE, nil
	case hasPrefix(head, "\xfe\xff"):
		return encodingUTF16BE, nil
	case s.nul > 0 && signature(head) == "":
		if name := s.utf16(); name != "" {
			return name, nil
		}
	}
	if err := s.refuseBinary(f); err != nil {
		return "", err
	}
	if s.broken > s.multi {
		return encodingWestern, nil
	}
	return encodingUTF8, nil
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

func unknownEncoding(f File, name string) *Error {
	return &Error{
		File: f.Name,
		Want: fmt.Sprintf("be read as %q", name),
		Got:  "no encoding has that name",
		Way:  "use utf-8, utf-16, windows-1252, gbk, big5, shift_jis, euc-kr, windows-1251 or another name of the WHATWG standard, or leave it to be found",
	}
}

// refuseBinary fails for a file that is no text in any encoding of single
// bytes.
func (s survey) refuseBinary(f File) error {
	got := ""
	if what := signature(s.windows[0].data); what != "" {
		got = "it is " + what
	} else if s.nul > 0 {
		got = fmt.Sprintf("it holds %d NUL bytes, as binary files do", s.nul)
	} else if s.controls() > 0.02 {
		got = "it is full of control characters, as binary files are"
	} else {
		return nil
	}
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
// A text shows itself by its ASCII characters (blanks, digits, line ends) and
// by having hardly any character that Unicode does not assign.
func (s survey) utf16() string {
	best, most := "", 0
	for _, name := range []string{encodingUTF16LE, encodingUTF16BE} {
		ascii, odd, all := 0, 0, 0
		for _, w := range s.windows {
			for _, r := range decode(w.data, name) {
				all++
				switch {
				case r >= ' ' && r < utf8.RuneSelf, r >= '\t' && r <= '\r':
					ascii++
				case r == utf8.RuneError || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf):
					odd++
				}
			}
		}
		if ascii > most && odd*50 < all {
			best, most = name, ascii
		}
	}
	return best
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
