package gui

import (
	"fyne.io/fyne/v2"

	"attune/projects/run"
)

// Page is one of the window's pages, in the order of the rail.
type Page int

// The pages. Ctrl+1 to Ctrl+9 and Ctrl+0 lead to the first ten, F1 to the last.
const (
	Home Page = iota
	Import
	Data
	Clean
	Doctor
	Technique
	Train
	Results
	TryIt
	Models
	Help
)

// mark is the state of a step.
type mark int

const (
	unmarked  mark = iota
	toDo           // cannot be done yet, or was not
	ok             // done
	needsLook      // something there asks for attention
	running        // at work
)

// step is a line of the rail and the page behind it.
type step struct {
	name    string
	content func(*session) fyne.CanvasObject
	arrive  func(*session) // what the page does when it comes into sight
	mark    func(facts) mark
}

// steps are the pages of a project, in the order in which one walks them.
var steps = map[Page]step{
	Import:    {"Import", func(s *session) fyne.CanvasObject { return s.importing.Content() }, stay, markImport},
	Data:      {"Data", func(s *session) fyne.CanvasObject { return s.examples.Content() }, stay, markData},
	Clean:     {"Clean", func(s *session) fyne.CanvasObject { return s.cleaning.Content() }, func(s *session) { s.cleaning.Reload() }, markClean},
	Doctor:    {"Doctor", func(s *session) fyne.CanvasObject { return s.health.Content() }, func(s *session) { s.health.Reload() }, markDoctor},
	Technique: {"Technique", func(s *session) fyne.CanvasObject { return s.technique.Content() }, (*session).showTechnique, markTechnique},
	Train:     {"Train", func(s *session) fyne.CanvasObject { return s.training.Content() }, (*session).reloadTraining, markTrain},
	Results:   {"Results", func(s *session) fyne.CanvasObject { return s.evaluation.Content() }, func(s *session) { s.evaluation.Reload() }, markModel},
	TryIt:     {"Try it", func(s *session) fyne.CanvasObject { return s.tryout.Content() }, func(s *session) { s.tryout.Reload() }, markModel},
}

func stay(*session) {}

// facts are what the rail shows of a project.
type facts struct {
	rows, labels, unsplit int
	ready                 bool
	looked                bool // the Doctor has seen the rows as they are
	ills                  int  // what it found and is worth mending
	models                int
	searching             bool       // for the best way of fine-tuning
	folding               bool       // trains on parts that take turns
	run                   run.Status // of the training under way or just ended; "" for none
}

func markImport(f facts) mark {
	if f.rows == 0 {
		return toDo
	}
	return ok
}

func markData(f facts) mark {
	switch {
	case f.rows == 0:
		return toDo
	case !f.ready || f.unsplit > 0:
		return needsLook
	}
	return ok
}

func markClean(f facts) mark {
	if f.rows == 0 {
		return toDo
	}
	return unmarked
}

func markDoctor(f facts) mark {
	switch {
	case f.ills > 0:
		return needsLook
	case f.looked:
		return ok
	}
	return toDo
}

func markTechnique(f facts) mark {
	switch {
	case f.searching:
		return running
	case !f.ready:
		return toDo
	}
	return ok
}

func markTrain(f facts) mark {
	switch {
	case f.run == run.Failed || f.run == run.Interrupted:
		return needsLook
	case f.folding, f.run != "" && !f.run.AtRest():
		return running
	case f.models > 0:
		return ok
	}
	return toDo
}

func markModel(f facts) mark {
	if f.models > 0 {
		return ok
	}
	return toDo
}

// Name gives the page's name, as the rail writes it.
func (p Page) Name() string {
	switch p {
	case Home:
		return "Projects"
	case Models:
		return "Models"
	case Help:
		return "Help"
	default:
		return steps[p].name
	}
}
