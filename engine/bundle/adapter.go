package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"attune/engine/layer"
	"attune/engine/model"
	"attune/engine/task"
	"attune/engine/weights"
)

// A model that LoRA taught is saved whole, and beside it what was learned alone, as a
// folder that Python's PEFT opens over the model that it was made for.
const (
	adapterFolder  = "adapter"
	adapterConfig  = "adapter_config.json"
	adapterWeights = "adapter_model.safetensors"
)

// peft is what adapter_config.json says (huggingface/peft, LoraConfig).
type peft struct {
	Type       string   `json:"peft_type"`
	Task       string   `json:"task_type,omitempty"`
	Base       string   `json:"base_model_name_or_path"`
	Rank       int      `json:"r"`
	Alpha      float64  `json:"lora_alpha"`
	Dropout    float64  `json:"lora_dropout"`
	Modules    []string `json:"target_modules"`
	Whole      []string `json:"modules_to_save"`
	Transposed bool     `json:"fan_in_fan_out"`
	Bias       string   `json:"bias"`
	Inference  bool     `json:"inference_mode"`
}

// adapterOf gives what is to be kept apart of a model whose tensors are in the sink: the
// factors of its adapters, and its head as a whole. It gives none when some adapter
// cannot be told in PEFT's terms. The values are copies.
func adapterOf(m task.Model, sink *weights.Sink) weights.Adapter {
	a := sink.Adapter()
	adapters := 0
	for _, l := range m.Backbone().Linears() {
		if _, ok := l.Adapter.(*layer.LoRA); ok {
			adapters++
		}
	}
	if adapters == 0 || a.Layers != adapters {
		return weights.Adapter{}
	}
	body := weights.NewSink()
	m.Backbone().Save(body)
	of := map[string]bool{}
	for _, t := range body.Tensors() {
		of[t.Name] = true
	}
	a.Tensors = slices.Clone(a.Tensors)
	for _, t := range sink.Tensors() {
		if !of[t.Name] {
			a.Whole(t)
		}
	}
	for i := range a.Tensors {
		a.Tensors[i].Values = slices.Clone(a.Tensors[i].Values)
	}
	return a
}

// peftTasks are PEFT's names of what a model's class ends in.
var peftTasks = map[string]string{
	"ForSequenceClassification": "SEQ_CLS", "ForTokenClassification": "TOKEN_CLS", "ForQuestionAnswering": "QUESTION_ANS",
	"LMHeadModel": "CAUSAL_LM", "ForCausalLM": "CAUSAL_LM", "ForConditionalGeneration": "SEQ_2_SEQ_LM", "MTModel": "SEQ_2_SEQ_LM",
}

// saveAdapter writes the adapter's folder into that of the whole model, with the
// config.json of that, which has the labels.
func (s *Snapshot) saveAdapter(dir string, about About, config []byte) error {
	if s.adapter.Layers == 0 {
		return nil
	}
	dir = filepath.Join(dir, adapterFolder)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	p := peft{
		Type: "LORA", Base: about.Base, Rank: s.adapter.Rank, Alpha: s.adapter.Alpha(), Modules: s.adapter.Modules,
		Whole: []string{}, Transposed: s.adapter.Transposed, Bias: "none", Inference: true,
	}
	if architectures, ok := s.config["architectures"].([]string); ok {
		for ending, name := range peftTasks {
			if strings.HasSuffix(architectures[0], ending) {
				p.Task = name
			}
		}
	}
	for _, t := range s.adapter.Tensors {
		name, whole := weights.WholeName(t.Name)
		if module := name[:max(strings.LastIndexByte(name, '.'), 0)]; whole && !slices.Contains(p.Whole, module) {
			p.Whole = append(p.Whole, module)
		}
	}
	text, err := indented(p)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{adapterConfig: text, configFile: config} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return saveWeights(filepath.Join(dir, adapterWeights), s.adapter.Tensors)
}

// adapted is the weights of a model with an adapter, in two files.
type adapted struct {
	weights.Reader
	files []tensors
}

func (a *adapted) Close() error {
	var errs []error
	for _, f := range a.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// lookAdapter finds the model that the adapter in a folder was made for, and gives it
// with what the adapter adds. ok is false when the folder holds no adapter.
func lookAdapter(dir string, families []model.Family) (s source, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, adapterConfig))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	var p peft
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.Type != "LORA" || p.Rank < 1 || math.IsNaN(p.Alpha) {
		return s, true, &Error{Folder: dir, Reason: "its adapter_config.json is not that of a LoRA", Way: "choose another adapter, or a whole model"}
	}
	if info, err := os.Stat(p.Base); err != nil || !info.IsDir() {
		return s, true, &Error{
			Folder: dir, Reason: fmt.Sprintf("it adds to the model %s, which is not a folder here", p.Base),
			Way: "write the folder of that model into its adapter_config.json, as base_model_name_or_path",
		}
	}
	if s, err = lookFolder(p.Base, families); err != nil {
		return s, true, err
	}
	s.name = dir
	if config, err := os.ReadFile(filepath.Join(dir, configFile)); err == nil {
		s.config = config
		if err := json.Unmarshal(config, &s.about); err != nil {
			return s, true, &Error{Folder: dir, Reason: "its config.json is not readable", Way: "remove it, and that of the model is used"}
		}
	}
	open := s.open
	s.open = func() (tensors, error) {
		base, err := open()
		if err != nil {
			return nil, err
		}
		adapter, err := weights.Open(filepath.Join(dir, adapterWeights))
		if err != nil {
			return nil, errors.Join(err, base.Close())
		}
		both := &adapted{files: []tensors{base, adapter}}
		both.Reader, err = weights.Adapted(base, adapter, weights.LoRA{Scale: p.Alpha / float64(p.Rank), Transposed: p.Transposed})
		if err != nil {
			return nil, errors.Join(err, both.Close())
		}
		return both, nil
	}
	return s, true, nil
}
