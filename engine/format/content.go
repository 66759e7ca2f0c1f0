package format

import (
	"bytes"
	"strings"
)

// signatures are the first bytes of common files that are no plain text.
var signatures = []struct{ magic, what string }{
	{markZIP, "a ZIP archive or an Excel workbook (.xlsx)"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", oldOffice},
	{"\x1f\x8b", "a gzip archive"},
	{"\xfd7zXZ\x00", "an xz archive"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
	{"\x28\xb5\x2f\xfd", "a Zstandard archive"},
	{"%PDF-", "a PDF document"},
	{"\x89PNG\r\n", "a PNG image"},
	{"\xff\xd8\xff", "a JPEG image"},
	{"GIF87a", "a GIF image"},
	{"GIF89a", "a GIF image"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"PAR1\x15", "a Parquet file"},
	{"\x7fELF", "a program"},
	{"MZ\x90\x00", "a Windows program"},
	{"{\\rtf1", "a rich text document (.rtf)"},
}

// Marks of files that are read, and the name of one that is not.
const (
	markZIP   = "PK\x03\x04"
	oldOffice = "an old Office document (.xls, .doc)"
)

// signature says what a file is that begins with the mark of a common binary
// format, or "".
func signature(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.what
		}
	}
	return ""
}

// plainText is what describe calls a file that may be a table of text.
const plainText = "plain text"

// describe says in a few words what a file looks like from its first bytes.
func describe(head []byte) string {
	if what := signature(head); what != "" {
		return what
	}
	text := strings.TrimSpace(string(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	switch {
	case len(head) == 0:
		return "an empty file"
	case bytes.IndexByte(head, 0) >= 0:
		return "a binary file"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "JSON"
	case strings.HasPrefix(text, "<"):
		return "HTML or XML"
	}
	return plainText
}
