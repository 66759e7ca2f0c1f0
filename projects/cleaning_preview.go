package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"attune/engine/clean"
	"attune/engine/dataset"
)

// CleaningPreview is what a cleaning would do.
type CleaningPreview struct {
	Cleaned
	Steps   []string     `json:"steps"`   // names, by place in By
	Samples []CleanedRow `json:"samples"` // rows that it would change or leave out
}

// CleanedRow is a row before and after a cleaning, with the parts that differ.
type CleanedRow struct {
	ID           int64      `json:"id"`
	Before       []TextPart `json:"before"`
	After        []TextPart `json:"after"`
	LabelsBefore []string   `json:"labels_before"`
	LabelsAfter  []string   `json:"labels_after"`
	Dropped      string     `json:"dropped,omitempty"` // why it would be left out
	By           []int      `json:"by"`                // places of the steps that do so
}

// TextPart is a stretch of a text.
type TextPart struct {
	Text    string `json:"text"`
	Changed bool   `json:"changed,omitempty"`
}

// PreviewCleaning tries a cleaning on all rows, of which nothing is kept, and shows at
// most limit of those that it would change: for every step some, as far as there are.
func (p *Project) PreviewCleaning(ctx context.Context, c *Cleaning, limit int, progress func(Progress)) (CleaningPreview, error) {
	if err := p.learn(ctx, c); err != nil {
		return CleaningPreview{}, err
	}
	cleaner, err := c.steps.Cleaner()
	if err != nil {
		return CleaningPreview{}, err
	}
	told, err := p.cleaningMeter(ctx, "Trying on all rows", progress)
	if err != nil {
		return CleaningPreview{}, err
	}
	preview := CleaningPreview{Cleaned: Cleaned{By: make([]int, len(c.steps))}, Steps: []string{}, Samples: []CleanedRow{}}
	for _, s := range c.steps {
		preview.Steps = append(preview.Steps, s.Name())
	}
	share := max(1, limit/max(1, len(c.steps)))
	shown := make([]int, len(c.steps)) // samples of each step
	var spare []CleanedRow             // of steps that have their share
	for o, err := range p.store.Originals(ctx) {
		if err != nil {
			return preview, err
		}
		row := cleaner.Row(o.Example)
		preview.count(row, o.Example)
		told(int64(preview.Rows))
		by := places(row.By)
		wanted := slices.ContainsFunc(by, func(i int) bool { return shown[i] < share })
		switch {
		case len(by) == 0:
		case wanted && len(preview.Samples) < limit:
			for _, i := range by {
				shown[i]++
			}
			preview.Samples = append(preview.Samples, sampleOf(o.Example, row))
		case len(spare) < limit:
			spare = append(spare, sampleOf(o.Example, row))
		}
	}
	preview.Samples = append(preview.Samples, spare[:min(len(spare), limit-len(preview.Samples))]...)
	slices.SortFunc(preview.Samples, func(a, b CleanedRow) int { return cmp.Compare(a.ID, b.ID) })
	return preview, nil
}

// places gives where a list is true.
func places(list []bool) []int {
	all := []int{}
	for i, on := range list {
		if on {
			all = append(all, i)
		}
	}
	return all
}

func sampleOf(before dataset.Example, r clean.Row) CleanedRow {
	s := CleanedRow{
		ID: before.ID, LabelsBefore: noNil(before.Labels), LabelsAfter: noNil(r.Labels), Dropped: r.Dropped, By: places(r.By),
		Before: []TextPart{}, After: []TextPart{},
	}
	for _, t := range []clean.Trail{r.Text, r.Pair} {
		was, is := t.Parts()
		if len(s.Before) > 0 && len(was) > 0 {
			s.Before, s.After = append(s.Before, TextPart{Text: "\n"}), append(s.After, TextPart{Text: "\n"})
		}
		for _, part := range was {
			s.Before = append(s.Before, TextPart(part))
		}
		for _, part := range is {
			s.After = append(s.After, TextPart(part))
		}
	}
	if len(r.Rest) > 0 {
		s.After = inRows(r)
	}
	return s
}

// inRows gives the parts of a divided text, with a mark between them.
func inRows(r clean.Row) []TextPart {
	all := []TextPart{{Text: r.Example.Text}}
	for i, e := range r.Rest {
		all = append(all, TextPart{fmt.Sprintf("\n[row %d of %d]\n", i+2, len(r.Rest)+1), true}, TextPart{Text: e.Text})
	}
	return all
}

func noNil(list []string) []string { return append([]string{}, list...) }
