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
// 2019). Texts without labels are learned from too. What goes on inside can be matched
// besides.
type Distil struct {
	Run         int // of the teacher, 0 for the best
	Layers      int // of the student, 0 for all of the base's
	Temperature float64
	Soft        float64 // share of the loss that the teacher's probabilities make
	Match       string  // one of matches
	Hidden      float64 // weight of the difference in what is matched
	Begin       bool    // as the teacher, where the student is one with fewer layers
}

// matches are what of its inside the student learns from the teacher, beside what it
// says: nothing; what the heads of both read, where both are as wide (as DistilBERT's last
// hidden states); what the layers give, where they are as wide and the student has no more
// (TinyBERT, Jiao et al. 2020, eq. 8); or how the last attention relates the pieces,
// whatever the widths (MiniLM, Wang et al. 2020 and 2021).
var matches = []string{"none", matchFeatures, matchHidden, matchRelations}

const (
	matchFeatures  = "features"
	matchHidden    = "hidden"
	matchRelations = "relations"
)

// NewDistil gives the technique with its default settings.
func NewDistil() Technique {
	return &Distil{Temperature: 2, Soft: 0.7, Match: matchFeatures, Hidden: 0.5, Begin: true}
}

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
		{Key: "distil_match", Label: "What else is taken over", Expert: true, Value: &setting.Choice{To: &d.Match, Options: matches},
			Help: "Besides opinions the student can take over what the teacher sees in a text: its last features, where both are equally wide; hidden, what each layer makes of each word; relations, which words the teacher brings together, for any widths. The last two take longer: the teacher reads along in every pass."},
		{Key: "distil_hidden", Label: "Weight of what else is taken over", Expert: true, Value: &setting.Number{To: &d.Hidden, Min: 0, Max: 100},
			Help: "How much that counts beside the opinions; 0 for not at all."},
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
	pupil, writes := p.Model.(task.Pupil)
	student, ok := p.Model.(task.Student)
	switch {
	case writes && !pupil.Hears(teacher):
		return otherPieces()
	case !writes && !ok:
		return &Error{Reason: "models of this task cannot learn from a teacher", Way: "fine-tune a smaller model instead"}
	case !writes && !sameLabels(teacher, student):
		return &Error{Reason: "the teacher knows other labels than the training rows have", Way: "choose the training of a teacher on these labels"}
	}
	phase := p.last()
	phase.Teacher = teacher
	if p.Unlabelled != nil {
		phase.Learn = both(phase.Learn, p.Unlabelled)
	}
	read, err := readBy(teacher, p.Model, phase.Learn)
	if err != nil {
		return err
	}
	phase.Learn = dataset.FromSlice(read.examples)
	if d.Begin && read.sameIDs {
		p.beginAs(teacher)
	}
	if d.Layers > 0 {
		body.Shrink(d.Layers)
		p.Altered = true
	}
	switch {
	case writes:
		return d.write(p, pupil, teacher, read)
	case d.Hidden > 0 && (d.Match == matchHidden || d.Match == matchRelations):
		return d.readAlong(p, student, teacher, read)
	}
	return d.listen(p, student, teacher, read)
}

// listen lets the student learn what the teacher says of each text, which is asked once.
func (d *Distil) listen(p *Plan, student task.Student, teacher task.Model, read reading) error {
	seeing, whole := student.(task.Featured)
	if !read.sameItems && !(whole && read.sameParts) {
		return otherPieces()
	}
	phase, lesson := p.last(), newLesson(teacher, read.examples)
	taught := func(t *op.Tape, b *batch.Packed, x mat.Tensor) mat.Tensor {
		return d.blend(t, student, x, lesson.of(t, b, x.Size(), logitsSaid), b)
	}
	phase.Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor { return taught(t, b, student.Logits(t, p.hide(t, b))) }
	if !whole || d.Match != matchFeatures || d.Hidden == 0 || !lesson.see(student.Backbone().Width()) {
		return nil
	}
	phase.Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor {
		features := seeing.Features(t, p.hide(t, b))
		seen := loss.SquaredError(t, features, lesson.of(t, b, features.Size(), featuresSaid))
		return op.Add(t, op.Scale(t, seen, d.Hidden), taught(t, b, seeing.Judge(t, features)), 0)
	}
	return nil
}

// blend is the loss by the teacher's probabilities and by what is right.
func (d *Distil) blend(t *op.Tape, student task.Student, x mat.Tensor, said []float32, b *batch.Packed) mat.Tensor {
	soft := student.Follow(t, x, said, b, d.Temperature)
	return op.Add(t, op.Scale(t, soft, d.Soft), op.Scale(t, student.Loss(t, x, b), 1-d.Soft), 0)
}

// beginAs gives the plan's model the weights of another that reads the same pieces; one that
// has other parameters is left as it is.
func (p *Plan) beginAs(other task.Model) {
	from, to := maps.Collect(other.Params()), maps.Collect(p.Model.Params())
	if !maps.EqualFunc(from, to, func(a, b *nn.Param) bool { return a.Size() == b.Size() }) {
		return
	}
	for name, param := range to {
		copy(op.Rows(param), op.Rows(from[name]))
	}
	p.Altered = true
}

// sameLabels says whether two models give the same labels the same numbers, or both have
// none, as those that find answers.
func sameLabels(a, b task.Model) bool {
	one, _ := a.Config()["label2id"].(map[string]int)
	two, _ := b.Config()["label2id"].(map[string]int)
	return maps.Equal(one, two)
}

// reading is how a teacher and its student read the examples, each in parts.
type reading struct {
	examples []dataset.Example // that the student can learn from
	// Of all of them:
	sameParts bool // as many
	sameIDs   bool // of the same pieces
	sameItems bool // that are to be written in the same way too
}

// readBy reads each example once by each of the two. Of one that writes, those are left out
// in which there is nothing to be written.
func readBy(teacher, student task.Model, examples dataset.Source) (reading, error) {
	r := reading{sameParts: true, sameIDs: true, sameItems: true}
	_, writes := student.(task.Pupil)
	for e, err := range examples {
		if err != nil {
			return reading{}, err
		}
		two, err := student.Items(e)
		if err != nil {
			return reading{}, err
		}
		if writes && !counts(two) {
			continue
		}
		one, err := teacher.Items(e)
		if err != nil {
			return reading{}, err
		}
		r.examples = append(r.examples, e)
		r.sameParts = r.sameParts && len(one) == len(two)
		r.sameIDs = r.sameIDs && slices.EqualFunc(one, two, func(a, b batch.Item) bool { return slices.Equal(a.IDs, b.IDs) })
		r.sameItems = r.sameItems && r.sameIDs && slices.EqualFunc(one, two, func(a, b batch.Item) bool { return slices.Equal(a.Output, b.Output) })
	}
	return r, nil
}

func otherPieces() error {
	return &Error{
		Reason: "the teacher reads other pieces of words than this model",
		Way:    "choose the training of a teacher that started from the same model, or from a larger one of its family, and read as much at once",
	}
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
