package hub

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"attune/engine/hub/hubtest"
)

func TestOfflineOpensNoSocket(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", hubtest.Files(tensors(t, 5000)))
	u := newUser(t, s)
	h := u.hub(t)
	h.net.SetOffline(true)
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrOffline, "offline", "network on")
	_, err = h.Search(t.Context(), "tiny", 5)
	told(t, err, ErrOffline, "offline", "network on")
	if len(s.Requests()) > 0 {
		t.Error("the hub was asked")
	}
	if _, err := os.Stat(filepath.Join(u.home, "ledger.jsonl")); err == nil {
		t.Error("a contact was written down")
	}
	h.net.SetOffline(false)
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Fatal(err)
	}
	h.net.SetOffline(true)
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Errorf("what is there cannot be used offline: %v", err)
	}
}

func TestGoingOfflineClosesEverySocket(t *testing.T) {
	s := served(t)
	content := tensors(t, 2_000_000)
	s.Publish("org/tiny", hubtest.Files(content))
	h := newUser(t, s).hub(t)
	gone := make(chan bool, 1)
	s.Store = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", "2000088")
		w.Write(content[:1_000_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done() // the other side has closed its socket
		gone <- true
		return true
	}
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{Show: func(p Progress) {
		if p.Done >= 900_000 {
			h.net.SetOffline(true)
		}
	}})
	told(t, err, ErrOffline, "offline", "")
	<-gone
	h.net.mu.Lock()
	defer h.net.mu.Unlock()
	if n := len(h.net.open); n > 0 {
		t.Errorf("%d sockets are open", n)
	}
}

func TestEveryContactIsInTheLedger(t *testing.T) {
	s := served(t)
	content := tensors(t, 5000)
	s.Publish("org/tiny", hubtest.Files(content))
	h := newUser(t, s).hub(t)
	if _, err := h.Pull(t.Context(), tiny(t, h), PullOptions{}); err != nil {
		t.Fatal(err)
	}
	contacts, err := h.net.ledger.Contacts()
	if err != nil || len(contacts) != len(s.Requests()) {
		t.Fatalf("%d contacts of %d, %v", len(contacts), len(s.Requests()), err)
	}
	for i, r := range s.Requests() {
		c := contacts[i]
		if c.Address != "http://"+r.Host+r.URL.Path || c.Machine != r.Host || c.Time.IsZero() || c.Received == 0 {
			t.Errorf("%+v is not %s%s", c, r.Host, r.URL.Path)
		}
		if strings.Contains(c.Address, "secret") {
			t.Errorf("%s tells a secret", c.Address)
		}
	}
	if last := contacts[len(contacts)-1]; last.Received != int64(len(content)) || last.Status != http.StatusOK {
		t.Errorf("the weights' %d bytes are in the ledger as %+v", len(content), last)
	}
}

// A contact that cannot be written down is not made.
func TestNoLedgerNoContact(t *testing.T) {
	s := served(t)
	u := newUser(t, s)
	if err := os.Mkdir(filepath.Join(u.home, "ledger.jsonl"), 0o777); err != nil {
		t.Fatal(err)
	}
	h := u.hub(t)
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrUnfit, "ledger", "writable")
	if len(s.Requests()) > 0 {
		t.Error("the hub was asked")
	}
}

func TestAFailedContactIsInTheLedger(t *testing.T) {
	s := hubtest.New()
	s.Close()
	h := newUser(t, s).hub(t)
	_, err := h.Pull(t.Context(), tiny(t, h), PullOptions{})
	told(t, err, ErrUnreachable, "cannot be reached", "connection")
	contacts, err := h.net.ledger.Contacts()
	if err != nil || len(contacts) != mostTries || contacts[0].Error == "" {
		t.Errorf("%+v, %v", contacts, err)
	}
}

func TestAProxyIsUsed(t *testing.T) {
	s := served(t)
	s.Publish("org/tiny", nil)
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		w.Write([]byte("[]"))
	}))
	t.Cleanup(proxy.Close)
	u := newUser(t, s)
	u.variables["HF_ENDPOINT"] = "http://hub.invalid"
	u.variables["http_proxy"] = proxy.URL
	if _, err := u.hub(t).Search(t.Context(), "tiny", 1); err != nil {
		t.Fatal(err)
	}
	if address, _ := asked.Load().(string); !strings.HasPrefix(address, "http://hub.invalid/api/models?") {
		t.Errorf("the proxy was asked for %q", address)
	}
}

func TestCertificatesOfAFirm(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("[]")) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake that is to fail
	s.StartTLS()
	t.Cleanup(s.Close)
	u := user{home: t.TempDir(), variables: map[string]string{"HF_ENDPOINT": s.URL}}
	_, err := u.hub(t).Search(t.Context(), "tiny", 1)
	told(t, err, ErrUnreachable, "certificate", "SSL_CERT_FILE")
	file := filepath.Join(u.home, "firm.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"} {
		u.variables = map[string]string{"HF_ENDPOINT": s.URL, name: file}
		if _, err := u.hub(t).Search(t.Context(), "tiny", 1); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEnvironmentsThatCannotBeUsed(t *testing.T) {
	for name, value := range map[string]string{"HF_ENDPOINT": "hub.firm.example", "SSL_CERT_FILE": "/nowhere.pem", "REQUESTS_CA_BUNDLE": "/"} {
		_, err := ReadEnvironment(func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}, t.TempDir())
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), name) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhereTheCacheIs(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"", "", "home/.cache/huggingface/hub"},
		{"XDG_CACHE_HOME", "/x", "/x/huggingface/hub"},
		{"HF_HOME", "/hf", "/hf/hub"},
		{"HF_HOME", "~/hf", "home/hf/hub"},
		{"HF_HUB_CACHE", "/cache", "/cache"},
		{"HUGGINGFACE_HUB_CACHE", "/old", "/old"},
	} {
		env, err := ReadEnvironment(func(asked string) string {
			if asked == c.name {
				return c.value
			}
			return ""
		}, "home")
		if err != nil || filepath.ToSlash(env.Cache) != c.want {
			t.Errorf("%s=%s: %q, %v", c.name, c.value, env.Cache, err)
		}
	}
}

func TestNamesOfModels(t *testing.T) {
	env, err := ReadEnvironment(func(name string) string { return map[string]string{"HF_ENDPOINT": "https://mirror.firm/hf"}[name] }, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"gpt2":                                                          "gpt2",
		" distilbert/distilbert-base-uncased ":                          "distilbert/distilbert-base-uncased",
		"org/name@v1.0":                                                 "org/name@v1.0",
		"org/name@refs/pr/7":                                            "org/name@refs/pr/7",
		"hf:org/name":                                                   "org/name",
		"https://huggingface.co/org/name":                               "org/name",
		"https://huggingface.co/gpt2":                                   "gpt2",
		"https://huggingface.co/org/name/":                              "org/name",
		"huggingface.co/org/name?library=x#how":                         "org/name",
		"https://hf.co/org/name/tree/main":                              "org/name",
		"https://hf.co/org/name/tree/v2/onnx":                           "org/name@v2",
		"https://hf.co/org/name/tree/refs/pr/7":                         "org/name@refs/pr/7",
		"https://huggingface.co/gpt2/blob/main/config.json":             "gpt2",
		"https://huggingface.co/org/name/resolve/abc/model.safetensors": "org/name@abc",
		"https://mirror.firm/hf/org/name":                               "org/name",
		"https://huggingface.co/datasets/org/it":                        "",
		"https://huggingface.co/spaces/org/it":                          "",
		"https://example.com/org/name":                                  "",
		"https://huggingface.co":                                        "",
		"a/b/c":                                                         "",
		"../secrets":                                                    "",
		"org/..":                                                        "",
		"org/name@../../x":                                              "",
		"two words":                                                     "",
		"":                                                              "",
	} {
		ref, err := env.Parse(text)
		var e *Error
		switch {
		case want == "" && (!errors.As(err, &e) || e.Hint() == ""):
			t.Errorf("%q passed as %v, %v", text, ref, err)
		case want != "" && (err != nil || ref.String() != want):
			t.Errorf("%q is %v, %v", text, ref, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("https://huggingface.co/org/name/tree/refs/pr/7")
	f.Add("org/name@v1")
	env, err := ReadEnvironment(func(string) string { return "" }, f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := env.Parse(text)
		if err != nil {
			return
		}
		folder := env.folder(ref.ID)
		if filepath.Dir(folder) != filepath.Clean(env.Cache) || strings.Contains(ref.Revision, "..") {
			t.Errorf("%q leads to %s at %s", text, folder, ref.Revision)
		}
	})
}
