package run

import (
	"context"
	"encoding/json"

	"attune/projects/store"
)

// writeNote keeps something that is known of a run under a key.
func writeNote(s *store.Store, run int, key string, what any) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return s.SaveReport(context.Background(), run, key, text)
}

// readNote fills in what was kept under a key; where nothing was, it leaves what as it is.
func readNote(ctx context.Context, s *store.Store, run int, key string, what any) error {
	text, ok, err := s.Report(ctx, run, key)
	if err != nil || !ok {
		return err
	}
	return json.Unmarshal(text, what)
}
