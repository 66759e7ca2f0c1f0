package hub

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/engine/hub/hubtest"
	"attune/engine/weights"
)

// tensors is a safetensors file of about so many bytes.
func tensors(t *testing.T, size int) []byte {
	t.Helper()
	values := make([]float32, size/4)
	for i := range values {
		values[i] = float32(i)
	}
	var b bytes.Buffer
	if err := weights.WriteSafetensors(&b, []weights.Tensor{{Name: "x", Shape: []int{len(values)}, Values: values}}, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func served(t *testing.T) *hubtest.Server {
	t.Helper()
	s := hubtest.New()
	t.Cleanup(s.Close)
	return s
}

// user is one who has the variables set and a home of his own.
type user struct {
	home      string
	variables map[string]string
}

func newUser(t *testing.T, s *hubtest.Server) user {
	t.Helper()
	return user{home: t.TempDir(), variables: map[string]string{"HF_ENDPOINT": s.URL}}
}

func (u user) hub(t *testing.T) *Hub {
	t.Helper()
	env, err := ReadEnvironment(func(name string) string { return u.variables[name] }, u.home)
	if err != nil {
		t.Fatal(err)
	}
	env.Symlinks = true
	h := New(env, NewNetwork(env, OpenLedger(filepath.Join(u.home, "ledger.jsonl"))))
	h.sleep = func(ctx context.Context, d time.Duration) error { return ctx.Err() }
	t.Cleanup(h.net.transport.CloseIdleConnections)
	return h
}

func tiny(t *testing.T, h *Hub) Reference {
	t.Helper()
	ref, err := h.env.Parse("org/tiny")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// names lists the files below a folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAModelIsLaidOutAsPythonDoes(t *testing.T) {
	s := served(t)
	content := tensors(t, 5000)
	m := s.Publish("org/tiny", hubtest.Files(content))
	u := newUser(t, s)
	h := u.hub(t)
	found, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(u.home, ".cache", "huggingface", "hub", "models--org--tiny")
	want := []string{"refs/main"}
	for _, name := range []string{"config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"} {
		want = append(want, "blobs/"+hubtest.Etag(m.Files[name]), "snapshots/"+m.Commit+"/"+name)
		link, err := os.Readlink(filepath.Join(base, "snapshots", m.Commit, name))
		if err != nil || link != filepath.Join("..", "..", "blobs", hubtest.Etag(m.Files[name])) {
			t.Errorf("%s leads to %q, %v", name, link, err)
		}
		got, err := os.ReadFile(filepath.Join(found.Folder, name))
		if err != nil || !bytes.Equal(got, m.Files[name]) {
			t.Errorf("%s differs, %v", name, err)
		}
	}
	slices.Sort(want)
	if got := names(t, base); !slices.Equal(got, want) {
		t.Errorf("the cache holds\n%v, not\n%v", got, want)
	}
	if ref, err := os.ReadFile(filepath.Join(base, "refs", "main")); string(ref) != m.Commit {
		t.Errorf("main is %q, %v", ref, err)
	}
	if found.Bytes < int64(len(content)) || found.Commit != m.Commit || found.ID != "org/tiny" {
		t.Errorf("found %+v", found)
	}
}

func TestWhatPythonBroughtIsFound(t *testing.T) {
	s := served(t)
	u := newUser(t, s)
	u.variables["HF_HUB_OFFLINE"] = "1"
	const commit = "86b5e0934494bd15c9632b12f734a8a67f723594"
	base := filepath.Join(u.home, ".cache", "huggingface", "hub", "models--bert-base-uncased")
	for name, content := range map[string]string{"config.json": "{}", "model.safetensors": string(tensors(t, 40))} {
		blob := filepath.Join(base, "blobs", hubtest.Etag([]byte(content)))
		link := filepath.Join(base, "snapshots", commit, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(blob), 0o777), os.MkdirAll(filepath.Dir(link), 0o777), os.WriteFile(blob, []byte(content), 0o666),
			os.Symlink("../../blobs/"+filepath.Base(blob), link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(base, "refs"), 0o777), os.WriteFile(filepath.Join(base, "refs", "main"), []byte(commit), 0o666)); err != nil {
		t.Fatal(err)
	}
	h := u.hub(t)
	found, err := h.Pull(t.Context(), Reference{ID: "bert-base-uncased", Revision: "main"}, PullOptions{})
	if err != nil || found.Folder != filepath.Join(base, "snapshots", commit) {
		t.Errorf("%+v, %v", found, err)
	}
	all, err := h.Cached()
	if err != nil || len(all) != 1 || all[0].ID != "bert-base-uncased" || all[0].Revision != "main" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := h.Remove("bert-base-uncased"); err != nil {
		t.Error(err)
	}
	if all, err := h.Cached(); len(all) > 0 || err != nil {
		t.Errorf("after it was removed: %+v, %v", all, err)
	}
	if len(s.Requests()) > 0 {
		t.Error("a socket was opened while offline")
	}
}

func TestWithoutSymlinksFilesStandInTheSnapshot(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 5000)))
	h := newUser(t, s).hub(t)
	h.env.Symlinks = false
	for range 2 {
		found, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(filepath.Join(found.Folder, "model.safetensors")); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%v, %v", info, err)
		}
	}
	if n := len(downloads(s)); n != 1 {
		t.Errorf("the weights were fetched %d times", n)
	}
}

// downloads gives the requests to the storage.
func downloads(s *hubtest.Server) (all []*http.Request) {
	for _, r := range s.Requests() {
		if "http://"+r.Host == s.Storage.URL {
			all = append(all, r)
		}
	}
	return all
}

func TestADownloadGoesOnWhereItWasCut(t *testing.T) {
	content := tensors(t, 300_000)
	for _, at := range []int{0, 1, 150_000, len(content) * 99 / 100, len(content) - 1} {
		s := served(t)
		s.Publish("org/tiny", hubtest.Files(content))
		cut := false
		s.Store = func(w http.ResponseWriter, r *http.Request) bool {
			if !cut {
				cut = true
				s.Cut(w, r, at)
			}
			return false
		}
		h := newUser(t, s).hub(t)
		found, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
		if err != nil {
			t.Fatalf("cut at %d: %v", at, err)
		}
		if got, err := os.ReadFile(filepath.Join(found.Folder, "model.safetensors")); !bytes.Equal(got, content) {
			t.Errorf("cut at %d: %d bytes, %v", at, len(got), err)
		}
		all := downloads(s)
		if len(all) != 2 {
			t.Fatalf("cut at %d: %d requests", at, len(all))
		}
		if asked := all[1].Header.Get("Range"); at > 100_000 && (asked == "" || asked == "bytes=0-") {
			t.Errorf("cut at %d: asked for %q", at, asked)
		}
	}
}

// The parts that one process left are used by the next.
func TestADownloadGoesOnAfterTheProgramEnded(t *testing.T) {
	s := served(t)
	content := tensors(t, 300_000)
	s.Publish("org/tiny", hubtest.Files(content))
	s.Store = func(w http.ResponseWriter, r *http.Request) bool { s.Cut(w, r, 200_000); return true }
	u := newUser(t, s)
	h := u.hub(t)
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrUnreachable, "was cut", "goes on where it stopped")
	s.Store = nil
	before := len(downloads(s))
	h = u.hub(t)
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Fatal(err)
	}
	if all := downloads(s)[before:]; len(all) != 1 || all[0].Header.Get("Range") != "bytes=200000-" {
		t.Errorf("%d requests, the first for %q", len(all), all[0].Header.Get("Range"))
	}
}

// A server that does not know parts sends the whole file again.
func TestAServerWithoutParts(t *testing.T) {
	s := served(t)
	content := tensors(t, 300_000)
	s.Publish("org/tiny", hubtest.Files(content))
	first := true
	s.Store = func(w http.ResponseWriter, r *http.Request) bool {
		if first {
			first = false
			s.Cut(w, r, 100_000)
		}
		w.Write(content)
		return true
	}
	h := newUser(t, s).hub(t)
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Error(err)
	}
}

func TestADamagedFileIsNotKept(t *testing.T) {
	s := served(t)
	content := tensors(t, 300_000)
	s.Publish("org/tiny", hubtest.Files(content))
	damaged := bytes.Clone(content)
	damaged[len(damaged)-1] ^= 1
	s.Store = func(w http.ResponseWriter, r *http.Request) bool { w.Write(damaged); return true }
	u := newUser(t, s)
	h := u.hub(t)
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrDamaged, "model.safetensors of org/tiny arrived damaged", "start it again")
	for _, name := range names(t, h.env.folder("org/tiny")) {
		if strings.HasSuffix(name, partial) || strings.HasSuffix(name, hubtest.Etag(content)) {
			t.Errorf("%s was kept", name)
		}
	}
	s.Store = nil
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

// What an older download left may be wrong; then the file is fetched whole.
func TestADamagedPartIsFetchedAnew(t *testing.T) {
	s := served(t)
	content := tensors(t, 300_000)
	s.Publish("org/tiny", hubtest.Files(content))
	h := newUser(t, s).hub(t)
	part := h.env.folder("org/tiny", "blobs", hubtest.Etag(content)+partial)
	for name, left := range map[string][]byte{"wrong": bytes.Repeat([]byte{7}, 1000), "too long": make([]byte, 400_000), "wrong and whole": make([]byte, len(content))} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(part), 0o777), os.WriteFile(part, left, 0o666)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := h.Remove("org/tiny"); err != nil {
			t.Fatal(err)
		}
	}
}

// told fails unless an error is of a kind and says a sentence and a way out.
func told(t *testing.T, err, kind error, got, way string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, kind) || !strings.Contains(e.Error(), got) || !strings.Contains(e.Hint(), way) {
		hint := ""
		if e != nil {
			hint = e.Hint()
		}
		t.Errorf("got %v (%s), not %q (%q) of kind %v", err, hint, got, way, kind)
	}
}

func TestRefusalsAreSentences(t *testing.T) {
	for _, c := range []struct {
		name     string
		ask      string
		token    string
		hub      func(w http.ResponseWriter, r *http.Request) bool
		kind     error
		got, way string
	}{
		{name: "no such model", ask: "org/none", kind: ErrMissing, got: "there is no model org/none", way: "search for its name"},
		{name: "no such model with a token", ask: "org/none", token: "t", kind: ErrMissing, got: "there is no model org/none", way: "HF_TOKEN"},
		{name: "private", ask: "org/private", kind: ErrMissing, got: "or you may not see it", way: "HF_TOKEN"},
		{name: "gated without a token", ask: "org/gated", kind: ErrForbidden, got: "accept its terms", way: "/org/gated in a browser"},
		{name: "gated with the wrong token", ask: "org/gated", token: "other", kind: ErrForbidden, got: "accept its terms", way: "HF_TOKEN"},
		{name: "no such revision", ask: "org/tiny@v7", kind: ErrMissing, got: `no revision "v7"`, way: "main"},
		{name: "no weights", ask: "org/onnx", kind: ErrUnfit, got: "has no weights", way: "another model"},
		{name: "no config", ask: "org/data", kind: ErrUnfit, got: "has no config.json", way: "transformers"},
		{name: "a token that ended", ask: "org/tiny", token: "old", hub: answer(401, ""), kind: ErrForbidden, got: "does not accept your token", way: "settings/tokens"},
		{name: "a token without the right", ask: "org/tiny", token: "old", hub: answer(403, "Forbidden"), kind: ErrForbidden, got: "does not let you", way: "token"},
		{name: "a proxy's password", ask: "org/tiny", hub: answer(407, ""), kind: ErrUnreachable, got: "proxy asks for a password", way: "HTTPS_PROXY"},
		{name: "too many requests", ask: "org/tiny", hub: answer(429, ""), kind: ErrUnreachable, got: "asks for a pause", way: "wait some minutes"},
		{name: "a fault of the hub", ask: "org/tiny", hub: answer(503, ""), kind: ErrUnreachable, got: "a fault of its own (503)", way: "later"},
		{name: "another answer", ask: "org/tiny", hub: answer(418, ""), kind: ErrUnreachable, got: "418", way: "later"},
		{name: "a page to log in", ask: "org/tiny", hub: func(w http.ResponseWriter, _ *http.Request) bool { w.Write([]byte("<html>")); return true },
			kind: ErrUnreachable, got: "does not answer as the hub does", way: "log in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := served(t)
			s.Publish("org/tiny", hubtest.Files(tensors(t, 5000)))
			s.Publish("org/private", hubtest.Files(tensors(t, 5000))).Token = "secret"
			gated := s.Publish("org/gated", hubtest.Files(tensors(t, 5000)))
			gated.Gated, gated.Token = true, "secret"
			s.Publish("org/onnx", map[string][]byte{"config.json": []byte("{}"), "onnx/model.onnx": nil})
			s.Publish("org/data", map[string][]byte{"model.safetensors": nil})
			s.Hub = c.hub
			u := newUser(t, s)
			u.variables["HF_TOKEN"] = c.token
			h := u.hub(t)
			ref, err := h.env.Parse(c.ask)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.Pull(t.Context(), ref, PullOptions{})
			told(t, err, c.kind, c.got, c.way)
		})
	}
}

// answer gives a status to every request.
func answer(status int, code string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if code != "" {
			w.Header().Set("X-Error-Code", code)
		}
		w.WriteHeader(status)
		return true
	}
}

func TestAFaultThatPasses(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable} {
		s := served(t)
		s.Publish("org/tiny", hubtest.Files(tensors(t, 5000)))
		left := 2
		fault := func(w http.ResponseWriter, _ *http.Request) bool {
			if left--; left < 0 {
				return false
			}
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(status)
			return true
		}
		s.Hub = fault
		h := newUser(t, s).hub(t)
		var waited []time.Duration
		h.sleep = func(_ context.Context, d time.Duration) error {
			waited = append(waited, d)
			if len(waited) == 2 {
				left, s.Hub, s.Store = 1, nil, fault // next the storage
			}
			return nil
		}
		if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
			t.Errorf("%d: %v", status, err)
		}
		if len(waited) != 3 || slices.Min(waited) != 17*time.Second {
			t.Errorf("%d: waited %v", status, waited)
		}
	}
}

func TestAPauseThatIsTooLong(t *testing.T) {
	s := served(t)
	s.Hub = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	h := newUser(t, s).hub(t)
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrUnreachable, "asks for a pause", "in 1h0m0s")
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestTheTokenGoesToTheHubAlone(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 5000))).Token = "secret"
	u := newUser(t, s)
	if err := errors.Join(os.MkdirAll(filepath.Join(u.home, "hf"), 0o777), os.WriteFile(filepath.Join(u.home, "hf", "token"), []byte("secret\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	u.variables["HF_HOME"] = "~/hf"
	h := u.hub(t)
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Fatal(err)
	}
	toStorage := downloads(s)
	if len(toStorage) == 0 {
		t.Fatal("no redirect was followed")
	}
	for _, r := range s.Requests() {
		want := "Bearer secret"
		if slices.Contains(toStorage, r) {
			want = ""
		}
		if got := r.Header.Get("Authorization"); got != want {
			t.Errorf("%s%s got the token %q", r.Host, r.URL, got)
		}
	}
	if _, err := os.Stat(filepath.Join(u.home, "hf", "hub", "models--org--tiny")); err != nil {
		t.Errorf("HF_HOME was not honoured: %v", err)
	}
}

func TestATokenIsKeptWhereItIsLookedFor(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 5000))).Token = "hf_of_mine"
	u := newUser(t, s)
	h := u.hub(t)
	for _, wrong := range []string{"", "hf_", "two words of it"} {
		if err := h.SignIn(wrong); !errors.Is(err, ErrForbidden) {
			t.Errorf("the token %q: %v", wrong, err)
		}
	}
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); !errors.Is(err, ErrMissing) {
		t.Errorf("without a token: %v", err)
	}
	if err := h.SignIn(" hf_of_mine\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Errorf("with it: %v", err)
	}
	if next := u.hub(t); next.env.Token != "hf_of_mine" {
		t.Errorf("the next program finds the token %q", next.env.Token)
	}
	if info, err := os.Stat(h.env.KeptIn); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("it is kept as %v, %v", info, err)
	}
}

func TestAMirrorThatTellsLittle(t *testing.T) {
	s := served(t)
	s.Plain = true
	content := tensors(t, 5000)
	s.Publish("org/tiny", hubtest.Files(content))
	h := newUser(t, s).hub(t)
	found, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(found.Folder, "model.safetensors")); !bytes.Equal(got, content) || !validCommit.MatchString(found.Commit) {
		t.Errorf("%d bytes of commit %q, %v", len(got), found.Commit, err)
	}
	if again, ok := h.Find(tiny(t, h)); !ok || again != found {
		t.Errorf("%+v is found again as %+v", found, again)
	}
	damaged := bytes.Clone(content)
	damaged[2000] ^= 1
	s.Store = func(w http.ResponseWriter, r *http.Request) bool { w.Write(damaged); return true }
	if err := h.Remove("org/tiny"); err != nil {
		t.Fatal(err)
	}
	_, err = h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrDamaged, "arrived damaged", "")
}

func TestAModelThatMoved(t *testing.T) {
	s := served(t)
	s.Publish("google/tiny", hubtest.Files(tensors(t, 5000)))
	s.Publish("tiny", nil).Moved = "google/tiny"
	h := newUser(t, s).hub(t)
	found, err := h.Pull(t.Context(), Reference{ID: "tiny", Revision: "main"}, PullOptions{})
	if err != nil || !strings.Contains(found.Folder, "models--tiny") {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestARevisionIsPinned(t *testing.T) {
	s := served(t)
	m := s.Publish("org/tiny", hubtest.Files(tensors(t, 5000)))
	h := newUser(t, s).hub(t)
	for _, revision := range []string{m.Commit, "refs/pr/1"} {
		ref := Reference{ID: "org/tiny", Revision: revision}
		if _, err := h.Pull(t.Context(), ref, PullOptions{}); err != nil {
			t.Fatal(err)
		}
		before := len(s.Requests())
		found, ok := h.Find(ref)
		if !ok || found.Commit != m.Commit {
			t.Errorf("%s: %+v", ref, found)
		}
		if revision == m.Commit {
			if _, err := h.Pull(t.Context(), ref, PullOptions{}); err != nil || len(s.Requests()) != before {
				t.Errorf("a pinned model that is here was asked for again: %v", err)
			}
		}
	}
}

func TestShardsAreFetchedByTheirIndex(t *testing.T) {
	s := served(t)
	files := hubtest.Files(nil)
	delete(files, "model.safetensors")
	files["model-00001-of-00002.safetensors"] = tensors(t, 4000)
	files["model.safetensors.index.json"] = []byte(`{"weight_map":{"x":"model-00001-of-00002.safetensors","y":"model-00002-of-00002.safetensors"}}`)
	s.Publish("org/lacking", files)
	h := newUser(t, s).hub(t)
	_, err := h.Pull(t.Context(), Reference{ID: "org/lacking", Revision: "main"}, PullOptions{})
	told(t, err, ErrUnfit, "lacks model-00002-of-00002.safetensors", "")
	files["model-00002-of-00002.safetensors"] = tensors(t, 4400)
	s.Publish("org/tiny", files)
	found, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names(t, found.Folder) {
		if strings.HasPrefix(name, "pytorch") {
			t.Errorf("%s was fetched beside safetensors", name)
		}
	}
}

func TestAnUnknownArchitectureIsRefusedBeforeTheWeights(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 5000)))
	h := newUser(t, s).hub(t)
	refused := errors.New("an unknown architecture")
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{Accept: func(config []byte) error {
		if string(config) != `{"model_type":"bert"}` {
			t.Errorf("config.json is %s", config)
		}
		return refused
	}})
	if !errors.Is(err, refused) || len(downloads(s)) > 0 {
		t.Errorf("%v, %d downloads", err, len(downloads(s)))
	}
}

func TestTheDiskIsLookedAtFirst(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 300_000)))
	h := newUser(t, s).hub(t)
	h.free = func(string) (int64, bool) { return 1 << 20, true }
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrFull, "needs 65 MB more on the disk, and 1 MB are free", "HF_HOME")
	if len(downloads(s)) > 0 {
		t.Error("something was fetched")
	}
}

func TestProgressAndCancel(t *testing.T) {
	s := served(t)
	content := tensors(t, 2_000_000)
	s.Publish("org/tiny", hubtest.Files(content))
	u := newUser(t, s)
	h := u.hub(t)
	ctx, cancel := context.WithCancel(t.Context())
	var last Progress
	_, err := h.Pull(ctx, tiny(t, h), PullOptions{Show: func(p Progress) {
		if p.Done < last.Done || p.Total < int64(len(content)) {
			t.Errorf("%+v after %+v", p, last)
		}
		if last = p; p.Done > 500_000 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || last.File != "model.safetensors" {
		t.Errorf("%v, last %+v", err, last)
	}
	if _, ok := h.Find(tiny(t, h)); ok {
		t.Error("a model that is not whole is found")
	}
	last = Progress{}
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{Show: func(p Progress) { last = p }}); err != nil || last.Done != last.Total {
		t.Errorf("%v, last %+v", err, last)
	}
	if all := downloads(s); all[len(all)-1].Header.Get("Range") == "" {
		t.Error("the download did not go on where it was")
	}
}

func TestTwoAtOnceFetchOnce(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 300_000)))
	u := newUser(t, s)
	first, second := u.hub(t), u.hub(t)
	done := make(chan error)
	for _, h := range []*Hub{first, second} {
		go func() {
			_, err := h.Pull(context.Background(), Reference{ID: "org/tiny", Revision: "main"}, PullOptions{})
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if n := len(downloads(s)); n != 1 {
		t.Errorf("the weights were fetched %d times", n)
	}
}

func TestADownloadThatStalls(t *testing.T) {
	s := served(t)
	content := tensors(t, 300_000)
	s.Publish("org/tiny", hubtest.Files(content))
	release := make(chan bool)
	defer close(release)
	first := true
	s.Store = func(w http.ResponseWriter, r *http.Request) bool {
		if !first {
			return false
		}
		first = false
		w.Header().Set("Content-Length", "300088")
		w.Write(content[:1000])
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	h := newUser(t, s).hub(t)
	h.env.Stall = 300 * time.Millisecond
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Error(err)
	}
}

func TestSearch(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", nil)
	s.Publish("org/tiny-german", nil).Gated = true
	s.Publish("org/other", nil)
	found, err := newUser(t, s).hub(t).Search(t.Context(), "tiny", 5)
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	first := found[0]
	if first.ID != "org/tiny" || first.Type != "bert" || first.Task != "fill-mask" || first.Licence != "apache-2.0" || !slices.Equal(first.Languages, []string{"en", "de"}) || first.Gated || !found[1].Gated {
		t.Errorf("%+v", found)
	}
}
