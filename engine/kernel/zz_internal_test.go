package kernel

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func quickest(f func()) time.Duration {
	best := time.Hour
	for range 400 {
		start := time.Now()
		for range 20 {
			f()
		}
		best = min(best, time.Since(start)/20)
	}
	return best
}

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	for _, p := range paths()[:2] {
		active = p
		for _, s := range [][3]int{{25, 25, 32}, {25, 32, 25}, {25, 32, 32}, {128, 128, 32}, {128, 32, 128}, {512, 384, 384}} {
			for _, l := range layouts {
				m, n, k := s[0], s[1], s[2]
				lda, ldb := k, n
				if l.layout == TN {
					lda = m
				}
				if l.layout == NT {
					ldb = k
				}
				x, y, z := normals(m*k, 1), normals(k*n, 2), make([]float32, m*n)
				d := quickest(func() { Gemm(l.layout, m, n, k, x, lda, y, ldb, z, n, false) })
				fmt.Println(p.name, s, l.name, d, int(2*float64(m*n*k)/float64(d.Nanoseconds())))
			}
		}
	}
}

func TestZE(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	const n = 1536
	for _, p := range paths()[:2] {
		active = p
		x, y, slope := normals(n, 1), make([]float32, n), make([]float32, n)
		for _, a := range activations[:4] {
			fmt.Println(p.name, a.name, quickest(func() { a.run(y, slope, x) }))
		}
		fmt.Println(p.name, "softmax 25", quickest(func() { Softmax(x[:25], 0.1) }))
		fmt.Println(p.name, "softmax 128", quickest(func() { Softmax(x[:128], 0.1) }))
		fmt.Println(p.name, "dropout 384", quickest(func() { Dropout{1, 0.1}.Apply(x[:384], 5); x[0] = 1 }))
		fmt.Println(p.name, "addnorm", quickest(func() { AddNorm(y[:384], x[:384], y[384:], y[:384], y[:384], 1e-5, Dropout{1, 0.1}, 0) }))
		fmt.Println(p.name, "addnorm nodrop", quickest(func() { AddNorm(y[:384], x[:384], y[384:], y[:384], y[:384], 1e-5, Dropout{1, 0}, 0) }))
		x, y, slope = normals(n, 1), make([]float32, n), make([]float32, n)
		fmt.Println(p.name, "addnormb", quickest(func() {
			AddNormBackward(y[:384], y[384:768], x[:384], x[384:], x[:384], slope[:384], slope[384:], 1, Dropout{1, 0.1}, 0)
		}))
		fmt.Println(p.name, "adamw", quickest(func() {
			AdamW(x, y, slope, slope, AdamWStep{1e-3, .9, .99, 1e-8, 0, 1, 1})
		}))
	}
}
