package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fakeSystem is a machine in memory: what is installed, and what installing
// would do.
type fakeSystem struct {
	programs  []string        // on the PATH
	installed map[string]bool // packages
	empty     bool            // it has no lists of packages yet
	stale     bool            // its lists of packages name files that are gone
	offline   bool            // nothing can be fetched or installed
	ran       []string        // what was run in full view
	said      strings.Builder
}

func (f *fakeSystem) has(program string) bool { return slices.Contains(f.programs, program) }

func (f *fakeSystem) output(p program) (string, error) {
	if !f.has(p.args[0]) {
		return "", errors.New("not found")
	}
	if slices.Contains(p.args, "--simulate") {
		if f.empty {
			return "", errors.New("unable to locate package")
		}
		return "", nil
	}
	var b strings.Builder
	for _, name := range p.args[1:] {
		if f.installed[name] && p.args[0] == "pacman" {
			fmt.Fprintln(&b, name)
		} else if f.installed[name] {
			fmt.Fprintln(&b, "installed", name)
		}
	}
	return b.String() + "not-installed xterm\n", errors.New("dpkg-query: no packages found matching xvfb")
}

func (f *fakeSystem) show(p program) error {
	f.ran = append(f.ran, strings.Join(p.args, " "))
	if slices.Contains(p.args, "update") {
		if !f.offline {
			f.empty, f.stale = false, false
		}
		return f.fetch()
	}
	if f.empty || f.stale {
		return errors.New("not found")
	}
	return f.fetch()
}

func (f *fakeSystem) fetch() error {
	if f.offline {
		return errors.New("no network")
	}
	return nil
}

func (f *fakeSystem) printf(format string, args ...any) { fmt.Fprintf(&f.said, format, args...) }

// having is a set of packages: all for the needs, less the given ones.
func having(m manager, less []string, needs ...need) map[string]bool {
	there := map[string]bool{}
	for _, p := range m.wanted(needs) {
		there[p] = !slices.Contains(less, p)
	}
	return there
}

func TestProvide(t *testing.T) {
	apt, dnf, pacman := managers[0], managers[1], managers[2]
	debian := []string{"apt-get", "dpkg-query", "gcc", "pkg-config"}
	bare := []string{"apt-get", "dpkg-query"}
	lacksXi := having(apt, []string{"libxi-dev"}, toBuild)
	cases := []struct {
		name    string
		os      string
		system  fakeSystem
		root    bool
		ci      bool
		answer  bool
		want    []string // what is run
		way     string   // of the error, "" for none
		noQuery bool     // nobody may be asked
	}{
		{name: "nothing is missing", system: fakeSystem{programs: debian, installed: having(apt, nil, toBuild)}, noQuery: true},
		{name: "a compiler from elsewhere will do", system: fakeSystem{programs: debian, installed: having(apt, []string{"gcc", "pkgconf"}, toBuild)}, noQuery: true},
		{name: "root installs without a question", root: true, noQuery: true,
			system: fakeSystem{programs: debian, installed: lacksXi},
			want:   []string{"apt-get install -y --no-install-recommends libxi-dev"}},
		{name: "a fresh container has no lists", root: true, noQuery: true,
			system: fakeSystem{programs: debian, installed: lacksXi, empty: true},
			want:   []string{"apt-get update", "apt-get install -y --no-install-recommends libxi-dev"}},
		{name: "a machine long not looked after", root: true, noQuery: true,
			system: fakeSystem{programs: debian, installed: lacksXi, stale: true},
			want:   []string{"apt-get install -y --no-install-recommends libxi-dev", "apt-get update", "apt-get install -y --no-install-recommends libxi-dev"}},
		{name: "a user agrees", answer: true,
			system: fakeSystem{programs: debian, installed: lacksXi},
			want:   []string{"sudo apt-get install -y --no-install-recommends libxi-dev"}},
		{name: "a user agrees and the lists are old", answer: true,
			system: fakeSystem{programs: debian, installed: lacksXi, stale: true},
			want: []string{"sudo apt-get install -y --no-install-recommends libxi-dev", "sudo apt-get update",
				"sudo apt-get install -y --no-install-recommends libxi-dev"}},
		{name: "a user declines",
			system: fakeSystem{programs: debian, installed: lacksXi},
			way:    "sudo apt-get install -y --no-install-recommends libxi-dev"},
		{name: "nobody asks in CI", ci: true, noQuery: true,
			system: fakeSystem{programs: debian, installed: lacksXi},
			want:   []string{"sudo -n apt-get install -y --no-install-recommends libxi-dev"}},
		{name: "no network", root: true, noQuery: true,
			system: fakeSystem{programs: debian, installed: lacksXi, offline: true},
			want:   []string{"apt-get install -y --no-install-recommends libxi-dev", "apt-get update"},
			way:    "apt-get install -y --no-install-recommends libxi-dev"},
		{name: "a bare machine", root: true, noQuery: true,
			system: fakeSystem{programs: bare},
			want:   []string{"apt-get install -y --no-install-recommends " + strings.Join(apt.packages[toBuild], " ")}},
		{name: "Fedora is told what to do", noQuery: true,
			system: fakeSystem{programs: []string{"dnf", "rpm", "gcc"}, installed: having(dnf, []string{"pkgconf-pkg-config", "wayland-devel"}, toBuild)},
			way:    "sudo dnf install pkgconf-pkg-config wayland-devel"},
		{name: "Arch is told what to do", noQuery: true,
			system: fakeSystem{programs: []string{"pacman", "gcc", "pkg-config"}, installed: having(pacman, []string{"libxi"}, toBuild)},
			way:    "sudo pacman -S --needed libxi"},
		{name: "an unknown Linux tries to build", noQuery: true, system: fakeSystem{}},
		{name: "a Mac without its tools", os: "darwin", noQuery: true, way: "xcode-select --install"},
		{name: "Windows without a compiler", os: "windows", noQuery: true, way: "winget install MSYS2.MSYS2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := provider{system: &c.system, os: c.os, root: c.root, ci: c.ci, ask: func(string) bool {
				if c.noQuery {
					t.Error("somebody was asked")
				}
				return c.answer
			}}
			if p.os == "" {
				p.os = "linux"
			}
			err := p.provide(toBuild)
			if !slices.Equal(c.system.ran, c.want) {
				t.Errorf("ran %q, want %q", c.system.ran, c.want)
			}
			switch hint := hintOf(err); {
			case c.way == "" && err != nil:
				t.Errorf("failed: %v", err)
			case c.way != "" && !strings.Contains(hint, c.way):
				t.Errorf("the way out is %q, want %q", hint, c.way)
			}
		})
	}
}

func TestManagersKnowEveryNeed(t *testing.T) {
	for _, m := range managers {
		for _, n := range []need{toFetch, toBuild, toDraw, toTest, toEmulate, toCompare} {
			if len(m.packages[n]) == 0 {
				t.Errorf("%s has no packages for %s", m.program, n)
			}
		}
	}
}
