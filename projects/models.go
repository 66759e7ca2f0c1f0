package projects

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/hub"
	"attune/engine/machine"
	"attune/projects/store"
)

// Models is what trainings can start from: on this computer, and on the Hugging
// Face hub. It is the program's one way to the network.
type Models struct {
	hub      *hub.Hub
	env      hub.Environment
	net      *hub.Network
	ledger   *hub.Ledger
	shelf    hub.Shelf
	settings string // the file with the switch
	shapes   shapes
}

// What can go wrong with a model, for errors.Is.
var (
	ErrOffline     = hub.ErrOffline
	ErrUnreachable = hub.ErrUnreachable
	ErrMissing     = hub.ErrMissing   // there is none of that name, or it may not be seen
	ErrForbidden   = hub.ErrForbidden // its terms were not accepted, or the token is not right
	ErrDamaged     = hub.ErrDamaged
	ErrFull        = hub.ErrFull
)

// ModelInfo is a model to start from.
type ModelInfo struct {
	Name       string   `json:"name"`
	Source     string   `json:"source"` // attune, hub, or added
	About      string   `json:"about,omitempty"`
	Type       string   `json:"type,omitempty"`   // as config.json names it
	Family     string   `json:"family,omitempty"` // of Attune's, "" when it is not known to any
	Tasks      []string `json:"tasks,omitempty"`  // that it suits, by Attune's names
	Languages  []string `json:"languages,omitempty"`
	Licence    string   `json:"licence,omitempty"`
	Parameters int64    `json:"parameters,omitempty"`
	Bytes      int64    `json:"bytes,omitempty"`  // on the disk, or to download
	Memory     int64    `json:"memory,omitempty"` // bytes that fine-tuning all of it takes, as rehearsed; 0 when not known
	Fits       bool     `json:"fits"`             // this computer's memory
	Learns     []string `json:"learns,omitempty"` // the tasks that Attune can teach it; nil when not known
	Here       bool     `json:"here"`             // on this computer
	Folder     string   `json:"folder,omitempty"`
	Revision   string   `json:"revision,omitempty"`
	Commit     string   `json:"commit,omitempty"`
	Downloads  int      `json:"downloads,omitempty"` // of everybody, in the last month
	Gated      bool     `json:"gated,omitempty"`     // given out to those who accept its terms

	rehearse func() int64 // finds Memory of one that is here
}

// BuiltIn says whether the model comes with Attune.
func (i ModelInfo) BuiltIn() bool { return isBuiltIn(i.Name) }

// Title is a model's name as it is shown first: without who published it.
func (i ModelInfo) Title() string { return i.choice().Title }

// The files in the user's folder for configuration.
const (
	networkFile = "network.json"
	ledgerFile  = "contacts.jsonl"
)

// OpenModels gives the models whose settings, ledger and added models are kept in
// the folder dir, or, if that is "", where the system keeps such things of a user.
// It opens no connection. It fails when the environment names a hub, a proxy or a
// certificate that cannot be used.
func OpenModels(dir string) (*Models, error) {
	shelf := filepath.Join(dir, "models")
	if dir == "" {
		config, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("find the folder for settings: %w", err)
		}
		dir = filepath.Join(config, "attune")
		if shelf, err = addedModels(); err != nil {
			return nil, err
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, fmt.Errorf("find the home folder: %w", err)
	}
	env, err := hub.ReadEnvironment(os.Getenv, home)
	if err != nil {
		return nil, err
	}
	m := &Models{
		env: env, ledger: hub.OpenLedger(filepath.Join(dir, ledgerFile)), shelf: hub.Shelf(shelf), settings: filepath.Join(dir, networkFile),
	}
	m.net = hub.NewNetwork(env, m.ledger)
	m.hub = hub.New(env, m.net)
	s, err := m.readSettings()
	m.net.SetOffline(env.Offline || s.Offline)
	return m, err
}

// addedModels is the folder for large files of a user that no other computer needs.
func addedModels() (string, error) {
	var base string
	var err error
	switch runtime.GOOS {
	case "windows":
		base, err = os.UserCacheDir() // AppData\Local, which does not roam
	case "darwin":
		base, err = os.UserConfigDir() // Library/Application Support
	default:
		if base = os.Getenv("XDG_DATA_HOME"); base == "" {
			base, err = os.UserHomeDir()
			base = filepath.Join(base, ".local", "share")
		}
	}
	if err != nil {
		return "", fmt.Errorf("find the folder for models: %w", err)
	}
	return filepath.Join(base, "attune", "models"), nil
}

// networkSettings is the content of the settings' file.
type networkSettings struct {
	Offline bool `json:"offline"`
}

// readSettings reads the switch. One that cannot be read counts as offline.
func (m *Models) readSettings() (networkSettings, error) {
	text, err := os.ReadFile(m.settings)
	if errors.Is(err, os.ErrNotExist) {
		return networkSettings{}, nil
	}
	s := networkSettings{Offline: true}
	if err == nil && json.Unmarshal(text, &s) != nil {
		s.Offline = true
	}
	return s, err
}

// Offline says whether no connection can be made, and whether the environment
// (HF_HUB_OFFLINE) demands it.
func (m *Models) Offline() (offline, demanded bool) { return m.net.Offline(), m.env.Offline }

// SetOffline closes every connection and lets none be made, or allows them, from
// now on and in later sessions. It cannot allow what the environment forbids.
func (m *Models) SetOffline(offline bool) error {
	m.net.SetOffline(offline || m.env.Offline)
	err := store.Update(m.settings, func([]byte) ([]byte, error) {
		return json.MarshalIndent(networkSettings{Offline: offline}, "", "\t")
	})
	if err != nil {
		return fmt.Errorf("keep the switch of the network: %w", err)
	}
	return nil
}

// SignIn uses an access token of the hub from now on, and keeps it where Python's
// programs look for it.
func (m *Models) SignIn(token string) error { return m.hub.SignIn(token) }

// Page gives the address of a model's page on the hub.
func (m *Models) Page(name string) string {
	ref, err := m.env.Parse(name)
	if err != nil {
		return m.env.Endpoint.String()
	}
	return m.env.Endpoint.String() + "/" + ref.ID
}

// Contact is one address that was contacted.
type Contact = hub.Contact

// Contacts lists every address that was ever contacted, the oldest first.
func (m *Models) Contacts() ([]Contact, error) { return m.ledger.Contacts() }

// List gives what a training can start from: what is on this computer, then what
// is recommended on the hub and could be downloaded. What memory the former need is
// told if they are recommended too; Measure finds it for the others.
func (m *Models) List() ([]ModelInfo, error) {
	all, err := m.here()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for i := range all {
		all[i] = all[i].fitting(Memory())
		known[all[i].Name] = true
	}
	for _, r := range hub.Recommend() {
		if info := advised(r); info.Family != "" && !known[r.ID] {
			all = append(all, info.fitting(Memory()))
		}
	}
	return all, nil
}

// Measure finds what memory a model on this computer needs, if that is not known yet,
// in a second or so.
func (m *Models) Measure(i ModelInfo) ModelInfo {
	if i.Memory == 0 && i.rehearse != nil {
		i.Memory = i.rehearse()
	}
	return i.fitting(Memory())
}

// here gives the models on this computer, those that come with Attune first.
func (m *Models) here() ([]ModelInfo, error) {
	var all []ModelInfo
	for _, c := range builtIn {
		all = append(all, ModelInfo{Name: c.Name, Source: "attune", About: c.About, Here: true, Learns: learnsOf(c.Name)})
	}
	cached, err := m.hub.Cached()
	if err != nil {
		return nil, err
	}
	added, err := m.shelf.List()
	if err != nil {
		return nil, err
	}
	for _, l := range append(added, cached...) {
		if info := m.local(l); info.Family != "" { // others are of Python's cache, for other programs
			all = append(all, info)
		}
	}
	return all, nil
}

// Here gives the models on this computer as choices, those that come with Attune first.
func (m *Models) Here() ([]Choice, error) { return m.choices(func(ModelInfo) bool { return true }) }

// choices gives those models on this computer that suit, as here orders them.
func (m *Models) choices(suits func(ModelInfo) bool) ([]Choice, error) {
	all, err := m.here()
	if err != nil {
		return nil, err
	}
	var choices []Choice
	for _, info := range all {
		if suits(info) {
			choices = append(choices, info.choice())
		}
	}
	return choices, nil
}

// choice shows a model as one of several.
func (i ModelInfo) choice() Choice {
	c := Choice{Name: i.Name, Title: filepath.Base(i.Name), About: i.About}
	switch {
	case i.BuiltIn():
		return builtIn[slices.IndexFunc(builtIn, func(c Choice) bool { return c.Name == i.Name })]
	case c.About == "" && i.Source == "added":
		c.About = "Added from your files."
	case c.About == "":
		c.About = "From the hub."
	}
	return c
}

// Memory gives this computer's memory in bytes, 0 when it is not known.
func Memory() int64 {
	all, _ := machine.Memory()
	return all
}

// local tells of a model on this computer, with what is known of a recommended one.
func (m *Models) local(l hub.Local) ModelInfo {
	info := ModelInfo{
		Name: l.ID, Source: "added", Bytes: l.Bytes, Here: true, Folder: l.Folder, Revision: l.Revision, Commit: l.Commit,
	}
	if l.Revision != "" {
		info.Source = "hub"
		for _, r := range hub.Recommend() {
			if r.ID == l.ID {
				info.About, info.Tasks, info.Languages, info.Licence, info.Memory = r.About, r.Tasks, r.Languages, r.Licence, r.Memory
			}
		}
	}
	// Of what no family reads, the type is told at most.
	text, _ := bundle.ReadConfig(l.Folder, catalog.Families())
	info.Type, _ = typeOf(text)
	info.Family = familyOf(info.Type)
	info.Parameters, _ = hub.Parameters(l.Folder)
	if info.Family != "" {
		shape := m.shapes.of(text)
		info.Learns, info.rehearse = shape.tasks, shape.memory
	}
	return info
}

func advised(r hub.Recommended) ModelInfo {
	return ModelInfo{
		Name: r.ID, Source: "hub", About: r.About, Type: r.Type, Family: familyOf(r.Type), Tasks: r.Tasks, Languages: r.Languages,
		Licence: r.Licence, Parameters: r.Parameters, Bytes: r.Bytes, Memory: r.Memory, Learns: slices.DeleteFunc(taskNames(), func(name string) bool {
			return !slices.Contains(r.Tasks, name)
		}),
	}
}

// fitting says whether the model can be fine-tuned on a computer with so much memory.
// A fifth of it is left to other programs; where either is not known, it fits.
func (i ModelInfo) fitting(memory int64) ModelInfo {
	i.Fits = memory == 0 || i.Memory <= memory*4/5
	return i
}

func typeOf(config []byte) (string, error) {
	var c struct {
		Type string `json:"model_type"`
	}
	err := json.Unmarshal(config, &c)
	return c.Type, err
}

// familyOf gives the family that reads a type of model, or "".
func familyOf(kind string) string {
	for _, f := range catalog.Families() {
		if slices.Contains(f.Types, kind) {
			return f.Name
		}
	}
	return ""
}

// types names all architectures that Attune reads.
func types() (all []string) {
	for _, f := range catalog.Families() {
		all = append(all, f.Types...)
	}
	return all
}

// accept refuses a model of which Attune has no family, before its weights come.
func accept(config []byte) error {
	kind, err := typeOf(config)
	switch {
	case err != nil:
		return &Error{Got: "the model's config.json is not readable", Way: "download the model again"}
	case familyOf(kind) == "":
		return &Error{Got: fmt.Sprintf("the model's architecture %q is not one that Attune knows", kind), Way: "choose one of these: " + strings.Join(types(), ", ")}
	}
	return nil
}

// Search gives the models on the hub that fit some words and that Attune can read,
// those with most downloads first. The words may be a model's name or the address of
// its page: then it comes first, even if the hub does not show it to searches.
func (m *Models) Search(ctx context.Context, words string) ([]ModelInfo, error) {
	const most = 50
	var named string
	if strings.ContainsAny(words, "/@") {
		ref, err := m.env.Parse(words)
		if err != nil {
			return nil, err
		}
		named, words = ref.String(), ref.ID
	}
	found, err := m.hub.Search(ctx, words, most)
	if err != nil {
		return nil, err
	}
	var all []ModelInfo
	for _, p := range found {
		info := m.published(p)
		switch {
		case p.ID == words && named != "":
			info.Name = named
			all = slices.Insert(all, 0, info)
		case info.Family != "":
			all = append(all, info)
		}
	}
	if named != "" && (len(all) == 0 || all[0].Name != named) {
		all = slices.Insert(all, 0, ModelInfo{Name: named, Source: "hub", Fits: true})
	}
	return all, nil
}

// published tells of a model as a search finds it, with what is known of a
// recommended one. What the others need is not known before they are here.
func (m *Models) published(p hub.Published) ModelInfo {
	info := ModelInfo{Name: p.ID, Source: "hub", Type: p.Type, Family: familyOf(p.Type)}
	for _, r := range hub.Recommend() {
		if r.ID == p.ID {
			info = advised(r)
		}
	}
	info.Languages, info.Licence, info.Downloads, info.Gated = p.Languages, p.Licence, p.Downloads, p.Gated
	if len(info.Tasks) == 0 && p.Task != "" {
		info.Tasks = []string{p.Task}
	}
	_, info.Here = m.hub.Find(hub.Reference{ID: p.ID, Revision: "main"})
	return info.fitting(Memory())
}

// Pull downloads a model: its name on the hub, with @REVISION or not, or the
// address of its page. What came before it was stopped is used when it is pulled
// again.
func (m *Models) Pull(ctx context.Context, name string, show func(Progress)) (ModelInfo, error) {
	ref, err := m.env.Parse(name)
	if err != nil {
		return ModelInfo{}, err
	}
	found, err := m.hub.Pull(ctx, ref, hub.PullOptions{Accept: accept, Show: showing("Downloading ", show)})
	if err != nil {
		return ModelInfo{}, err
	}
	return m.Measure(m.local(found)), nil
}

// IsModel says whether a file or folder is a model that Add can take.
func IsModel(path string) bool { return hub.Holds(path) }

// Add takes a model in from a folder, a zip or a GGUF file, under a name, or its own
// if that is "".
func (m *Models) Add(ctx context.Context, source, name string, show func(Progress)) (ModelInfo, error) {
	if isBuiltIn(name) {
		return ModelInfo{}, &Error{Got: name + " is the name of a model that comes with Attune", Way: "choose another"}
	}
	if filepath.Ext(source) == ".gguf" { // it may be large for nothing
		if _, err := bundle.ReadConfig(source, catalog.Families()); err != nil {
			return ModelInfo{}, err
		}
	}
	added, err := m.shelf.Add(ctx, source, name, hub.PullOptions{Accept: accept, Show: showing("Copying ", show)})
	if err != nil {
		return ModelInfo{}, err
	}
	if _, err := bundle.ReadConfig(added.Folder, catalog.Families()); err != nil {
		return ModelInfo{}, errors.Join(err, m.shelf.Remove(added.ID))
	}
	return m.Measure(m.local(added)), nil
}

// showing tells a listener of projects how far a model has come.
func showing(verb string, show func(Progress)) func(hub.Progress) {
	var m *meter
	return func(p hub.Progress) {
		if m == nil {
			m = newMeter(p.Total, show)
		}
		m.verb = verb + p.File
		m.tell(p.Done)
	}
}

// Remove deletes a model from this computer. One of the hub is gone for Python's
// programs too, which share the cache.
func (m *Models) Remove(name string) error {
	if isBuiltIn(name) {
		return &Error{Got: "what comes with Attune cannot be removed", Way: "choose another model"}
	}
	if _, ok := m.shelf.Find(name); ok {
		return m.shelf.Remove(name)
	}
	ref, err := m.env.Parse(name)
	if err != nil {
		return err
	}
	return m.hub.Remove(ref.ID)
}

// Folder gives the folder of a model on this computer: a folder's own path, or that
// of a GGUF file, the name of one that was added, or a name on the hub, with @REVISION or not.
func (m *Models) Folder(name string) (string, error) {
	if _, err := os.Stat(filepath.Join(name, "config.json")); err == nil {
		return name, nil
	}
	if found, ok := m.shelf.Find(name); ok {
		return found.Folder, nil
	}
	if ref, err := m.env.Parse(name); err == nil {
		if found, ok := m.hub.Find(ref); ok {
			return found.Folder, nil
		}
	}
	if info, err := os.Stat(name); err == nil && (info.IsDir() || filepath.Ext(name) == ".gguf") {
		return name, nil // what it lacks is told when it is opened
	}
	return "", &Error{
		Got: fmt.Sprintf("there is no model %q on this computer", cmp.Or(name, Starter)),
		Way: "attunectl models list names those that are here; attunectl models pull brings one of the hub",
	}
}
