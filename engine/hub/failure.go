package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"

	"attune/engine/disk"
)

// errStalled is why a download is cut off that gives nothing more.
var errStalled = errors.New("nothing came for a while")

// explainFailure turns a contact that failed on the way into a sentence.
func (h *Hub) explainFailure(ctx context.Context, err error) error {
	var known *Error
	host := h.env.Endpoint.Host
	var address *url.Error
	if errors.As(err, &address) {
		if u, parseErr := url.Parse(address.URL); parseErr == nil && u.Host != "" {
			host = u.Host
		}
	}
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(context.Cause(ctx), errStalled):
		err = &Error{Got: "nothing more came from " + host, Way: "look at your connection and start it again; it goes on where it stopped", Kind: ErrUnreachable, Err: errStalled}
		return &passing{err: err}
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &certificate):
		return &Error{
			Got: fmt.Sprintf("the certificate of %s is not one that this computer trusts", host), Kind: ErrUnreachable, Err: err,
			Way: "if your firm's network looks into connections, ask its administrators for the certificate and name the file in SSL_CERT_FILE",
		}
	case errors.As(err, &name) && name.IsNotFound:
		return &Error{
			Got: fmt.Sprintf("there is no way to %s", host), Kind: ErrUnreachable, Err: err,
			Way: "look at your connection; behind a proxy set HTTPS_PROXY, for a mirror HF_ENDPOINT, or add the model from a folder",
		}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &passing{err: &Error{Got: "the connection to " + host + " was cut", Way: "start it again; it goes on where it stopped", Kind: ErrUnreachable, Err: err}}
	}
	return &passing{err: &Error{
		Got: fmt.Sprintf("%s cannot be reached", host), Kind: ErrUnreachable, Err: err,
		Way: "look at your connection and start it again; it goes on where it stopped. Behind a proxy set HTTPS_PROXY, for a mirror HF_ENDPOINT",
	}}
}

// explainDisk turns a failure of the disk into a sentence.
func (h *Hub) explainDisk(err error) error {
	if err == nil || !disk.Full(err) {
		return err
	}
	return &Error{
		Got: "the disk is full", Way: "make room where " + h.env.Cache + " is, or name another folder in HF_HOME, and start it again; it goes on where it stopped",
		Kind: ErrFull, Err: err,
	}
}
