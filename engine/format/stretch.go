package format

import (
	"io"
	"runtime"
)

// maxRowBytes bounds one row, and with it the memory of a reader.
const maxRowBytes = 64 << 20

// largeBuffer is so much that what is no longer used is collected at once
// before it is taken: the next collection would come at twice the memory.
const largeBuffer = 8 << 20

// stretch is the part of a text that is in memory while it is read from its
// beginning to its end.
type stretch struct {
	source io.Reader
	buf    []byte // of which from:to is read and not yet split
	from   int
	to     int
	base   int64 // offset of buf[0] in the text
	ended  error // what ended the source, io.EOF or worse; nil before
	limit  int   // bytes of a row
}

func newStretch(source io.Reader) stretch {
	return stretch{source: source, limit: maxRowBytes, buf: make([]byte, chunkBytes)}
}

// wholeText is a text that is in memory from its beginning to its end.
func wholeText(text []byte) stretch {
	return stretch{limit: maxRowBytes, buf: text, to: len(text), ended: io.EOF}
}

// err is what ended the text, or nil if that was its end.
func (s *stretch) err() error {
	if s.ended == io.EOF {
		return nil
	}
	return s.ended
}

// fill reads on, as much as is unread or more, so that whoever begins a row
// again after each fill does linear work. It is false if there is no more, or
// no room for more.
func (s *stretch) fill() bool {
	unread := s.to - s.from
	if s.ended != nil || unread >= s.limit {
		return false
	}
	buf := s.buf
	if size := min(max(chunkBytes, 4*unread), max(s.limit, chunkBytes)); size > len(buf) || size*4 < len(buf) {
		if size >= largeBuffer {
			runtime.GC()
		}
		buf = make([]byte, size)
	}
	copy(buf, s.buf[s.from:s.to])
	s.base += int64(s.from)
	s.buf, s.from, s.to = buf, 0, unread
	for idle := 0; s.to < len(s.buf) && s.ended == nil; {
		chunk := s.buf[s.to:min(s.to+chunkBytes, len(s.buf))]
		n, err := s.source.Read(chunk)
		s.to += n
		s.ended = err
		if idle++; n > 0 {
			idle = 0
		} else if err == nil && idle == 100 {
			s.ended = io.ErrNoProgress
		}
	}
	return true
}
