package op

import (
	"testing"
	"unsafe"
)

func TestArenaLendsPlacesOfTheirOwn(t *testing.T) {
	var a arena
	for pass := range 4 {
		var lent [][]float32
		for i, n := range []int{1, 17, 300_000, 64, 500_000, 3} {
			values := a.get(n)
			if len(values) != n || uintptr(unsafe.Pointer(&values[0]))%64 != 0 {
				t.Fatalf("pass %d: %d values at %p", pass, len(values), &values[0])
			}
			for j := range values {
				values[j] = float32(i)
			}
			lent = append(lent, values)
		}
		for i, values := range lent {
			for _, v := range values {
				if v != float32(i) {
					t.Fatalf("pass %d: buffer %d was lent twice", pass, i)
				}
			}
		}
		a.reset()
		if len(a.slabs) != 1 {
			t.Errorf("pass %d: %d slabs", pass, len(a.slabs))
		}
	}
}

// A pass like the one before needs no fresh memory.
func TestArenaSettles(t *testing.T) {
	var a arena
	pass := func() {
		for n := range 200 {
			a.get(1000 * n)
		}
		a.reset()
	}
	pass()
	if n := testing.AllocsPerRun(10, pass); n > 0 {
		t.Errorf("%g allocations a pass", n)
	}
}

func TestABufferThatWasPutBackIsLentAgain(t *testing.T) {
	var a arena
	first := a.get(100)
	a.put(first)
	a.put(make([]float32, 100)) // not from an arena
	if other := a.get(40); &other[0] == &first[0] {
		t.Error("a buffer of another size was lent")
	}
	if again := a.get(99); &again[0] != &first[0] {
		t.Error("it was not lent again")
	}
	if again := a.get(99); &again[0] == &first[0] {
		t.Error("it was lent twice")
	}
	a.put(first)
	a.reset()
	a.get(200)
	if late := a.get(100); &late[0] == &first[0] {
		t.Error("it was lent beyond its pass")
	}
}
