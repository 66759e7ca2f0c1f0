package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
)

// wholeFile is a file whose bytes can be read in any order.
type wholeFile struct {
	io.ReaderAt
	size  int64
	close func() error
}

func (w wholeFile) Close() error {
	if w.close == nil {
		return nil
	}
	return w.close()
}

// whole opens a file to be read in any order. What is no file of the disk is
// copied first: to memory if it is small, or else to a temporary file.
func (f File) whole(ctx context.Context, progress func(bytes int64)) (wholeFile, error) {
	const small = 16 << 20
	p, err := f.begin(ctx, progress)
	if err != nil {
		return wholeFile{}, err
	}
	if file, ok := p.source.(*os.File); ok {
		info, err := file.Stat()
		if err == nil && info.Size() < f.Size {
			err = cutError(f, info.Size())
		}
		if err != nil {
			return wholeFile{}, errors.Join(err, p.Close())
		}
		p.progress(f.Size)
		return wholeFile{file, info.Size(), p.Close}, nil
	}
	defer p.Close()
	var start bytes.Buffer
	n, err := io.CopyN(&start, p, small)
	if err == io.EOF {
		return wholeFile{bytes.NewReader(start.Bytes()), n, nil}, nil
	}
	if err != nil {
		return wholeFile{}, err
	}
	return f.spool(start.Bytes(), p)
}

// spool copies a file, whose beginning was read, to a temporary one.
func (f File) spool(start []byte, p *pass) (w wholeFile, err error) {
	file, err := os.CreateTemp("", "attune-*")
	if err != nil {
		return wholeFile{}, readError(f, int64(len(start)), err)
	}
	w = wholeFile{ReaderAt: file, close: func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }}
	if _, err = file.Write(start); err == nil {
		_, err = io.Copy(file, p)
	}
	if err == nil {
		w.size, err = file.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		return w, nil
	}
	w.Close()
	if own := (*Error)(nil); errors.As(err, &own) || p.ctx.Err() != nil {
		return wholeFile{}, err
	}
	return wholeFile{}, readError(f, w.size, err)
}
