package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"attune/engine/disk"
)

// partial ends the name of a file that is on its way.
const partial = ".part"

// blob is where a file lies in the cache.
func (h *Hub) blob(v revision, f file) string { return h.env.folder(v.ID, "blobs", f.etag) }

// resolve is the address of a file.
func (h *Hub) resolve(ctx context.Context, method string, v revision, f file) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, h.env.Endpoint.String(), nil)
	if err != nil {
		return nil, err
	}
	setPath(r.URL, h.env.Endpoint.Path+"/"+v.ID+"/resolve/"+url.PathEscape(v.at)+"/"+url.PathEscape(f.name))
	return r, nil
}

// validEtag is what can be the name of a file of the cache.
var validEtag = regexp.MustCompile(`^[0-9A-Za-z_-]{8,128}$`)

// head asks for a file's hash and size, and gives the commit if the hub tells it.
// The hub answers for a large file with a redirect that carries them.
func (h *Hub) head(ctx context.Context, v revision, f *file) (commit string, err error) {
	err = h.again(ctx, func(func()) error {
		r, err := h.resolve(ctx, http.MethodHead, v, *f)
		if err != nil {
			return err
		}
		answer, err := h.do(ctx, v.Reference, r, h.here)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		etag := firstOf(answer.Header.Get("X-Linked-Etag"), answer.Header.Get("ETag"))
		f.etag = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
		f.size = -1
		if n, err := strconv.ParseInt(answer.Header.Get("X-Linked-Size"), 10, 64); err == nil {
			f.size = n
		} else if answer.StatusCode == http.StatusOK {
			f.size = answer.ContentLength // -1 when it is not told
		}
		if c := answer.Header.Get("X-Repo-Commit"); validCommit.MatchString(c) {
			commit = c
		}
		if !validEtag.MatchString(f.etag) {
			return &Error{
				Got: fmt.Sprintf("%s does not tell the hash of %s, so it could not be verified", h.env.Endpoint.Host, f.name), Kind: ErrUnfit,
				Way: "use a mirror that passes ETag on, or download the folder and add it",
			}
		}
		return nil
	})
	return commit, err
}

// fetch brings one file into the cache and verifies it, unless it is there.
func (h *Hub) fetch(ctx context.Context, v revision, f file, tell func(done int64)) error {
	if !validEtag.MatchString(f.etag) {
		return &Error{Got: fmt.Sprintf("%s tells no usable hash of %s", h.env.Endpoint.Host, f.name), Way: "download the folder in a browser and add it", Kind: ErrUnfit}
	}
	if h.has(v, f) {
		tell(f.size)
		return nil
	}
	for _, dir := range []string{filepath.Dir(h.blob(v, f)), h.env.folder(v.ID, "snapshots", v.commit)} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return h.explainDisk(err)
		}
	}
	unlock, err := h.lock(ctx, v, f)
	if err != nil {
		return err
	}
	defer unlock()
	if h.has(v, f) { // another process brought it meanwhile
		tell(f.size)
		return nil
	}
	if _, err := os.Stat(h.blob(v, f)); err != nil {
		if err := h.bring(ctx, v, f, tell); err != nil {
			return err
		}
	}
	tell(f.size)
	return h.explainDisk(h.link(v, f))
}

// has says whether a file is in the model's snapshot.
func (h *Hub) has(v revision, f file) bool {
	info, err := os.Stat(h.env.folder(v.ID, "snapshots", v.commit, f.name))
	return err == nil && info.Mode().IsRegular() && (f.size < 0 || info.Size() == f.size)
}

// lock keeps two processes from bringing the same file, Python's too: its lock has
// this name.
func (h *Hub) lock(ctx context.Context, v revision, f file) (unlock func() error, err error) {
	path := filepath.Join(h.env.Cache, ".locks", filepath.Base(h.env.folder(v.ID)), f.etag+".lock")
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, h.explainDisk(err)
	}
	l, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, h.explainDisk(err)
	}
	for {
		mine, err := disk.Lock(l, true, false)
		if err == nil && !mine {
			err = sleep(ctx, 200*time.Millisecond)
		}
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		if mine {
			return l.Close, nil
		}
	}
}

// bring downloads a file beside its place, verifies it and moves it there. A file
// that was put together from parts and is not right is fetched once more whole.
func (h *Hub) bring(ctx context.Context, v revision, f file, tell func(done int64)) error {
	part := h.blob(v, f) + partial
	resumed := false
	for {
		err := h.again(ctx, func(headway func()) error {
			info, err := os.Stat(part)
			resumed = resumed || err == nil && info.Size() > 0
			return h.download(ctx, v, f, part, func(done int64) { headway(); tell(done) })
		})
		if err != nil {
			return err
		}
		right, err := verify(part, f.etag)
		if err != nil {
			return h.explainDisk(err)
		}
		if right {
			return h.explainDisk(os.Rename(part, h.blob(v, f)))
		}
		if err := os.Remove(part); err != nil {
			return err
		}
		if !resumed {
			return &Error{
				Got: fmt.Sprintf("%s of %s arrived damaged: its hash is not the published one", f.name, v), Kind: ErrDamaged,
				Way: "start it again; if it stays so, something between you and the hub changes files: try another network or mirror",
			}
		}
		resumed = false
	}
}

// download fetches what is missing of a file behind what is there.
func (h *Hub) download(ctx context.Context, v revision, f file, part string, tell func(done int64)) (err error) {
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return h.explainDisk(err)
	}
	defer func() { err = h.explainDisk(errors.Join(err, out.Close())) }()
	at, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if f.size >= 0 && at > f.size {
		at = 0
	}
	if f.size >= 0 && at == f.size && at > 0 {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, err := h.resolve(ctx, http.MethodGet, v, f)
	if err != nil {
		return err
	}
	if at > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	}
	answer, err := h.do(ctx, v.Reference, r, anywhere)
	if errors.Is(err, errRange) { // what is there is no part of it
		return anew(out)
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch partly := answer.StatusCode == http.StatusPartialContent; {
	case !partly:
		at = 0 // the whole file comes
	case !strings.HasPrefix(answer.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", at)):
		return anew(out)
	}
	if err := out.Truncate(at); err != nil {
		return err
	}
	if _, err := out.Seek(at, io.SeekStart); err != nil {
		return err
	}
	stall := time.AfterFunc(h.env.Stall, func() { cancel(errStalled) })
	defer stall.Stop()
	got, err := h.copy(ctx, out, answer.Body, f.size-at, func(n int64) { stall.Reset(h.env.Stall); tell(at + n) })
	if err != nil {
		return err
	}
	if f.size >= 0 && at+got < f.size {
		return h.explainFailure(ctx, io.ErrUnexpectedEOF)
	}
	return out.Sync()
}

// anew throws away what is there of a file, to fetch it whole.
func anew(out *os.File) error {
	return &passing{err: errors.Join(&Error{
		Got: "the hub does not go on with a file where it stopped", Way: "start it again", Kind: ErrUnreachable,
	}, out.Truncate(0))}
}

// copy writes what comes, and no more than one byte beyond what should, if that is
// known: so much is wrong that the hash will say it.
func (h *Hub) copy(ctx context.Context, out io.Writer, in io.Reader, rest int64, tell func(done int64)) (done int64, err error) {
	if rest >= 0 {
		in = io.LimitReader(in, rest+1)
	}
	buffer := make([]byte, 1<<18)
	for {
		if ctx.Err() != nil { // what has come already may be all of it
			return done, h.explainFailure(ctx, ctx.Err())
		}
		n, err := in.Read(buffer)
		if n > 0 {
			if _, err := out.Write(buffer[:n]); err != nil {
				return done, err
			}
			done += int64(n)
			tell(done)
		}
		if err == io.EOF {
			return done, nil
		}
		if err != nil {
			return done, h.explainFailure(ctx, err)
		}
	}
}

// verify says whether a file has the hash that its etag is: the sha256 of large
// files; of small ones git's sha1, which is that of "blob SIZE\x00" and the
// content; some mirrors give the content's plain sha1.
func verify(path, etag string) (right bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	sums := []hash.Hash{sha256.New()}
	if len(etag) == hex.EncodedLen(sha1.Size) {
		git := sha1.New()
		fmt.Fprintf(git, "blob %d\x00", info.Size())
		sums = []hash.Hash{git, sha1.New()}
	}
	var all []io.Writer
	for _, s := range sums {
		all = append(all, s)
	}
	if _, err := io.Copy(io.MultiWriter(all...), f); err != nil {
		return false, err
	}
	for _, s := range sums {
		right = right || hex.EncodeToString(s.Sum(nil)) == etag
	}
	return right, nil
}
