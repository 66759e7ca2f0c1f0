package weights

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// LoRA says what a PEFT adapter folder's adapter_config.json says of its tensors.
type LoRA struct {
	Scale      float64 // of what is added to a layer: alpha over rank
	Transposed bool    // the layers it adds to are stored [in x out], as GPT-2's are
}

// What PEFT calls the tensors of an adapter: of a layer's module its two factors, and
// those of a module that was learned as a whole by their own names.
const (
	adapterPrefix = "base_model.model."
	downSuffix    = ".lora_A.weight" // [rank x in]
	upSuffix      = ".lora_B.weight" // [out x rank]
)

// Adapted gives the tensors of a model with what a PEFT adapter adds to them. It fails
// with an *Error when the adapter is of another model.
func Adapted(base, adapter Reader, o LoRA) (Reader, error) {
	a := &adapted{Reader: base, adapter: adapter, o: o, factors: map[string]string{}}
	for _, name := range adapter.Names() {
		rest, ok := strings.CutPrefix(name, adapterPrefix)
		if !ok {
			return nil, &Error{Reason: fmt.Sprintf("%s is not a name that PEFT gives", name)}
		}
		module, low := strings.CutSuffix(rest, downSuffix)
		switch {
		case low:
			tensor, err := a.layer(module)
			if err != nil {
				return nil, err
			}
			a.factors[tensor] = adapterPrefix + module
		case !strings.HasSuffix(rest, upSuffix):
			a.whole = append(a.whole, rest)
		}
	}
	return a, nil
}

type adapted struct {
	Reader
	adapter Reader
	o       LoRA
	factors map[string]string // by tensor of the base: the module of the adapter that adds to it
	whole   []string          // tensors that the adapter has as a whole
}

// layer gives the base's tensor that a module of the adapter adds to, and checks that
// their shapes fit. The base may be saved without the name of its body.
func (a *adapted) layer(module string) (string, error) {
	down, _ := a.adapter.Shape(adapterPrefix + module + downSuffix)
	up, _ := a.adapter.Shape(adapterPrefix + module + upSuffix)
	_, inner, _ := strings.Cut(module, ".")
	for _, name := range []string{module + ".weight", inner + ".weight"} {
		shape, ok := a.Reader.Shape(name)
		if !ok || len(shape) != 2 || len(down) != 2 || len(up) != 2 {
			continue
		}
		want := []int{up[0], down[1]}
		if a.o.Transposed {
			slices.Reverse(want)
		}
		if slices.Equal(shape, want) && up[1] == down[0] {
			return name, nil
		}
	}
	return "", &Error{Reason: fmt.Sprintf("the adapter adds to %s, which the model does not have in that shape", module), Way: "choose the model that the adapter was made for"}
}

// Names lists the tensors, sorted.
func (a *adapted) Names() []string {
	return slices.Compact(slices.Sorted(slices.Values(append(a.Reader.Names(), a.whole...))))
}

// Shape gives a tensor's shape; ok is false when there is no such tensor.
func (a *adapted) Shape(name string) (shape []int, ok bool) {
	if slices.Contains(a.whole, name) {
		return a.adapter.Shape(adapterPrefix + name)
	}
	return a.Reader.Shape(name)
}

// Values gives a tensor's values with what is added to them.
func (a *adapted) Values(name string) ([]float32, error) {
	if slices.Contains(a.whole, name) {
		return a.adapter.Values(adapterPrefix + name)
	}
	values, err := a.Reader.Values(name)
	if module, added := a.factors[name]; added && err == nil {
		values = slices.Clone(values)
		err = a.add(values, module)
	}
	return values, err
}

// Fill is Values into a slice that is there.
func (a *adapted) Fill(name string, to []float32) error {
	if slices.Contains(a.whole, name) {
		return a.adapter.Fill(adapterPrefix+name, to)
	}
	err := a.Reader.Fill(name, to)
	if module, added := a.factors[name]; added && err == nil {
		err = a.add(to, module)
	}
	return err
}

// add adds the product of a module's factors to the values of its layer.
func (a *adapted) add(values []float32, module string) error {
	down, err := a.adapter.Values(module + downSuffix)
	if err != nil {
		return err
	}
	up, err := a.adapter.Values(module + upSuffix)
	if err != nil {
		return err
	}
	shape, _ := a.adapter.Shape(module + downSuffix)
	rank, in := shape[0], shape[1]
	out := len(up) / max(rank, 1)
	for o := range out {
		for i := range in {
			sum := 0.0
			for r := range rank {
				sum += float64(up[o*rank+r]) * float64(down[r*in+i])
			}
			at := o*in + i
			if a.o.Transposed {
				at = i*out + o
			}
			values[at] += float32(a.o.Scale * sum)
		}
	}
	return nil
}

// Adapters puts in the factors of what an adapter adds to layers, one above the other,
// with as many rows of up [rows x rank] each, which share down [rank x in]. Transposed
// says that the layers are stored [in x out].
func (s *Sink) Adapters(names []string, rows []int, down, up Tensor, scale float64, transposed bool) {
	rank := down.Shape[0]
	a := &s.shared.adapter
	a.LoRA, a.Rank = LoRA{Scale: scale, Transposed: transposed}, rank
	values := up.Values
	for i, name := range names {
		module := adapterPrefix + s.prefix + name
		if name == "" {
			module = strings.TrimSuffix(module, ".")
		}
		a.Modules = append(a.Modules, strings.TrimPrefix(module, adapterPrefix))
		a.Tensors = append(a.Tensors,
			Tensor{Name: module + downSuffix, Shape: down.Shape, Values: down.Values},
			Tensor{Name: module + upSuffix, Shape: []int{rows[i], rank}, Values: values[:rows[i]*rank]})
		values = values[rows[i]*rank:]
	}
	a.Layers++
}

// Adapter is what adapters add to a model, as PEFT names it.
type Adapter struct {
	LoRA
	Rank    int
	Layers  int      // adapters that were put in
	Modules []string // that they add to, by their published names
	Tensors []Tensor
}

// Alpha is what PEFT divides by the rank to get the scale.
func (a Adapter) Alpha() float64 { return math.Round(a.Scale*float64(a.Rank)*1e6) / 1e6 }

// Whole adds a tensor that was learned as a whole.
func (a *Adapter) Whole(t Tensor) {
	t.Name = adapterPrefix + t.Name
	a.Tensors = append(a.Tensors, t)
}

// WholeName gives the name of a tensor of an adapter that was learned as a whole.
func WholeName(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, adapterPrefix)
	return rest, ok && !strings.HasSuffix(rest, downSuffix) && !strings.HasSuffix(rest, upSuffix)
}

// Adapter gives the adapters that were put in beside what they were merged into.
func (s *Sink) Adapter() Adapter { return s.shared.adapter }
