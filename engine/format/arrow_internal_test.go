package format

import (
	"encoding/binary"
	"testing"
)

// Three lists of the same two numbers are refused, those that follow each other are not.
func TestArrowListsFollowEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		offsets []uint32
		refused bool
	}{
		"in order":  {[]uint32{0, 2, 2, 4}, false},
		"backwards": {[]uint32{0, 2, 0, 2}, true},
		"negative":  {[]uint32{0, 2, 1 << 31, 2}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var body, nodes, buffers []byte
			for _, offset := range c.offsets {
				body = binary.LittleEndian.AppendUint32(body, offset)
			}
			body = append(body, 1, 2, 3, 4)
			for _, n := range []uint64{3, 0, 4, 0} { // values and nulls of the lists, and of the numbers
				nodes = binary.LittleEndian.AppendUint64(nodes, n)
			}
			for _, place := range []uint64{0, 0, 0, 16, 0, 0, 16, 4} { // from and length: which are valid, offsets; which are valid, numbers
				buffers = binary.LittleEndian.AppendUint64(buffers, place)
			}
			defer func() {
				if refused := recover() != nil; refused != c.refused {
					t.Errorf("refused: %t", refused)
				}
			}()
			r := arrowReading{rows: 3, body: body, nodes: nodes, buffers: buffers}
			a := r.array(arrowField{kind: arrowList, children: []arrowField{{kind: arrowInt, bits: 8}}})
			if got := (arrowColumn{}).value(a, 0); got != "1; 2" {
				t.Errorf("the first is %q", got)
			}
		})
	}
}
