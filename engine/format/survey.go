package format

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// survey is what one pass over the bytes of a whole text file shows, before
// anything is known about its encoding.
type survey struct {
	bytes   int64
	nul     int64    // NUL bytes
	multi   int64    // well-formed UTF-8 sequences of two bytes or more
	broken  int64    // bytes that are part of no UTF-8 sequence
	windows []window // even samples, from the beginning to the end
}

// window is a stretch of a file. Its offset is even, so that it starts at a
// whole unit of UTF-16 too.
type window struct {
	from int64
	data []byte
}

const (
	windowBytes = 64 << 10
	windowCount = 8
	chunkBytes  = 256 << 10
)

// windowsOf places the windows evenly over a file. A file that is not larger
// than all of them has a single one; so has a file of unknown size.
func windowsOf(size int64) []window {
	if size <= windowCount*windowBytes {
		return []window{{data: make([]byte, 0, windowCount*windowBytes)}}
	}
	windows := make([]window, windowCount)
	for i := range windows {
		from := int64(i) * (size - windowBytes) / (windowCount - 1)
		windows[i] = window{from: from &^ 1, data: make([]byte, 0, windowBytes)}
	}
	return windows
}

// take copies the part of a chunk at the offset that lies in the window.
func (w *window) take(chunk []byte, offset int64) {
	next := w.from + int64(len(w.data)) // the byte of the file that is missing next
	free := cap(w.data) - len(w.data)
	if free <= 0 || next < offset || next >= offset+int64(len(chunk)) {
		return
	}
	part := chunk[next-offset:]
	w.data = append(w.data, part[:min(free, len(part))]...)
}

// look makes the survey of a file.
func look(ctx context.Context, f File, progress func(bytes int64)) (survey, error) {
	p, err := f.begin(ctx, progress)
	if err != nil {
		return survey{}, err
	}
	defer p.Close()
	s := survey{windows: windowsOf(f.Size)}
	buf := make([]byte, chunkBytes)
	kept := 0 // bytes at the front of buf: a UTF-8 sequence that the last chunk began
	for {
		n, err := p.Read(buf[kept:])
		s.add(buf[kept : kept+n])
		whole := kept + n
		if err == nil {
			whole -= unfinished(buf[:whole])
		}
		s.addText(buf[:whole])
		kept = copy(buf, buf[whole:kept+n])
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return survey{}, err
		}
	}
}

// add counts bytes as they come.
func (s *survey) add(chunk []byte) {
	for i := range s.windows {
		s.windows[i].take(chunk, s.bytes)
	}
	s.bytes += int64(len(chunk))
	s.nul += int64(bytes.Count(chunk, []byte{0}))
}

// addText counts UTF-8 sequences in a text that is cut at none of them.
func (s *survey) addText(text []byte) {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[asciiPrefix(text):]
			continue
		}
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			s.broken++
		} else {
			s.multi++
		}
		text = text[n:]
	}
}

// asciiPrefix is the number of ASCII bytes at the start.
func asciiPrefix(text []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if binary.LittleEndian.Uint64(text[i:])&high != 0 {
			break
		}
	}
	for i < len(text) && text[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// unfinished is the number of bytes at the end that may begin a UTF-8 sequence.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// texts are the windows in UTF-8, cut to whole lines, and the character that
// ends a line. The first text is never cut to nothing.
func (s survey) texts(encoding string) (texts [][]byte, newline byte) {
	for _, w := range s.windows {
		texts = append(texts, []byte(decode(w.data, encoding)))
	}
	newline = newlineOf(texts)
	for i, w := range s.windows {
		text := texts[i]
		if i > 0 {
			text = text[bytes.IndexByte(text, newline)+1:]
		}
		end := bytes.LastIndexByte(text, newline) + 1
		if complete := w.from+int64(len(w.data)) == s.bytes; complete || i == 0 && end == 0 {
			end = len(text)
		}
		texts[i] = text[:end]
	}
	return texts, newline
}

// newlineOf is the last byte of a line end: '\r' only where no '\n' is.
func newlineOf(texts [][]byte) byte {
	if !contains(texts, "\n") && contains(texts, "\r") {
		return '\r'
	}
	return '\n'
}

// surveyOf makes the survey of a text that is in memory.
func surveyOf(data []byte) survey {
	s := survey{windows: []window{{data: data}}}
	if len(data) > windowCount*windowBytes {
		s.windows = windowsOf(int64(len(data)))
	}
	s.add(data)
	s.addText(data)
	return s
}
