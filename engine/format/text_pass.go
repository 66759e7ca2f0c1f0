package format

import (
	"context"
	"io"
)

// textPass is a pass over the text of a file in UTF-8.
type textPass struct {
	io.Reader
	io.Closer
}

// textOf begins a pass over the text of a file that is encoded as named. It has
// to be closed.
func (f File) textOf(ctx context.Context, encoding string, progress func(bytes int64)) (textPass, error) {
	p, err := f.begin(ctx, progress)
	if err != nil {
		return textPass{}, err
	}
	text, ok := decoded(p, encoding)
	if !ok {
		p.Close()
		return textPass{}, unknownEncoding(f, encoding)
	}
	return textPass{text, p}, nil
}

// encoding finds how the characters of a text file are encoded. It fails for a
// file without any.
func (f File) encoding(ctx context.Context, wanted string, progress func(bytes int64)) (string, error) {
	s, err := look(ctx, f, progress)
	if err != nil {
		return "", err
	}
	if s.bytes == 0 {
		return "", emptyError(f)
	}
	return encodingOf(f, s, wanted)
}
