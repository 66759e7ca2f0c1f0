package technique

import (
	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/tokenizer"
)

// Domain goes on with the pre-training of the body on the project's own texts, labelled
// or not, before it is fine-tuned: domain- and task-adaptive pre-training (Gururangan et
// al. 2020).
type Domain struct {
	Passes    int
	MaxLength int
}

// NewDomain gives the technique with its default settings.
func NewDomain() Technique { return &Domain{Passes: 3, MaxLength: 128} }

// Name is the name in attunectl and in saved runs.
func (d *Domain) Name() string { return "domain" }

// Title names the technique for a person.
func (d *Domain) Title() string { return "Get to know your texts first" }

// About says when to use it.
func (d *Domain) About() string {
	return "Lets the model guess hidden words of all your texts, labelled or not, before it learns your labels (domain adaptation). Helps when your texts use a language of their own, and when you have many more texts than labels."
}

// Settings gives the knobs of the technique.
func (d *Domain) Settings() []setting.Field {
	return []setting.Field{
		{Key: "domain_passes", Label: "Passes over the texts", Value: &setting.Count{To: &d.Passes, Min: 1, Max: 1000},
			Help: "How often each text is read before the labels are learned. More helps with few texts and takes longer."},
		{Key: "domain_length", Label: "Pieces read at once", Expert: true, Value: &setting.Count{To: &d.MaxLength, Min: 8, Max: 512},
			Help: "Longer texts are read in parts of so many word pieces; nothing is left out."},
	}
}

// How much faster than it fine-tunes a model reads on: pre-trained ones are pre-trained
// at 1e-4 (Devlin et al. 2018) and fine-tuned at half of that, and a fresh one, which
// guesses among all pieces, cannot bear the rate at which it learns labels.
const (
	domainPace      = 2
	freshDomainPace = 0.5
)

// Apply plans the reading before everything else.
func (d *Domain) Apply(p *Plan) error {
	reader, err := task.HiddenWords(p.Base, d.MaxLength, p.Seed)
	if err != nil {
		return err
	}
	learn := p.Learn
	if p.Unlabelled != nil {
		learn = both(p.Learn, p.Unlabelled)
	}
	pace := float64(domainPace)
	if p.Base.Fresh {
		pace = freshDomainPace
	}
	room := d.MaxLength - p.Base.Tokenizer.Specials(false)
	phase := Phase{
		Name: "getting to know the texts", Model: reader, Epochs: d.Passes, Pace: pace, Varied: 1,
		Learn: inParts(learn, p.Base.Tokenizer, room), Check: inParts(p.Check, p.Base.Tokenizer, room),
		Loss: reader.(task.AtOnce).LossAtOnce,
	}
	p.Phases = append([]Phase{phase}, p.Phases...)
	p.Altered = true
	return nil
}

// inParts gives the texts of examples, pairs one by one, in parts of so many pieces at
// most.
func inParts(examples dataset.Source, t tokenizer.Tokenizer, room int) dataset.Source {
	return func(yield func(dataset.Example, error) bool) {
		for e, err := range examples {
			if err != nil {
				yield(e, err)
				return
			}
			for _, text := range []string{e.Text, e.Pair} {
				pieces := t.Encode(text)
				for from := 0; from < len(pieces); from += room {
					part := pieces[from:min(from+room, len(pieces))]
					if !yield(dataset.Example{Text: text[part[0].Start:part[len(part)-1].End]}, nil) {
						return
					}
				}
			}
		}
	}
}
