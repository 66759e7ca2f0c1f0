package hub

import (
	_ "embed" // of the list
	"encoding/json"
)

// Recommended is a model on the hub that is worth starting from.
type Recommended struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`  // model_type of its config.json
	Tasks      []string `json:"tasks"` // by Attune's names
	Languages  []string `json:"languages"`
	Licence    string   `json:"licence"`
	Parameters int64    `json:"parameters"` // about
	Bytes      int64    `json:"bytes"`      // of the download, about
	Memory     int64    `json:"memory"`     // bytes that fine-tuning it takes, about; 0 where Attune has no task that it can learn

	// Config is the shape that its config.json tells. Memory was found from it by
	// rehearsing a training of a model of that shape, and a test does so again.
	Config json.RawMessage `json:"config"`
	About  string          `json:"about"`
}

// recommended is what the models' own pages say (huggingface.co/ID/tree/main): licence,
// languages and sizes, rounded; the shapes are those of their config.json.
//
//go:embed shelf.json
var recommended []byte

// Recommend lists models that are worth starting from; those at the top suit most.
func Recommend() []Recommended {
	var all []Recommended
	if err := json.Unmarshal(recommended, &all); err != nil {
		panic(err) // a test reads the list
	}
	return all
}

// Parameters counts the values in the weights of a model's folder.
func Parameters(dir string) (n int64, err error) {
	f, err := openWeights(dir)
	if err != nil {
		return 0, err
	}
	for _, name := range f.Names() {
		shape, _ := f.Shape(name)
		values := int64(1)
		for _, d := range shape {
			values *= int64(d)
		}
		n += values
	}
	return n, f.Close()
}
