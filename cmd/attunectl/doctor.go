package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"attune/engine/disk"
	"attune/engine/kernel"
	"attune/engine/machine"
	"attune/projects"
)

// health is what a machine can do.
type health struct {
	System      string   `json:"system"`
	Cores       int      `json:"cores"`
	SIMD        string   `json:"simd"`
	Memory      int64    `json:"memory_bytes"`    // 0 when it is not known
	Available   int64    `json:"available_bytes"` // of the memory
	Disk        int64    `json:"disk_free_bytes"` // where projects are kept
	Projects    int      `json:"projects"`
	Models      []string `json:"models"`
	Offline     bool     `json:"offline"`
	Contacts    int      `json:"contacts"` // with other machines, ever
	Window      bool     `json:"window"`   // whether there is a display to open one on
	Explanation string   `json:"explanation,omitempty"`
	demanded    bool     // that it is offline, by the environment
}

var doctor = command{
	name: "doctor", usage: "[PROJECT [--fix CHECK]...]", about: "Says what this machine can do; of a project, what its health is.",
	run: func(ctx context.Context, c *call) error {
		if slices.ContainsFunc(c.args, func(word string) bool { return !strings.HasPrefix(word, "-") }) {
			return examine(ctx, c)
		}
		if _, err := c.parse(0, 0); err != nil {
			return err
		}
		h := health{
			System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), SIMD: kernel.SIMD(),
			Window: hasDisplay(),
		}
		h.Memory, h.Available = machine.Memory()
		if home, err := os.UserHomeDir(); err == nil {
			h.Disk, _ = disk.Free(home)
		}
		if err := h.lookAtModels(); err != nil {
			return err
		}
		if library, err := projects.OpenLibrary(""); err == nil {
			if recent, err := library.Recent(); err == nil {
				h.Projects = len(recent)
			}
		}
		if !h.Window {
			h.Explanation = "there is no display: the window cannot open here, attunectl does the same work"
		}
		return c.print(h, "%s", h.text())
	},
}

// lookAtModels fills in what models are here, and how the network is used.
func (h *health) lookAtModels() error {
	m, err := projects.OpenModels("")
	if err != nil {
		return err
	}
	choices, err := m.Here()
	if err != nil {
		return err
	}
	for _, each := range choices {
		h.Models = append(h.Models, each.Name)
	}
	contacts, err := m.Contacts()
	h.Contacts = len(contacts)
	h.Offline, h.demanded = m.Offline()
	return err
}

func (h health) text() string {
	text := fmt.Sprintf("%s, %s, kernels: %s\n", h.System, plural(h.Cores, "core"), h.SIMD)
	if h.Memory > 0 {
		text += fmt.Sprintf("memory: %.1f GB, %.1f GB of it free\n", gigabytes(h.Memory), gigabytes(h.Available))
	}
	if h.Disk > 0 {
		text += fmt.Sprintf("disk: %.1f GB free\n", gigabytes(h.Disk))
	}
	text += fmt.Sprintf("%s, models to start from: %s\n", plural(h.Projects, "recent project"), strings.Join(h.Models, ", "))
	text += fmt.Sprintf("network: %s; %s so far\n", switched(h.Offline, h.demanded), plural(h.Contacts, "contact"))
	if h.Explanation != "" {
		text += h.Explanation + "\n"
	}
	return text
}

func gigabytes(n int64) float64 { return float64(n) / (1 << 30) }

// hasDisplay says whether a window could open: on Linux a display must be named.
func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
