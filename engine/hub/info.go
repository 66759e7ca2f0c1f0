package hub

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Published is a model as the hub describes it.
type Published struct {
	ID        string
	Task      string // as the hub calls it, "text-classification", or ""
	Type      string // the model_type of its config.json, or ""
	Licence   string
	Languages []string
	Downloads int
	Gated     bool // given out only to those who accept its terms
}

// remote is the API's JSON of a model.
type remote struct {
	ID        string   `json:"id"`
	Commit    string   `json:"sha"`
	Task      string   `json:"pipeline_tag"`
	Tags      []string `json:"tags"`
	Downloads int      `json:"downloads"`
	Gated     any      `json:"gated"` // false, "auto" or "manual"
	Config    struct {
		Type string `json:"model_type"`
	} `json:"config"`
	Files []struct {
		Name string `json:"rfilename"`
		Size int64  `json:"size"`
		Blob string `json:"blobId"`
		LFS  *struct {
			SHA256 string `json:"sha256"`
			Size   int64  `json:"size"`
		} `json:"lfs"`
	} `json:"siblings"`
}

// Search gives the models that fit some words, those with most downloads first.
func (h *Hub) Search(ctx context.Context, words string, most int) ([]Published, error) {
	query := url.Values{
		"search": {words}, "limit": {strconv.Itoa(most)}, "sort": {"downloads"}, "direction": {"-1"}, "full": {"true"}, "config": {"true"},
	}
	var found []remote
	if err := h.json(ctx, Reference{ID: words, Revision: mainRevision}, "/api/models", query, &found); err != nil {
		return nil, err
	}
	all := make([]Published, len(found))
	for i, r := range found {
		all[i] = r.published()
	}
	return all, nil
}

// language is a tag that names one, as the hub mixes them with others.
var language = regexp.MustCompile(`^([a-z]{2,3}|multilingual)$`)

func (r remote) published() Published {
	p := Published{ID: r.ID, Task: r.Task, Type: r.Config.Type, Downloads: r.Downloads, Gated: r.Gated != nil && r.Gated != false}
	for _, tag := range r.Tags {
		if licence, ok := strings.CutPrefix(tag, "license:"); ok {
			p.Licence = licence
		} else if language.MatchString(tag) && tag != r.Config.Type && tag != "tf" && tag != "jax" {
			p.Languages = append(p.Languages, tag)
		}
	}
	return p
}

// file is one of a model's files on the hub.
type file struct {
	name string
	size int64  // -1 while it is not known
	etag string // the sha256 of a large file, git's sha1 of a small one, "" while not known
}

// revision is a model at one commit.
type revision struct {
	Reference
	commit string // names the snapshot; made up when a mirror does not tell it
	at     string // the commit, or the revision as it was asked for
	files  []file
}

// look asks for a model's files at a revision.
func (h *Hub) look(ctx context.Context, ref Reference) (revision, error) {
	var r remote
	path := "/api/models/" + ref.ID + "/revision/" + url.PathEscape(ref.Revision)
	if err := h.json(ctx, ref, path, url.Values{"blobs": {"true"}}, &r); err != nil {
		return revision{}, err
	}
	v := revision{Reference: ref, at: ref.Revision}
	if validCommit.MatchString(r.Commit) {
		v.commit, v.at = r.Commit, r.Commit
	}
	for _, s := range r.Files {
		f := file{name: s.Name, size: s.Size, etag: s.Blob}
		if s.LFS != nil {
			f.size, f.etag = s.LFS.Size, s.LFS.SHA256
		}
		if f.etag == "" {
			f.size = -1 // a mirror that does not tell either
		}
		v.files = append(v.files, f)
	}
	return v, nil
}

// Small files that a model may need, beside its weights.
var needed = []string{
	"config.json", "generation_config.json", "attune.json",
	"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
	"vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "source.spm", "target.spm",
}

// The files of weights, the best first. Of a model's weights in several formats
// one is fetched.
var (
	wholeSafetensors = regexp.MustCompile(`^model\.safetensors$`)
	shardSafetensors = regexp.MustCompile(`^model(\.safetensors\.index\.json|-\d{5}-of-\d{5}\.safetensors)$`)
	wholePyTorch     = regexp.MustCompile(`^pytorch_model\.bin$`)
	shardPyTorch     = regexp.MustCompile(`^pytorch_model(\.bin\.index\.json|-\d{5}-of-\d{5}\.bin)$`)
)

// needs gives the files that a model needs, small ones first, config.json before
// all others.
func (v revision) needs() ([]file, error) {
	var small, large []file
	for _, name := range needed {
		if i := slices.IndexFunc(v.files, func(f file) bool { return f.name == name }); i >= 0 {
			small = append(small, v.files[i])
		}
	}
	if len(small) == 0 || small[0].name != "config.json" {
		return nil, &Error{Got: fmt.Sprintf("%s has no config.json", v), Way: "choose a model in the format of Hugging Face transformers", Kind: ErrUnfit}
	}
	for _, weights := range []*regexp.Regexp{wholeSafetensors, shardSafetensors, wholePyTorch, shardPyTorch} {
		for _, f := range v.files {
			if weights.MatchString(f.name) {
				large = append(large, f)
			}
		}
		if len(large) > 0 {
			return append(small, large...), nil
		}
	}
	return nil, &Error{
		Got: fmt.Sprintf("%s has no weights that Attune reads, neither model.safetensors nor pytorch_model.bin", v),
		Way: "choose another model; many have a twin with safetensors", Kind: ErrUnfit,
	}
}
