package format

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"path/filepath"
	"strings"
)

// Folder is a folder of texts, one in each file, whose label is the name of the
// folder that the file is in. It is read as the tape archive (.tar) that Open
// makes of a folder while it is read, and so are archives of texts.
var Folder = Format{
	Name:       "Folder of texts",
	Extensions: []string{".tar", ".tgz"},
	Matches:    matchesFolder,
	Inspect:    inspectFolder,
	Read:       readFolder,
}

// matchesFolder looks for the mark of a tape archive.
func matchesFolder(head []byte) bool {
	const at, mark = 257, "ustar"
	return len(head) > at && bytes.HasPrefix(head[at:], []byte(mark))
}

// texts is all texts of a shelf as one file.
func (s shelf) texts(where string, texts []int, open func(string) (shelf, error)) (File, error) {
	f := File{Name: s.name, Size: tapeEnd}
	if open, ok := strings.CutSuffix(s.name, filepath.Ext(s.name)); ok && strings.EqualFold(filepath.Ext(s.name), ".zip") {
		f.Name = open
	}
	for _, i := range texts {
		head, err := tapeHead(s.entries[i])
		if err != nil {
			return File{}, openError(s.name, err)
		}
		f.Size += int64(len(head)) + s.entries[i].size + tapeGap(s.entries[i].size)
	}
	f.Open = func() (io.ReadCloser, error) {
		s, err := open(where)
		if err != nil {
			return nil, err
		}
		_, texts := s.sorted()
		t := &tape{shelf: s}
		for _, i := range texts {
			t.left = append(t.left, s.entries[i])
		}
		return t, nil
	}
	return f, nil
}

const (
	tapeBlock = 512
	tapeEnd   = 2 * tapeBlock // bytes of zeros
)

// tapeGap is the number of zeros behind a member.
func tapeGap(size int64) int64 { return (tapeBlock - size%tapeBlock) % tapeBlock }

// tapeHead is what stands before a member.
func tapeHead(e entry) ([]byte, error) {
	var b bytes.Buffer
	err := tar.NewWriter(&b).WriteHeader(&tar.Header{Name: e.path, Size: e.size, Mode: 0o600, Typeflag: tar.TypeReg, Uname: e.mark})
	return b.Bytes(), err
}

// tape writes a tape archive of a shelf while it is read.
type tape struct {
	shelf
	left    []entry
	pending []byte        // to give before anything else
	member  io.ReadCloser // that is being given, or nil
	missing int64         // bytes of it
	gap     int64         // zeros behind it
	ended   bool
}

func (t *tape) Read(b []byte) (int, error) {
	for {
		switch {
		case len(t.pending) > 0:
			n := copy(b, t.pending)
			t.pending = t.pending[n:]
			return n, nil
		case t.member != nil && t.missing > 0:
			n, err := t.member.Read(b[:min(int64(len(b)), t.missing)])
			t.missing -= int64(n)
			if err == io.EOF && t.missing > 0 {
				return n, io.ErrUnexpectedEOF
			} else if err != nil && err != io.EOF {
				return n, err
			}
			if n > 0 || len(b) == 0 {
				return n, nil
			}
		case t.member != nil:
			err := t.member.Close()
			t.member, t.pending = nil, make([]byte, t.gap)
			if err != nil {
				return 0, err
			}
		case len(t.left) > 0:
			if err := t.begin(t.left[0]); err != nil {
				return 0, err
			}
			t.left = t.left[1:]
		case t.ended:
			return 0, io.EOF
		default:
			t.ended, t.pending = true, make([]byte, tapeEnd)
		}
	}
}

func (t *tape) begin(e entry) (err error) {
	if t.pending, err = tapeHead(e); err != nil {
		return err
	}
	t.missing, t.gap = e.size, tapeGap(e.size)
	t.member, err = e.open()
	return err
}

func (t *tape) Close() error {
	var err error
	if t.member != nil {
		err = t.member.Close()
	}
	return errors.Join(err, t.shelf.Close())
}

// Columns of a folder of texts.
const (
	folderText  = "text"
	folderLabel = "label"
	folderSplit = "split"
	folderFile  = "file"
)

func inspectFolder(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 2, progress)
	l := Layout{Format: "Folder of texts", Header: true, Named: true}
	if o.Encoding != "" {
		_, name, ok := encodingNamed(o.Encoding)
		if !ok {
			return Layout{}, unknownEncoding(f, o.Encoding)
		}
		l.Encoding = name
	}
	labels, splits := map[string]bool{}, false
	for m, err := range members(ctx, f, passes[0]) {
		if err != nil {
			return Layout{}, err
		}
		label, split := meaning(m.name)
		if len(labels) < 2 {
			labels[label] = true
		}
		splits = splits || split != ""
	}
	if len(labels) == 0 {
		return Layout{}, &Error{File: f.Name, Want: "hold texts", Got: "none of its files is a .txt", Way: "save each text as a .txt, in a folder named after its label"}
	}
	l.Roles.Text, l.Columns = folderText, []string{folderText}
	if len(labels) > 1 {
		l.Roles.Label, l.Columns = folderLabel, append(l.Columns, folderLabel)
	}
	if splits {
		l.Roles.Split, l.Columns = folderSplit, append(l.Columns, folderSplit)
	}
	l.Columns = append(l.Columns, folderFile)
	return l, l.count(readFolder(ctx, f, l, passes[1]))
}

// meaning is what the folders around a text say: the innermost one that is no
// name of a split is its label.
func meaning(name string) (label, split string) {
	folders := strings.Split(path.Dir(path.Clean(name)), "/")
	for _, folder := range folders {
		if _, ok := splitNamed(folder); ok {
			split = folder
		} else if folder != "." {
			label = folder
		}
	}
	return label, split
}

// member is a text of a folder.
type member struct {
	name string
	io.Reader
}

// members gives the texts of a folder; each has to be read before the next.
func members(ctx context.Context, f File, progress func(bytes int64)) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		p, err := f.begin(ctx, progress)
		if err != nil {
			yield(member{}, err)
			return
		}
		defer p.Close()
		archive := tar.NewReader(p)
		for {
			head, err := archive.Next()
			if err == io.EOF || err == nil && ctx.Err() != nil {
				break
			}
			if err != nil {
				yield(member{}, damagedTape(f, err))
				return
			}
			if head.Typeflag != tar.TypeReg || hidden(head.Name) || !hasEnding(head.Name, textEndings) {
				continue
			}
			if !yield(member{head.Name, archive}, nil) {
				return
			}
		}
		if _, err := io.Copy(io.Discard, p); err != nil { // to the end of the file
			yield(member{}, err)
		}
	}
}

// damagedTape passes on what a pass said, and says what a tape archive says.
func damagedTape(f File, err error) error {
	if told(err) {
		return err
	}
	return &Error{File: f.Name, Want: "be a whole archive", Got: fmt.Sprintf("it is damaged: %v", err), Way: "pack it again, or choose the folder itself", Err: err}
}

func readFolder(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		row := 0
		for m, err := range members(ctx, f, progress) {
			if err != nil {
				yield(Record{}, err)
				return
			}
			data, err := io.ReadAll(io.LimitReader(m, maxRowBytes+1))
			if err != nil {
				yield(Record{}, damagedTape(f, err))
				return
			}
			row++
			if !yield(textRecord(row, f, m.name, data, l), nil) {
				return
			}
		}
	}
}

// textRecord is the record of a text in a file of its own.
func textRecord(row int, f File, name string, data []byte, l Layout) Record {
	rec := Record{Row: row}
	f.Name = name
	if len(data) > maxRowBytes {
		data = data[:maxRowBytes]
		rec.Problem = &Problem{Row: row, Reason: fmt.Sprintf("%s is larger than %d MB", name, maxRowBytes>>20), Fix: "divide it; only the beginning was read"}
	}
	encoding, err := encodingOf(f, surveyOf(data), l.Encoding)
	text := strings.TrimPrefix(string(data), markUTF8)
	if unfit := (*Error)(nil); errors.As(err, &unfit) {
		rec.Problem = &Problem{Row: row, Reason: fmt.Sprintf("%s is no text: %s", name, unfit.Got), Fix: unfit.Way}
		text = ""
	} else if encoding != encodingUTF8 {
		text = decode(data, encoding)
	}
	text = strings.TrimRight(text, "\r\n")
	label, split := meaning(name)
	for _, column := range l.Columns {
		value := map[string]string{folderText: text, folderLabel: label, folderSplit: split, folderFile: name}[column]
		rec.Values = append(rec.Values, value)
	}
	l.Encoding = encoding
	rec.mend(l)
	return rec
}
