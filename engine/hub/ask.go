package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How often a contact is tried without any headway, and how long it waits at most
// when the hub says for how long.
const (
	mostTries   = 5
	longestWait = 5 * time.Minute
)

// passing is a failure that may be gone when it is tried again.
type passing struct {
	after time.Duration // that the hub asks to wait, or 0
	err   error
}

func (p *passing) Error() string { return p.err.Error() }
func (p *passing) Unwrap() error { return p.err }

// again does work until it succeeds or fails for good. Each piece of headway that
// the work reports starts the count of tries anew.
func (h *Hub) again(ctx context.Context, work func(headway func()) error) error {
	for try := 1; ; try++ {
		err := work(func() { try = 1 })
		var p *passing
		if err == nil || !errors.As(err, &p) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if try >= mostTries || p.after > longestWait {
			return p.err
		}
		if err := h.sleep(ctx, max(p.after, time.Second<<(try-1))); err != nil {
			return err
		}
	}
}

// do makes one request of the hub and gives its answer when it succeeded. what is
// what was asked for, for the sentences of its errors.
func (h *Hub) do(ctx context.Context, what Reference, r *http.Request, follow func(*http.Request) bool) (*http.Response, error) {
	r.Header.Set("User-Agent", "attune/1")
	r.Header.Set("Accept-Encoding", "identity")
	client := http.Client{Transport: h.net, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if !follow(next) {
			return http.ErrUseLastResponse
		}
		if len(via) >= 10 || via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
			return fmt.Errorf("the hub leads from %s to %s", via[0].URL.Host, next.URL.Host)
		}
		return nil
	}}
	answer, err := client.Do(r)
	if err != nil {
		return nil, h.explainFailure(ctx, err)
	}
	if answer.StatusCode < 400 {
		return answer, nil
	}
	defer answer.Body.Close()
	// What the hub says in words is at most a few sentences.
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
	return nil, h.explainStatus(what, answer, text)
}

func anywhere(*http.Request) bool { return true }

// here follows redirects only within the hub, as from an old name of a model to
// its new one.
func (h *Hub) here(next *http.Request) bool { return next.URL.Host == h.env.Endpoint.Host }

// json asks the hub's API and decodes its answer.
func (h *Hub) json(ctx context.Context, what Reference, path string, query url.Values, into any) error {
	return h.again(ctx, func(func()) error {
		address := *h.env.Endpoint
		address.RawQuery = query.Encode()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return err
		}
		setPath(r.URL, h.env.Endpoint.Path+path)
		answer, err := h.do(ctx, what, r, anywhere)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<20)).Decode(into); err != nil {
			if ctx.Err() != nil || h.net.Offline() {
				return h.explainFailure(ctx, err)
			}
			return &passing{err: &Error{
				Got: fmt.Sprintf("%s does not answer as the hub does", h.env.Endpoint.Host), Kind: ErrUnreachable, Err: err,
				Way: "look whether HF_ENDPOINT is right, and whether a page of your network asks to log in",
			}}
		}
		return nil
	})
}

// setPath sets a path whose parts are escaped already.
func setPath(u *url.URL, escaped string) {
	u.RawPath = escaped
	u.Path, _ = url.PathUnescape(escaped)
}

// explainStatus turns an answer of 4xx or 5xx into a sentence (huggingface_hub,
// utils/_http.py, hf_raise_for_status).
func (h *Hub) explainStatus(what Reference, answer *http.Response, text []byte) error {
	code := answer.Header.Get("X-Error-Code")
	host := h.env.Endpoint.Host
	page := h.env.Endpoint.String() + "/" + what.ID
	cause := fmt.Errorf("%s: %s %s", answer.Request.URL.Host, answer.Status, firstOf(answer.Header.Get("X-Error-Message"), string(text)))
	sentence := func(kind error, way, got string, parts ...any) error {
		return &Error{Got: fmt.Sprintf(got, parts...), Way: way, Kind: kind, Err: cause}
	}
	switch status := answer.StatusCode; {
	case status == http.StatusForbidden && answer.Request.URL.Host != host: // the leave that a redirect carried has ended
		return &passing{err: sentence(ErrUnreachable, "start it again; it goes on where it stopped", "%s does not hand the file out", answer.Request.URL.Host)}
	case code == "GatedRepo" || status == http.StatusForbidden && code == "":
		return sentence(ErrForbidden, "open "+page+" in a browser, accept the terms there, and set HF_TOKEN to a token of your account", "%s is given out only to those who accept its terms", what.ID)
	case code == "RevisionNotFound":
		return sentence(ErrMissing, "the tab Files of "+page+" lists its branches; main is the usual one", "%s has no revision %q", what.ID, what.Revision)
	case code == "EntryNotFound":
		return sentence(ErrMissing, "choose another model", "%s lacks a file that it needs", what)
	case status == http.StatusUnauthorized && h.net.signedIn() != "" && code != "RepoNotFound":
		return sentence(ErrForbidden, "make a new one at "+h.env.Endpoint.String()+"/settings/tokens and set HF_TOKEN, or remove the old one", "%s does not accept your token", host)
	case status == http.StatusUnauthorized || status == http.StatusNotFound || code == "RepoNotFound":
		return sentence(ErrMissing, "search for its name; for a private model set HF_TOKEN to a token that may read it", "there is no model %s on %s, or you may not see it", what.ID, host)
	case status == http.StatusForbidden:
		return sentence(ErrForbidden, "look whether your token may read "+what.ID, "%s does not let you read %s", host, what.ID)
	case status == http.StatusProxyAuthRequired:
		return sentence(ErrUnreachable, "write the proxy as http://user:password@host:port in HTTPS_PROXY", "your proxy asks for a password")
	case status == http.StatusRequestedRangeNotSatisfiable:
		return errRange
	case status == http.StatusTooManyRequests:
		after := retryAfter(answer.Header.Get("Retry-After"))
		way := "wait some minutes and start it again; it goes on where it stopped"
		if after > longestWait {
			way = fmt.Sprintf("start it again in %s; it goes on where it stopped", after.Round(time.Second))
		}
		return &passing{after: after, err: sentence(ErrUnreachable, way, "%s asks for a pause: too many requests came from your network", host)}
	case status >= 500 || status == http.StatusRequestTimeout:
		return &passing{
			after: retryAfter(answer.Header.Get("Retry-After")),
			err:   sentence(ErrUnreachable, "try again later; it goes on where it stopped", "%s has a fault of its own (%d)", answer.Request.URL.Host, status),
		}
	}
	return sentence(ErrUnreachable, "try again later, or download the folder in a browser and add it", "%s answers %s", answer.Request.URL.Host, answer.Status)
}

// errRange is the answer to a part of a file that the hub does not have.
var errRange = errors.New("no such part of the file")

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// retryAfter reads seconds or a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
