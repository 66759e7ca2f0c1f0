package main

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/evaluation"
	"attune/gui/examples"
	"attune/gui/home"
	"attune/gui/importing"
	"attune/gui/parts"
	"attune/gui/technique"
	"attune/gui/training"
	"attune/gui/tryout"
	"attune/projects"
	"attune/projects/run"
)

// picture is a page in one state.
type picture struct {
	name string
	draw func() fyne.CanvasObject
}

// later holds what the pages want drawn when their data has come, as the
// window's thread would.
type later struct{ draws []func() }

func (l *later) place() parts.Background {
	return parts.Background{Do: func(draw func()) { l.draws = append(l.draws, draw) }}
}

// settle draws until nothing more is wanted.
func (l *later) settle() {
	for len(l.draws) > 0 {
		next := l.draws[0]
		l.draws = l.draws[1:]
		next()
	}
}

func pictures(here parts.Background) []picture {
	var all []picture
	all = append(all, homes()...)
	all = append(all, shelves(here)...)
	all = append(all, imports(here)...)
	all = append(all, tables(here)...)
	all = append(all, cleanings(here)...)
	all = append(all, doctors(here)...)
	all = append(all, techniques(here)...)
	all = append(all, unsures(here)...)
	all = append(all, trainings(here)...)
	all = append(all, steadies(here)...)
	all = append(all, results(here)...)
	all = append(all, comparisons(here)...)
	all = append(all, students(here)...)
	all = append(all, uses(here)...)
	return append(all, tries(here)...)
}

// nobody takes the wishes of pages that nobody presses.
type nobody struct{}

func (nobody) OpenProject(string)         {}
func (nobody) NewProject(string)          {}
func (nobody) OpenSample()                {}
func (nobody) ForgetProject(string)       {}
func (nobody) BrowseStart()               {}
func (nobody) StartFrom(string)           {}
func (nobody) BrowseImport()              {}
func (nobody) DataChanged()               {}
func (nobody) ShowExamples()              {}
func (nobody) ShowDoctor()                {}
func (nobody) ShowGrowth()                {}
func (nobody) ShowSearch()                {}
func (nobody) SearchChanged(bool)         {}
func (nobody) ShowFolds()                 {}
func (nobody) FoldsChanged(bool)          {}
func (nobody) Compare(int, dataset.Split) {}
func (nobody) TakeSetup(*projects.Setup)  {}
func (nobody) Remedy(int)                 {}
func (nobody) Shrink(int)                 {}
func (nobody) Student(int, int)           {}
func (nobody) Use(int)                    {}
func (nobody) BrowseFile(func(string))    {}
func (nobody) BrowseFolder(func(string))  {}
func (nobody) FindRow(string)             {}
func (nobody) ShowTechnique()             {}
func (nobody) ShowImport()                {}
func (nobody) ShowTraining()              {}
func (nobody) ShowResults()               {}
func (nobody) ShowTryout()                {}
func (nobody) ShowModels()                {}
func (nobody) ChooseTask(string)          {}
func (nobody) TaskChanged()               {}
func (nobody) ChooseBase(string)          {}
func (nobody) ChooseTechnique(string)     {}
func (nobody) ChoosePreset(string)        {}
func (nobody) TakeWay(projects.Way)       {}
func (nobody) RunChanged(run.State)       {}
func (nobody) StartFromModel(string)      {}
func (nobody) ModelsChanged()             {}
func (nobody) NetworkChanged(_, _ bool)   {}
func (nobody) BrowseModel()               {}
func (nobody) OpenPage(string)            {}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// hinted is an error with a way out, as the engine's own are.
type hinted struct{ what, way string }

func (h hinted) Error() string { return h.what }
func (h hinted) Hint() string  { return h.way }

func homes() []picture {
	show := func(s home.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := home.New(nobody{})
			s.Now = noon
			p.Show(s)
			return p.Content()
		}
	}
	recent := []projects.Summary{
		{Path: "a", Name: "Support tickets", Opened: noon.Add(-3 * time.Minute), Rows: 600, Labels: 6, Runs: 4, Score: 0.913},
		{Path: "b", Name: "Umfrage: Was würden Sie an unserem Dienst zuerst verbessern, und warum gerade das?", Opened: noon.Add(-26 * time.Hour), Rows: 128411, Labels: 77},
		{Path: "c", Name: "客户反馈", Opened: noon.Add(-4 * 24 * time.Hour), Rows: 7600, Labels: 4, Runs: 1, Score: 0.871},
		{Path: "d", Name: "On the USB stick", Opened: noon.Add(-40 * 24 * time.Hour), Missing: true},
	}
	return []picture{
		{"home-empty", show(home.State{})},
		{"home-filled", show(home.State{Recent: recent})},
		{"home-busy", show(home.State{Recent: recent, Busy: "Opening the sample"})},
		{"home-error", show(home.State{Recent: recent, Trouble: hinted{"Tickets was made with a newer Attune", "update Attune to open it; nothing in it was touched"}})},
	}
}

// files stands for a project that is only looked at.
type files struct{}

func (files) Task() string { return "classification" }

func (files) Preview(context.Context, string, projects.ImportOptions, string, func(projects.Progress)) (projects.Preview, error) {
	return projects.Preview{}, errors.New("this is a picture")
}

func (files) ImportEach(context.Context, []projects.Chosen, func(projects.Progress)) (projects.Imported, error) {
	return projects.Imported{}, errors.New("this is a picture")
}

func imports(here parts.Background) []picture {
	show := func(s importing.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := importing.New(files{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	preview := &projects.Preview{File: "/data/tickets.csv", Bytes: 81_312, Format: "CSV", Encoding: "UTF-8", Delimiter: "comma", Header: true,
		Columns: []string{"created", "channel", "ticket", "topic"}, Rows: 600,
		Roles: projects.Roles{Text: "ticket", Label: "topic"}, Labels: labelCounts,
		Encodings: []string{"UTF-8", "windows-1252", "UTF-16"}, Delimiters: []string{"comma", "semicolon", "tab", "pipe"}}
	for i, text := range texts {
		preview.Sample = append(preview.Sample, []string{"2026-03-0" + string(rune('1'+i)), "mail", text, labelCounts[i%len(labelCounts)].Label})
	}
	warned := *preview
	warned.Roles.Text = ""
	warned.Labels = nil
	odd := *preview
	odd.Warnings = []string{"Every label is different: 600 labels for 600 rows. Choose the column that holds a few labels that come again and again.", "12 rows have no text and will be left out."}
	book := *preview
	book.File, book.Format, book.Encoding, book.Encodings, book.Delimiter, book.Delimiters = "/data/tickets-2026-train.xlsx", "Excel", "", nil, "", nil
	book.Sheet, book.Sheets, book.Formats = "Mai", []string{"April", "Mai"}, []string{"Excel", "CSV"}
	several := []projects.Chosen{{File: "/data/tickets-2026-test.xlsx", Named: "test"}, {File: book.File, Named: "train"}}
	chosen := []string{"/data/tickets.csv"}
	done := &projects.Imported{Rows: 5574, Imported: 5570, ProblemCount: 4, Labels: map[string]int{"ham": 4825, "spam": 745}, Problems: []projects.Problem{
		{File: "sms.csv", Row: 17, Reason: "The row has 4 values where the header names 2", Fix: "Put the text in quotation marks"},
		{File: "sms.csv", Row: 1203, Reason: "There is no text", Fix: "Fill the column v2 or delete the row"},
		{File: "sms.csv", Row: 2041, Reason: "A quotation mark is never closed", Fix: "Close it, or double it when it belongs to the text"},
		{File: "sms.csv", Row: 5001, Reason: "There is no text", Fix: "Fill the column v2 or delete the row"},
	}}
	return []picture{
		{"import-empty", show(importing.State{})},
		{"import-looking", show(importing.State{Files: chosen, Progress: &parts.Progress{Verb: "Looking at tickets.csv", Done: 31, Total: 100, Left: 4 * time.Second}})},
		{"import-preview", show(importing.State{Files: chosen, Task: "classification", Preview: preview})},
		{"import-entities", show(importing.State{Files: []string{"/data/wnut17.conll"}, Task: "entities", Preview: tagged()})},
		{"import-several", show(importing.State{Files: []string{"/data/emotions.csv"}, Task: "multilabel", Preview: emotions()})},
		{"import-sheets", show(importing.State{Files: []string{"/data"}, Chosen: several, Shown: 1, Task: "classification", Preview: &book})},
		{"import-which", show(importing.State{Files: chosen, Task: "classification", Preview: &warned})},
		{"import-warned", show(importing.State{Files: chosen, Task: "classification", Preview: &odd})},
		{"import-busy", show(importing.State{Files: chosen, Task: "classification", Preview: preview, Progress: &parts.Progress{Verb: "Importing tickets.csv", Done: 61, Total: 100, Left: 72 * time.Second}})},
		{"import-done", show(importing.State{Files: []string{"/data/sms.csv"}, Imported: done})},
		{"import-error", show(importing.State{Files: chosen, Trouble: hinted{"tickets.csv is not a text file: it has zero bytes in its first kilobyte", "save it as CSV from the program that made it"}})},
	}
}

var labelCounts = []projects.LabelCount{{Label: "billing", Rows: 150}, {Label: "delivery", Rows: 130}, {Label: "account and login", Rows: 110},
	{Label: "returns", Rows: 90}, {Label: "product question", Rows: 70}, {Label: "praise", Rows: 50}}

var texts = []string{
	"I was charged twice for order 48213. Please give back one of the two payments, my bank says it is on your side.",
	"hi, where is my parcel?? tracking says delivered but there is nothing at the door",
	"أين الطرد الخاص بي؟ تقول الصفحة إنه وصل أمس",
	"发票上的地址不对，请更正后重新发给我。",
	"Cannot log in since the update. It says the password is wrong, I have reset it three times already, and every time the mail takes an hour.",
	"Danke für die schnelle Lieferung, alles gut angekommen!",
}

// rows stands for a project with many rows.
type rows struct {
	n    int
	like []dataset.Example // what the rows are, again and again; nil for tickets
}

func (r rows) Overview(context.Context) (projects.Overview, error) { return r.overview(), nil }
func (r rows) Count(context.Context, projects.Query) (int, error)  { return r.n, nil }
func (rows) Relabel(context.Context, []int64, string) error        { return nil }
func (rows) Delete(context.Context, []int64) error                 { return nil }
func (rows) Undo(context.Context) (string, error)                  { return "", nil }
func (rows) Redo(context.Context) (string, error)                  { return "", nil }
func (rows) LockTest(context.Context, bool) error                  { return nil }
func (rows) TestSet(context.Context) (projects.TestSet, error)     { return projects.TestSet{}, nil }
func (rows) Split(context.Context, projects.SplitOptions) (projects.SplitSummary, error) {
	return projects.SplitSummary{}, nil
}

func (r rows) overview() projects.Overview {
	return projects.Overview{Rows: r.n, Labels: labelCounts, Text: projects.TextLengths{MedianWords: 24, LongestWords: 210},
		Splits:  map[dataset.Split]int{dataset.Train: r.n * 7 / 10, dataset.Validation: r.n / 10, dataset.Test: r.n / 5},
		Sources: []projects.Source{{File: "tickets.csv", Columns: []string{"created", "channel"}}}, CanUndo: "import of tickets.csv"}
}

func (r rows) Rows(_ context.Context, _ projects.Query, offset, limit int) ([]projects.Row, error) {
	var some []projects.Row
	for i := offset; i < min(offset+limit, r.n); i++ {
		if r.like != nil {
			e := r.like[i%len(r.like)]
			some = append(some, projects.Row{ID: int64(i), Text: e.Text, Pair: e.Pair, Target: e.Target, Spans: e.Spans, Split: dataset.Splits[i%3], File: "data.jsonl", SourceRow: i + 1})
			continue
		}
		some = append(some, projects.Row{ID: int64(i), Text: texts[i%len(texts)], Labels: []string{labelCounts[i%len(labelCounts)].Label},
			Split: dataset.Splits[i%3], File: "tickets.csv", SourceRow: i + 1})
	}
	return some, nil
}

func tables(here parts.Background) []picture {
	show := func(r rows, change func(*examples.State)) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := examples.New(r, nobody{}, here)
			s := examples.State{Overview: r.overview(), Found: r.n, TestSet: projects.TestSet{Rows: r.n / 5, Looks: 4, Locked: true}}
			if r.n == 0 {
				s = examples.State{}
			}
			change(&s)
			p.Show(s)
			return p.Content()
		}
	}
	task := func(like []dataset.Example, labels ...projects.LabelCount) func() fyne.CanvasObject {
		r := rows{1200, like}
		row, _ := r.Rows(context.Background(), projects.Query{}, 0, 1)
		return show(r, func(s *examples.State) {
			s.Overview.Labels, s.Shape, s.Chosen = labels, parts.ShapeOf(like), &row[0]
		})
	}
	long := projects.Row{Text: strings.Repeat(texts[4]+" ", 12), Labels: []string{"account and login"}, File: "tickets.csv", SourceRow: 5, Split: dataset.Train}
	return []picture{
		{"data-empty", show(rows{}, func(*examples.State) {})},
		{"data-filled", show(rows{n: 100_000}, func(*examples.State) {})},
		{"data-entities", task(sentences, spanCounts...)},
		{"data-answering", task(questions)},
		{"data-translation", task(translations)},
		{"data-chosen", show(rows{n: 600}, func(s *examples.State) { s.Chosen = &long })},
		{"data-done", show(rows{n: 600}, func(s *examples.State) {
			s.Notice = &parts.Message{Tone: parts.Done, What: "The row was deleted. Undo brings it back."}
		})},
		{"data-error", show(rows{n: 600}, func(s *examples.State) {
			m := parts.MessageOf(hinted{"The disk is full", "free some space and try again"}, "The rows are as they were.")
			s.Notice = &m
		})},
	}
}

func techniques(here parts.Background) []picture {
	show := func(expert bool, memory projects.MemoryForecast) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			epochs, rate, lower, decay := 24, 1e-3, true, "linear"
			p := technique.New(nobody{}, nobody{}, here)
			p.ShowExpert(expert)
			p.Show(technique.State{Overview: rows{n: 600}.overview(), Tasks: projects.Tasks(), Task: "classification", Base: "starter", Technique: "headswap", Preset: "balanced",
				Bases: []projects.Choice{{Name: "starter", Title: "Starter", About: "A small encoder that has read English. For English texts."},
					{Name: "distil", Title: "distilbert-base-uncased", About: "BERT at 60 % of its time and 97 % of its scores. A good first choice for English."},
					{Name: "mini", Title: "all-MiniLM-L6-v2", About: "Small, and trained to tell what sentences are about: good with few rows."},
					{Name: "own", Title: "Unser Modell für Tickets (März)", About: "Added from your files."}},
				Techniques: projects.Techniques(),
				Presets:    projects.Presets(),
				Domain:     true,
				Fields: []setting.Field{
					{Key: "epochs", Label: "Most passes", Help: "How often the model sees every training row, at most.", Value: &setting.Count{To: &epochs, Min: 1, Max: 1000}},
					{Key: "learning_rate", Label: "Learning rate", Help: "How large each correction is. Too large and the model forgets, too small and it does not get anywhere in time.", Expert: true, Value: &setting.Number{To: &rate, Max: 1}},
					{Key: "lower_case", Label: "Ignore upper case", Help: "Read A and a alike.", Expert: true, Value: &setting.Switch{To: &lower}},
					{Key: "decay", Label: "Learning rate decays", Help: "How the corrections get smaller towards the end.", Expert: true, Value: &setting.Choice{To: &decay, Options: []string{"linear", "cosine"}}},
				}})
			p.ShowMemory(memory)
			return p.Content()
		}
	}
	enough := projects.MemoryForecast{Need: 310 << 20, Free: 6 << 30}
	narrow := projects.MemoryForecast{Need: 9 << 30, Free: 5 << 30, Ways: []projects.Way{
		{Choice: projects.Choice{Title: "Compute each step in 4 parts", About: "What is learned stays the same. It will then need about 4.1 GB."}},
		{Choice: projects.Choice{Title: "Read 128 word pieces of a text", About: "The rest of longer texts is left out. It will then need about 3.6 GB."}},
	}}
	return []picture{{"technique-simple", show(false, enough)}, {"technique-expert", show(true, enough)}, {"technique-memory", show(false, narrow)}}
}

// gym stands for a project that trains when it is told to, which it never is.
type gym struct{}

func (gym) Ready(context.Context) (string, error)              { return "", nil }
func (gym) Unfinished(context.Context) (int, bool)             { return 0, false }
func (gym) LastTraining(context.Context) (*run.State, error)   { return nil, nil }
func (gym) Start() func(context.Context) (training.Run, error) { return nil }
func (gym) Resume(context.Context, int) (training.Run, error) {
	return nil, errors.New("this is a picture")
}
func (gym) Split(context.Context) error { return nil }

// lesson is a training after some steps.
func lesson(status run.Status, steps int) *run.State {
	s := run.State{Number: 3, Status: status, Phase: "fine-tuning", Step: steps, Steps: 480, Epoch: float64(steps) / 20, Epochs: 24, Speed: 312.4,
		Elapsed: time.Duration(steps) * 150 * time.Millisecond, Left: time.Duration(480-steps) * 150 * time.Millisecond,
		Main: "macro_f1", Baseline: map[string]float64{"macro_f1": 0.871}}
	for i := 1; i <= steps; i++ {
		s.Curve.Losses = append(s.Curve.Losses, run.Point{Step: i, Value: 1.8*math.Exp(-float64(i)/70) + 0.05 + 0.06*math.Sin(float64(i*i))})
	}
	for i := 10; i <= steps; i += 10 {
		e := run.Evaluation{Step: i, Epoch: float64(i) / 20, Loss: 1.6*math.Exp(-float64(i)/80) + 0.24 + float64(i)/2400,
			Scores: map[string]float64{"macro_f1": 0.93*(1-math.Exp(-float64(i)/45)) - float64(i)/9000}}
		s.Curve.Evaluations = append(s.Curve.Evaluations, e)
		if s.Best == nil || e.Scores["macro_f1"] > s.Best.Scores["macro_f1"] {
			s.Best = &e
		}
	}
	return &s
}

func trainings(here parts.Background) []picture {
	show := func(s training.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := training.New(gym{}, nobody{}, here)
			if s.Plan == "" {
				s.Plan = "Starter, Balanced: learns 6 labels from 420 training rows."
			}
			p.Show(s)
			return p.Content()
		}
	}
	ended := lesson(run.Finished, 320)
	ended.Note = "It stopped by itself: nothing had improved for 8 checks."
	failed := lesson(run.Failed, 140)
	failed.Err = hinted{"the disk is full, so the best model could not be written", "free at least 40 MB and start again"}
	preparing := &run.State{Number: 3, Status: run.Preparing, Phase: "learning the vocabulary", Epochs: 24}
	return []picture{
		{"train-ready", show(training.State{})},
		{"train-unready", show(training.State{Reason: "The rows are not split yet. Some are for learning, and some must be held back to check what was learned.", Unsplit: true})},
		{"train-unfinished", show(training.State{Unfinished: 2})},
		{"train-preparing", show(training.State{Run: preparing})},
		{"train-early", show(training.State{Run: lesson(run.Training, 14)})},
		{"train-running", show(training.State{Run: lesson(run.Training, 210)})},
		{"train-paused", show(training.State{Run: lesson(run.Paused, 210)})},
		{"train-ended", show(training.State{Run: ended})},
		{"train-failed", show(training.State{Run: failed})},
	}
}

// shelf stands for a project that has reports.
type shelf struct{}

func (shelf) Runs(context.Context) ([]projects.RunInfo, error) { return nil, nil }
func (shelf) LastCrossValidation(context.Context) (projects.CrossValidation, bool, error) {
	return projects.CrossValidation{}, false, nil
}
func (shelf) CompareRuns(context.Context, int, int, dataset.Split, func(projects.Progress)) (projects.RunsCompared, error) {
	return projects.RunsCompared{}, nil
}
func (shelf) Evaluate(context.Context, int, dataset.Split, func(projects.Progress)) (projects.Report, error) {
	return projects.Report{}, nil
}

// verdict is a report over n labels.
func verdict(n int) *projects.Report {
	r := &projects.Report{Run: 3, Split: dataset.Test, Main: "macro_f1", Metrics: map[string]float64{"accuracy": 0.917, "macro_f1": 0.908, "mcc": 0.894, "loss": 0.31},
		Baseline: map[string]float64{"macro_f1": 0.871}}
	for i := range n {
		label := labelCounts[i%len(labelCounts)].Label
		if n > len(labelCounts) {
			label = "a label with a rather long name, " + label
		}
		row := make([]int, n)
		for j := range row {
			if (i*7+j*3)%11 == 0 {
				row[j] = 1 + (i+j)%3
			}
		}
		row[i] = 25 - i%7
		r.Confusion.Labels = append(r.Confusion.Labels, label)
		r.Confusion.Counts = append(r.Confusion.Counts, row)
		for _, k := range row {
			r.Rows += k
		}
		r.Right += row[i]
		r.PerClass = append(r.PerClass, projects.ClassScore{Label: label, Precision: 0.95 - float64(i%9)/40, Recall: 0.9 - float64(i%5)/30, F1: 0.92 - float64(i%7)/35, Support: 12 + i})
	}
	for i := range r.Rows { // mostly sure, and wrong where it is not
		r.Sureness.Add(1-0.6*math.Pow(1-float64(i)/float64(r.Rows), 3), i >= r.Rows-r.Right)
	}
	for i, text := range texts {
		r.Mistakes = append(r.Mistakes, projects.Mistake{Text: text, Want: labelCounts[i%6].Label, Got: labelCounts[(i+1)%6].Label, Score: 0.97 - float64(i)/20})
	}
	return r
}

// kept are two trainings that kept a model.
func kept() []projects.RunInfo {
	best := &run.Evaluation{Scores: map[string]float64{"macro_f1": 0.908}}
	return []projects.RunInfo{{Number: 3, Preset: "balanced", Main: "macro_f1", Best: best, Model: "runs/3", Judged: run.Overfitting, Verdict: run.Overfitting.Sentence()}, {Number: 1, Preset: "quick", Main: "macro_f1", Best: best, Model: "runs/1"}}
}

func results(here parts.Background) []picture {
	show := func(s evaluation.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := evaluation.New(shelf{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	state := evaluation.State{Runs: kept(), Run: 3, Split: dataset.Test}
	filled, many, busy, failed := state, state, state, state
	filled.Report, many.Report, filled.Steady = verdict(6), verdict(77), steady()
	busy.Progress = &parts.Progress{Verb: "Scoring rows", Done: 4000, Total: 7600, Left: 3 * time.Second}
	failed.Trouble = hinted{"there are no rows for test", "split the data so that some rows are kept for it"}
	task := func(r *projects.Report) evaluation.State {
		s := state
		s.Runs = []projects.RunInfo{{Number: 3, Preset: "balanced", Main: r.Main, Best: &run.Evaluation{Scores: r.Metrics, Loss: 1.31}, Model: "runs/3", Judged: run.AboutRight, Verdict: run.AboutRight.Sentence()}}
		s.Report = r
		return s
	}
	return []picture{
		{"results-empty", show(evaluation.State{Split: dataset.Test})},
		{"results-filled", show(filled)},
		{"results-many", show(many)},
		{"results-entities", show(task(namedVerdict()))},
		{"results-answering", show(task(answeredVerdict()))},
		{"results-translation", show(task(writtenVerdict()))},
		{"results-busy", show(busy)},
		{"results-error", show(failed)},
	}
}

// oracle stands for a project that has a model.
type oracle struct{}

func (oracle) BestModel(context.Context) (tryout.Model, int, error)        { return nil, 0, nil }
func (oracle) Filler() func(context.Context) (tryout.Model, string, error) { return nil }
func (oracle) Several() bool                                               { return false }
func (oracle) Examples(context.Context, int) ([]dataset.Example, error)    { return nil, nil }

// reason is what a word of the first text does for its label.
func reason(word string, weight, without float64) dataset.Reason {
	start := strings.Index(texts[0], word)
	return dataset.Reason{Start: start, End: start + len(word), Weight: weight, Without: without}
}

func tries(here parts.Background) []picture {
	show := func(s tryout.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := tryout.New(oracle{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	sure := &dataset.Answer{Labels: []dataset.Score{{Label: "billing", Score: 0.931}, {Label: "returns", Score: 0.042}, {Label: "delivery", Score: 0.019},
		{Label: "account and login", Score: 0.006}, {Label: "product question", Score: 0.0015}, {Label: "praise", Score: 0.0005}}}
	unsure := &dataset.Answer{Labels: []dataset.Score{{Label: "delivery", Score: 0.41}, {Label: "returns", Score: 0.35}, {Label: "billing", Score: 0.24}}}
	several := &dataset.Answer{Labels: []dataset.Score{{Label: "annoyance", Score: 0.81}, {Label: "disappointment", Score: 0.57}, {Label: "anger", Score: 0.34}, {Label: "confusion", Score: 0.08}, {Label: "joy", Score: 0.002}}}
	tickets := examplesOf(texts...)
	reasons := []dataset.Reason{reason("charged", 2.4, 0.55), reason("payments", 1.6, 0.73), reason("bank", 0.9, 0.85), reason("give back", -0.7, 0.96), reason("order", -0.4, 0.95)}
	return []picture{
		{"try-none", show(tryout.State{})},
		{"try-opening", show(tryout.State{Opening: true})},
		{"try-empty", show(tryout.State{Run: 3, Examples: tickets})},
		{"try-sure", show(tryout.State{Run: 3, Examples: tickets, Text: texts[0], Asked: tickets[0], Answer: sure, Reasons: reasons})},
		{"try-several", show(tryout.State{Run: 3, Several: true, Examples: tickets, Text: texts[4], Answer: several})},
		{"try-bounds", show(tryout.State{Run: 3, Several: true, Bounds: map[string]float64{"annoyance": 0.44, "disappointment": 0.61, "anger": 0.23, "confusion": 0.3, "joy": 0.52}, Examples: tickets, Text: texts[4], Answer: several})},
		{"try-filling", show(tryout.State{Fills: true, Filler: "Starter", Examples: examplesOf("Where is my ___?", "The ___ never came."), Text: "Where is my ___?",
			Answer: &dataset.Answer{Text: "Where is my father?", Spans: found("Where is my father?", "father=guessed"), Labels: []dataset.Score{{Label: "father", Score: 0.21}, {Label: "mother", Score: 0.17}, {Label: "parcel", Score: 0.03}}}})},
		{"try-unsure", show(tryout.State{Run: 3, Examples: tickets, Text: texts[2], Answer: unsure})},
		{"try-error", show(tryout.State{Trouble: hinted{"the model's folder runs/3 has no file model.safetensors", "train again, or copy the file back"}})},
		{"try-entities", show(tryout.State{Run: 3, Examples: sentences, Shape: parts.ShapeOf(sentences), Text: sentences[0].Text, Asked: sentences[0],
			Answer: &dataset.Answer{Spans: found(sentences[0].Text, "Claude Monet=person", "Giverny=location", "Le Havre=location", "Paris=location", "Musée Marmottan=location", "Impression=creative work", "Théodore Duret=person")}})},
		{"try-answering", show(tryout.State{Run: 3, Examples: questions, Shape: parts.ShapeOf(questions), Text: questions[0].Text, Pair: questions[0].Pair, Asked: questions[0],
			Answer: &dataset.Answer{Text: "Denver Broncos", Spans: found(questions[0].Text, "Denver Broncos=", "champion Denver Broncos=", "Carolina Panthers=")}})},
		{"try-no-answer", show(tryout.State{Run: 3, Examples: questions, Shape: parts.ShapeOf(questions), Text: questions[0].Text, Pair: "Who sang the national anthem?", Asked: questions[0],
			Answer: &dataset.Answer{Spans: found(questions[0].Text, "Carolina Panthers=")}})},
		{"try-writing", show(tryout.State{Run: 3, Writes: true, Writing: true, Fields: howToWrite(), Examples: translations, Shape: parts.ShapeOf(translations), Text: translations[0].Text,
			Asked: translations[0], Answer: &dataset.Answer{Text: translations[0].Target[:24]}})},
		{"try-written", show(tryout.State{Run: 3, Writes: true, Fields: howToWrite(), Examples: translations, Shape: parts.ShapeOf(translations), Text: translations[0].Text,
			Asked: translations[0], Answer: &dataset.Answer{Text: strings.Repeat(translations[0].Target+" ", 5)}})},
	}
}
