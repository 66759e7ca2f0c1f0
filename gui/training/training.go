// Package training is the page on which a model learns: one button to start it,
// curves that grow, and the ways to pause and to stop. It trains nothing
// itself.
package training

import (
	"context"
	"errors"
	"fmt"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
	"attune/projects/run"
)

// Project is what the page needs of a project.
type Project interface {
	Ready(ctx context.Context) (string, error)
	Unfinished(ctx context.Context) (number int, ok bool)
	LastTraining(ctx context.Context) (*run.State, error) // nil where there is none at rest
	Start() func(context.Context) (Run, error)            // takes the choices as they are, and gives what starts
	Resume(ctx context.Context, number int) (Run, error)
	Split(ctx context.Context) error // deals the rows out by the usual shares
}

// Run is a training under way.
type Run interface {
	Watch(ctx context.Context, show func(run.State))
	Pause()
	Continue()
	Stop()
}

// Desk is what the page asks of the window.
type Desk interface {
	RunChanged(s run.State) // a training began, went on or ended
	DataChanged()
	ShowImport()
	ShowFolds() // how steady the score is
	ShowResults()
	ShowTryout()
}

// State is all that the page shows.
type State struct {
	Plan       string     // what a start would do, a sentence
	Reason     string     // why no training can start; "" when one can
	Unsplit    bool       // the reason is that the rows are not split
	Unfinished int        // a run to go on with, or 0
	Starting   bool       // a start was asked for
	Run        *run.State // the training under way, or the one that ended last
	Trouble    error      // why the last thing asked for did not work
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	worker  *parts.Worker // looks: the next one cancels the one before
	starter *parts.Worker // starts and splits: never cancelled by a look
	watcher *parts.Worker // follows the training
	state   State
	showing bool
	run     Run
	phase   int // whose curves are shown, -1 for the newest

	title               *parts.Title
	start, resume       *widget.Button
	steady              *widget.Button
	pause, carryOn, end *widget.Button
	notice              *parts.Notice
	progress            *parts.ThinBar
	doing               *widget.Label
	head                *widget.Label   // that a head is new
	underWay            *fyne.Container // what is being done, and how far it is
	figures             figures
	phases              *widget.Select
	phaseLine           *fyne.Container // holds it, hidden while there is only one
	loss, score         *parts.LineChart
	page                fyne.CanvasObject
}

// figures are the numbers above the curves.
type figures struct{ score, baseline, epoch, step, speed, left *parts.Figure }

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), starter: parts.NewWorker(place), watcher: parts.NewWorker(place),
		title: parts.NewTitle("Train", ""), notice: parts.NewNotice(), progress: parts.NewThinBar(), doing: parts.Quiet(""), head: parts.QuietSentence("")}
	p.start = parts.Primary("Fine-tune", p.Start)
	p.steady = widget.NewButton("How steady is the score?", desk.ShowFolds)
	p.resume = widget.NewButtonWithIcon("Go on with the interrupted training", theme.MediaPlayIcon(), p.Resume)
	p.pause = widget.NewButtonWithIcon("Pause", theme.MediaPauseIcon(), func() { p.run.Pause() })
	p.carryOn = widget.NewButtonWithIcon("Continue", theme.MediaPlayIcon(), func() { p.run.Continue() })
	p.end = widget.NewButtonWithIcon("Stop, keep the best", theme.MediaStopIcon(), p.Stop)
	p.figures = figures{parts.NewFigure("Best score"), parts.NewFigure("Baseline"), parts.NewFigure("Passes"),
		parts.NewFigure("Steps"), parts.NewFigure("Speed"), parts.NewFigure("Time left")}
	p.phases = widget.NewSelect(nil, func(string) { p.turn(p.phases.SelectedIndex()) })
	p.loss = parts.NewLineChart("Loss", "The curves appear here when the training starts.")
	p.score = parts.NewLineChart("Score", "The score appears with the first check.")
	p.phase = -1
	p.page = p.layout()
	p.Show(State{})
	return p
}

// turn shows the curves of a phase; the newest is followed by those to come.
func (p *Panel) turn(phase int) {
	if p.showing || p.state.Run == nil {
		return
	}
	p.phase = phase
	if phase == len(p.state.Run.Curve.Phases)-1 {
		p.phase = -1
	}
	p.Show(p.state)
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

func (p *Panel) layout() fyne.CanvasObject {
	actions := container.NewHBox(p.steady, p.resume, p.pause, p.carryOn, p.end, p.start)
	f := p.figures
	numbers := parts.Evenly(parts.Grid, f.score, f.baseline, f.epoch, f.step, f.speed, f.left)
	p.underWay = parts.Column(0, p.doing, p.progress)
	charts := parts.Evenly(parts.Grid*2,
		parts.NewCard(parts.Inset(parts.Grid, p.loss)), parts.NewCard(parts.Inset(parts.Grid, p.score)))
	help := parts.QuietSentence("Loss is how wrong the model is; lower is better. When it still falls on the training rows but rises on the validation rows, the model learns by heart.")
	p.phaseLine = parts.Row(parts.Grid, parts.Strong("Curves of"), parts.AtLeast(fyne.NewSize(parts.Grid*32, 0), p.phases))
	return parts.Page(p.title, actions, container.NewBorder(
		parts.Column(parts.Grid, p.notice, numbers, p.underWay, p.head, p.phaseLine), help, nil, nil, parts.Below(parts.Grid, charts)))
}

// Reload looks whether a training can start. plan says in a sentence what it
// would do; unsplit tells that rows are there, but not dealt out.
func (p *Panel) Reload(plan string, unsplit bool) {
	type readiness struct {
		reason     string
		unfinished int
		last       *run.State
	}
	parts.Start(p.worker, func(ctx context.Context) (readiness, error) {
		reason, err := p.project.Ready(ctx)
		number, ok := p.project.Unfinished(ctx)
		if !ok {
			number = 0
		}
		last, lost := p.project.LastTraining(ctx)
		return readiness{reason, number, last}, errors.Join(err, lost)
	}, func(r readiness, err error) {
		s := p.state
		if s.Run == nil && !s.Starting {
			s.Run = r.last // of an earlier session
		}
		s.Plan, s.Reason, s.Unsplit, s.Unfinished, s.Trouble = plan, r.reason, unsplit, r.unfinished, err
		p.Show(s)
	})
}

// Start begins a training.
func (p *Panel) Start() {
	p.begin(p.project.Start())
}

// Resume goes on with the interrupted training.
func (p *Panel) Resume() {
	number := p.state.Unfinished
	p.begin(func(ctx context.Context) (Run, error) { return p.project.Resume(ctx, number) })
}

func (p *Panel) begin(start func(context.Context) (Run, error)) {
	if p.busy() {
		return
	}
	s := p.state
	s.Starting, s.Trouble, s.Run = true, nil, nil
	p.Show(s)
	parts.Start(p.starter, start, func(r Run, err error) {
		s := p.state
		s.Starting, s.Trouble = false, err
		p.Show(s)
		if err == nil {
			p.Follow(r)
		}
	})
}

// Follow shows a training until it ends.
func (p *Panel) Follow(r Run) {
	p.run = r
	parts.Follow(p.watcher, r.Watch, func(now run.State) {
		p.state.Run = &now
		p.Show(p.state)
		p.desk.RunChanged(now)
	}, func() { p.Reload(p.state.Plan, p.state.Unsplit) })
}

// Stop ends the training under way and keeps its best model.
func (p *Panel) Stop() {
	if p.run != nil {
		p.run.Stop()
		p.end.Disable()
		p.doing.SetText("Stopping, and writing down the best model")
	}
}

// Leave stops looking; the training goes on.
func (p *Panel) Leave() {
	p.worker.Drop()
	p.starter.Drop()
	p.watcher.Drop()
}

func (p *Panel) busy() bool {
	return p.state.Starting || p.state.Run != nil && !p.state.Run.Status.AtRest()
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.showing = true
	defer func() { p.showing = false }()
	p.state = s
	r := run.State{}
	if s.Run != nil {
		r = *s.Run
	}
	busy := p.busy()
	p.title.Say(s.Plan)
	p.start.Hidden = busy
	p.start.Enable()
	if s.Reason != "" {
		p.start.Disable()
	}
	p.steady.Hidden = busy || s.Reason != ""
	p.resume.Hidden = busy || s.Unfinished == 0
	p.pause.Hidden = r.Status != run.Training
	p.carryOn.Hidden = r.Status != run.Paused
	p.end.Hidden = !busy || s.Run == nil
	if !busy {
		p.end.Enable()
	}
	p.say(s)
	p.showFigures(r)
	p.showDoing(s, r)
	p.head.SetText(r.NewHead.Sentence())
	p.head.Hidden = p.head.Text == ""
	at := p.showPhases(r)
	p.loss.Draw(lossChart(at))
	p.score.Draw(scoreChart(at))
	p.page.Refresh()
}

// phase is what is shown of one phase of a training: steps are counted from its first.
type phase struct {
	run.State
	before int // steps of the phases before
}

// showPhases offers the phases and gives the chosen one.
func (p *Panel) showPhases(r run.State) phase {
	all := r.Curve.Phases
	if p.phase >= len(all) {
		p.phase = -1
	}
	p.phases.Options = nil
	for i, each := range all {
		p.phases.Options = append(p.phases.Options, fmt.Sprintf("%d. %s", i+1, each.Name))
	}
	p.phaseLine.Hidden = len(all) < 2
	if len(all) == 0 {
		return phase{State: r}
	}
	chosen := p.phase
	if chosen < 0 {
		chosen = len(all) - 1
	}
	p.phases.SetSelectedIndex(chosen)
	at := phase{r, all[chosen].First - 1}
	at.Curve = r.Curve.During(chosen)
	if chosen+1 < len(all) {
		at.Step = all[chosen+1].First - 1
	}
	return at
}

func (p *Panel) say(s State) {
	switch {
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "Your rows and the models kept so far are safe."))
	case s.Reason != "" && s.Unsplit:
		p.notice.Say(parts.Message{Tone: parts.Warning, What: s.Reason}, widget.NewButton("Split the rows", p.split))
	case s.Reason != "":
		p.notice.Say(parts.Message{Tone: parts.Warning, What: s.Reason}, widget.NewButton("Import a file", p.desk.ShowImport))
	case s.Run != nil && s.Run.Err != nil:
		p.notice.Say(parts.MessageOf(s.Run.Err, "Your rows and the models kept so far are safe."))
	case s.Run != nil && s.Run.Status.AtRest():
		p.notice.Say(parts.Message{Tone: parts.Done, What: Ended(*s.Run), Safe: parts.Sentenced(s.Run.Note)}, p.onwards(*s.Run)...)
	default:
		p.notice.Hush()
	}
}

// onwards are the ways on from a training that ended with a model.
func (p *Panel) onwards(r run.State) []fyne.CanvasObject {
	if r.Best == nil {
		return nil
	}
	return []fyne.CanvasObject{widget.NewButton("See the results", p.desk.ShowResults), widget.NewButton("Try it", p.desk.ShowTryout)}
}

func (p *Panel) split() {
	parts.Start(p.starter, func(ctx context.Context) (struct{}, error) { return struct{}{}, p.project.Split(ctx) },
		func(_ struct{}, err error) {
			p.state.Trouble = err
			p.desk.DataChanged()
		})
}

func (p *Panel) showFigures(r run.State) {
	f := p.figures
	f.score.Tell("-", "as checked")
	if r.Best != nil {
		name, value := projects.Deciding(*r.Best, r.Main)
		f.score.Tell(parts.Score(value), scoreName(name))
	}
	f.baseline.Hidden = r.Steps > 0 && r.Baseline == nil
	f.baseline.Tell("-", "words only")
	if b, ok := r.Baseline[r.Main]; ok {
		f.baseline.Tell(parts.Score(b), "words only")
	}
	if r.Steps == 0 {
		f.epoch.Tell("-", "over all rows")
		f.step.Tell("-", "")
		f.speed.Tell("-", "rows a second")
		f.left.Tell("-", "")
		return
	}
	f.epoch.Tell(fmt.Sprintf("%.1f", r.Epoch), fmt.Sprintf("up to %d", r.Epochs))
	f.step.Tell(parts.Count(r.Step), "up to "+parts.Count(r.Steps))
	f.speed.Tell(parts.Measured(r.Speed), "rows a second")
	f.left.Tell("-", "after "+parts.Duration(r.Elapsed))
	if r.Left > 0 && !r.Status.AtRest() {
		f.left.Tell(parts.Roughly(r.Left), "after "+parts.Duration(r.Elapsed))
	}
}

func (p *Panel) showDoing(s State, r run.State) {
	p.underWay.Hidden = !p.busy()
	p.progress.Fill(float64(r.Step) / float64(max(r.Steps, 1)))
	switch {
	case p.end.Disabled():
	case r.Status == run.Paused:
		p.doing.SetText("Paused. What was learned is written down.")
	case s.Run == nil:
		p.doing.SetText("Starting")
	default:
		p.doing.SetText(parts.Capital(r.Phase))
	}
}

// Ended says in a sentence how a training ended.
func Ended(r run.State) string {
	how := "The training is finished"
	switch r.Status {
	case run.Stopped:
		how = "The training was stopped"
	case run.Interrupted:
		how = "The training was interrupted and can go on"
	}
	if r.Best == nil {
		return how + " before its first check, so there is no model to keep."
	}
	name, value := projects.Deciding(*r.Best, r.Main)
	text := fmt.Sprintf("%s. The best model is kept: %s %s on the validation rows", how, parts.MetricName(name), parts.Score(value))
	if b, ok := r.Baseline[r.Main]; ok {
		text += fmt.Sprintf("; the baseline reaches %s", parts.Score(b))
	}
	return text + "."
}

// scoreName is what a score is called, and which way it gets better where that is not up.
func scoreName(name string) string {
	if projects.LowerIsBetter(name) {
		return parts.MetricName(name) + ", low is good"
	}
	return parts.MetricName(name)
}

func lossChart(r phase) parts.Chart {
	c := parts.Chart{Title: "Loss", Across: "step", Until: float64(r.Step - r.before), Empty: "The curves appear here when the training starts.", Mark: r.mark()}
	training := parts.Series{Name: "training", Color: parts.ColorNameTraining}
	for _, p := range r.Curve.Losses {
		training.Points = append(training.Points, parts.XY{X: float64(p.Step - r.before), Y: p.Value})
	}
	c.Series = []parts.Series{training, r.checks(func(e run.Evaluation) float64 { return e.Loss })}
	return c
}

// scoreChart shows the deciding score or, where the loss decides, the perplexity, which says
// the same in words.
func scoreChart(r phase) parts.Chart {
	c := parts.Chart{Title: "Score", Across: "step", Until: float64(r.Step - r.before), Mark: r.mark(), Empty: "The score appears with the first check."}
	switch checks := r.Curve.Evaluations; {
	case len(checks) == 0:
	case len(checks[0].Scores) == 0:
		c.Title = "Perplexity: word pieces it hesitates between"
		c.Series = []parts.Series{r.checks(func(e run.Evaluation) float64 { return math.Exp(e.Loss) })}
	default:
		c.Title = parts.Capital(parts.MetricName(r.Main))
		c.Series = []parts.Series{r.checks(func(e run.Evaluation) float64 { return e.Scores[r.Main] })}
		if b, ok := r.Baseline[r.Main]; ok {
			c.Level = &parts.Level{Name: "baseline", Y: b}
		}
	}
	return c
}

// checks is the curve of what was measured on the validation rows.
func (r phase) checks(of func(run.Evaluation) float64) parts.Series {
	s := parts.Series{Name: "validation", Color: parts.ColorNameValidation}
	for _, e := range r.Curve.Evaluations {
		s.Points = append(s.Points, parts.XY{X: float64(e.Step - r.before), Y: of(e)})
	}
	return s
}

// mark is where the best model was, if that was in this phase.
func (r phase) mark() *parts.Mark {
	if r.Best == nil || r.Best.Step <= r.before || r.Best.Step > r.Step {
		return nil
	}
	return &parts.Mark{Name: "best, kept", X: float64(r.Best.Step - r.before)}
}
