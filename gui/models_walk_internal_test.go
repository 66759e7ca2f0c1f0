package gui

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/hub/hubtest"
	"attune/engine/model/bert"
	"attune/engine/setting"
	"attune/engine/weights"
	"attune/projects"
)

// tinyModel gives the files of a small BERT, as they are published.
func tinyModel(t *testing.T) map[string][]byte {
	t.Helper()
	words := strings.Fields("my parcel has not arrived the bill is wrong I cannot log in thanks for the help where is it")
	base, err := bert.Fresh(t.Context(), slices.Values(words), 1)
	if err != nil {
		t.Fatal(err)
	}
	files, err := base.Tokenizer.Files()
	if err != nil {
		t.Fatal(err)
	}
	sink := weights.NewSink()
	base.Backbone.Save(sink)
	var tensors bytes.Buffer
	if err := weights.WriteSafetensors(&tensors, sink.Tensors(), nil); err != nil {
		t.Fatal(err)
	}
	files["model.safetensors"] = tensors.Bytes()
	if files["config.json"], err = json.Marshal(base.Backbone.Config()); err != nil {
		t.Fatal(err)
	}
	return files
}

// newHub gives a hub that the window will speak to.
func newHub(t *testing.T) *hubtest.Server {
	t.Helper()
	server := hubtest.New()
	t.Cleanup(server.Close)
	t.Setenv("HF_ENDPOINT", server.URL)
	for _, name := range []string{"HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HTTP_PROXY", "http_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"} {
		t.Setenv(name, "")
	}
	return server
}

// TestModelsWalk goes from the technique to a model of the hub, trains from it, and
// removes it.
func TestModelsWalk(t *testing.T) {
	const name = "org/tiny"
	server := newHub(t)
	server.Publish(name, tinyModel(t))
	halted := false
	server.Store = func(w http.ResponseWriter, r *http.Request) bool {
		if halted {
			return false
		}
		halted = true
		w.Header().Set("Content-Length", "4000000")
		w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		<-r.Context().Done() // until it is cancelled
		return true
	}
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready && s.Page() == Train })
	s.GoTo(Technique)
	s.press(t, "More models")
	s.until(t, "the shelf is shown", func() bool { return len(s.models.State().Shelf) > 10 })
	if s.Page() != Models || len(server.Requests()) > 0 || s.header.network.Text != "not connected" {
		t.Fatalf("before anything was asked for: page %v, %d requests, %q", s.Page(), len(server.Requests()), s.header.network.Text)
	}

	s.models.Type("tiny")
	s.press(t, "Search")
	s.until(t, "it is found", func() bool { return len(s.models.State().Found) == 1 })
	s.press(t, "Download")
	s.until(t, "the download is under way", func() bool {
		p := s.models.State().Progress
		return p != nil && p.Total > 0 && p.Done > 0 && s.header.network.Text == "connected to the hub"
	})
	s.press(t, "Cancel")
	s.until(t, "it has stopped", func() bool { n := s.models.State().Notice; return n != nil && n.What == "Stopped." })
	if slices.ContainsFunc(s.session.bases, func(c projects.Choice) bool { return c.Name == name }) {
		t.Error("a part of a model is offered")
	}
	s.press(t, "Download")
	s.until(t, "it is here", func() bool {
		return slices.ContainsFunc(s.session.bases, func(c projects.Choice) bool { return c.Name == name })
	})
	s.until(t, "the page knows", func() bool {
		return slices.Contains(s.models.State().Bases, name) && s.header.network.Text == "not connected"
	})

	s.press(t, "Start from it")
	if s.Page() != Technique || s.session.setup.Base != name {
		t.Fatalf("the training starts from %s, page %v", s.session.setup.Base, s.Page())
	}
	if err := setting.Apply(s.session.setup.Fields(), "epochs", "1"); err != nil {
		t.Fatal(err)
	}
	s.press(t, "Go to the training")
	s.until(t, "a training from it can start", func() bool { return strings.HasPrefix(s.session.training.State().Plan, "tiny, ") })
	s.press(t, "Fine-tune")
	s.until(t, "some steps are done", func() bool {
		r := s.session.training.State().Run
		return r != nil && (r.Step >= 2 || r.Status.AtRest())
	})
	s.session.training.Stop()
	s.until(t, "it has ended", func() bool { return s.session.training.State().Run.Status.AtRest() })
	if r, err := s.session.project.Run(t.Context(), 0); err != nil || r.Base != name || r.Steps < 2 {
		t.Errorf("trained: %+v, %v", r, err)
	}

	s.GoTo(Models)
	s.models.Choose(name)
	s.press(t, "Remove from this computer")
	s.press(t, "Keep it")
	s.press(t, "Remove from this computer")
	s.press(t, "Remove it")
	s.until(t, "it is gone", func() bool { return s.session.setup.Base == projects.Starter })
	if slices.ContainsFunc(s.models.State().Shelf, func(m projects.ModelInfo) bool { return m.Name == name }) {
		t.Error("it is still on the shelf")
	}
	// The download that was cancelled may be in the ledger without having come to the server.
	contacts := len(server.Requests())
	s.until(t, "the ledger is read", func() bool { return len(s.models.State().Contacts) >= contacts })
	s.press(t, "Every connection ever made: "+s.contacted())
}

// contacted is how the page writes the number of contacts.
func (s *stand) contacted() string {
	text := []byte{}
	for n := len(s.models.State().Contacts); n > 0; n /= 10 {
		text = append([]byte{byte('0' + n%10)}, text...)
	}
	return string(text)
}

// TestModelsOffline turns the switch, and follows the way out that is offered.
func TestModelsOffline(t *testing.T) {
	server := newHub(t)
	server.Publish("org/tiny", hubtest.Files(make([]byte, 5000)))
	s := newStand(t)
	s.GoTo(Models)
	if err := s.shelf.SetOffline(true); err != nil {
		t.Fatal(err)
	}
	s.models.Reload()
	s.until(t, "the window says so", func() bool { return s.header.network.Text == "offline" })
	s.models.Type("tiny")
	s.press(t, "Search")
	s.until(t, "it is refused", func() bool { return errors.Is(s.models.State().Trouble, projects.ErrOffline) })
	if len(server.Requests()) > 0 {
		t.Error("the hub was asked")
	}
	s.press(t, "Allow connections and try again")
	s.until(t, "it is found", func() bool { return len(s.models.State().Found) == 1 })
	if offline, _ := s.shelf.Offline(); offline || s.models.State().Trouble != nil {
		t.Errorf("offline %t, trouble %v", offline, s.models.State().Trouble)
	}
}

// TestAGatedModelAsksForAToken follows a download that needs one.
func TestAGatedModelAsksForAToken(t *testing.T) {
	server := newHub(t)
	m := server.Publish("org/gated", tinyModel(t))
	m.Gated, m.Token = true, "hf_secret_of_mine"
	s := newStand(t)
	s.GoTo(Models)
	s.models.Type(server.URL + "/org/gated/tree/main") // as pasted from a browser
	s.press(t, "Search")
	s.until(t, "it is found", func() bool { return len(s.models.State().Found) == 1 })
	s.press(t, "Download")
	s.until(t, "it is refused", func() bool { return errors.Is(s.models.State().Trouble, projects.ErrForbidden) })
	s.press(t, "Enter an access token")
	s.models.SignIn("hf_secret_of_mine")
	s.until(t, "it is here", func() bool { n := s.models.State().Notice; return n != nil && strings.Contains(n.What, "org/gated") })
	kept := filepath.Join(os.Getenv("HF_HOME"), "token")
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token is kept as %v, %v", info, err)
	}
}

// TestAModelIsDropped drops a model's folder and its zip on the window.
func TestAModelIsDropped(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Modell März")
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for name, content := range tinyModel(t) {
		f, err := z.Create("packed/" + name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err := errors.Join(err, os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, name), content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	archive := filepath.Join(t.TempDir(), "From a colleague.zip")
	if err := errors.Join(z.Close(), os.WriteFile(archive, zipped.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
	newHub(t)
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready && s.Page() == Train })
	for name, file := range map[string]string{"Modell März": folder, "From a colleague": archive} {
		s.drop(file)
		s.until(t, name+" is here, and a base", func() bool {
			n := s.models.State().Notice
			return s.Page() == Models && n != nil && strings.HasPrefix(n.What, name+" is on this computer") &&
				slices.ContainsFunc(s.session.bases, func(c projects.Choice) bool { return c.Name == name })
		})
	}
	s.drop(folder)
	s.until(t, "it is told that it is there already", func() bool {
		err := s.models.State().Trouble
		return err != nil && strings.Contains(err.Error(), "already")
	})
	damaged := filepath.Join(t.TempDir(), "cut off.gguf")
	if err := os.WriteFile(damaged, []byte("GGUF"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.drop(damaged)
	s.until(t, "a GGUF file is taken for a model, and refused", func() bool {
		err := s.models.State().Trouble
		return s.Page() == Models && err != nil && !strings.Contains(err.Error(), "already")
	})
	s.drop(s.tickets(t))
	s.until(t, "a table is imported still", func() bool { return s.Page() == Import && s.session.importing.State().Preview != nil })
}
