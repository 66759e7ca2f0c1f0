package main_test

import (
	"bytes"
	"errors"
	"image"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/engine/hub/hubtest"
	"attune/engine/weights"
)

// TestModelsInTheWindow drops a model's folder on the real application, and searches
// and downloads another from a hub on this machine.
func TestModelsInTheWindow(t *testing.T) {
	s := newScreen(t)
	hub := hubtest.New()
	t.Cleanup(hub.Close)
	slow := make(chan struct{})
	hub.Store = func(http.ResponseWriter, *http.Request) bool { <-slow; return false }
	for _, name := range []string{"acme/support-bert", "acme/support-bert-large", "org/support-multilingual"} {
		hub.Publish(name, published(t, 400_000))
	}
	for name, value := range map[string]string{"HF_ENDPOINT": hub.URL, "HF_HOME": "", "HF_HUB_CACHE": "", "HF_HUB_OFFLINE": "", "HF_TOKEN": "", "XDG_DATA_HOME": "", "HTTP_PROXY": "", "http_proxy": ""} {
		t.Setenv(name, value)
	}
	folder := filepath.Join(t.TempDir(), "Modell für Tickets")
	for name, content := range published(t, 1000) {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	a := start(t, s)
	s.app = a
	s.until(t, "the window is open", func() bool { return s.do("search", "--name", "^Attune$") == nil })
	s.until(t, "the home page is drawn", func() bool { return s.count(white, s.bounds()) > 50_000 })

	if err := dropFiles(s.display, "Attune", [2]int{640, 400}, folder); err != nil {
		t.Fatal(err)
	}
	added := filepath.Join(a.home, ".local", "share", "attune", "models", "Modell für Tickets", "model.safetensors")
	s.until(t, "the model is added", func() bool { _, err := os.Stat(added); return err == nil })
	s.until(t, "it is chosen on the page", func() bool { return s.count(tint, image.Rect(200, 290, 890, 740)) > 10_000 })
	time.Sleep(3 * time.Second) // its memory is found; for the picture alone
	s.keep(t, "models-1-dropped")
	if len(hub.Requests()) > 0 {
		t.Errorf("%d requests were made before anything was asked for", len(hub.Requests()))
	}

	if err := s.do("mousemove", "500", "186", "click", "1", "sleep", "0.3", "type", "--delay", "30", "support"); err != nil {
		t.Fatal(err)
	}
	s.key(t, "Return")
	s.until(t, "the hub is asked", func() bool { return len(hub.Requests()) > 0 })
	download := image.Rect(900, 400, 1260, 830) // at the lower right
	var at image.Rectangle
	s.until(t, "a model is found", func() bool {
		n, around := s.find(accent, download)
		at = around
		return n > 3000
	})
	s.keep(t, "models-2-found")
	s.click(t, at)
	s.until(t, "the download has begun", func() bool { return len(hub.Requests()) > 2 })
	time.Sleep(time.Second)
	s.keep(t, "models-3-downloading")
	close(slow)
	snapshots := filepath.Join(a.home, ".cache", "huggingface", "hub", "models--acme--support-bert", "refs", "main")
	s.until(t, "it is here", func() bool { _, err := os.Stat(snapshots); return err == nil })
	time.Sleep(3 * time.Second) // for the picture alone
	s.keep(t, "models-4-here")
	s.key(t, "ctrl+q")
	a.ends(t)
	if log := a.log.String(); strings.Contains(log, "*** Error in Fyne call thread") {
		t.Errorf("the window was drawn from the wrong thread:\n%s", log)
	}
}

// published gives the files of a model of so many values, which is whole and says
// nothing.
func published(t *testing.T, values int) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := weights.WriteSafetensors(&b, []weights.Tensor{{Name: "x", Shape: []int{values}, Values: make([]float32, values)}}, nil); err != nil {
		t.Fatal(err)
	}
	return hubtest.Files(b.Bytes())
}
