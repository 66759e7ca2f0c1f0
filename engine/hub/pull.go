package hub

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"attune/engine/disk"
	"attune/engine/weights"
)

// PullOptions are what a download may be asked for.
type PullOptions struct {
	Accept func(config []byte) error // looks at config.json before the weights come; may be nil
	Show   func(Progress)            // is told how far it is; may be nil
}

// Pull brings a model into the cache, unless it is there, and gives its folder. A
// download that was cut off goes on where it stopped. While offline it gives what
// is there. It fails with an *Error, or when the context is done.
func (h *Hub) Pull(ctx context.Context, ref Reference, o PullOptions) (Local, error) {
	if h.net.Offline() || validCommit.MatchString(ref.Revision) {
		if found, ok := h.Find(ref); ok {
			return found, nil
		}
	}
	v, err := h.look(ctx, ref)
	if err != nil {
		return Local{}, err
	}
	files, err := v.needs()
	if err != nil {
		return Local{}, err
	}
	if err := h.complete(ctx, &v, files); err != nil {
		return Local{}, err
	}
	if err := h.checkRoom(v, files); err != nil {
		return Local{}, err
	}
	if err := h.fetchAll(ctx, v, files, o); err != nil {
		return Local{}, err
	}
	if err := h.setRef(v); err != nil {
		return Local{}, h.explainDisk(err)
	}
	dir := h.env.folder(v.ID, "snapshots", v.commit)
	if err := whole(dir); err != nil {
		return Local{}, err
	}
	return Local{ID: v.ID, Revision: v.Revision, Commit: v.commit, Folder: dir, Bytes: disk.FolderSize(dir)}, nil
}

// complete asks for what a mirror did not tell of the files and the commit.
func (h *Hub) complete(ctx context.Context, v *revision, files []file) error {
	for i := range files {
		if files[i].etag != "" && v.commit != "" {
			continue
		}
		commit, err := h.head(ctx, *v, &files[i])
		if err != nil {
			return err
		}
		if v.commit == "" && commit != "" {
			v.commit, v.at = commit, commit
		}
	}
	if v.commit == "" { // no mirror needs to know it, but the cache has a folder for it
		sum := sha1.New()
		for _, f := range files {
			fmt.Fprintln(sum, f.name, f.etag)
		}
		v.commit = hex.EncodeToString(sum.Sum(nil))
	}
	return nil
}

// margin is what must stay free beside a download.
const margin = 64 << 20

// checkRoom says when the disk has no room for what is still to come.
func (h *Hub) checkRoom(v revision, files []file) error {
	var missing int64
	for _, f := range files {
		if _, err := os.Stat(h.blob(v, f)); err == nil || h.has(v, f) {
			continue
		}
		missing += max(f.size, 0)
		if part, err := os.Stat(h.blob(v, f) + partial); err == nil {
			missing -= min(part.Size(), f.size)
		}
	}
	if missing == 0 {
		return nil
	}
	if err := os.MkdirAll(h.env.folder(v.ID), 0o777); err != nil {
		return h.explainDisk(fmt.Errorf("make the cache of models: %w", err))
	}
	free, known := h.free(h.env.folder(v.ID))
	if known && free < missing+margin {
		return &Error{
			Got: fmt.Sprintf("%s needs %s more on the disk, and %s are free", v, size(missing+margin), size(free)), Kind: ErrFull,
			Way: "make room where " + h.env.Cache + " is, or name another folder in HF_HOME",
		}
	}
	return nil
}

// size is a number of bytes in words.
func size(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%d MB", (bytes+1<<20-1)>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
}

// fetchAll fetches the files in their order. The shards of weights are those that
// their index lists.
func (h *Hub) fetchAll(ctx context.Context, v revision, files []file, o PullOptions) error {
	var total, before int64
	for _, f := range files {
		total += max(f.size, 0)
	}
	for _, f := range files {
		tell := func(done int64) {
			if o.Show != nil {
				o.Show(Progress{File: f.name, Done: min(before+done, total), Total: total})
			}
		}
		if err := h.fetch(ctx, v, f, tell); err != nil {
			return err
		}
		before += max(f.size, 0)
		if err := h.inspect(v, f, files, o); err != nil {
			return err
		}
	}
	return nil
}

// inspect looks at the files that say what the others must be.
func (h *Hub) inspect(v revision, f file, files []file, o PullOptions) error {
	path := h.env.folder(v.ID, "snapshots", v.commit, f.name)
	switch {
	case f.name == "config.json" && o.Accept != nil:
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return o.Accept(text)
	case strings.HasSuffix(f.name, ".index.json"):
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		names, err := weights.Shards(text)
		if err != nil {
			return err
		}
		for _, name := range names {
			if !slices.ContainsFunc(files, func(f file) bool { return f.name == name }) {
				return &Error{Got: fmt.Sprintf("%s lacks %s, a part of its weights", v, name), Way: "choose another revision or another model", Kind: ErrUnfit}
			}
		}
	}
	return nil
}

// setRef writes down the commit that a branch or a tag stands for.
func (h *Hub) setRef(v revision) error {
	if v.Revision == v.commit {
		return nil
	}
	path := h.env.folder(v.ID, "refs", filepath.FromSlash(v.Revision))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(v.commit), 0o666)
}

// link makes a file of the cache appear in its snapshot.
func (h *Hub) link(v revision, f file) error {
	blob, name := h.blob(v, f), h.env.folder(v.ID, "snapshots", v.commit, f.name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	if !h.env.Symlinks { // the file itself stands there, as Python has it on Windows
		return os.Rename(blob, name)
	}
	target, err := filepath.Rel(filepath.Dir(name), blob)
	if err != nil {
		return err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(target, name)
}
