package models

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// contacts is the ledger: every address that was ever contacted, the newest first.
type contacts struct {
	all     []projects.Contact // oldest first
	summary *widget.Label
	table   *parts.Table
	content fyne.CanvasObject
}

func newContacts() *contacts {
	c := &contacts{summary: parts.Sentence("")}
	c.table = parts.NewTable([]parts.TableColumn{
		{Title: "When", Width: 160},
		{Title: "Address", Parts: 5},
		{Title: "What came of it", Parts: 2},
		{Title: "Received", Width: 104, Right: true},
	}, func() int { return len(c.all) }, c.cell)
	c.content = container.NewBorder(c.summary, nil, nil, nil, c.table)
	return c
}

func (c *contacts) show(all []projects.Contact) {
	c.all = all
	var bytes int64
	for _, each := range all {
		bytes += each.Received
	}
	c.summary.SetText("Attune has never opened a connection.")
	if len(all) > 0 {
		c.summary.SetText(fmt.Sprintf("%s since Attune is on this computer, %s received. Sent were the addresses below, the words that you searched for and, to the hub alone, your access token if you have one; never any of your texts.",
			parts.Counted(len(all), "connection", "connections"), parts.Bytes(bytes)))
	}
	c.table.Hidden = len(all) == 0
	c.table.Reload()
}

func (c *contacts) cell(row, column int) string {
	each := c.all[len(c.all)-1-row]
	switch column {
	case 0:
		return each.Time.Local().Format("2 Jan 2006 15:04:05")
	case 1:
		return each.Address
	case 2:
		return outcome(each)
	default:
		return parts.Bytes(each.Received)
	}
}

// outcome says what came of a contact.
func outcome(c projects.Contact) string {
	switch {
	case c.Status == 0 && c.Error != "":
		return "no answer"
	case c.Status == 0:
		return "cut off"
	case c.Status >= 400:
		return fmt.Sprintf("refused (%d)", c.Status)
	case c.Status >= 300:
		return "sent on to another address"
	}
	return "answered"
}
