package main

import (
	"context"
	"fmt"
	"strings"

	"attune/projects"
)

var models = command{
	name: "models", usage: "[list | search WORDS | pull ID[@REV] | add DIR|ZIP|GGUF [--name NAME] | remove NAME]",
	about: "Lists, downloads, adds and removes models to start from.",
	run: func(ctx context.Context, c *call) error {
		name := c.flags.String("name", "", "what a model that is added is called")
		words, err := c.parse(0, -1)
		if err != nil {
			return err
		}
		if len(words) == 0 {
			words = []string{"list"}
		}
		verb, rest := words[0], words[1:]
		if verb != "search" && len(rest) != map[string]int{"pull": 1, "add": 1, "remove": 1}[verb] {
			return &usageError{fmt.Sprintf("models %s takes %s", verb, plural(map[string]int{"pull": 1, "add": 1, "remove": 1}[verb], "argument"))}
		}
		m, err := projects.OpenModels("")
		if err != nil {
			return err
		}
		switch verb {
		case "list":
			return c.listModels(m)
		case "search":
			return c.searchModels(ctx, m, strings.Join(rest, " "))
		case "remove":
			if err := m.Remove(rest[0]); err != nil {
				return err
			}
			return c.print(map[string]any{"removed": rest[0]}, "removed %s\n", rest[0])
		case "pull", "add":
			meter := c.meter()
			bring := func() (projects.ModelInfo, error) { return m.Pull(ctx, rest[0], meter.progress) }
			if verb == "add" {
				bring = func() (projects.ModelInfo, error) { return m.Add(ctx, rest[0], *name, meter.progress) }
			}
			info, err := bring()
			meter.end()
			if err != nil {
				return err
			}
			return c.print(map[string]any{"model": info}, "%s is in %s\n  attunectl train PROJECT --base %q starts from it\n", info.Name, info.Folder, info.Name)
		}
		return &usageError{fmt.Sprintf("there is no %q of models", verb)}
	},
}

func (c *call) listModels(m *projects.Models) error {
	all, err := m.List()
	if err != nil {
		return err
	}
	for i := range all {
		all[i] = m.Measure(all[i])
	}
	return c.print(map[string]any{"models": all}, "%s", modelTable(all))
}

func (c *call) searchModels(ctx context.Context, m *projects.Models, words string) error {
	all, err := m.Search(ctx, words)
	if err != nil {
		return err
	}
	text := modelTable(all)
	if len(all) == 0 {
		text = "no model that Attune can read fits these words\n"
	}
	return c.print(map[string]any{"models": append([]projects.ModelInfo{}, all...)}, "%s", text)
}

// modelTable gives a line for each model.
func modelTable(all []projects.ModelInfo) string {
	var b strings.Builder
	for _, i := range all {
		place, fits := "to pull", ""
		if i.Here {
			place = "here"
		}
		if i.Memory > 0 {
			fits = "fits this computer"
		}
		if !i.Fits {
			fits = fmt.Sprintf("needs %.1f GB of memory", gigabytes(i.Memory))
		}
		fmt.Fprintf(&b, "%-46s %-8s %8s  %-11s %-12s %s\n", i.Name, place, megabytes(i.Bytes), i.Type, strings.Join(i.Languages, ","), sentence(i.Licence, fits))
	}
	return b.String()
}

func megabytes(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d MB", (n+1<<20-1)>>20)
}

var network = command{
	name: "network", usage: "[on | off]", about: "Says whether connections are allowed, and lists every address that was ever contacted.",
	run: func(_ context.Context, c *call) error {
		words, err := c.parse(0, 1)
		if err != nil {
			return err
		}
		m, err := projects.OpenModels("")
		if err != nil {
			return err
		}
		if len(words) == 1 {
			if words[0] != "on" && words[0] != "off" {
				return &usageError{"the network is on or off"}
			}
			if err := m.SetOffline(words[0] == "off"); err != nil {
				return err
			}
		}
		contacts, err := m.Contacts()
		if err != nil {
			return err
		}
		offline, demanded := m.Offline()
		var b strings.Builder
		for _, each := range contacts {
			fmt.Fprintf(&b, "%s  %3d %10d bytes  %s\n", each.Time.Local().Format("2006-01-02 15:04:05"), each.Status, each.Received, each.Address)
		}
		fmt.Fprintf(&b, "%s; %s so far\n", switched(offline, demanded), plural(len(contacts), "contact"))
		return c.print(map[string]any{
			"offline": offline, "demanded": demanded, "contacts": append([]projects.Contact{}, contacts...),
		}, "%s", b.String())
	},
}

// switched tells how the network's switch stands.
func switched(offline, demanded bool) string {
	switch {
	case demanded:
		return "offline, because HF_HUB_OFFLINE is set"
	case offline:
		return "offline"
	}
	return "online, and used for nothing but models that you ask for"
}
