package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/engine/catalog"
	"attune/engine/setting"
	"attune/projects"
)

// listed is one thing of a list.
type listed struct {
	Name    string   `json:"name"`
	About   string   `json:"about,omitempty"`
	Default string   `json:"default,omitempty"`
	Options []string `json:"options,omitempty"`
}

// lists gives the things of each kind by the name of the kind.
var lists = []struct {
	kind string
	all  func() []listed
}{
	{"tasks", func() (all []listed) {
		for _, t := range catalog.Tasks() {
			all = append(all, listed{Name: t.Name(), About: t.Pipeline()})
		}
		return all
	}},
	{"families", func() (all []listed) {
		for _, f := range catalog.Families() {
			all = append(all, listed{Name: f.Name, About: "model types: " + strings.Join(f.Types, ", ")})
		}
		return all
	}},
	{"techniques", func() (all []listed) {
		for _, t := range catalog.Techniques() {
			all = append(all, listed{Name: t.Name(), About: t.About()})
		}
		return all
	}},
	{"formats", func() (all []listed) {
		for _, f := range catalog.Formats() {
			all = append(all, listed{Name: f.Name, About: strings.Join(f.Extensions, " ")})
		}
		return all
	}},
	{"cleaners", func() (all []listed) {
		for _, s := range projects.CleaningSteps() {
			about := s.About
			for _, f := range s.Fields {
				about += fmt.Sprintf(" %s=%q", f.Key, f.Value)
			}
			all = append(all, listed{Name: s.Name, About: about})
		}
		return all
	}},
	{"checks", func() (all []listed) {
		for _, c := range projects.Checks() {
			all = append(all, listed{Name: c.Name, About: c.About})
		}
		return all
	}},
	{"metrics", func() (all []listed) {
		for _, m := range catalog.Metrics() {
			if !slices.ContainsFunc(all, func(l listed) bool { return l.Name == m.Name() }) { // tasks have scores of one name
				all = append(all, listed{Name: m.Name()})
			}
		}
		return all
	}},
	{"settings", listSettings},
}

// listSettings gives the knobs of the loop, the tasks and the techniques with
// their defaults.
func listSettings() (all []listed) {
	add := func(fields []setting.Field) {
		for _, f := range fields {
			if slices.ContainsFunc(all, func(l listed) bool { return l.Name == f.Key }) {
				continue
			}
			l := listed{Name: f.Key, About: f.Help, Default: f.Value.String()}
			if choice, ok := f.Value.(*setting.Choice); ok {
				l.Options = choice.Options
			}
			all = append(all, l)
		}
	}
	add(projects.LoopSettings())
	for _, t := range catalog.Tasks() {
		add(t.Settings())
	}
	for _, t := range catalog.Techniques() {
		add(t.Settings())
	}
	return all
}

var listNames = command{
	name: "list", usage: "tasks|families|techniques|formats|cleaners|checks|metrics|settings", about: "Names everything there is of a kind.",
	run: func(_ context.Context, c *call) error {
		words, err := c.parse(1, 1)
		if err != nil {
			return err
		}
		var kinds []string
		for _, l := range lists {
			kinds = append(kinds, l.kind)
			if l.kind != words[0] {
				continue
			}
			all := l.all()
			var b strings.Builder
			for _, each := range all {
				fmt.Fprintf(&b, "%-18s %s", each.Name, each.About)
				if each.Default != "" {
					fmt.Fprintf(&b, " [%s]", each.Default)
				}
				b.WriteByte('\n')
			}
			return c.print(map[string]any{l.kind: all}, "%s", b.String())
		}
		return &usageError{fmt.Sprintf("there is no list of %q; there are %s", words[0], strings.Join(kinds, ", "))}
	},
}
