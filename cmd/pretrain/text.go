package main

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/ulikunitz/xz"
)

// longestParagraph bounds a line of the corpus, in bytes.
const longestParagraph = 1 << 26

// paragraphs gives the lines of a text file, which may be packed by xz. An empty
// line ends a document. One document in typographicOf is set with curly quotes.
func paragraphs(path string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield("", err)
			return
		}
		defer f.Close()
		var text io.Reader = bufio.NewReaderSize(f, 1<<20)
		if strings.HasSuffix(path, ".xz") {
			if text, err = xz.NewReader(text); err != nil {
				yield("", fmt.Errorf("read %s: %w", path, err))
				return
			}
		}
		lines := bufio.NewScanner(text)
		lines.Buffer(nil, longestParagraph)
		for document := 1; lines.Scan(); {
			text := lines.Text()
			if text == "" {
				document++
			} else if document%typographicOf == 0 {
				text = typographic(text)
			}
			if !yield(text, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield("", fmt.Errorf("read %s: %w", path, err))
		}
	}
}
