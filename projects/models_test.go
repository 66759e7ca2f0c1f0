package projects_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/hub/hubtest"
	"attune/projects"
)

// openModels gives the models of a user who has none yet, and a hub.
func openModels(t *testing.T) (*projects.Models, *hubtest.Server, string) {
	t.Helper()
	s := hubtest.New()
	t.Cleanup(s.Close)
	for _, name := range []string{"HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HTTP_PROXY", "http_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"} {
		t.Setenv(name, "")
	}
	t.Setenv("HF_ENDPOINT", s.URL)
	t.Setenv("HF_HOME", t.TempDir())
	dir := t.TempDir()
	m, err := projects.OpenModels(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m, s, dir
}

func TestModelsAreToldFitOrNot(t *testing.T) {
	m, s, _ := openModels(t)
	all, err := m.List()
	if err != nil {
		t.Fatal(err)
	}
	if first := all[0]; first.Name != projects.Starter || !first.Here || !first.Fits {
		t.Errorf("the first is %+v", first)
	}
	small := slices.IndexFunc(all, func(i projects.ModelInfo) bool { return i.Name == "google/electra-small-discriminator" })
	if small < 0 || !all[small].Fits || all[small].Here || all[small].Memory < 16*all[small].Parameters {
		t.Errorf("%+v", all)
	}
	for _, i := range all {
		if i.Family == "" && !i.BuiltIn() {
			t.Errorf("%s is listed, and no family reads it", i.Name)
		}
	}
	if len(s.Requests()) > 0 {
		t.Error("the hub was asked")
	}
}

func TestTheSwitchIsKept(t *testing.T) {
	m, s, dir := openModels(t)
	if err := m.SetOffline(true); err != nil {
		t.Fatal(err)
	}
	again, err := projects.OpenModels(dir)
	if err != nil {
		t.Fatal(err)
	}
	if offline, demanded := again.Offline(); !offline || demanded {
		t.Errorf("offline %t, demanded %t", offline, demanded)
	}
	if _, err := again.Search(t.Context(), "bert"); err == nil || len(s.Requests()) > 0 {
		t.Errorf("the hub was asked: %v", err)
	}
	// A switch that cannot be read is off.
	if err := os.WriteFile(filepath.Join(dir, "network.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if spoilt, err := projects.OpenModels(dir); err != nil {
		t.Error(err)
	} else if offline, _ := spoilt.Offline(); !offline {
		t.Error("a damaged switch allows connections")
	}
}

func TestAModelThatNobodyReadsIsRefused(t *testing.T) {
	m, s, _ := openModels(t)
	s.Publish("org/mamba", map[string][]byte{"config.json": []byte(`{"model_type":"mamba"}`), "model.safetensors": make([]byte, 5000)})
	_, err := m.Pull(t.Context(), "org/mamba", nil)
	var e *projects.Error
	if !errors.As(err, &e) || !strings.Contains(e.Error(), `"mamba"`) || e.Hint() == "" {
		t.Errorf("got %v", err)
	}
}

func TestAPullTellsHowFarItIsAndStops(t *testing.T) {
	m, s, _ := openModels(t)
	s.Publish("org/tiny", hubtest.Files(make([]byte, 3_000_000)))
	ctx, cancel := context.WithCancel(t.Context())
	var last projects.Progress
	_, err := m.Pull(ctx, "org/tiny", func(p projects.Progress) {
		last = p
		cancel()
	})
	if !errors.Is(err, context.Canceled) || last.Total < 3_000_000 || !strings.HasPrefix(last.Verb, "Downloading ") {
		t.Errorf("%v, last %+v", err, last)
	}
}
