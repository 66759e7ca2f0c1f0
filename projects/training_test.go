package projects_test

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/projects"
	"attune/projects/run"
	"attune/projects/store"
)

// trained gives the sample project with a short training done.
func trained(t *testing.T) *projects.Project {
	t.Helper()
	p := sampleProject(t)
	trainShortly(t, p)
	return p
}

func trainShortly(t *testing.T, p *projects.Project) {
	t.Helper()
	r, err := p.Train(context.Background(), shortSetup(t, p))
	if err != nil {
		t.Fatal(err)
	}
	if state, err := r.Wait(); err != nil || state.Status != run.Finished {
		t.Fatalf("%s: %v", state.Status, err)
	}
}

func sampleProject(t *testing.T) *projects.Project {
	t.Helper()
	library, err := projects.OpenLibrary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p, err := library.Sample(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func shortSetup(t *testing.T, p *projects.Project) *projects.Setup {
	t.Helper()
	s, err := p.NewSetup("quick")
	if err != nil {
		t.Fatal(err)
	}
	s.StartFrom(projects.Fresh) // which is smaller
	if err := setting.Apply(s.Fields(), "epochs", "2"); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestATrainingIsScoredAndAnswers(t *testing.T) {
	ctx := context.Background()
	p := trained(t)
	info, err := p.Run(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if info.Best == nil || info.Model != "runs/1" || info.Settings["epochs"] != "2" || info.Baseline["accuracy"] < 0.5 {
		t.Errorf("%+v", info)
	}
	report, err := p.Evaluate(ctx, 0, dataset.Test, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, counts := range report.Confusion.Counts {
		for _, n := range counts {
			rows += n
		}
	}
	if rows != report.Rows || report.Right != report.Rows-len(report.Mistakes) || len(report.PerClass) != 6 || len(report.Mistakes) != int(float64(rows)*(1-report.Metrics["accuracy"])+0.5) {
		t.Errorf("%d rows in the matrix, %d classes, %d mistakes: %+v", rows, len(report.PerClass), len(report.Mistakes), report.Metrics)
	}
	again, err := p.Evaluate(ctx, 1, dataset.Test, nil)
	if err != nil || !reflect.DeepEqual(again, report) {
		t.Errorf("the report that was kept differs: %v", err)
	}
	predictor, err := p.Predictor(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	if answer, err := predictor.Answer(ctx, "where is my parcel", ""); err != nil || len(answer.Labels) != 6 {
		t.Errorf("%v, %v", answer, err)
	}
	predictor.Close()
	if _, err := predictor.Answer(ctx, "where is my parcel", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("a closed predictor: %v", err)
	}
}

// Columns, rows and their order stay; a row without a text gets no answer.
func TestPredictFileKeepsTheTable(t *testing.T) {
	ctx := context.Background()
	p := trained(t)
	in, out := filepath.Join(t.TempDir(), "in.csv"), filepath.Join(t.TempDir(), "out.csv")
	content := "number;message;predicted\n1;\"where is my parcel; it is late\";x\n2;;y\n3;I want my money back for this;z\n4;the screen is broken since today;w\n"
	if err := os.WriteFile(in, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	n, err := p.PredictFile(ctx, opened(t, p), in, out, projects.ImportOptions{Roles: projects.Roles{Text: "message"}}, nil)
	if err != nil || n != 4 {
		t.Fatalf("%d rows, %v", n, err)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader := csv.NewReader(f)
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"number", "message", "predicted", "predicted 2", "score"}; !reflect.DeepEqual(rows[0], want) {
		t.Errorf("the header is %q", rows[0])
	}
	for i, row := range rows[1:] {
		if row[0] != string(rune('1'+i)) || (row[3] == "") != (row[1] == "") {
			t.Errorf("row %d is %q", i+1, row)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// opened is the best model of a project.
func opened(t *testing.T, p *projects.Project) *projects.Predictor {
	t.Helper()
	predictor, err := p.Predictor(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(predictor.Close)
	return predictor
}

func TestPredictFileSaysWhereItCannotWrite(t *testing.T) {
	p := trained(t)
	in := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(in, []byte("text,label\nwhere is it,a\nwhat is this,b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := p.PredictFile(context.Background(), opened(t, p), in, filepath.Join(t.TempDir(), "no", "out.csv"), projects.ImportOptions{}, nil)
	var e *projects.Error
	if !errors.As(err, &e) || !strings.Contains(e.Error(), "cannot write") {
		t.Errorf("got %v", err)
	}

	out := filepath.Join(t.TempDir(), "out.csv")
	if n, err := p.AnswerFile(t.Context(), 0, in, out, nil); n != 2 || err != nil {
		t.Fatalf("%d rows are answered, %v", n, err)
	}
	if _, err := p.AnswerFile(t.Context(), 0, in, out, nil); !errors.As(err, &e) || !strings.Contains(e.Error(), "already") {
		t.Errorf("over other answers: %v", err)
	}
}

func TestOneTrainingAtATime(t *testing.T) {
	p := sampleProject(t)
	first, err := p.Train(context.Background(), shortSetup(t, p))
	if err != nil {
		t.Fatal(err)
	}
	if p.Active() != first {
		t.Error("the training under way is not the active one")
	}
	if _, err := p.Train(context.Background(), shortSetup(t, p)); err == nil {
		t.Error("a second training started")
	}
	first.Stop()
	if state, err := first.Wait(); state.Status != run.Stopped || err != nil {
		t.Errorf("%s, %v", state.Status, err)
	}
	if p.Active() != nil {
		t.Error("a training that ended is still active")
	}
}

// A training that was interrupted can be resumed, but not with other rows.
func TestResumeWantsTheSameRows(t *testing.T) {
	p := sampleProject(t)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := p.Train(ctx, shortSetup(t, p))
	if err != nil {
		t.Fatal(err)
	}
	r.Watch(context.Background(), func(s run.State) {
		if s.Step > 3 {
			cancel()
		}
	})
	cancel()
	background := context.Background()
	number, ok := p.Unfinished(background)
	if !ok || number != 1 {
		t.Fatalf("run %d, %t", number, ok)
	}
	s, err := p.ResumeSetup(background, number)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := p.Rows(background, projects.Query{}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(background, []int64{rows[0].ID}); err != nil {
		t.Fatal(err)
	}
	var e *projects.Error
	if _, err := p.Train(background, s); !errors.As(err, &e) || !strings.Contains(e.Error(), "rows were changed") {
		t.Errorf("got %v", err)
	}
	if _, err := p.Undo(background); err != nil {
		t.Fatal(err)
	}
	r, err = p.Train(background, s)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := r.Wait(); err != nil || state.Status != run.Finished || r.Number() != 1 {
		t.Errorf("run %d %s: %v", r.Number(), state.Status, err)
	}
}

func TestASetupFollowsTheRowsUntilItIsChanged(t *testing.T) {
	p := sampleProject(t)
	s, err := p.NewSetup("balanced")
	if err != nil {
		t.Fatal(err)
	}
	s.StartFrom(projects.Fresh)
	epochs := func() string { return knob(s, "epochs") }
	few := epochs()
	s.Fit(projects.Size{Rows: 1_000_000, Words: 30_000_000})
	if epochs() == few || epochs() != "3" {
		t.Errorf("a million rows are seen %s times, few %s times", epochs(), few)
	}
	if err := setting.Apply(s.Fields(), "epochs", "7"); err != nil {
		t.Fatal(err)
	}
	s.Fit(projects.Size{Rows: 100, Words: 3000})
	if epochs() != "7" {
		t.Errorf("what the user chose became %s", epochs())
	}
}

// knob gives the value of a setting.
func knob(s *projects.Setup, key string) string {
	for _, f := range s.Fields() {
		if f.Key == key {
			return f.Value.String()
		}
	}
	return ""
}

// The starter learns names more slowly than classes; its last steps are averaged, but for
// those of one that writes.
func TestASetupForNames(t *testing.T) {
	for task, want := range map[string][2]string{"classification": {"0.0004", "0.2"}, "entities": {"0.0002", "0.2"}, "generation": {"0.0004", "0"}} {
		p := create(t)
		if err := p.SetTask(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		s, err := p.NewSetup("balanced")
		if err != nil {
			t.Fatal(err)
		}
		for base, want := range map[string][2]string{projects.Starter: want, projects.Fresh: {"0.001", "0"}, "/models/bert": {"5e-05", "0"}} {
			s.StartFrom(base)
			if got := [2]string{knob(s, "learning_rate"), knob(s, "average")}; got != want {
				t.Errorf("%s from %s: a rate of %s, averaged %s", task, base, got[0], got[1])
			}
		}
	}
}

func TestASetupFollowsItsBaseUntilItIsChanged(t *testing.T) {
	p := sampleProject(t)
	s, err := p.NewSetup("balanced")
	if err != nil {
		t.Fatal(err)
	}
	s.StartFrom(projects.Fresh)
	s.Fit(projects.Size{Rows: 10_000, Words: 120_000})
	if knob(s, "learning_rate") != "0.001" || knob(s, "word_dropout") != "0.1" || knob(s, "epochs") != "20" {
		t.Errorf("a fresh model learns by %v", s.Fields())
	}
	if err := setting.Apply(s.Fields(), "patience", "3"); err != nil {
		t.Fatal(err)
	}
	s.StartFrom("/models/bert")
	if knob(s, "learning_rate") != "5e-05" || knob(s, "word_dropout") != "0" || knob(s, "epochs") != "7" {
		t.Errorf("a pre-trained model learns at %s, with %s of the words hidden, for %s passes",
			knob(s, "learning_rate"), knob(s, "word_dropout"), knob(s, "epochs"))
	}
	if knob(s, "patience") != "3" {
		t.Errorf("what the user chose became %s", knob(s, "patience"))
	}
	s.StartFrom(projects.Fresh)
	if knob(s, "learning_rate") != "0.001" || knob(s, "patience") != "3" {
		t.Error("a fresh model again does not learn as before")
	}
}

func TestLongTextsAreLearnedWithMoreDropout(t *testing.T) {
	p := sampleProject(t)
	s, err := p.NewSetup("balanced")
	if err != nil {
		t.Fatal(err)
	}
	s.StartFrom(projects.Fresh)
	for words, want := range map[int]string{12: "0.1", 40: "0.2"} {
		s.Fit(projects.Size{Rows: 1000, Words: 1000 * words})
		if got := knob(s, "dropout"); got != want {
			t.Errorf("rows of %d words are learned with a dropout of %s", words, got)
		}
	}
}

func TestAnEmptyProjectIsNotReady(t *testing.T) {
	p, err := projects.Create(filepath.Join(t.TempDir(), "empty"), "classification")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s, err := p.NewSetup("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Train(context.Background(), s); err == nil || !strings.Contains(err.Error(), "no rows yet") {
		t.Errorf("got %v", err)
	}
	if _, err := p.Evaluate(context.Background(), 0, dataset.Test, nil); err == nil {
		t.Error("a project without a model was scored")
	}
}

// Labels of one row each are all dealt to the training rows, so that splitting
// again would not help: the reason has to say what would.
func TestRowsThatAreAllForLearningAreNotReady(t *testing.T) {
	p := create(t)
	ctx := context.Background()
	imports(t, p, projects.ImportOptions{}, file(t, "each.csv", "text,label\nfirst row,one\nsecond row,two\nthird row,three\n"))
	split(t, p, projects.DefaultSplit())
	reason, err := p.Ready(ctx)
	if err != nil || !strings.Contains(reason, "none is held back") {
		t.Errorf("got %q, %v", reason, err)
	}
}

func TestAModelIsDistilledFromAnother(t *testing.T) {
	ctx := context.Background()
	p := trained(t)
	teacher, err := p.Run(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := shortSetup(t, p)
	s.StartFrom(filepath.Join(p.Path(), teacher.Model))
	s.Techniques = []string{"distil"}
	if err := setting.Apply(s.Fields(), "distil_layers", "1"); err != nil {
		t.Fatal(err)
	}
	r, err := p.Train(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := r.Wait(); err != nil || state.Status != run.Finished {
		t.Fatalf("%s: %v", state.Status, err)
	}
	student, err := p.Run(ctx, teacher.Number+1)
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(p.Path(), student.Model, "config.json"))
	if err != nil || !strings.Contains(string(config), `"num_hidden_layers": 1`) {
		t.Errorf("%v: %s", err, config)
	}
}

// Of the starter and small additions to it with the head under 3 % learn.
func TestSmallAdditionsToTheStarterAreFew(t *testing.T) {
	p := sampleProject(t)
	s := shortSetup(t, p)
	s.StartFrom(projects.Starter)
	s.Techniques = []string{"lora"}
	for key, value := range map[string]string{"epochs": "1", "max_length": "8"} {
		if err := setting.Apply(s.Fields(), key, value); err != nil {
			t.Fatal(err)
		}
	}
	r, err := p.Train(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := r.Wait(); err != nil || state.Status != run.Finished {
		t.Fatalf("%s: %v", state.Status, err)
	}
	info, err := p.Run(context.Background(), r.Number())
	if err != nil {
		t.Fatal(err)
	}
	if l := info.Learned; l.Parameters == 0 || l.Parameters*100 >= l.Of*3 {
		t.Errorf("%s %+v", l.Sentence(), l)
	}
}

// The state that is put together from what was written down is the one that was shown at
// the end.
func TestTheLastTrainingIsToldAsItEnded(t *testing.T) {
	p := sampleProject(t)
	if last, err := p.LastTraining(t.Context()); last != nil || err != nil {
		t.Fatalf("before the first there is %v, %v", last, err)
	}
	r, err := p.Train(t.Context(), shortSetup(t, p))
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.Wait()
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.LastTraining(t.Context())
	if err != nil || got == nil {
		t.Fatal(got, err)
	}
	if got.Number != want.Number || got.Status != want.Status || got.Step != want.Step || got.Steps != want.Steps || got.Epochs != want.Epochs ||
		got.Main != want.Main || got.Note != want.Note || !reflect.DeepEqual(got.NewHead, want.NewHead) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if !reflect.DeepEqual(got.Best, want.Best) || !reflect.DeepEqual(got.Baseline, want.Baseline) {
		t.Errorf("best %+v beside %+v, want %+v beside %+v", got.Best, got.Baseline, want.Best, want.Baseline)
	}
	if !reflect.DeepEqual(got.Curve.Losses, want.Curve.Losses) || !reflect.DeepEqual(got.Curve.Evaluations, want.Curve.Evaluations) {
		t.Error("the curves are not those that were shown")
	}
	if len(got.Curve.Phases) > 1 {
		t.Errorf("there were several phases: %+v, want %+v", got.Curve.Phases, want.Curve.Phases)
	}
}

// A run that never ended was interrupted, whatever else is under way now.
func TestACrashedTrainingIsInterruptedDuringOtherWork(t *testing.T) {
	ctx := t.Context()
	p := sampleProject(t)
	s, err := store.Open(ctx, p.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		if _, err := s.StartRun(ctx, store.Run{Status: string(run.Training), Started: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	for job, want := range map[string][]run.Status{ // the newest first
		"a search":   {run.Interrupted, run.Interrupted},
		"a training": {run.Training, run.Interrupted},
	} {
		unlock, err := s.Lock(job)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := p.Runs(ctx)
		unlock()
		if err != nil || len(runs) != 2 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		if got := []run.Status{runs[0].Status, runs[1].Status}; !slices.Equal(got, want) {
			t.Errorf("during %s the trainings are %s, want %s", job, got, want)
		}
	}
}
