package projects

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"attune/assets"
	"attune/engine/format"
	"attune/projects/store"
)

// Sample opens the project with the sample data under the folder dir, or, if
// that is "", under Attune in the user's home. If it is not there yet it is
// made, with its data imported and split.
func (l *Library) Sample(dir string) (*Project, error) {
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("find a place for the sample project: %w", err)
		}
		dir = filepath.Join(home, "Attune")
	}
	place := filepath.Join(dir, "Support tickets"+store.Extension)
	p, err := l.Open(place)
	if errors.Is(err, store.ErrMissing) {
		p, err = l.Create(place, "classification")
	}
	if err != nil {
		return nil, err
	}
	if err := p.fillSample(context.Background()); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// fillSample imports and splits the sample data, unless that was done before.
func (p *Project) fillSample(ctx context.Context) error {
	o, err := p.Overview(ctx)
	if err != nil || cmp.Or(o.CanUndo, o.CanRedo) != "" {
		return err
	}
	tickets := assets.SampleTickets()
	file := format.File{
		Name: assets.SampleName, Size: int64(len(tickets)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(tickets)), nil },
	}
	if _, err := p.importFiles(ctx, []source{{File: file}}, nil); err != nil {
		return err
	}
	_, err = p.Split(ctx, DefaultSplit())
	return err
}
