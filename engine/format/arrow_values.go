package format

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"
)

// arrowReading takes the arrays of a batch apart, column by column: each has a node and
// some buffers, in the order of the schema (Arrow columnar format, "Recursive layout").
type arrowReading struct {
	rows           int
	body           []byte
	nodes, buffers []byte // 16 bytes each
	dictionaries   map[int64]arrowArray
}

// arrowArray is the values of a column in one batch.
type arrowArray struct {
	field    arrowField
	n        int
	valid    []byte // a bit each, empty if all are
	offsets  []byte // of texts and lists
	data     []byte
	children []arrowArray
	values   *arrowArray // that the numbers of a dictionary's column stand for
}

// array takes the next array.
func (r *arrowReading) array(f arrowField) arrowArray {
	a := arrowArray{field: f, n: int(binary.LittleEndian.Uint64(r.nodes))}
	r.nodes = r.nodes[16:]
	if f.kind == arrowNull {
		return a
	}
	if a.n < 0 || a.n > 8*len(r.body) { // a bit each at least
		panic("a column has more values than its batch")
	}
	a.valid = r.buffer()
	switch {
	case f.dictionary != nil:
		values := r.dictionaries[*f.dictionary]
		a.values, a.data, a.field = &values, r.buffer(), *f.indices
		return a
	case f.kind == arrowText || f.kind == arrowBinary || f.kind == arrowLongText || f.kind == arrowLongBytes:
		a.offsets, a.data = r.buffer(), r.buffer()
	case f.kind == arrowList || f.kind == arrowLongList:
		a.offsets = r.buffer()
	case f.kind != arrowStruct && f.kind != arrowFixedList:
		a.data = r.buffer()
	}
	a.inOrder()
	for _, child := range f.children {
		a.children = append(a.children, r.array(child))
	}
	return a
}

// inOrder panics unless texts and lists follow each other, as they must: lists of lists that
// all share the same values would make any number of a few.
func (a *arrowArray) inOrder() {
	if a.offsets == nil {
		return
	}
	last := 0
	for i := range a.n {
		from, to := a.between(i)
		if from < last || to < from {
			panic("values that do not follow each other")
		}
		last = to
	}
}

// buffer takes the next buffer.
func (r *arrowReading) buffer() []byte {
	from, n := binary.LittleEndian.Uint64(r.buffers), binary.LittleEndian.Uint64(r.buffers[8:])
	r.buffers = r.buffers[16:]
	return r.body[from:][:n]
}

// value is what a table shows of a column in a row.
func (c arrowColumn) value(a arrowArray, row int) string {
	var all []string
	a.texts(row, c.path, func(text string) {
		if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < len(c.classes) {
			text = c.classes[n]
		}
		all = append(all, text)
	})
	return strings.Join(all, listSeparator)
}

// texts shows the plain values of one place, several where lists lead to it; path chooses
// among the columns in columns.
func (a *arrowArray) texts(i int, path []int, show func(string)) {
	if i < 0 || i >= a.n {
		panic("a value outside its column")
	}
	if a.field.kind == arrowNull || len(a.valid) > 0 && a.valid[i/8]>>(i%8)&1 == 0 {
		return
	}
	switch {
	case a.values != nil:
		a.values.texts(int(a.number(i)), path, show)
	case a.field.isList():
		if from, to := a.between(i); a.children[0].field.kind != arrowNull {
			for at := from; at < to; at++ {
				a.children[0].texts(at, path, show)
			}
		}
	case a.field.kind == arrowStruct:
		a.children[path[0]].texts(i, path[1:], show)
	default:
		show(a.text(i))
	}
}

// between gives where a list or a text begins and ends.
func (a *arrowArray) between(i int) (from, to int) {
	switch a.field.kind {
	case arrowFixedList:
		return i * a.field.fixed, (i + 1) * a.field.fixed
	case arrowLongText, arrowLongBytes, arrowLongList:
		return int(binary.LittleEndian.Uint64(a.offsets[8*i:])), int(binary.LittleEndian.Uint64(a.offsets[8*i+8:]))
	}
	return int(int32(binary.LittleEndian.Uint32(a.offsets[4*i:]))), int(int32(binary.LittleEndian.Uint32(a.offsets[4*i+4:])))
}

// number gives a whole number.
func (a *arrowArray) number(i int) int64 {
	b := a.data[i*a.field.bits/8:]
	switch {
	case a.field.bits == 8 && a.field.signed:
		return int64(int8(b[0]))
	case a.field.bits == 8:
		return int64(b[0])
	case a.field.bits == 16 && a.field.signed:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case a.field.bits == 16:
		return int64(binary.LittleEndian.Uint16(b))
	case a.field.bits == 32 && a.field.signed:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case a.field.bits == 32:
		return int64(binary.LittleEndian.Uint32(b))
	}
	return int64(binary.LittleEndian.Uint64(b))
}

// text writes a plain value as people do.
func (a *arrowArray) text(i int) string {
	switch a.field.kind {
	case arrowBool:
		return strconv.FormatBool(a.data[i/8]>>(i%8)&1 == 1)
	case arrowInt:
		if n := a.number(i); a.field.signed || n >= 0 {
			return strconv.FormatInt(n, 10)
		}
		return strconv.FormatUint(uint64(a.number(i)), 10)
	case arrowFloat:
		if a.field.bits == 32 {
			return strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(a.data[4*i:]))), 'g', -1, 32)
		}
		return strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(a.data[8*i:])), 'g', -1, 64)
	case arrowDate:
		return instant(a.number(i), []time.Duration{24 * time.Hour, time.Millisecond}[a.field.unit], time.DateOnly)
	case arrowTimestamp:
		return instant(a.number(i), []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond}[a.field.unit], time.RFC3339Nano)
	}
	from, to := a.between(i)
	return string(a.data[from:to])
}
