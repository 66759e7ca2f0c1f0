package projects

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"attune/engine/disk"
)

// Exported says where the model of a run went.
type Exported struct {
	Run    int    `json:"run"`
	Format string `json:"format"`
	Path   string `json:"path"`  // of the folder or file, absolute
	Bytes  int64  `json:"bytes"` // of the files of the model
}

// exportFormat is a way in which a model leaves a project. place says where it goes when
// a user names a folder; write puts the model's folder there.
type exportFormat struct {
	Choice
	place func(to, name string) string
	write func(ctx context.Context, from fs.FS, name, to string, tell func(n int)) error
}

var exportFormats = []exportFormat{
	{
		Choice{Name: "hf", Title: "A folder", About: "As Hugging Face's transformers opens it, with the cleaning and the model card."},
		func(to, _ string) string { return to }, exportFolder,
	},
	{
		Choice{Name: "one-file", Title: "One file", About: "A zip of that folder, to send or to keep."},
		func(to, name string) string {
			if strings.EqualFold(filepath.Ext(to), ".zip") {
				return to
			}
			return filepath.Join(to, name+".zip")
		}, exportZip,
	},
}

// ExportFormats lists the ways in which a model leaves a project.
func ExportFormats() []Choice {
	var all []Choice
	for _, f := range exportFormats {
		all = append(all, f.Choice)
	}
	return all
}

// Export writes the model of a run, 0 for the best one, to a place that is not taken: a
// new or empty folder, or a file in a folder. It is there when it is whole. It fails with
// an *Error for a format that is not known, a place that is taken, a model that is not
// whole, or a disk that is full.
func (p *Project) Export(ctx context.Context, number int, to, format string, progress func(Progress)) (Exported, error) {
	at := slices.IndexFunc(exportFormats, func(f exportFormat) bool { return f.Name == format })
	if at < 0 {
		return Exported{}, &Error{Got: fmt.Sprintf("models are not exported as %q", format), Way: "choose hf, the folder that other programs convert, or one-file"}
	}
	info, err := p.Run(ctx, number)
	if err != nil {
		return Exported{}, err
	}
	if _, _, err := p.kept(info); err != nil { // rather than to give away what cannot be opened
		return Exported{}, err
	}
	chosen, name := exportFormats[at], fmt.Sprintf("%s-%d", p.Name(), info.Number)
	place, err := filepath.Abs(chosen.place(to, name))
	if err != nil {
		return Exported{}, err
	}
	if err := vacant(place); err != nil {
		return Exported{}, err
	}
	from := os.DirFS(p.store.Path(info.Model))
	size, err := sizeOfTree(from)
	if err != nil {
		return Exported{}, err
	}
	if free, known := disk.Free(existing(place)); known && free < size {
		return Exported{}, &Error{Got: fmt.Sprintf("the model needs %d MB, and %d are free", size>>20+1, free>>20), Way: "make room where " + filepath.Dir(place) + " is, or choose another place"}
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o777); err != nil {
		return Exported{}, &Error{Got: "cannot write to " + filepath.Dir(place), Way: "choose a folder that you may write to"}
	}
	tell, done := newMeter(size, progress).part("Writing "+filepath.Base(place), size), int64(0)
	err = makeWhole(place, func(temporary string) error {
		return chosen.write(ctx, from, name, temporary, func(n int) {
			done += int64(n)
			tell(done)
		})
	})
	return Exported{Run: info.Number, Format: format, Path: place, Bytes: size}, err
}

// vacant fails where something is that an export would take the place of. An empty
// folder gives way.
func vacant(place string) error {
	info, err := os.Lstat(place)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.IsDir() && os.Remove(place) == nil { // only an empty one goes
		return nil
	}
	return &Error{Got: "there is already something at " + place, Way: "choose another place, or remove it first"}
}

// existing is the nearest folder above a place that is there.
func existing(place string) string {
	for {
		if _, err := os.Stat(place); err == nil || place == filepath.Dir(place) {
			return place
		}
		place = filepath.Dir(place)
	}
}

func sizeOfTree(tree fs.FS) (size int64, err error) {
	err = fs.WalkDir(tree, ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// exportFolder copies a model's folder.
func exportFolder(ctx context.Context, from fs.FS, _, to string, tell func(n int)) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		place := filepath.Join(to, filepath.FromSlash(name))
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Mkdir(place, 0o777)
		}
		out, err := os.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		return errors.Join(copyOut(ctx, from, name, out, tell), out.Sync(), out.Close())
	})
}

// exportZip packs a model's folder under its name. Weights do not get smaller by
// compression, and stay as they are.
func exportZip(ctx context.Context, from fs.FS, folder, to string, tell func(n int)) (err error) {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := zip.NewWriter(f)
	err = fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: path.Join(folder, name), Method: zip.Deflate, Modified: info.ModTime()}
		if path.Ext(name) == ".safetensors" {
			header.Method = zip.Store
		}
		out, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		return copyOut(ctx, from, name, out, tell)
	})
	return errors.Join(err, z.Close(), f.Sync())
}

// copyOut copies one file of a tree until the context ends, and tells how much.
func copyOut(ctx context.Context, tree fs.FS, name string, to io.Writer, tell func(n int)) error {
	in, err := tree.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(to, readerOf(func(b []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := in.Read(b)
		tell(n)
		return n, err
	}))
	return err
}

// readerOf reads by a function.
type readerOf func([]byte) (int, error)

func (r readerOf) Read(b []byte) (int, error) { return r(b) }
