package hub

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// validToken is what a header can carry.
var validToken = regexp.MustCompile(`^[!-~]{8,400}$`)

// SignIn uses a token from now on, and keeps it in the file where Python's programs
// look for one, for its owner's eyes only. It fails with an *Error for what is no
// token, and when the file cannot be written.
func (h *Hub) SignIn(token string) error {
	token = strings.TrimSpace(token)
	if !validToken.MatchString(token) {
		return &Error{Got: "that is no access token", Way: "copy the whole token from the settings of your account; it begins with hf_", Kind: ErrForbidden}
	}
	if err := keepSecret(h.env.KeptIn, token); err != nil {
		return h.explainDisk(fmt.Errorf("keep the access token: %w", err))
	}
	h.net.mu.Lock()
	defer h.net.mu.Unlock()
	h.net.token = token
	return nil
}

// keepSecret writes a file anew that only its owner can read.
func keepSecret(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".token-") // made for its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // what is left of it after a failure
	_, err = f.WriteString(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
