package projects

import (
	"testing"

	"attune/engine/task"
)

// Only a model that stops reading somewhere has texts that are cut.
func TestWordsThatAreRead(t *testing.T) {
	for want, tasks := range map[int][]task.Task{
		96: {task.NewClassification(), task.NewMultilabel()},
		0:  {task.NewEntities(), task.NewAnswering()},
	} {
		for _, each := range tasks {
			if got := wordsRead(each); got != want {
				t.Errorf("%s reads %d words, want %d", each.Name(), got, want)
			}
		}
	}
}
