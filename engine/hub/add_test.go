package hub_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/hub"
	"attune/engine/hub/hubtest"
	"attune/engine/weights"
)

// model gives the files of a tiny model of two values.
func model(t *testing.T) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := weights.WriteSafetensors(&b, []weights.Tensor{{Name: "x", Shape: []int{2}, Values: []float32{1, 2}}}, nil); err != nil {
		t.Fatal(err)
	}
	return hubtest.Files(b.Bytes())
}

// folder writes files below a new folder, and gives the folder dir in it.
func folder(t *testing.T, dir string, files map[string][]byte) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), dir)
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, content, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// zipped writes files, below a folder, into a zip.
func zipped(t *testing.T, below string, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(below + name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "tiny.v2.zip")
	if err := errors.Join(w.Close(), os.WriteFile(path, b.Bytes(), 0o666)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFoldersAndZipsAreAdded(t *testing.T) {
	for _, c := range []struct{ name, source, as, want string }{
		{"a folder", folder(t, "tiny.v1", model(t)), "", "tiny.v1"},
		{"a folder in a folder", filepath.Dir(folder(t, "tiny", model(t))), "mine", "mine"},
		{"a zip", zipped(t, "", model(t)), "", "tiny.v2"},
		{"a zip of a folder", zipped(t, "tiny/", model(t)), "Modèle 2", "Modèle 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shelf := hub.Shelf(t.TempDir())
			var last hub.Progress
			added, err := shelf.Add(t.Context(), c.source, c.as, hub.PullOptions{Show: func(p hub.Progress) { last = p }})
			if err != nil {
				t.Fatal(err)
			}
			if added.ID != c.want || last.Done != last.Total || last.Total == 0 {
				t.Errorf("%+v, %+v", added, last)
			}
			entries, err := os.ReadDir(added.Folder)
			var got []string
			for _, e := range entries {
				got = append(got, e.Name())
			}
			if want := []string{"README.md", "config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"}; err != nil || !slices.Equal(got, want) {
				t.Errorf("it holds %v, %v", got, err)
			}
			if n, err := hub.Parameters(added.Folder); n != 2 || err != nil {
				t.Errorf("%d parameters, %v", n, err)
			}
			all, err := shelf.List()
			if err != nil || len(all) != 1 || all[0] != added {
				t.Errorf("the shelf holds %+v, %v", all, err)
			}
			if _, err := shelf.Add(t.Context(), c.source, c.want, hub.PullOptions{}); err == nil || !strings.Contains(err.Error(), "already") {
				t.Errorf("the same name again: %v", err)
			}
			if err := shelf.Remove(c.want); err != nil {
				t.Error(err)
			}
			if all, err := shelf.List(); len(all) > 0 || err != nil {
				t.Errorf("after it was removed: %+v, %v", all, err)
			}
		})
	}
}

func TestWhatIsNoModelIsNotAdded(t *testing.T) {
	without := func(name string) map[string][]byte {
		files := model(t)
		delete(files, name)
		return files
	}
	bin := without("model.safetensors")
	bin["pytorch_model.bin"] = []byte("\x80\x02cos\nsystem\n.")
	several := map[string][]byte{"a/config.json": nil, "b/config.json": nil}
	text := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(text, []byte("dear"), 0o666); err != nil {
		t.Fatal(err)
	}
	cut := model(t)
	cut["model.safetensors"] = cut["model.safetensors"][:20]
	for _, c := range []struct{ name, source, as, says string }{
		{"nothing", filepath.Join(t.TempDir(), "none"), "", "there is no"},
		{"no config", folder(t, "tiny", without("config.json")), "", "config.json"},
		{"a pickle with code", folder(t, "tiny", bin), "", "os.system"},
		{"several", folder(t, "tiny", several), "", "several models"},
		{"a text", text, "", "no zip"},
		{"cut weights", folder(t, "tiny", cut), "", "weights"},
		{"a name that leads away", folder(t, "tiny", model(t)), "../x", "cannot be called"},
		{"a zip without a model", zipped(t, "", map[string][]byte{"a.txt": nil}), "", "config.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shelf := hub.Shelf(t.TempDir())
			_, err := shelf.Add(t.Context(), c.source, c.as, hub.PullOptions{})
			var hinted interface{ Hint() string }
			if err == nil || !strings.Contains(err.Error(), c.says) || !errors.As(err, &hinted) || hinted.Hint() == "" {
				t.Errorf("got %v", err)
			}
			if entries, err := os.ReadDir(string(shelf)); err != nil || len(entries) > 0 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
}

func TestAddingIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	shelf := hub.Shelf(t.TempDir())
	if _, err := shelf.Add(ctx, folder(t, "tiny", model(t)), "", hub.PullOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(string(shelf)); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestRecommendedModelsAreToldInFull(t *testing.T) {
	seen := map[string]bool{}
	env, err := hub.ReadEnvironment(func(string) string { return "" }, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range hub.Recommend() {
		if ref, err := env.Parse(r.ID); err != nil || ref.ID != r.ID || seen[r.ID] {
			t.Errorf("%s is no name of its own: %v", r.ID, err)
		}
		seen[r.ID] = true
		if r.Type == "" || len(r.Tasks) == 0 || len(r.Languages) == 0 || r.Licence == "" || r.About == "" || r.Bytes < 2*r.Parameters || r.Bytes > 5*r.Parameters {
			t.Errorf("%+v", r)
		}
	}
}
