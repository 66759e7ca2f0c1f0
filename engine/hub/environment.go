package hub

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Environment is what the user's environment says of the hub, in the variables of
// Python's huggingface_hub (docs: package_reference/environment_variables).
type Environment struct {
	Endpoint *url.URL // HF_ENDPOINT
	Token    string   // HF_TOKEN or its file; sent to the endpoint's host alone
	KeptIn   string   // the file of the token, HF_TOKEN_PATH
	Cache    string   // HF_HUB_CACHE, HF_HOME/hub, ...
	Offline  bool     // HF_HUB_OFFLINE
	Symlinks bool     // whether the cache links from snapshots to blobs
	Stall    time.Duration
	Proxy    func(*http.Request) (*url.URL, error)
	Roots    *x509.CertPool // nil for the system's
}

// publicHub is the hub that everybody means.
const publicHub = "https://huggingface.co"

// ReadEnvironment reads the variables; home is the user's home folder. It fails
// with an *Error when one of them cannot be used.
func ReadEnvironment(getenv func(string) string, home string) (Environment, error) {
	folder := func(name string) string {
		path := getenv(name)
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			return filepath.Join(home, rest)
		}
		return path
	}
	base := cmp.Or(folder("XDG_CACHE_HOME"), filepath.Join(home, ".cache"))
	base = cmp.Or(folder("HF_HOME"), filepath.Join(base, "huggingface"))
	e := Environment{
		Cache:    cmp.Or(folder("HF_HUB_CACHE"), folder("HUGGINGFACE_HUB_CACHE"), filepath.Join(base, "hub")),
		Offline:  truth(getenv("HF_HUB_OFFLINE")) || truth(getenv("TRANSFORMERS_OFFLINE")),
		Symlinks: runtime.GOOS != "windows" && !truth(getenv("HF_HUB_DISABLE_SYMLINKS")),
		Stall:    30 * time.Second,
	}
	e.Token = cmp.Or(getenv("HF_TOKEN"), getenv("HUGGING_FACE_HUB_TOKEN"))
	e.KeptIn = cmp.Or(folder("HF_TOKEN_PATH"), filepath.Join(base, "token"))
	if e.Token == "" {
		// There is a token where huggingface-cli login wrote one.
		text, _ := os.ReadFile(e.KeptIn)
		e.Token = string(text)
	}
	e.Token = strings.TrimSpace(e.Token)
	if seconds, err := strconv.Atoi(getenv("HF_HUB_DOWNLOAD_TIMEOUT")); err == nil && seconds > 0 {
		e.Stall = time.Duration(seconds) * time.Second
	}
	endpoint := strings.TrimRight(cmp.Or(getenv("HF_ENDPOINT"), publicHub), "/")
	var err error
	if e.Endpoint, err = url.Parse(endpoint); err != nil || e.Endpoint.Host == "" || e.Endpoint.Scheme != "http" && e.Endpoint.Scheme != "https" {
		return e, &Error{Got: fmt.Sprintf("HF_ENDPOINT is %q, which is no address", endpoint), Way: "write it as https://host, or leave it out for " + publicHub, Kind: ErrUnfit}
	}
	e.Proxy = proxies(getenv)
	e.Roots, err = roots(getenv)
	return e, err
}

// truth reads a switch as huggingface_hub does.
func truth(value string) bool {
	switch strings.ToUpper(value) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

func proxies(getenv func(string) string) func(*http.Request) (*url.URL, error) {
	either := func(name string) string { return cmp.Or(getenv(name), getenv(strings.ToLower(name))) }
	all := either("ALL_PROXY")
	config := httpproxy.Config{
		HTTPProxy: cmp.Or(either("HTTP_PROXY"), all), HTTPSProxy: cmp.Or(either("HTTPS_PROXY"), all), NoProxy: either("NO_PROXY"),
	}
	of := config.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return of(r.URL) }
}

// roots gives the system's certificates with those of the file that the user's
// firm gave him, under the names that Python's and other programs know.
func roots(getenv func(string) string) (*x509.CertPool, error) {
	var pool *x509.CertPool
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		path := getenv(name)
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if pool == nil {
			if pool, _ = x509.SystemCertPool(); pool == nil {
				pool = x509.NewCertPool()
			}
		}
		if err != nil || !pool.AppendCertsFromPEM(text) {
			return nil, &Error{
				Got: fmt.Sprintf("%s names %s, which is no file of certificates", name, path),
				Way: "correct " + name + " or remove it", Kind: ErrUnfit, Err: err,
			}
		}
	}
	return pool, nil
}
