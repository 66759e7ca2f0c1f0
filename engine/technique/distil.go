package technique

import (
	"maps"
	"slices"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/task"
)

// Distil lets a student learn the probabilities that a teacher gives to all labels,
// beside the true labels: knowledge distillation (Hinton et al. 2015). The student may
// be the base as it is, or with fewer of its layers (as DistilBERT begins, Sanh et al.
// 2019). Texts without labels are learned from too. Where both bodies are as wide, the
// student's features are drawn to the teacher's, as DistilBERT's last hidden states are
// (TinyBERT's by their mean squared difference, Jiao et al. 2020).
type Distil struct {
	Run         int // of the teacher, 0 for the best
	Layers      int // of the student, 0 for all of the base's
	Temperature float64
	Soft        float64 // share of the loss that the teacher's probabilities make
	Hidden      float64 // weight of the difference between what the heads of both read
	Begin       bool    // as the teacher, where the student is one with fewer layers
}

// NewDistil gives the technique with its default settings.
func NewDistil() Technique { return &Distil{Temperature: 2, Soft: 0.7, Hidden: 0.5, Begin: true} }

// Name is the name in attunectl and in saved runs.
func (d *Distil) Name() string { return "distil" }

// Title names the technique for a person.
func (d *Distil) Title() string { return "Learn from a larger model" }

// About says when to use it.
func (d *Distil) About() string {
	return "A small, fast model learns what a better one that you trained before thinks of every text (distillation). For a model that is to run fast or on small machines."
}

// Settings gives the knobs of the technique.
func (d *Distil) Settings() []setting.Field {
	return []setting.Field{
		{Key: "distil_teacher", Label: "Teacher", Value: &setting.Count{To: &d.Run, Min: 0, Max: 1_000_000},
			Help: "Number of the training whose model is the teacher; 0 for the best one so far."},
		{Key: "distil_layers", Label: "Layers of the student", Value: &setting.Count{To: &d.Layers, Min: 0, Max: 100},
			Help: "How many layers of the model that you start from are kept, evenly chosen; 0 keeps all. Half of them is about twice as fast."},
		{Key: "distil_begin", Label: "Begin as the teacher", Expert: true, Value: &setting.Switch{To: &d.Begin},
			Help: "The student's layers begin as those of the teacher, where both are of one shape but for how many they are."},
		{Key: "distil_temperature", Label: "Temperature", Expert: true, Value: &setting.Number{To: &d.Temperature, Min: 0.5, Max: 20},
			Help: "Above 1 the student hears more of what the teacher thinks of the less likely labels."},
		{Key: "distil_soft", Label: "Weight of the teacher", Expert: true, Value: &setting.Number{To: &d.Soft, Min: 0, Max: 1},
			Help: "How much the teacher's opinion counts beside the true labels: 1 for the teacher alone, 0 for the labels alone."},
		{Key: "distil_hidden", Label: "Weight of the teacher's features", Expert: true, Value: &setting.Number{To: &d.Hidden, Min: 0, Max: 100},
			Help: "How much the student is to see in each text what the teacher sees, where both are equally wide; 0 for not at all."},
	}
}

// shrinkable is a body that can go on with fewer layers.
type shrinkable interface{ Shrink(layers int) }

// Apply makes the student and lets it learn from the teacher.
func (d *Distil) Apply(p *Plan) error {
	if p.Teacher == nil {
		return &Error{Reason: "there is no teacher to learn from", Way: "train a model first, then distil it"}
	}
	teacher, err := p.Teacher(d.Run)
	if err != nil {
		return err
	}
	body, ok := p.Base.Backbone.(shrinkable)
	if d.Layers > 0 && !ok {
		return &Error{Reason: "this kind of model cannot go on with fewer layers", Way: "keep all layers, or start from a smaller model"}
	}
	if err := p.FineTune(); err != nil {
		return err
	}
	if d.Begin {
		if err := p.beginAs(teacher); err != nil {
			return err
		}
	}
	if d.Layers > 0 {
		body.Shrink(d.Layers)
		p.Altered = true
	}
	student, ok := p.Model.(task.Student)
	if !ok {
		return &Error{Reason: "only models that sort or mark texts learn from a teacher, not those that write", Way: "fine-tune a smaller model instead"}
	}
	if !sameLabels(teacher, p.Model) {
		return &Error{Reason: "the teacher knows other labels than the training rows have", Way: "choose the training of a teacher on these labels"}
	}
	phase := p.last()
	if p.Unlabelled != nil {
		phase.Learn = both(phase.Learn, p.Unlabelled)
	}
	lesson := &lesson{teacher: teacher}
	if lesson.examples, err = dataset.Collect(phase.Learn); err != nil {
		return err
	}
	lesson.said = make([][]said, len(lesson.examples))
	if _, whole := student.(task.Featured); !whole {
		if err := samePieces(teacher, student, lesson.examples); err != nil {
			return err
		}
	}
	taught := func(t *op.Tape, b *batch.Packed, x mat.Tensor) mat.Tensor {
		soft := student.Follow(t, x, lesson.of(t, b, x.Size(), logitsSaid), b, d.Temperature)
		return op.Add(t, op.Scale(t, soft, d.Soft), op.Scale(t, student.Loss(t, x, b), 1-d.Soft), 0)
	}
	phase.Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor { return taught(t, b, student.Logits(t, p.hide(t, b))) }
	seeing, ok := student.(task.Featured)
	if !ok || d.Hidden == 0 || !lesson.see(student.Backbone().Width()) {
		return nil
	}
	phase.Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor {
		features := seeing.Features(t, p.hide(t, b))
		seen := loss.SquaredError(t, features, lesson.of(t, b, features.Size(), featuresSaid))
		return op.Add(t, op.Scale(t, seen, d.Hidden), taught(t, b, seeing.Judge(t, features)), 0)
	}
	return nil
}

// beginAs gives the plan's model the weights of another that has the same parameters and
// reads the same pieces; one that does not is left as it is.
func (p *Plan) beginAs(other task.Model) error {
	for e, err := range p.Learn {
		if err != nil {
			return err
		}
		one, err := other.Items(e)
		if err != nil {
			return err
		}
		two, err := p.Model.Items(e)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(one, two, func(a, b batch.Item) bool { return slices.Equal(a.IDs, b.IDs) }) {
			return nil
		}
	}
	from, to := maps.Collect(other.Params()), maps.Collect(p.Model.Params())
	if !maps.EqualFunc(from, to, func(a, b *nn.Param) bool { return a.Size() == b.Size() }) {
		return nil
	}
	for name, param := range to {
		copy(op.Rows(param), op.Rows(from[name]))
	}
	p.Altered = true
	return nil
}

// sameLabels says whether two models give the same labels the same numbers, or both have
// none, as those that find answers.
func sameLabels(a, b task.Model) bool {
	one, _ := a.Config()["label2id"].(map[string]int)
	two, _ := b.Config()["label2id"].(map[string]int)
	return maps.Equal(one, two)
}

// samePieces fails when a teacher cuts some text into other pieces than its student,
// which is to hear what it says of each.
func samePieces(teacher, student task.Model, examples []dataset.Example) error {
	for _, e := range examples {
		one, err := teacher.Items(e)
		if err != nil {
			return err
		}
		two, err := student.Items(e)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(one, two, func(a, b batch.Item) bool { return len(a.IDs) == len(b.IDs) }) {
			return &Error{
				Reason: "the teacher reads other pieces of words than this model",
				Way:    "choose the training of a teacher that started from the same model, or from a larger one of its family, and read as much at once",
			}
		}
	}
	return nil
}

// both gives the examples of one source, then of another.
func both(one, two dataset.Source) dataset.Source {
	return func(yield func(dataset.Example, error) bool) {
		for _, source := range []dataset.Source{one, two} {
			for e, err := range source {
				if !yield(e, err) {
					return
				}
			}
		}
	}
}

// lesson is what a teacher says of each example, found out when it is first asked.
type lesson struct {
	teacher  task.Model
	seeing   task.Featured // the teacher, if its features are asked for too
	tape     *op.Tape
	examples []dataset.Example
	said     [][]said // by example and item, nil until then
}

// said is what a teacher says of an item.
type said struct {
	logits   []float32 // [classes], or [tokens x classes] where every token is scored
	features []float32 // [width], where they are asked for
}

func logitsSaid(s said) []float32   { return s.logits }
func featuresSaid(s said) []float32 { return s.features }

// see asks for the teacher's features too, if they are so wide.
func (l *lesson) see(width int) bool {
	teacher, ok := l.teacher.(task.Featured)
	if !ok || teacher.Backbone().Width() != width {
		return false
	}
	l.seeing = teacher
	return true
}

// of gives what the teacher says, so many values, for the items of a batch.
func (l *lesson) of(t *op.Tape, b *batch.Packed, values int, what func(said) []float32) []float32 {
	if t.Rehearsing() {
		return make([]float32, values)
	}
	var items []batch.Item
	for _, i := range b.Indices {
		if l.said[i] != nil {
			continue
		}
		parts, err := l.teacher.Items(l.examples[i])
		if err != nil {
			panic(err) // the student encoded the same example
		}
		l.said[i] = make([]said, len(parts))
		for part, item := range parts {
			item.Index, item.Part = i, part
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		l.ask(t, items)
	}
	var all []float32
	for s, i := range b.Indices {
		all = append(all, what(l.said[i][b.Parts[s]])...)
	}
	return all
}

// ask computes what the teacher says on a tape of its own: the student's pass is under
// way on the other.
func (l *lesson) ask(t *op.Tape, items []batch.Item) {
	if l.tape == nil {
		l.tape = op.NewTape(t.Workers)
	}
	l.tape.Infer()
	packed := batch.Pack(items)
	var logits, features mat.Tensor
	if l.seeing == nil {
		logits = l.teacher.Logits(l.tape, packed)
	} else {
		features = l.seeing.Features(l.tape, packed)
		logits = l.seeing.Judge(l.tape, features)
	}
	for s, i := range packed.Indices {
		x := &l.said[i][packed.Parts[s]]
		if x.logits = rowsOf(logits, packed, s); features != nil {
			x.features = rowsOf(features, packed, s)
		}
	}
}

// rowsOf copies the row of a sequence, or those of its tokens where there is one for
// each.
func rowsOf(x mat.Tensor, b *batch.Packed, s int) []float32 {
	rows, width := op.Size(x)
	from, to := s, s+1
	if rows != b.Len() {
		from, to = b.Starts[s], b.Starts[s+1]
	}
	return slices.Clone(op.Rows(x)[from*width : to*width])
}
