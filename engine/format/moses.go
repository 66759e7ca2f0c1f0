package format

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Moses is a text in two languages in two files whose lines belong together,
// "corpus.en" and "corpus.fr". Open gives the two as one file, a tape archive, by
// the path "corpus.en+fr".
var Moses = Format{
	Name:       "Moses",
	Extensions: []string{".moses"},
	Matches: func(head []byte) bool {
		const owner = 265 // where a tape archive names the owner of its first member
		return matchesFolder(head) && len(head) > owner && bytes.HasPrefix(head[owner:], []byte(mosesMark+"\x00"))
	},
	Inspect: inspectMoses,
	Read:    readMoses,
}

const mosesMark = "aligned-lines"

// Pairs replaces those of the paths that are a text in two languages by the path
// of both.
func Pairs(paths []string) []string {
	var all []string
	for i := 0; i < len(paths); i++ {
		if i+1 < len(paths) {
			if both, ok := pairOf(paths[i], paths[i+1]); ok {
				all = append(all, both)
				i++
				continue
			}
		}
		all = append(all, paths[i])
	}
	return all
}

// pairOf is the path of two files that differ in an ending that names a language.
func pairOf(a, b string) (string, bool) {
	endA, endB := filepath.Ext(a), filepath.Ext(b)
	if endA == endB || !isLanguage(endA) || !isLanguage(endB) || strings.TrimSuffix(a, endA) != strings.TrimSuffix(b, endB) {
		return "", false
	}
	return a + "+" + endB[1:], true
}

// isLanguage says that an ending may be that of a language: ".en", ".deu", ".zh_CN".
func isLanguage(ending string) bool {
	name, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimPrefix(ending, "."), "-", "_"), "_")
	letters := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz") == ""
	return letters && (len(name) == 2 || len(name) == 3) && !hasEnding("a"+ending, tableEndings) && !hasEnding("a"+ending, textEndings)
}

// openPair opens both files of a path that Pairs gave; ok is false for any other.
func openPair(path string) (f File, ok bool, err error) {
	first, second, ok := strings.Cut(filepath.Base(path), "+")
	if !ok {
		return File{}, false, nil
	}
	first = filepath.Join(filepath.Dir(path), first)
	second = strings.TrimSuffix(first, filepath.Ext(first)) + "." + second
	if both, ok := pairOf(first, second); !ok || both != filepath.Clean(path) {
		return File{}, false, nil
	}
	s := shelf{name: filepath.Base(path), Closer: io.NopCloser(nil)}
	size := int64(tapeEnd)
	for _, name := range []string{first, second} {
		member, err := openFile(name)
		if err != nil {
			return File{}, true, err
		}
		e := entry{path: member.Name, size: member.Size, mark: mosesMark, open: func() (io.ReadCloser, error) { return os.Open(name) }}
		head, err := tapeHead(e)
		if err != nil {
			return File{}, true, openError(member.Name, err)
		}
		s.entries = append(s.entries, e)
		size += int64(len(head)) + e.size + tapeGap(e.size)
	}
	return File{Name: s.name, Size: size, Open: func() (io.ReadCloser, error) { return &tape{shelf: s, left: s.entries}, nil }}, true, nil
}

// side is one of the two files.
type side struct {
	File
	language string
}

// sides are the members of the archive, each as a file.
func (f File) sides(ctx context.Context) ([2]side, error) {
	var both [2]side
	p, err := f.begin(ctx, nil)
	if err != nil {
		return both, err
	}
	defer p.Close()
	archive := tar.NewReader(p)
	for i := range both {
		head, err := archive.Next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return both, damagedTape(f, err)
		}
		both[i].language = strings.TrimPrefix(filepath.Ext(head.Name), ".")
		both[i].File = File{Name: f.Name, Size: head.Size, Open: func() (io.ReadCloser, error) {
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			archive := tar.NewReader(r)
			for range i + 1 {
				if _, err := archive.Next(); err != nil {
					return nil, errors.Join(err, r.Close())
				}
			}
			return closers{archive, []io.Closer{r}}, nil
		}}
	}
	return both, nil
}

// mosesEncoding finds how both sides are encoded. One that is surely Unicode says nothing of
// the other, whose name follows a plus sign then: "utf-8+windows-1252", which wanted may be
// too. The others are looked at together: English may have no letter that tells.
func mosesEncoding(ctx context.Context, both [2]side, wanted string) (string, error) {
	var names [2]string
	first, second, each := strings.Cut(wanted, "+")
	if !each {
		second = first
	}
	unicode := false
	for i, wanted := range []string{first, second} {
		s, err := look(ctx, both[i].File, nil)
		if err != nil {
			return "", err
		}
		if names[i], err = encodingOf(both[i].File, s, wanted); err != nil {
			return "", err
		}
		unicode = unicode || s.utf16() != "" || s.multi > 0 && names[i] == encodingUTF8
	}
	switch {
	case names[0] == names[1]:
		return names[0], nil
	case unicode || wanted != "":
		return names[0] + "+" + names[1], nil
	}
	return behind(both).encoding(ctx, "", nil)
}

// ofSide is the layout of one of the two files.
func (l Layout) ofSide(i int) Layout {
	if names := strings.Split(l.Encoding, "+"); len(names) == 2 {
		l.Encoding = names[i]
	}
	return l
}

// behind is both sides one behind the other.
func behind(both [2]side) File {
	return File{Name: both[0].Name, Size: both[0].Size + both[1].Size, Open: func() (io.ReadCloser, error) {
		first, err := both[0].Open()
		if err != nil {
			return nil, err
		}
		second, err := both[1].Open()
		if err != nil {
			return nil, errors.Join(err, first.Close())
		}
		return closers{io.MultiReader(first, second), []io.Closer{first, second}}, nil
	}}
}

func inspectMoses(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	both, err := f.sides(ctx)
	if err != nil {
		return Layout{}, err
	}
	l := Layout{Format: "Moses", Header: true, Named: true, Columns: columnNames([]string{both[0].language, both[1].language}, 2)}
	l.Roles = Roles{Text: l.Columns[0], Target: l.Columns[1]}
	if both[0].Size == 0 {
		return Layout{}, emptyError(f)
	}
	if l.Encoding, err = mosesEncoding(ctx, both, o.Encoding); err != nil {
		return Layout{}, err
	}
	return l, l.count(readMoses(ctx, f, l, progress))
}

func readMoses(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		both, err := f.sides(ctx)
		if err != nil {
			yield(Record{}, err)
			return
		}
		if progress == nil {
			progress = func(int64) {}
		}
		told := func(done int64) {
			progress(int64(float64(f.Size) * min(float64(done)/float64(max(both[1].Size, 1)), 1)))
		}
		second, stop := iter.Pull2(linesOf(ctx, both[1].File, l.ofSide(1), told))
		defer stop()
		row := 0
		give := func(text, target string, alone bool) bool {
			row++
			rec := Record{Row: row, Values: []string{strings.Clone(text), strings.Clone(target)}}
			if alone {
				rec.Problem = &Problem{Row: row, Reason: "the other file has no such line", Fix: "make both files equally long, or leave the lines out"}
			}
			rec.mend(l)
			return yield(rec, nil)
		}
		for line, err := range linesOf(ctx, both[0].File, l.ofSide(0), nil) {
			other, otherErr, ok := second()
			if err := cmp.Or(err, otherErr); err != nil {
				yield(Record{}, err)
				return
			}
			if !give(string(line.text), string(other.text), !ok) {
				return
			}
		}
		for {
			line, err, ok := second()
			if err != nil {
				yield(Record{}, err)
				return
			}
			if !ok {
				progress(f.Size)
				return
			}
			if !give("", string(line.text), true) {
				return
			}
		}
	}
}
