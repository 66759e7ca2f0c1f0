// Package assets holds what Attune brings along: its icon and a sample of data
// to try. It only carries bytes and never looks into them.
package assets

import (
	"embed"
	"io/fs"
)

//go:generate go run ./sample/generate -out sample/tickets.csv
//go:generate go run ./icon/generate -out icon/icon.png

//go:embed sample/tickets.csv
var tickets string

//go:embed icon/icon.png
var icon []byte

//go:embed starter
var starter embed.FS

// Starter gives the folder of the starter model, as cmd/pretrain exports it: a small
// English encoder.
func Starter() fs.FS {
	folder, err := fs.Sub(starter, "starter")
	if err != nil {
		panic(err) // the name above is no path
	}
	return folder
}

// SampleName is the file name under which the sample is shown and imported.
const SampleName = "tickets.csv"

// SampleTickets gives the sample: 600 support tickets of a made-up mail-order
// firm as CSV in UTF-8, with the columns created, channel, ticket and topic
// (delivery, billing, fault, returns, account, question). It is as untidy as
// the real thing: some tickets touch two topics, a few are sent twice, and
// about 1.5 % are filed wrongly on purpose. The bytes are the caller's own.
func SampleTickets() []byte { return []byte(tickets) }

// Icon gives the application's icon, a PNG of 512 x 512 pixels. The bytes are
// shared: do not change them.
func Icon() []byte { return icon }
