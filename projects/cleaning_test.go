package projects_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/projects"
)

// cleaning gives the cleaning of the named steps; a setting follows its step as
// key=value.
func cleaning(t testing.TB, words ...string) *projects.Cleaning {
	t.Helper()
	c := &projects.Cleaning{}
	at := -1
	for _, word := range words {
		key, value, isSetting := strings.Cut(word, "=")
		var err error
		if isSetting {
			err = setting.Apply(c.Steps()[at].Fields, key, value)
		} else {
			at, err = c.Add(word)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func cleans(t testing.TB, p *projects.Project, c *projects.Cleaning) projects.Cleaned {
	t.Helper()
	done, err := p.Clean(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// sight is all rows as they are shown: their texts, labels and splits.
func sight(t testing.TB, p *projects.Project) string {
	t.Helper()
	rows, err := p.Rows(t.Context(), projects.Query{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%d %q %q %q\n", r.ID, r.Text, r.Labels, r.Split)
	}
	o := overview(t, p)
	fmt.Fprintf(&b, "%d rows, %v, %+v", o.Rows, o.Labels, o.Text)
	return b.String()
}

const messy = `text,label
<p>See  www.example.org</p>,Invoice
"two   blanks",billing
https://example.org,other
nothing to do here,other
mail me@example.org,billing
`

func TestCleaningIsUndoneToTheImport(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", messy))
	stops := []string{sight(t, p)}
	for _, do := range []func(){
		func() { cleans(t, p, cleaning(t, "whitespace", "html")) },
		func() {
			cleans(t, p, cleaning(t, "html", "mask", "by=nothing", "whitespace", "labels", "from=Invoice", "to=billing"))
		},
		func() {
			done := imports(t, p, projects.ImportOptions{}, file(t, "b.csv", "text,label\n<b>new</b>   row,Invoice\nhttp://gone.example.org,other\n"))
			if !strings.Contains(strings.Join(done.Warnings, " "), "leaves 1 row of them out") {
				t.Errorf("the import tells nothing of the row that is left out: %q", done.Warnings)
			}
		},
		func() { cleans(t, p, cleaning(t, "length", "least=3")) },
		func() { cleans(t, p, cleaning(t)) },
	} {
		do()
		stops = append(stops, sight(t, p))
	}
	if !strings.Contains(stops[3], `"new row" ["billing"]`) || strings.Contains(stops[3], "gone") {
		t.Errorf("what is imported later is not cleaned:\n%s", stops[3])
	}
	if imported := stops[0][:strings.LastIndex(stops[0], "\n")]; !strings.HasPrefix(stops[5], imported) {
		t.Errorf("without cleaning it is\n%s\nwant what was imported\n%s", stops[5], imported)
	}
	for range 2 {
		for i := len(stops) - 2; i >= 0; i-- {
			if title, err := p.Undo(t.Context()); err != nil || title == "" {
				t.Fatalf("undid %q, %v", title, err)
			}
			if got := sight(t, p); got != stops[i] {
				t.Errorf("undone to stop %d it is\n%s\nwant\n%s", i, got, stops[i])
			}
		}
		for i := 1; i < len(stops); i++ {
			if title, err := p.Redo(t.Context()); err != nil || title == "" {
				t.Fatalf("redid %q, %v", title, err)
			}
			if got := sight(t, p); got != stops[i] {
				t.Errorf("redone to stop %d it is\n%s\nwant\n%s", i, got, stops[i])
			}
		}
	}
}

func TestCleanedRows(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", messy))
	c := cleaning(t, "html", "mask", "by=nothing", "whitespace", "labels", "from=Invoice", "to=billing")
	preview, err := p.PreviewCleaning(t.Context(), c, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := cleans(t, p, c)
	if fmt.Sprint(done) != fmt.Sprint(preview.Cleaned) || done.Rows != 5 || done.Changed != 3 || done.Dropped != 1 || !slices.Equal(done.By, []int{1, 3, 3, 1}) {
		t.Errorf("it did %+v and said %+v", done, preview.Cleaned)
	}
	if len(preview.Samples) != 4 {
		t.Fatalf("%d samples", len(preview.Samples))
	}
	first := preview.Samples[0]
	if want := "[{<p> true} {See false} {  www.example.org</p> true}]"; fmt.Sprint(first.Before) != want || fmt.Sprint(first.After) != "[{See false}]" {
		t.Errorf("the first sample is %v, then %v", first.Before, first.After)
	}
	if !slices.Equal(first.LabelsBefore, []string{"Invoice"}) || !slices.Equal(first.LabelsAfter, []string{"billing"}) || preview.Samples[2].Dropped == "" {
		t.Errorf("the samples are %+v", preview.Samples)
	}
	if got, want := texts(t, p, dataset.Unassigned), []string{"See", "two blanks", "nothing to do here", "mail"}; !slices.Equal(got, want) {
		t.Errorf("the texts are %q, want %q", got, want)
	}
	for search, want := range map[string]int{"two blanks": 1, "www": 0} {
		if n, err := p.Count(t.Context(), projects.Query{Search: search}); n != want || err != nil {
			t.Errorf("%d rows hold %q, %v", n, search, err)
		}
	}
	if title := overview(t, p).CanUndo; title != "cleaning in 4 steps: 3 rows changed, 1 left out" {
		t.Errorf("it can undo %q", title)
	}
}

// TestUsersWorkOutlivesCleaning relabels and deletes rows between two cleanings.
func TestUsersWorkOutlivesCleaning(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", messy))
	cleans(t, p, cleaning(t, "labels", "from=other", "to=rest", "mask", "by=nothing"))
	if err := p.Relabel(t.Context(), []int64{4}, "good"); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(t.Context(), []int64{5}); err != nil {
		t.Fatal(err)
	}
	cleans(t, p, cleaning(t))
	rows, err := p.Rows(t.Context(), projects.Query{}, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(r.ID, r.Labels))
	}
	if want := []string{"1 [Invoice]", "2 [billing]", "3 [other]", "4 [good]"}; !slices.Equal(got, want) {
		t.Errorf("the rows are %q, want %q", got, want)
	}
}

func TestCleaningRefuses(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", messy))
	if _, err := (&projects.Cleaning{}).Add("polish"); err == nil {
		t.Error("a step that there is not was added")
	}
	if err := setting.Apply(cleaning(t, "replace").Steps()[0].Fields, "pattern", "("); err == nil {
		t.Error("a pattern that does not hold was taken")
	}
	before := overview(t, p).CanUndo
	cleans(t, p, cleaning(t))
	if after := overview(t, p).CanUndo; after != before {
		t.Errorf("no cleaning, where there was none, can be undone: %q", after)
	}
	cleans(t, p, cleaning(t, "mask", "phones=off", "emails=off", "urls=off"))
	if after := overview(t, p).CanUndo; !strings.HasPrefix(after, "cleaning") {
		t.Errorf("a step that changes no row, but may change one that comes, cannot be undone: %q", after)
	}
}

func TestBoilerplateIsLearnedOnce(t *testing.T) {
	p := create(t)
	var b strings.Builder
	b.WriteString("text,label\n")
	for i := range 40 {
		fmt.Fprintf(&b, "Ticket %d is about thing %d. This mail is confidential and only for you.,a\n", i, i)
	}
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", b.String()))
	cleans(t, p, cleaning(t, "boilerplate", "whitespace"))
	if got := texts(t, p, dataset.Unassigned)[7]; got != "Ticket 7 is about thing 7." {
		t.Errorf("the text is %q", got)
	}
	imports(t, p, projects.ImportOptions{}, file(t, "b.csv", "text,label\nOne more. This mail is confidential and only for you.,a\n"))
	if got := texts(t, p, dataset.Unassigned)[40]; got != "One more." {
		t.Errorf("a row imported later is %q", got)
	}
}

// TestAModelCleansWhatItReads trains on texts whose addresses were masked. Which
// address it is then makes no difference to the model, nor do the tags around it,
// one by one, in a file, and when the project itself is cleaned no more.
func TestAModelCleansWhatItReads(t *testing.T) {
	p := sampleProject(t)
	cleans(t, p, cleaning(t, "html", "mask", "replace", "pattern=(?i)parcels?", "with=PACKAGE", "whitespace"))
	trainShortly(t, p)
	cleans(t, p, cleaning(t))
	about, err := os.ReadFile(filepath.Join(p.Path(), "runs", "1", "attune.json"))
	if err != nil || !strings.Contains(string(about), `"step": "mask"`) {
		t.Fatalf("the model's folder tells nothing of the cleaning: %s, %v", about, err)
	}
	predictor, err := p.Predictor(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	ask := func(text string) string {
		answer, err := predictor.Answer(t.Context(), text, "")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(answer.Labels)
	}
	same := []string{"Where is my parcel? Look at [URL]", "Where is my  PARCEL?\tLook at https://shop.example.com/order/99?invoice=refund",
		"<p>Where is my parcels? <b>Look</b> at www.password.org</p>"}
	for _, text := range same[1:] {
		if got, want := ask(text), ask(same[0]); got != want {
			t.Errorf("%q gets %s, want as %q %s", text, got, same[0], want)
		}
	}
	if ask("Where is my money?") == ask(same[0]) {
		t.Error("every text gets the same answer")
	}
	in, out := file(t, "in.csv", "text\n"+strings.ReplaceAll(strings.Join(same, "\n"), ",", " ")+"\n"), filepath.Join(t.TempDir(), "out.csv")
	if _, err := p.PredictFile(t.Context(), opened(t, p), in, out, projects.ImportOptions{Roles: projects.Roles{Text: "text"}}, nil); err != nil {
		t.Fatal(err)
	}
	answered, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var answers []string
	for _, line := range strings.Split(strings.TrimSpace(string(answered)), "\n")[1:] {
		fields := strings.Split(line, ",")
		answers = append(answers, strings.Join(fields[len(fields)-2:], ","))
	}
	if len(answers) != 3 || answers[0] != answers[1] || answers[0] != answers[2] {
		t.Errorf("in a file they get %q", answers)
	}
	report, err := p.Evaluate(t.Context(), 0, dataset.Test, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range report.Mistakes {
		if strings.Contains(strings.ToLower(m.Text), "parcel") {
			t.Errorf("the model was asked %q, which it was not taught to read", m.Text)
		}
	}
}

func TestCleaningWaitsForATraining(t *testing.T) {
	p := sampleProject(t)
	r, err := p.Train(t.Context(), shortSetup(t, p))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Clean(t.Context(), cleaning(t, "whitespace"), nil)
	var hinted interface{ Hint() string }
	if !errors.As(err, &hinted) {
		t.Errorf("error %v", err)
	}
	r.Stop()
	if _, err := r.Wait(); err != nil {
		t.Fatal(err)
	}
}
