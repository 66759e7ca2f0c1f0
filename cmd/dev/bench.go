package main

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// bench times training and answering beside PyTorch, in turn, and prints a table.
func bench(ctx context.Context, m machine, args []string) error {
	o, err := readBenchOptions(args)
	if err != nil {
		return err
	}
	if err := newProvider(m).provide(toFetch); err != nil {
		return err
	}
	attunectl, err := m.build("attunectl", sqliteTakes, "CGO_ENABLED=0")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "attune-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	var torch *torch
	if !o.alone {
		if torch, err = provideTorch(m, folder, o.threads); err != nil {
			return err
		}
	}
	r := report{threads: o.threads, torch: torch}
	for _, c := range o.cases {
		r.rows = append(r.rows, row{title: c.title, mean: c.mean(), short: c.short})
	}
	for round := range o.rounds {
		for i, c := range o.cases {
			sides, err := c.sides(folder, attunectl, torch, o)
			if err != nil {
				return err
			}
			m.printf("round %d of %d, %s:\n", round+1, o.rounds, c.title)
			r.loads = append(r.loads, load())
			if err := m.turn(ctx, sides, &r.rows[i]); err != nil {
				return err
			}
		}
	}
	m.printf("\n%s", r.markdown())
	return nil
}

// turn measures each side once, one after another.
func (m machine) turn(ctx context.Context, sides [sideCount]program, r *row) error {
	for s, p := range sides {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.args == nil {
			continue
		}
		took, err := m.measure(p)
		if err != nil {
			return err
		}
		r.sides[s] = append(r.sides[s], took)
		m.printf("  %s, %.1f samples/s\n", sideNames[s], took.Tokens/r.mean)
	}
	return nil
}

// A benchOptions is what of the table is asked for.
type benchOptions struct {
	cases           []benchCase
	rounds, threads int
	simd            string // "" for the machine's best
	alone           bool   // without PyTorch
}

func readBenchOptions(args []string) (benchOptions, error) {
	var o benchOptions
	var names string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&names, "cases", "", "")
	flags.IntVar(&o.rounds, "rounds", 2, "")
	flags.IntVar(&o.threads, "threads", runtime.NumCPU(), "")
	flags.StringVar(&o.simd, "simd", "", "")
	flags.BoolVar(&o.alone, "alone", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || o.rounds < 1 || o.threads < 1 {
		return o, usageError("bench takes -cases NAME,NAME, -rounds N, -threads N, -simd avx2 and -alone (without PyTorch).")
	}
	if names == "" {
		o.cases = benchCases
		return o, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		at := slices.IndexFunc(benchCases, func(c benchCase) bool { return c.name == name })
		if at < 0 {
			var known []string
			for _, c := range benchCases {
				known = append(known, c.name)
			}
			return o, usageError(fmt.Sprintf("bench has no case %q; it has %s.", name, strings.Join(known, ", ")))
		}
		o.cases = append(o.cases, benchCases[at])
	}
	return o, nil
}

// A measured is what one run of either side tells. The rates of the products and
// of the processor are ours alone.
type measured struct {
	Tokens   float64 `json:"tokens_per_second"`
	Memory   float64 `json:"peak_rss_mb"`
	Rate     float64 `json:"gflops"`
	Products float64 `json:"product_gflops"`
	Peak     float64 `json:"peak_gflops"`
	SIMD     string  `json:"simd"`
}

// measure runs a program that prints one measurement.
func (m machine) measure(p program) (measured, error) {
	var got measured
	out, err := m.output(p)
	if err != nil {
		return got, err
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		return got, fmt.Errorf("%s printed %q, which is no measurement: %w", p.args[0], out, err)
	}
	if got.Tokens <= 0 {
		return got, fmt.Errorf("%s measured no tokens a second", p.args[0])
	}
	return got, nil
}

//go:embed bench_torch.py
var torchScript []byte

// A torch is a PyTorch that runs here.
type torch struct {
	Version string  `json:"version"`
	BLAS    string  `json:"blas"`
	Core    string  `json:"core"` // the processor that OpenBLAS multiplies for
	call    program // of the script, without its arguments
}

// slow reports whether the matrices are multiplied by the reference library that
// Debian's PyTorch takes when there is no other: thirty times slower, and nothing
// to compare with.
func (t *torch) slow() bool {
	return strings.Contains(t.BLAS, "libblas") || strings.Contains(t.BLAS, "liblapack")
}

// provideTorch gives a PyTorch with a fast library for matrices, and installs both
// if it may.
func provideTorch(m machine, folder string, threads int) (*torch, error) {
	script := filepath.Join(folder, "bench_torch.py")
	if err := os.WriteFile(script, torchScript, 0o644); err != nil {
		return nil, err
	}
	if t := findTorch(m, script, threads); t != nil && !t.slow() {
		return t, nil
	}
	if runtime.GOOS != "linux" {
		return nil, &missingError{what: []string{"PyTorch"}, way: "python3 -m pip install torch"}
	}
	if err := newProvider(m).provide(toCompare); err != nil {
		return nil, err
	}
	if t := findTorch(m, script, threads); t != nil {
		return t, nil
	}
	return nil, &missingError{what: []string{"PyTorch"}, way: "python3 -m pip install torch"}
}

// findTorch tries the first Python on the PATH and the system's own, which has what
// the package manager installs. Debian chooses between libraries for matrices by
// itself, and not always the one whose threads get along with PyTorch's.
func findTorch(m machine, script string, threads int) *torch {
	var env []string
	if folders, _ := filepath.Glob("/usr/lib/*/openblas-openmp"); len(folders) > 0 {
		env = append(env, "LD_LIBRARY_PATH="+folders[0])
	}
	env = append(env, "OMP_NUM_THREADS="+strconv.Itoa(threads))
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		t := &torch{call: program{args: []string{python, script}}.with(env...)}
		if !t.ask(m) {
			continue
		}
		if core := betterCore(t.Core, processorFlags()); core != "" {
			t.call = t.call.with("OPENBLAS_CORETYPE=" + core)
			t.ask(m)
		}
		return t
	}
	return nil
}

// ask lets the script tell about itself, and reports whether it could.
func (t *torch) ask(m machine) bool {
	out, err := m.output(t.run("about"))
	return err == nil && json.Unmarshal([]byte(out), t) == nil
}

// oldestCore is what OpenBLAS takes a processor for that is newer than itself: one of
// 2004, whose products are a quarter as fast, and nothing to compare with.
const oldestCore = "Prescott"

// betterCore is the processor that OpenBLAS had better take this one for, by what its flags
// say it can; empty where its own choice stands.
func betterCore(core string, flags []string) string {
	switch {
	case core != oldestCore:
		return ""
	case slices.Contains(flags, "avx512vl"):
		return "SkylakeX"
	case slices.Contains(flags, "avx2"):
		return "Haswell"
	}
	return ""
}

// processorFlags are what Linux says that the first processor can.
func processorFlags() []string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(text), "\nflags")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Fields(line)
}

// run is a run of the script with these arguments.
func (t *torch) run(args ...string) program {
	return program{slices.Concat(t.call.args, args), t.call.env}
}

// load is how many programs wanted a processor in the last minute; 0 where the
// system does not tell.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	n, _ := strconv.ParseFloat(first, 64)
	return n
}

// median of what the runs of one side give; 0 without runs.
func median(all []measured, of func(measured) float64) float64 {
	if len(all) == 0 {
		return 0
	}
	values := make([]float64, len(all))
	for i, each := range all {
		values[i] = of(each)
	}
	slices.SortFunc(values, cmp.Compare[float64])
	half := len(values) / 2
	if len(values)%2 == 1 {
		return values[half]
	}
	return (values[half-1] + values[half]) / 2
}
