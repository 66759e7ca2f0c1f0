package bundle_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/bundle"
	"attune/engine/dataset"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/tokenizer"
)

// pythonWithTorch gives a Python that has PyTorch, or skips the test where there is
// none: a first Python on the path may hide the system's.
func pythonWithTorch(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import torch").Run() == nil {
			return python
		}
	}
	t.Skip("python3 with torch is not here: the saved folder is not computed from outside")
	return ""
}

// enlarge makes all parameters of a model large, biases too, so that none can be wrong
// without showing.
func enlarge(m task.Model) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, p := range m.Params() {
		for i := range op.Rows(p) {
			op.Rows(p)[i] = 0.5 * float32(random.NormFloat64())
		}
	}
}

// spread gives a folder with a model whose parameters are all large.
func spread(t *testing.T) string {
	t.Helper()
	small, m := saved(t)
	enlarge(m)
	opened, err := bundle.Open(small, families)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := bundle.Take(m, nil, opened.Base.Tokenizer, nil).Save(dir, bundle.About{Task: "classification"}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What PyTorch makes of a folder that was saved here is what is answered here.
func TestPyTorchComputesTheSameFromASavedFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("only the long checks start PyTorch")
	}
	python := pythonWithTorch(t)
	dir := spread(t)
	m, err := bundle.OpenPublished(dir, families)
	if err != nil {
		t.Fatal(err)
	}
	items := []batch.Item{
		{IDs: []int{2, 7, 9, 3}, Segments: []int{0, 0, 0, 0}},
		{IDs: []int{2, 5, 6, 7, 8, 9, 10, 3, 8, 9, 3}, Segments: []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}},
	}
	var asked [][2][]int
	for _, item := range items {
		asked = append(asked, [2][]int{item.IDs, item.Segments})
	}
	text, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command(python, filepath.Join("testdata", "bert.py"), dir, string(text))
	var complaint bytes.Buffer
	script.Stderr = &complaint
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint.Bytes())
	}
	var want [][]float32
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	tape := optest.Tape(t)
	tape.Infer()
	_, logits := m.Forward(tape, batch.Pack(items))
	var all []float32
	for _, row := range want {
		all = append(all, row...)
	}
	modeltest.Close(t, op.Rows(logits), all, 1e-4)
	if slices.Max(all)-slices.Min(all) < 0.1 {
		t.Errorf("the logits %v are too much alike to tell", all)
	}
}

// The lines of Python in a model card answer as the model does, to texts of different
// lengths. transformers itself is stood in for by the network of bert.py.
func TestTheLinesInACardAnswerTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("only the long checks start PyTorch")
	}
	python := pythonWithTorch(t)
	pooled := func(pooling string) *task.Classification {
		c := task.NewClassification().(*task.Classification)
		c.Pooling = pooling
		return c
	}
	for name, learned := range map[string]task.Task{
		"mean": pooled("mean"), "first": pooled("first"), "last": pooled("last"), "attention": pooled("attention"),
		"mean, several labels": task.NewMultilabel(), "counts": pooled("own"), "mean and counts": pooled("mean"),
	} {
		t.Run(name, func(t *testing.T) {
			base := tasktest.Base(t)
			if name != "counts" {
				base.Config = []byte(`{"classifier_pooling": "mean"}`)
			}
			m, err := learned.Learn(base, dataset.FromSlice(learn), 1)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(name, "counts") {
				if err := m.(task.Preparing).Prepare(t.Context(), func(string) {}); err != nil {
					t.Fatal(err)
				}
				m.(task.Tuned).Tune(learn, answers(t, m)) // which finds that the counts are right
			}
			enlarge(m)
			dir := t.TempDir()
			if err := bundle.Take(m, nil, base.Tokenizer, nil).Save(dir, bundle.About{Task: learned.Name(), Settings: map[string]string{"max_length": "128"}}); err != nil {
				t.Fatal(err)
			}
			got := cardAnswers(t, python, dir, base.Tokenizer)
			for i, answer := range answers(t, m) {
				slices.SortFunc(answer.Labels, func(a, b dataset.Score) int { return strings.Compare(a.Label, b.Label) })
				var want []float32
				for _, s := range answer.Labels {
					want = append(want, float32(s.Score))
				}
				modeltest.Close(t, want, got[i], 1e-4)
				if slices.Max(want)-slices.Min(want) < 0.1 {
					t.Errorf("the scores %v are too much alike to tell", want)
				}
			}
		})
	}
}

// The lines in the card of a tagger that is told the shapes of words tag them as it does.
func TestTheLinesInATaggersCardAnswerTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("only the long checks start PyTorch")
	}
	python := pythonWithTorch(t)
	texts := []string{"my Card is lost, the PARCEL, pArcel and 3D Parcels have not come", "Door_door  Late!", "card"}
	base := tasktest.Base(t)
	m, err := task.NewEntities().Learn(base, dataset.FromSlice([]dataset.Example{{Text: "my card", Spans: []dataset.Span{{Start: 3, End: 7, Label: "THING"}}}}), 1)
	if err != nil {
		t.Fatal(err)
	}
	enlarge(m)
	dir := t.TempDir()
	if err := bundle.Take(m, nil, base.Tokenizer, nil).Save(dir, bundle.About{Task: "entities", Settings: map[string]string{"max_length": "64"}}); err != nil {
		t.Fatal(err)
	}
	var got [][][]any // of each text its words, each with its tag and the probability of that
	ask(t, python, dir, base.Tokenizer, "[answer(text) for text in texts]", texts, "Ada Lovelace lived in London.", &got)
	tape := optest.Tape(t)
	for n, text := range texts {
		items, err := m.Items(dataset.Example{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		tape.Infer()
		b := batch.Pack(items)
		logits := m.Logits(tape, b)
		_, tags := op.Size(logits)
		names, at := m.Config()["id2label"].(map[string]string), 0
		for i, p := range b.Places {
			if p.Empty() {
				continue
			}
			row, best, sum := op.Rows(logits)[i*tags:(i+1)*tags], 0, 0.0
			for j, x := range row {
				if x > row[best] {
					best = j
				}
			}
			for _, x := range row {
				sum += math.Exp(float64(x - row[best]))
			}
			word := got[n][at]
			if word[0] != text[p.Start:p.End] || word[1] != names[strconv.Itoa(best)] || math.Abs(word[2].(float64)-1/sum) > 1e-4 {
				t.Errorf("%q: %v, not %s, %s, %.4f", text, word, text[p.Start:p.End], names[strconv.Itoa(best)], 1/sum)
			}
			at++
		}
		if at != len(got[n]) {
			t.Errorf("%q has %d words, not %d", text, at, len(got[n]))
		}
	}
}

// cardAnswers lets the lines in the card of a folder answer the texts of learn.
func cardAnswers(t *testing.T, python, dir string, tokenizer tokenizer.Tokenizer) (scores [][]float32) {
	t.Helper()
	var texts []string
	for _, e := range learn {
		texts = append(texts, e.Text)
	}
	ask(t, python, dir, tokenizer, "answer(texts).tolist()", texts, "where is my parcel?", &scores)
	return scores
}

// ask runs the lines in the card of a folder, and reads what an expression of Python gives
// of texts then. The lines answer an example of their own.
func ask(t *testing.T, python, dir string, tokenizer tokenizer.Tokenizer, expression string, texts []string, example string, to any) {
	t.Helper()
	card, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(string(card), "```python\n")
	lines, _, found := strings.Cut(lines, "```\n")
	if !found {
		t.Fatalf("there are no lines of Python in\n%s", card)
	}
	type pieces struct {
		IDs    []int    `json:"ids"`
		Places [][2]int `json:"places"`
	}
	known := map[string]pieces{}
	for _, text := range append(texts, example) {
		tokens := tokenizer.Encode(text)
		ids, _ := tokenizer.Join(tokens, nil)
		p := pieces{ids, make([][2]int, len(ids))}
		for i, token := range tokens {
			p.Places[i+tokenizer.Prefix()] = [2]int{token.Start, token.End}
		}
		known[text] = p
	}
	content, err := json.Marshal(known)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pieces.json"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	asked, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command(python, "-B", "-c", lines+"\nimport json, sys\ntexts = json.loads(sys.argv[1])\nprint(json.dumps("+expression+"))", string(asked))
	script.Dir = dir
	script.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(data, "standins")+string(os.PathListSeparator)+data)
	var complaint bytes.Buffer
	script.Stderr = &complaint
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint.Bytes())
	}
	printed := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if err := json.Unmarshal(printed[len(printed)-1], to); err != nil {
		t.Fatal(err)
	}
}
