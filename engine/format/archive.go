package format

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Open gives what a path leads to: a file of the local disk, the file that is
// packed in a .gz, a member of a .zip, written as the path of the archive with
// that of the member behind it, or all texts of a folder or of a .zip as one
// file. A .zip of a single table is that table.
//
// It fails with an *Error if there is no such thing, or it is a device, or it
// may not be read, or there is more than one table in it, for which there is
// Tables.
func Open(path string) (File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		for _, open := range []func(string) (File, bool, error){openInside, openPair} {
			if f, ok, inside := open(path); ok {
				return f, inside
			}
		}
		return File{}, openError(filepath.Base(path), err)
	case info.IsDir():
		return openOnly(path, folderShelf)
	case !info.Mode().IsRegular():
		return openFile(path)
	}
	switch kindOfArchive(path) {
	case ".zip":
		return openOnly(path, zipShelf)
	case ".gz":
		return openGzip(path)
	}
	return openFile(path)
}

// Tables gives the paths of all tables that a path leads to, for Open: of a
// folder or a .zip those in it, otherwise its own. It fails as Open does, and if
// nothing can be read there.
func Tables(path string) ([]string, error) {
	info, err := os.Stat(path)
	var open func(string) (shelf, error)
	switch {
	case err != nil || !info.IsDir() && !info.Mode().IsRegular():
		return []string{path}, nil // Open says what is wrong with it
	case info.IsDir():
		open = folderShelf
	case kindOfArchive(path) == ".zip":
		open = zipShelf
	default:
		return []string{path}, nil
	}
	s, err := open(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	tables, texts := s.sorted()
	switch {
	case len(tables) > 1 || len(tables) == 1 && info.IsDir():
		all := make([]string, len(tables))
		for i, at := range tables {
			all[i] = filepath.Join(path, filepath.FromSlash(s.entries[at].path))
		}
		return all, nil
	case len(tables)+len(texts) == 0:
		return nil, s.emptyError()
	}
	return []string{path}, nil
}

// kindOfArchive is ".zip", ".gz" or "", by the name and the first bytes, so that
// a workbook, which is an archive too, is none.
func kindOfArchive(path string) string {
	f, err := openFile(path)
	if err != nil {
		return ""
	}
	head, err := f.head(headBytes)
	if err != nil {
		return ""
	}
	switch text := string(head); {
	case strings.HasPrefix(text, markGzip):
		return ".gz"
	case strings.HasPrefix(text, markZIP) && !matchesXLSX(head) && !matchesODS(head):
		return ".zip"
	}
	return ""
}

// shelf is a folder or an archive that is open.
type shelf struct {
	name    string
	entries []entry
	io.Closer
}

// entry is a file on a shelf.
type entry struct {
	path string // with slashes, from the shelf
	size int64
	mark string // that it gets in a tape archive
	open func() (io.ReadCloser, error)
}

// Endings of files, by what they may be on a shelf.
var (
	tableEndings = []string{
		".parquet", ".arrow", ".csv", ".tsv", ".tab", ".psv", ".xlsx", ".xlsm", ".ods", ".json", ".jsonl", ".ndjson",
		".conll", ".bio", ".iob", ".tmx", ".csv.gz", ".tsv.gz", ".json.gz", ".jsonl.gz",
	}
	columnEndings = []string{".parquet", ".arrow"} // of data sets, beside which other tables describe them
	textEndings   = []string{".txt", ".text", ""}

	// notTables are files that describe a data set.
	notTables = []string{
		"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json", "datapackage.json", "package.json",
		"readme", "readme.txt", "readme.md", "license", "license.txt", "licence", "licence.txt", "copying", "makefile", "source.txt", "sources.tsv",
	}
)

// hasEnding says that a name has one of the endings; "" is no ending at all.
func hasEnding(name string, endings []string) bool {
	name = strings.ToLower(path.Base(name))
	return slices.ContainsFunc(endings, func(e string) bool {
		if e == "" {
			return path.Ext(name) == "" || strings.Trim(path.Ext(name), ".0123456789") == ""
		}
		return strings.HasSuffix(name, e) && name != e
	})
}

// hidden says that a file is none that people put there.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != "." || strings.HasPrefix(part, "__MACOSX") || part == "Thumbs.db" {
			return true
		}
	}
	base := strings.ToLower(path.Base(name))
	// What the library datasets remembers of its own work stands beside the tables.
	return slices.Contains(notTables, base) || strings.HasPrefix(base, "cache-") && path.Ext(base) == ".arrow"
}

// sorted gives the places of what can be read: the tables, or else the texts. A
// few texts that are not in folders of their own are tables, if the name of one
// says what its rows are for, or there is no other.
func (s shelf) sorted() (tables, texts []int) {
	nested, named := false, false
	for i, e := range s.entries {
		switch {
		case hidden(e.path):
		case hasEnding(e.path, tableEndings):
			tables = append(tables, i)
		case hasEnding(e.path, textEndings):
			texts = append(texts, i)
			nested = nested || strings.Contains(e.path, "/")
			named = named || splitWord(e.path)
		}
	}
	columns := slices.DeleteFunc(slices.Clone(tables), func(i int) bool { return !hasEnding(s.entries[i].path, columnEndings) })
	switch {
	case len(columns) > 0:
		return columns, nil
	case len(tables) > 0:
		return tables, nil
	case !nested && named, len(texts) == 1:
		return texts, nil
	}
	return nil, texts
}

// splitWord says that a word of a file's name is that of a split.
func splitWord(name string) bool {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return slices.ContainsFunc(nameWords(stem), func(w string) bool { _, ok := splitNamed(w); return ok })
}

func (s shelf) emptyError() *Error {
	return &Error{
		File: s.name,
		Want: "hold tables or texts",
		Got:  "this folder or archive has none that can be read",
		Way:  "choose the files themselves, or a folder with one folder of .txt files for each label",
	}
}

// folderShelf lists the files of a folder and of the folders in it, in the order
// of their names.
func folderShelf(dir string) (shelf, error) {
	const most = 1_000_000
	s := shelf{name: filepath.Base(dir), Closer: io.NopCloser(nil)}
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if name != "." && hidden(name) {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(at) // of what a link leads to
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if len(s.entries) == most {
			return fmt.Errorf("it has more than %d files", most)
		}
		s.entries = append(s.entries, entry{path: name, size: info.Size(), open: func() (io.ReadCloser, error) { return os.Open(at) }})
		return nil
	})
	if err != nil {
		return shelf{}, openError(s.name, err)
	}
	return s, nil
}

// zipShelf lists the members of an archive, which stays open until it is closed.
func zipShelf(name string) (shelf, error) {
	s := shelf{name: filepath.Base(name)}
	z, err := zip.OpenReader(name)
	if err != nil && (z == nil || !errors.Is(err, zip.ErrInsecurePath)) {
		return shelf{}, &Error{
			File: s.name,
			Want: "be a whole archive",
			Got:  fmt.Sprintf("it is damaged: %v", cause(err)),
			Way:  "download or pack it again",
			Err:  err,
		}
	}
	s.Closer = z
	for _, m := range z.File {
		if !m.Mode().IsRegular() {
			continue
		}
		member := strings.ToValidUTF8(strings.ReplaceAll(m.Name, `\`, "/"), "_")
		s.entries = append(s.entries, entry{path: member, size: int64(m.UncompressedSize64), open: m.Open})
	}
	slices.SortStableFunc(s.entries, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return s, nil
}

// openOnly opens the one table, or all texts, of a folder or archive.
func openOnly(path string, open func(string) (shelf, error)) (File, error) {
	s, err := open(path)
	if err != nil {
		return File{}, err
	}
	defer s.Close()
	tables, texts := s.sorted()
	switch {
	case len(tables) == 1:
		return s.file(path, s.entries[tables[0]].path, open)
	case len(tables) > 1:
		return File{}, &Error{
			File: s.name,
			Want: "hold one table",
			Got:  fmt.Sprintf("this folder or archive holds %d", len(tables)),
			Way:  "choose one of them: " + s.listed(tables),
		}
	case len(texts) == 0:
		return File{}, s.emptyError()
	}
	return s.texts(path, texts, open)
}

// listed names a few entries.
func (s shelf) listed(at []int) string {
	const most = 10
	var names []string
	for _, i := range at[:min(len(at), most)] {
		names = append(names, s.entries[i].path)
	}
	if len(at) > most {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// file is a member as a file, for which the shelf is opened anew in each pass.
func (s shelf) file(where, member string, open func(string) (shelf, error)) (File, error) {
	i := slices.IndexFunc(s.entries, func(e entry) bool { return e.path == member })
	if i < 0 {
		return File{}, openError(path.Base(member), fs.ErrNotExist)
	}
	f := File{Name: path.Base(member), Size: s.entries[i].size}
	f.Open = func() (io.ReadCloser, error) { return openMember(where, member, open) }
	f.Beside = func(other string) (io.ReadCloser, error) {
		return openMember(where, path.Join(path.Dir(member), path.Clean("/"+other)), open)
	}
	return unpackedFile(f)
}

// openMember opens a member of a shelf, and closes both together.
func openMember(where, member string, open func(string) (shelf, error)) (io.ReadCloser, error) {
	s, err := open(where)
	if err != nil {
		return nil, err
	}
	for _, e := range s.entries {
		if e.path != member {
			continue
		}
		r, err := e.open()
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		return closers{r, []io.Closer{r, s}}, nil
	}
	return nil, errors.Join(fs.ErrNotExist, s.Close())
}

// closers closes what is behind a reader, in this order.
type closers struct {
	io.Reader
	all []io.Closer
}

func (c closers) Close() error {
	errs := make([]error, len(c.all))
	for i, x := range c.all {
		errs[i] = x.Close()
	}
	return errors.Join(errs...)
}

// openInside opens a path whose beginning leads to an archive. ok is false if it
// does not.
func openInside(name string) (f File, ok bool, err error) {
	for archive := filepath.Dir(name); len(archive) > 1 && archive != filepath.Dir(archive); archive = filepath.Dir(archive) {
		info, err := os.Stat(archive)
		if err != nil {
			continue
		}
		if !info.Mode().IsRegular() || kindOfArchive(archive) != ".zip" {
			return File{}, false, nil
		}
		s, err := zipShelf(archive)
		if err != nil {
			return File{}, true, err
		}
		defer s.Close()
		member, err := filepath.Rel(archive, name)
		if err != nil {
			return File{}, false, nil
		}
		f, err := s.file(archive, filepath.ToSlash(member), zipShelf)
		return f, true, err
	}
	return File{}, false, nil
}

func openGzip(name string) (File, error) {
	f, err := openFile(name)
	if err != nil {
		return File{}, err
	}
	return unpackedFile(f)
}

const markGzip = "\x1f\x8b"

// unpackedFile is what a file packs if it is a .gz, or the file itself. Its size
// stays that of the packed file, since no other is known before the end.
func unpackedFile(f File) (File, error) {
	head, err := f.head(len(markGzip))
	if err != nil || string(head) != markGzip {
		return f, err
	}
	ending := path.Ext(f.Name)
	name := strings.TrimSuffix(f.Name, ending)
	if strings.EqualFold(ending, ".tgz") {
		name += ".tar"
	}
	open := func() (io.ReadCloser, error) {
		packed, err := f.Open()
		if err != nil {
			return nil, err
		}
		counted := &counting{Reader: packed}
		r, err := gzip.NewReader(counted)
		if err != nil {
			return nil, errors.Join(err, packed.Close())
		}
		return &unpacking{r, counted, packed}, nil
	}
	return File{Name: name, Size: f.Size, Open: open, Beside: f.Beside}, nil
}

// counting counts the bytes that are read.
type counting struct {
	io.Reader
	n int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// unpacking is a .gz that is read.
type unpacking struct {
	*gzip.Reader
	counted *counting
	file    io.Closer
}

func (u *unpacking) unpacked() int64 { return u.counted.n }

func (u *unpacking) Close() error { return errors.Join(u.Reader.Close(), u.file.Close()) }
