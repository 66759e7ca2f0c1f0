package assets_test

import (
	"bytes"
	"encoding/csv"
	"image/png"
	"slices"
	"testing"

	"attune/assets"
)

func TestSampleTickets(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(assets.SampleTickets())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"created", "channel", "ticket", "topic"}; !slices.Equal(rows[0], want) {
		t.Errorf("columns %v, want %v", rows[0], want)
	}
	if len(rows) != 601 {
		t.Errorf("%d lines, want a header and 600 rows", len(rows))
	}
}

func TestSampleTicketsBelongToTheCaller(t *testing.T) {
	first := assets.SampleTickets()
	clear(first)
	if again := assets.SampleTickets(); bytes.Equal(first, again) {
		t.Error("a caller's change reaches the next caller")
	}
}

func TestIcon(t *testing.T) {
	m, err := png.DecodeConfig(bytes.NewReader(assets.Icon()))
	if err != nil {
		t.Fatal(err)
	}
	if m.Width != 512 || m.Height != 512 {
		t.Errorf("icon of %d x %d pixels, want 512 x 512", m.Width, m.Height)
	}
}
