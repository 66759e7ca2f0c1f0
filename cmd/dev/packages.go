package main

import (
	"slices"
	"strings"
)

// A need is a job for which a machine may lack packages.
type need string

const (
	toFetch need = "fetching the libraries" // the certificates by which Go knows their server
	toBuild need = "building the window"    // a C compiler, the headers of OpenGL, X11 and Wayland
	toDraw  need = "drawing the window"     // OpenGL's own drivers, which headers do not bring
	toTest  need = "testing the window"     // a display in memory, and hands to click on it

	toEmulate need = "testing the kernels of arm64" // a processor in software

	toCompare need = "comparing with PyTorch" // with a library for matrices whose threads get along with its own
)

// A manager is a system's package manager and the names that it has for what
// Attune needs. The lists were found in bare systems, adding only what was
// missed.
type manager struct {
	program  string                           // by which the system is known
	query    []string                         // tells which of the packages named after it are there
	has      func(line string) (string, bool) // the package that a line of its answer says is there
	refresh  []string                         // fetches the lists of packages
	trial    []string                         // tells, by failing, that a package named after it is unknown
	install  []string                         // installs the packages named after it
	itself   bool                             // dev runs install itself; elsewhere it only shows the line
	packages map[need][]string
}

// Debian, Ubuntu and their kin were tried; the names of the other two are from
// their package lists, so dev shows them and leaves the doing to people.
var managers = []manager{
	{
		program: "apt-get",
		query:   []string{"dpkg-query", "-W", "-f=${db:Status-Status} ${Package}\n"},
		has:     func(line string) (string, bool) { return strings.CutPrefix(line, "installed ") },
		refresh: []string{"apt-get", "update"},
		trial:   []string{"apt-get", "install", "--simulate", "--no-install-recommends"},
		install: []string{"apt-get", "install", "-y", "--no-install-recommends"},
		itself:  true,
		packages: map[need][]string{
			toFetch: {"ca-certificates"},
			toBuild: {"gcc", "libc6-dev", "pkgconf", "libgl-dev", "libegl-dev", "libxcursor-dev", "libxrandr-dev",
				"libxinerama-dev", "libxi-dev", "libxxf86vm-dev", "libwayland-dev", "libxkbcommon-dev"},
			toDraw: {"libgl1-mesa-dri"},
			toTest: {"xvfb", "xdotool"},

			toEmulate: {"qemu-user"},

			toCompare: {"python3-torch", "libopenblas0-openmp"},
		},
	},
	{
		program: "dnf",
		query:   []string{"rpm", "-q", "--qf", "installed %{NAME}\n"},
		has:     func(line string) (string, bool) { return strings.CutPrefix(line, "installed ") },
		install: []string{"dnf", "install"},
		packages: map[need][]string{
			toFetch: {"ca-certificates"},
			toBuild: {"gcc", "pkgconf-pkg-config", "mesa-libGL-devel", "mesa-libEGL-devel", "libXcursor-devel", "libXrandr-devel",
				"libXinerama-devel", "libXi-devel", "libXxf86vm-devel", "wayland-devel", "libxkbcommon-devel"},
			toDraw: {"mesa-dri-drivers"},
			toTest: {"xorg-x11-server-Xvfb", "xdotool"},

			toEmulate: {"qemu-user"},

			toCompare: {"python3-torch"},
		},
	},
	{
		program: "pacman",
		query:   []string{"pacman", "-Qq"},
		has:     func(line string) (string, bool) { return line, line != "" },
		install: []string{"pacman", "-S", "--needed"},
		packages: map[need][]string{
			toFetch: {"ca-certificates"},
			toBuild: {"gcc", "pkgconf", "libglvnd", "libxcursor", "libxrandr", "libxinerama", "libxi", "libxxf86vm", "wayland", "libxkbcommon"},
			toDraw:  {"mesa"},
			toTest:  {"xorg-server-xvfb", "xdotool"},

			toEmulate: {"qemu-user"},

			toCompare: {"python-pytorch"},
		},
	},
}

// findManager gives the package manager of the machine.
func findManager(has func(program string) bool) (manager, bool) {
	at := slices.IndexFunc(managers, func(m manager) bool { return has(m.program) })
	if at < 0 {
		return manager{}, false
	}
	return managers[at], true
}

// wanted lists the packages for several needs.
func (m manager) wanted(needs []need) []string {
	var all []string
	for _, n := range needs {
		all = append(all, m.packages[n]...)
	}
	return all
}

// emulator runs a program for Linux on arm64.
const emulator = "qemu-aarch64"

// brings are the programs for whose sake some packages are wanted. Where the
// program is there, whichever package or hand put it there, nothing is missing.
var brings = map[string]string{
	"gcc":     "gcc",
	"pkgconf": "pkg-config", "pkgconf-pkg-config": "pkg-config",
	"xvfb": "Xvfb", "xorg-x11-server-Xvfb": "Xvfb", "xorg-server-xvfb": "Xvfb",
	"xdotool":   "xdotool",
	"qemu-user": emulator,
}

// missing gives the wanted packages that neither the answer to query names nor
// a program stands for.
func (m manager) missing(wanted []string, answer string, has func(program string) bool) []string {
	there := map[string]bool{}
	for line := range strings.Lines(answer) {
		if name, ok := m.has(strings.TrimSpace(line)); ok {
			there[name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(p string) bool {
		program, known := brings[p]
		return there[p] || known && has(program)
	})
}
