// Package hubtest is a Hugging Face hub on this machine, for tests: its API, its
// files, and another host that gives out the large ones.
package hubtest

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is the hub. Its fields may be changed between requests.
type Server struct {
	*httptest.Server
	Storage *httptest.Server // the host of large files

	// Hub and Store, if they answer true, have answered a request in place of the
	// two hosts.
	Hub, Store func(http.ResponseWriter, *http.Request) bool
	Plain      bool // a mirror that tells neither commit nor blobs

	mu       sync.Mutex
	models   map[string]*Model
	requests []*http.Request
}

// Model is one that is published.
type Model struct {
	ID     string
	Commit string
	Files  map[string][]byte
	Token  string // that is needed to see it, or ""
	Gated  bool
	Moved  string // its new name, or ""
}

// large is from how many bytes on a file is given out by the storage.
const large = 1000

// New starts a hub; Close ends it.
func New() *Server {
	s := &Server{models: map[string]*Model{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.hub))
	s.Storage = httptest.NewServer(http.HandlerFunc(s.storage))
	return s
}

// Close ends both hosts.
func (s *Server) Close() {
	s.Server.Close()
	s.Storage.Close()
}

// Publish puts a model on the hub.
func (s *Server) Publish(id string, files map[string][]byte) *Model {
	sum := sha1.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %x\n", name, sha1.Sum(files[name]))
	}
	m := &Model{ID: id, Commit: hex.EncodeToString(sum.Sum(nil)), Files: files}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models[id] = m
	return m
}

// Requests gives those to both hosts so far.
func (s *Server) Requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Server) note(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
}

// Etag is the name that the hub gives a content: sha256 of a large file, git's
// sha1 of a small one.
func Etag(content []byte) string {
	if len(content) >= large {
		return fmt.Sprintf("%x", sha256.Sum256(content))
	}
	return fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content)))
}

func (s *Server) hub(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	if s.Hub != nil && s.Hub(w, r) {
		return
	}
	if r.URL.Path == "/api/models" {
		s.search(w, r)
		return
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	if rest, isAPI := strings.CutPrefix(path, "api/models/"); isAPI {
		if id, revision, ok := strings.Cut(rest, "/revision/"); ok {
			s.describe(w, r, id, unescaped(revision))
			return
		}
	}
	if id, rest, ok := strings.Cut(path, "/resolve/"); ok {
		revision, name, _ := strings.Cut(rest, "/")
		s.resolve(w, r, id, unescaped(revision), unescaped(name))
		return
	}
	fail(w, http.StatusNotFound, "")
}

func unescaped(part string) string {
	text, err := url.PathUnescape(part)
	if err != nil {
		return part
	}
	return text
}

func fail(w http.ResponseWriter, status int, code string) {
	if code != "" {
		w.Header().Set("X-Error-Code", code)
		w.Header().Set("X-Error-Message", "the fake hub says "+code)
	}
	w.WriteHeader(status)
}

// find gives a model that the request may see, or answers why not.
func (s *Server) find(w http.ResponseWriter, r *http.Request, id, revision string) *Model {
	s.mu.Lock()
	m := s.models[id]
	s.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case m != nil && m.Moved != "":
		http.Redirect(w, r, strings.Replace(r.URL.RequestURI(), id, m.Moved, 1), http.StatusTemporaryRedirect)
	case m == nil || m.Token != "" && m.Token != token && !m.Gated:
		if token == "" {
			fail(w, http.StatusUnauthorized, "RepoNotFound")
		} else {
			fail(w, http.StatusNotFound, "RepoNotFound")
		}
	case m.Gated && m.Token != token && strings.Contains(r.URL.Path, "/resolve/"):
		if token == "" {
			fail(w, http.StatusUnauthorized, "GatedRepo")
		} else {
			fail(w, http.StatusForbidden, "GatedRepo")
		}
	case revision != "main" && revision != m.Commit && !strings.HasPrefix(revision, "refs/"):
		fail(w, http.StatusNotFound, "RevisionNotFound")
	default:
		return m
	}
	return nil
}

func (s *Server) describe(w http.ResponseWriter, r *http.Request, id, revision string) {
	m := s.find(w, r, id, revision)
	if m == nil {
		return
	}
	var files []map[string]any
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		f := map[string]any{"rfilename": name}
		if content := m.Files[name]; !s.Plain && r.URL.Query().Get("blobs") == "true" {
			f["size"] = len(content)
			f["blobId"] = fmt.Sprintf("%x", sha1.Sum(content))
			if len(content) >= large {
				f["lfs"] = map[string]any{"sha256": Etag(content), "size": len(content), "pointerSize": 134}
			} else {
				f["blobId"] = Etag(content)
			}
		}
		files = append(files, f)
	}
	answer := map[string]any{"id": m.ID, "siblings": files, "gated": m.Gated}
	if !s.Plain {
		answer["sha"] = m.Commit
	}
	write(w, answer)
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(v)
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(s.models)) {
		if m := s.models[id]; strings.Contains(id, r.URL.Query().Get("search")) {
			found = append(found, map[string]any{
				"id": id, "downloads": 7, "pipeline_tag": "fill-mask", "gated": m.Gated,
				"tags": []string{"transformers", "bert", "fill-mask", "en", "de", "license:apache-2.0", "region:us"}, "config": map[string]any{"model_type": "bert"},
			})
		}
	}
	write(w, found)
}

// resolve gives a small file, or sends to the storage for a large one.
func (s *Server) resolve(w http.ResponseWriter, r *http.Request, id, revision, name string) {
	m := s.find(w, r, id, revision)
	if m == nil {
		return
	}
	content, ok := m.Files[name]
	if !ok {
		fail(w, http.StatusNotFound, "EntryNotFound")
		return
	}
	if !s.Plain {
		w.Header().Set("X-Repo-Commit", m.Commit)
	}
	if len(content) < large {
		w.Header().Set("ETag", `"`+Etag(content)+`"`)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
		return
	}
	w.Header().Set("X-Linked-Etag", `"`+Etag(content)+`"`)
	w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
	w.Header().Set("ETag", `W/"redirect"`)
	http.Redirect(w, r, s.Storage.URL+"/"+Etag(content)+"?signature=secret", http.StatusFound)
}

func (s *Server) storage(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	if s.Store != nil && s.Store(w, r) {
		return
	}
	if content := s.stored(r); content != nil {
		http.ServeContent(w, r, "file", time.Time{}, bytes.NewReader(content))
		return
	}
	fail(w, http.StatusNotFound, "")
}

// stored gives the content that a request to the storage asks for.
func (s *Server) stored(r *http.Request) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.models {
		for _, content := range m.Files {
			if r.URL.Path == "/"+Etag(content) {
				return content
			}
		}
	}
	return nil
}

// Cut answers a request to the storage as it should be, and breaks the connection
// once so many bytes of the file have left.
func (s *Server) Cut(w http.ResponseWriter, r *http.Request, at int) {
	content := s.stored(r)
	from := 0
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Write(content[from:max(from, at)])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// Files are those of a tiny model folder, with weights of many bytes, beside which
// lie files that no training needs.
func Files(weights []byte) map[string][]byte {
	return map[string][]byte{
		"config.json":           []byte(`{"model_type":"bert"}`),
		"vocab.txt":             []byte("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"),
		"tokenizer_config.json": []byte(`{"do_lower_case":true}`),
		"model.safetensors":     weights,
		"pytorch_model.bin":     bytes.Repeat([]byte("never"), 1000),
		"tf_model.h5":           bytes.Repeat([]byte("never"), 1000),
		"onnx/model.onnx":       bytes.Repeat([]byte("never"), 1000),
		"README.md":             []byte("# a card"),
		".gitattributes":        []byte("*.bin filter=lfs"),
	}
}
