package evaluation

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// sureness says which rows a model may decide alone, by how sure it must be for that.
type sureness struct {
	counted projects.Sureness
	least   *widget.Slider // percent
	says    *widget.Label
	content fyne.CanvasObject
}

// How sure a model must be: what can be asked for, and what is at first.
const (
	leastSure, mostSure = 50, 99
	sureAtFirst         = 90
)

func newSureness() *sureness {
	s := &sureness{least: widget.NewSlider(leastSure, mostSure), says: parts.Sentence("")}
	s.least.Value = sureAtFirst
	s.least.OnChanged = func(float64) { s.tell() }
	s.content = container.NewBorder(nil, nil, nil, parts.AtLeast(fyne.NewSize(parts.Grid*24, 0), s.least), s.says)
	return s
}

// show takes the counts of a report; a model that does not say how sure it is has none.
func (s *sureness) show(counted projects.Sureness) {
	s.counted = counted
	s.content.(*fyne.Container).Hidden = counted.Rows() == 0
	s.tell()
}

func (s *sureness) tell() { s.says.SetText(trusted(s.counted, s.least.Value/100)) }

// trusted says what share of the rows a model decides when it must be so sure, and how
// often it is right on those.
func trusted(counted projects.Sureness, least float64) string {
	rows, right := counted.Above(least)
	if rows == 0 {
		return fmt.Sprintf("It is never %s sure.", parts.Percent(least))
	}
	all := counted.Rows()
	text := fmt.Sprintf("It is at least %s sure of %s of the rows, and right on %s of those.",
		parts.Percent(least), parts.Percent(float64(rows)/float64(all)), parts.Percent(float64(right)/float64(rows)))
	if rows < all {
		text += fmt.Sprintf(" A person might look at the other %s.", parts.Percent(float64(all-rows)/float64(all)))
	}
	return text
}
