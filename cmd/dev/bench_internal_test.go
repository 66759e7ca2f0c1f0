package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestBenchOptions(t *testing.T) {
	for _, c := range []struct {
		name  string
		args  []string
		cases []string // nil for a refusal
	}{
		{"nothing asked", nil, []string{"minilm-128", "minilm-short", "distil-128", "distil-short", "answers-128", "answers-short"}},
		{"two cases in an order", []string{"-cases", "distil-short,minilm-128", "-rounds", "3", "-simd", "avx2"}, []string{"distil-short", "minilm-128"}},
		{"a case that is not there", []string{"-cases", "gpt"}, nil},
		{"no rounds", []string{"-rounds", "0"}, nil},
		{"a word too many", []string{"now"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := readBenchOptions(c.args)
			if (err == nil) != (c.cases != nil) {
				t.Fatalf("error %v", err)
			}
			var names []string
			for _, each := range o.cases {
				names = append(names, each.name)
			}
			if err == nil && !slices.Equal(names, c.cases) {
				t.Errorf("cases %q, want %q", names, c.cases)
			}
		})
	}
}

// Both programs must be given the same work.
func TestSidesAreGivenTheSame(t *testing.T) {
	folder := t.TempDir()
	script := &torch{call: program{args: []string{"python3", "script.py"}}}
	for _, c := range benchCases {
		t.Run(c.name, func(t *testing.T) {
			sides, err := c.sides(folder, "attunectl", script, benchOptions{threads: 2, simd: "avx2"})
			if err != nil {
				t.Fatal(err)
			}
			work := strings.Join(sides[padded].args[2:], " ")
			if !strings.Contains(strings.Join(sides[ours].args, " "), work) || !slices.Contains(sides[ours].env, "ATTUNE_SIMD=avx2") {
				t.Errorf("ours is %s, PyTorch's %s", sides[ours], sides[padded])
			}
			if got := sides[grouped].args != nil; got != c.short {
				t.Errorf("grouped is timed: %v, texts differ in length: %v", got, c.short)
			}
			text, err := os.ReadFile(filepath.Join(folder, "lengths.txt"))
			if err != nil {
				t.Fatal(err)
			}
			sum, lines := 0, strings.Fields(string(text))
			for _, line := range lines {
				n, err := strconv.Atoi(line)
				if err != nil || n < 4 || n > 128 {
					t.Fatalf("%q is no length between 4 and 128", line)
				}
				sum += n
			}
			if len(lines) != c.batch*c.steps || float64(sum)/float64(len(lines)) != c.mean() {
				t.Errorf("%d lengths of mean %g, want %d of mean %g", len(lines), float64(sum)/float64(len(lines)), c.batch*c.steps, c.mean())
			}
			if c.short && (c.mean() < 22 || c.mean() > 28) {
				t.Errorf("short texts have a mean of %g tokens, want about 25", c.mean())
			}
		})
	}
}

func TestMeasurementsAreRead(t *testing.T) {
	var got measured
	text := `{"samples_per_second":10,"tokens_per_second":250.5,"step_ms_median":3,"gflops":90,"peak_rss_mb":400,"simd":"avx512","threads":2,"product_gflops":100,"peak_gflops":120}`
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if want := (measured{250.5, 400, 90, 100, 120, "avx512"}); got != want {
		t.Errorf("read %+v, want %+v", got, want)
	}
}

func TestTheTable(t *testing.T) {
	of := func(tokens, memory float64) measured {
		return measured{Tokens: tokens, Memory: memory, Rate: 90, Products: 100, Peak: 120, SIMD: "avx512"}
	}
	r := report{threads: 2, loads: []float64{0.25, 1.5}, torch: &torch{Version: "1.13", BLAS: "openblas"}, rows: []row{
		{title: "short", mean: 25, short: true, sides: [sideCount][]measured{
			{of(2500, 400), of(5000, 500), of(3000, 450)}, {of(500, 900), of(1000, 900)}, {of(1500, 800)},
		}},
		{title: "long", mean: 100, sides: [sideCount][]measured{{of(2000, 400)}, {of(1000, 800)}, nil}},
	}}
	text := r.markdown()
	for _, want := range []string{
		"| short | 120 | 30.0 | 60.0 | 4.00 | 2.00 | 90 % | 75 % | 450 | 900 | 0.50 |\n",
		"| long | 20.0 | 10.0 | same | 2.00 | same | 90 % | 75 % | 400 | 800 | 0.50 |\n",
		"Medians of 3, each program in turn, 2 threads, ", "load average 0.2 to 1.5", "PyTorch 1.13, eager, float32, with openblas.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	columns := strings.Count(strings.SplitN(text, "\n", 2)[0], "|")
	for _, line := range strings.Split(text, "\n")[:4] {
		if strings.Count(line, "|") != columns {
			t.Errorf("%q has not the %d bars of the head", line, columns)
		}
	}
}

func TestTheTableWithoutPyTorch(t *testing.T) {
	r := report{threads: 2, loads: []float64{0}, rows: []row{{title: "short", mean: 25, short: true, sides: [sideCount][]measured{{{Tokens: 2500}}, nil, nil}}}}
	if text := r.markdown(); !strings.Contains(text, "| short | 100 | - | - | - | - | - | - | - | - | - |\n") || strings.Contains(text, "PyTorch 1") {
		t.Error(text)
	}
}

func TestMedian(t *testing.T) {
	tokens := func(m measured) float64 { return m.Tokens }
	for want, values := range map[float64][]float64{0: nil, 3: {3}, 2: {1, 3}, 5: {9, 1, 5}} {
		var all []measured
		for _, v := range values {
			all = append(all, measured{Tokens: v})
		}
		if got := median(all, tokens); got != want {
			t.Errorf("median of %v is %g, want %g", values, got, want)
		}
	}
}

func TestTheReferenceLibraryIsNothingToCompareWith(t *testing.T) {
	for blas, want := range map[string]bool{
		"blas/libblas.so.3.11.0": true, "lapack/liblapack.so.3.11.0": true,
		"openblas-openmp/libopenblasp-r0.3.21.so": false, "mkl": false,
	} {
		if got := (&torch{BLAS: blas}).slow(); got != want {
			t.Errorf("%s is slow: %v", blas, got)
		}
	}
}

// A processor that OpenBLAS does not know is named to it; one that it chose itself stands.
func TestAProcessorNewerThanOpenBLAS(t *testing.T) {
	for _, each := range []struct{ core, flags, want string }{
		{"Prescott", "sse2 avx2 avx512f avx512vl", "SkylakeX"}, {"Prescott", "sse2 avx avx2", "Haswell"},
		{"Prescott", "sse2", ""}, {"Zen", "avx2 avx512vl", ""}, {"", "avx2", ""},
	} {
		if got := betterCore(each.core, strings.Fields(each.flags)); got != each.want {
			t.Errorf("%q with %s is called %q, want %q", each.core, each.flags, got, each.want)
		}
	}
}
