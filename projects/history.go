package projects

import "context"

// Undo takes back the last change to the examples, an import, a split, a
// relabelling, and says in words what it was; "" if there was none. It reaches
// back to the first import.
func (p *Project) Undo(ctx context.Context) (string, error) { return p.store.Undo(ctx) }

// Redo does again what was undone last, unless something else was done since,
// and says in words what it was; "" if there was none.
func (p *Project) Redo(ctx context.Context) (string, error) { return p.store.Redo(ctx) }
