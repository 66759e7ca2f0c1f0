package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// Network is the one way out of the program. While it is offline there is no
// socket; every contact is written into a ledger before it is made.
type Network struct {
	transport *http.Transport
	ledger    *Ledger
	endpoint  *url.URL

	mu      sync.Mutex
	token   string
	offline bool
	open    map[net.Conn]bool
}

// NewNetwork gives the network, offline if the environment says so.
func NewNetwork(env Environment, ledger *Ledger) *Network {
	n := &Network{ledger: ledger, endpoint: env.Endpoint, token: env.Token, offline: env.Offline, open: map[net.Conn]bool{}}
	n.transport = &http.Transport{
		Proxy: env.Proxy, DialContext: n.dial, ForceAttemptHTTP2: true, MaxIdleConns: 4, IdleConnTimeout: 30 * time.Second,
		TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: env.Stall,
		TLSClientConfig: &tls.Config{RootCAs: env.Roots, MinVersion: tls.VersionTLS12},
	}
	return n
}

// errOffline is what every contact fails with while offline.
var errOffline = &Error{
	Got: "Attune is offline: it opens no connection", Kind: ErrOffline,
	Way: "switch it online (attunectl network on, and HF_HUB_OFFLINE unset), or add the model from a folder or a zip",
}

// Offline says whether no connection can be made.
func (n *Network) Offline() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.offline
}

// SetOffline forbids connections and closes those that are open, or allows them.
func (n *Network) SetOffline(offline bool) {
	n.mu.Lock()
	n.offline = offline
	var closing []net.Conn
	if offline {
		for c := range n.open {
			closing = append(closing, c)
		}
	}
	n.mu.Unlock()
	for _, c := range closing {
		c.Close()
	}
}

// signedIn gives the user's token, or "".
func (n *Network) signedIn() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.token
}

// dial opens a socket, unless offline, and keeps it at hand to be closed.
func (n *Network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if n.Offline() {
		return nil, errOffline
	}
	dialer := net.Dialer{Timeout: 15 * time.Second}
	c, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.offline { // it was switched while the socket was opened
		return nil, errors.Join(errOffline, c.Close())
	}
	n.open[c] = true
	return &watched{Conn: c, net: n}, nil
}

// watched is a socket that tells when it is closed.
type watched struct {
	net.Conn
	net *Network
}

func (w *watched) Close() error {
	w.net.mu.Lock()
	delete(w.net.open, w.Conn)
	w.net.mu.Unlock()
	return w.Conn.Close()
}

// RoundTrip makes one contact. It adds the user's token for the hub itself and for
// no other host, so that a redirect never carries it away.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	if n.Offline() {
		return nil, errOffline
	}
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	if token := n.signedIn(); token != "" && r.URL.Scheme == n.endpoint.Scheme && r.URL.Host == n.endpoint.Host {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	contact, err := n.ledger.begin(r)
	if err != nil {
		return nil, err
	}
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { contact.reach(i.Conn.RemoteAddr().String()) }}
	answer, err := n.transport.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil {
		if n.Offline() {
			err = errOffline
		}
		return nil, errors.Join(err, contact.end(0, err))
	}
	answer.Body = &counted{ReadCloser: answer.Body, net: n, contact: contact, status: answer.StatusCode}
	return answer, nil
}

// counted is the body of an answer, whose bytes go into the ledger.
type counted struct {
	io.ReadCloser
	net     *Network
	contact *contact
	status  int
	once    sync.Once
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.contact.add(n)
	if err != nil && err != io.EOF && c.net.Offline() {
		err = errOffline
	}
	return n, err
}

func (c *counted) Close() error {
	err := c.ReadCloser.Close()
	c.once.Do(func() { err = errors.Join(err, c.contact.end(c.status, nil)) })
	return err
}
