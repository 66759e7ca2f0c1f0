package projects

import (
	"context"
	"encoding/json"
	"slices"
)

// The settings that hold what the Doctor found, and what was dismissed of it.
const (
	healthSetting    = "health"
	dismissedSetting = "health dismissed"
)

// mostKept is of how many states of the data the findings are kept, so that
// undoing a fix brings back what was found before it.
const mostKept = 6

// keptHealth is what was found in one state of the data.
type keptHealth struct {
	Data   string `json:"data"`
	Health Health `json:"health"`
}

// Health gives what the Doctor last found in the rows as they are, or else what it
// found last, marked as stale. Its Checked is zero before the first time.
func (p *Project) Health(ctx context.Context) (Health, error) {
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return Health{}, err
	}
	kept, err := p.keptHealth(ctx)
	if err != nil || len(kept) == 0 {
		return Health{Findings: []Finding{}}, err
	}
	last := kept[0].Health
	last.Stale = true
	for _, k := range kept {
		if k.Data == data {
			last = k.Health
		}
	}
	return p.undismissed(ctx, last)
}

// keptHealth gives what was found, the newest first.
func (p *Project) keptHealth(ctx context.Context) (kept []keptHealth, err error) {
	text, ok, err := p.store.Setting(ctx, healthSetting)
	if err != nil || !ok {
		return nil, err
	}
	if json.Unmarshal([]byte(text), &kept) != nil {
		return nil, nil // written by another version: it is found anew
	}
	return kept, nil
}

// keepHealth keeps what was found in a state of the data.
func (p *Project) keepHealth(ctx context.Context, data string, h Health) error {
	kept, err := p.keptHealth(ctx)
	if err != nil {
		return err
	}
	kept = slices.DeleteFunc(kept, func(k keptHealth) bool { return k.Data == data })
	kept = slices.Insert(kept, 0, keptHealth{data, h})
	return p.keepSetting(ctx, healthSetting, kept[:min(len(kept), mostKept)])
}

// dismissals are the rows that each check is to leave alone.
type dismissals map[string][]int64

func (d dismissals) add(check string, ids []int64) {
	all := append(d[check], ids...)
	slices.Sort(all)
	d[check] = slices.Compact(all)
}

func (p *Project) dismissed(ctx context.Context) (dismissals, error) {
	all := dismissals{}
	text, ok, err := p.store.Setting(ctx, dismissedSetting)
	if err != nil || !ok {
		return all, err
	}
	if json.Unmarshal([]byte(text), &all) != nil {
		return dismissals{}, nil
	}
	return all, nil
}

// undismissed gives what was found but for the rows that were dismissed.
func (p *Project) undismissed(ctx context.Context, h Health) (Health, error) {
	all, err := p.dismissed(ctx)
	if err != nil {
		return Health{}, err
	}
	settled := map[string]map[int64]bool{}
	for check, ids := range all {
		settled[check] = setOf(ids)
	}
	return h.without(func(f Finding, item FindingItem) bool { return settled[f.Check][item.ID] }), nil
}

func (p *Project) keepSetting(ctx context.Context, key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return p.store.SetSetting(ctx, key, string(text))
}
