package hub

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Reference names a model on the hub, at a revision: a branch, a tag or a commit.
type Reference struct{ ID, Revision string }

// String is the way a user writes it.
func (r Reference) String() string {
	if r.Revision == mainRevision {
		return r.ID
	}
	return r.ID + "@" + r.Revision
}

const mainRevision = "main"

var (
	validID       = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95})?$`)
	validRevision = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]{0,120}$`)
	validCommit   = regexp.MustCompile(`^[0-9a-f]{40}$`)
)

// Parse reads what a user types or pastes: NAME, ORG/NAME, either with @REVISION,
// or the address of a model's page or file on the hub or on the endpoint. It fails
// with an *Error.
func (e Environment) Parse(text string) (Reference, error) {
	text = strings.TrimSpace(text)
	path := text
	revision := ""
	isAddress := false
	for _, prefix := range []string{"https://", "http://", "huggingface.co/", "www.huggingface.co/", "hf.co/", e.Endpoint.Host + "/"} {
		isAddress = isAddress || strings.HasPrefix(text, prefix)
	}
	if isAddress {
		var err error
		if path, revision, err = e.parseAddress(text); err != nil {
			return Reference{}, err
		}
	} else {
		path, revision, _ = strings.Cut(strings.TrimPrefix(text, "hf:"), "@")
	}
	r := Reference{ID: path, Revision: cmp.Or(revision, mainRevision)}
	if !validID.MatchString(r.ID) || strings.Contains(r.ID, "--") || strings.Contains(r.ID, "..") ||
		!validRevision.MatchString(r.Revision) || strings.Contains(r.Revision, "..") {
		return r, &Error{
			Got: fmt.Sprintf("%q does not name a model on the hub", text), Kind: ErrUnfit,
			Way: "write it as on the hub, such as distilbert/distilbert-base-uncased, or paste the address of its page",
		}
	}
	return r, nil
}

// parseAddress reads HOST/ORG/NAME, with /tree/REVISION and more behind it or not.
func (e Environment) parseAddress(text string) (id, revision string, err error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	address, err := url.Parse(text)
	if err != nil {
		return "", "", &Error{Got: fmt.Sprintf("%q is no address", text), Way: "paste the address of the model's page", Kind: ErrUnfit, Err: err}
	}
	known := address.Host == e.Endpoint.Host
	for _, host := range []string{"huggingface.co", "www.huggingface.co", "hf.co"} {
		known = known || address.Host == host
	}
	if !known {
		return "", "", &Error{
			Got: fmt.Sprintf("%s is not the hub", address.Host), Kind: ErrUnfit,
			Way: "models come from " + e.Endpoint.Host + "; set HF_ENDPOINT for a mirror, or download the folder and add it",
		}
	}
	path := strings.Trim(strings.TrimPrefix(address.Path, e.Endpoint.Path), "/")
	parts := strings.Split(strings.TrimPrefix(path, "models/"), "/")
	if kind := parts[0]; kind == "datasets" || kind == "spaces" {
		return "", "", &Error{Got: fmt.Sprintf("that is the address of one of the hub's %s, not of a model", kind), Way: "paste the address of a model's page", Kind: ErrUnfit}
	}
	for i, part := range parts {
		if (part == "tree" || part == "blob" || part == "resolve") && i > 0 && i+1 < len(parts) {
			rest := parts[i+1:]
			revision = rest[0]
			if rest[0] == "refs" && len(rest) >= 3 { // refs/pr/7, refs/convert/parquet
				revision = strings.Join(rest[:3], "/")
			}
			parts = parts[:i]
			break
		}
	}
	return strings.Join(parts, "/"), revision, nil
}
