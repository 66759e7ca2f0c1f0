package parts

import (
	"slices"

	"attune/engine/dataset"
	"attune/projects"
)

// UseOf says what rows of a split are for.
func UseOf(s dataset.Split) string {
	if s == dataset.Unassigned {
		return "not split"
	}
	return string(s)
}

// FileColumns gives the columns of files that are neither text nor label, sorted.
func FileColumns(files []projects.Source) []string {
	var columns []string
	for _, f := range files {
		columns = append(columns, f.Columns...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}
