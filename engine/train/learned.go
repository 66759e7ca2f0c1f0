package train

import (
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/task"
)

// learned counts the numbers in a model's parameters, each parameter once: those that
// learn, and all.
func learned(m task.Model) (learning, all int) {
	counted := map[*nn.Param]bool{}
	for _, p := range m.Params() {
		if counted[p] {
			continue
		}
		counted[p] = true
		if all += p.Size(); p.RequiresGrad() {
			learning += p.Size()
		}
	}
	return learning, all
}
