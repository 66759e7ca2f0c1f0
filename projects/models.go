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
}

// ModelInfo is a model to start from.
type ModelInfo struct {
	Name       string   `json:"name"`
	Source     string   `json:"source"` // starter, hub, or added
	About      string   `json:"about,omitempty"`
	Type       string   `json:"type,omitempty"`   // as config.json names it
	Family     string   `json:"family,omitempty"` // of Attune's, "" when it is not known to any
	Tasks      []string `json:"tasks,omitempty"`
	Languages  []string `json:"languages,omitempty"`
	Licence    string   `json:"licence,omitempty"`
	Parameters int64    `json:"parameters,omitempty"`
	Bytes      int64    `json:"bytes,omitempty"`  // on the disk, or to download
	Memory     int64    `json:"memory,omitempty"` // bytes that its training needs, by its size
	Fits       bool     `json:"fits"`             // this computer's memory
	Here       bool     `json:"here"`             // on this computer
	Folder     string   `json:"folder,omitempty"`
	Revision   string   `json:"revision,omitempty"`
	Commit     string   `json:"commit,omitempty"`
	Downloads  int      `json:"downloads,omitempty"` // of everybody, in the last month
	Gated      bool     `json:"gated,omitempty"`     // given out to those who accept its terms
}

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

// Contact is one address that was contacted.
type Contact = hub.Contact

// Contacts lists every address that was ever contacted, the oldest first.
func (m *Models) Contacts() ([]Contact, error) { return m.ledger.Contacts() }

// List gives what a training can start from: what is on this computer, then what
// is recommended on the hub and could be downloaded.
func (m *Models) List() ([]ModelInfo, error) {
	memory, _ := machine.Memory()
	all := []ModelInfo{{Name: Starter, Source: Starter, About: "A small encoder that comes with Attune.", Fits: true, Here: true}}
	cached, err := m.hub.Cached()
	if err != nil {
		return nil, err
	}
	added, err := m.shelf.List()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, l := range append(added, cached...) {
		info := local(l, memory)
		if info.Family == "" {
			continue // of Python's cache, for other programs
		}
		known[info.Name] = true
		all = append(all, info)
	}
	for _, r := range hub.Recommend() {
		if info := advised(r, memory); info.Family != "" && !known[r.ID] {
			all = append(all, info)
		}
	}
	return all, nil
}

// Here gives the models on this computer as choices, the starter first.
func (m *Models) Here() ([]Choice, error) {
	all, err := m.List()
	if err != nil {
		return nil, err
	}
	var choices []Choice
	for _, info := range all {
		if info.Here {
			choices = append(choices, Choice{Name: info.Name, Title: filepath.Base(info.Name), About: info.About})
		}
	}
	return choices, nil
}

// local tells of a model on this computer, with what is known of a recommended one.
func local(l hub.Local, memory int64) ModelInfo {
	info := ModelInfo{
		Name: l.ID, Source: "added", Bytes: l.Bytes, Here: true, Folder: l.Folder, Revision: l.Revision, Commit: l.Commit,
	}
	if l.Revision != "" {
		info.Source = "hub"
		for _, r := range hub.Recommend() {
			if r.ID == l.ID {
				info.About, info.Tasks, info.Languages, info.Licence = r.About, r.Tasks, r.Languages, r.Licence
			}
		}
	}
	// What cannot be read was looked at when the model was found to be whole.
	text, _ := os.ReadFile(filepath.Join(l.Folder, "config.json"))
	info.Type, _ = typeOf(text)
	info.Family = familyOf(info.Type)
	info.Parameters, _ = hub.Parameters(l.Folder)
	return info.measured(memory)
}

func advised(r hub.Recommended, memory int64) ModelInfo {
	return ModelInfo{
		Name: r.ID, Source: "hub", About: r.About, Type: r.Type, Family: familyOf(r.Type), Tasks: r.Tasks, Languages: r.Languages,
		Licence: r.Licence, Parameters: r.Parameters, Bytes: r.Bytes,
	}.measured(memory)
}

// measured fills in what the model's training needs. A fifth of the memory is left
// to other programs; where the memory is not known, everything fits.
func (i ModelInfo) measured(memory int64) ModelInfo {
	if i.Parameters > 0 {
		i.Memory = hub.TrainingMemory(i.Parameters)
	}
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

// accept refuses a model of which Attune has no family, before its weights come.
func accept(config []byte) error {
	kind, err := typeOf(config)
	switch {
	case err != nil:
		return &Error{Got: "the model's config.json is not readable", Way: "download the model again"}
	case familyOf(kind) == "":
		return &Error{Got: fmt.Sprintf("the model's architecture %q is not one that Attune knows", kind), Way: "attunectl list families names those it knows"}
	}
	return nil
}

// Search gives the models on the hub that fit some words and that Attune can read,
// those with most downloads first.
func (m *Models) Search(ctx context.Context, words string) ([]ModelInfo, error) {
	const most = 50
	found, err := m.hub.Search(ctx, words, most)
	if err != nil {
		return nil, err
	}
	var all []ModelInfo
	for _, p := range found {
		family := familyOf(p.Type)
		if family == "" {
			continue
		}
		info := ModelInfo{
			Name: p.ID, Source: "hub", Type: p.Type, Family: family, Languages: p.Languages, Licence: p.Licence, Downloads: p.Downloads, Gated: p.Gated, Fits: true,
		}
		if p.Task != "" {
			info.Tasks = []string{p.Task}
		}
		_, info.Here = m.hub.Find(hub.Reference{ID: p.ID, Revision: "main"})
		all = append(all, info)
	}
	return all, nil
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
	memory, _ := machine.Memory()
	return local(found, memory), nil
}

// Add takes a model in from a folder or a zip, under a name, or its own if that
// is "".
func (m *Models) Add(ctx context.Context, source, name string, show func(Progress)) (ModelInfo, error) {
	if name == Starter {
		return ModelInfo{}, &Error{Got: "starter is the name of the model that comes with Attune", Way: "choose another"}
	}
	added, err := m.shelf.Add(ctx, source, name, hub.PullOptions{Accept: accept, Show: showing("Copying ", show)})
	if err != nil {
		return ModelInfo{}, err
	}
	memory, _ := machine.Memory()
	return local(added, memory), nil
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
	if name == Starter {
		return &Error{Got: "the starter comes with Attune and cannot be removed", Way: "choose another model"}
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

// Folder gives the folder of a model on this computer: a folder's own path, the
// name of one that was added, or a name on the hub, with @REVISION or not.
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
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return name, nil // what it lacks is told when it is opened
	}
	return "", &Error{
		Got: fmt.Sprintf("there is no model %q on this computer", cmp.Or(name, Starter)),
		Way: "attunectl models list names those that are here; attunectl models pull brings one of the hub",
	}
}
