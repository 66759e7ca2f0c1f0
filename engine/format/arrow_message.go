package format

import (
	"encoding/binary"
	"errors"
)

// The kinds of messages and of types that matter here (format/Message.fbs and
// format/Schema.fbs of Apache Arrow).
const (
	arrowSchema     = 1
	arrowDictionary = 2
	arrowBatch      = 3

	arrowNull      = 1
	arrowInt       = 2
	arrowFloat     = 3
	arrowBinary    = 4
	arrowText      = 5
	arrowBool      = 6
	arrowDate      = 8
	arrowTimestamp = 10
	arrowList      = 12
	arrowStruct    = 13
	arrowFixedList = 16
	arrowLongBytes = 19
	arrowLongText  = 20
	arrowLongList  = 21
)

// arrowMessage is what stands before the values of a batch.
type arrowMessage struct {
	kind   byte
	header arrowTable
	body   int64 // bytes of values that follow
}

func messageOf(text []byte) arrowMessage {
	t := arrowTable{text, int(binary.LittleEndian.Uint32(text))}
	return arrowMessage{kind: t.byte(1), header: t.table(2), body: t.int64(3)}
}

// arrowTable is a table of a flatbuffer: numbered fields of which some are left out. What
// is read beyond the text panics.
type arrowTable struct {
	text []byte
	at   int
}

// place gives where a field stands, 0 if it is left out.
func (t arrowTable) place(field int) int {
	v := t.at - int(int32(binary.LittleEndian.Uint32(t.text[t.at:])))
	slot := 4 + 2*field
	if slot >= int(binary.LittleEndian.Uint16(t.text[v:])) {
		return 0
	}
	if offset := int(binary.LittleEndian.Uint16(t.text[v+slot:])); offset != 0 {
		return t.at + offset
	}
	return 0
}

func (t arrowTable) has(field int) bool { return t.place(field) != 0 }

func (t arrowTable) byte(field int) byte {
	if at := t.place(field); at != 0 {
		return t.text[at]
	}
	return 0
}

func (t arrowTable) bool(field int) bool { return t.byte(field) != 0 }

func (t arrowTable) int16(field int) int {
	if at := t.place(field); at != 0 {
		return int(int16(binary.LittleEndian.Uint16(t.text[at:])))
	}
	return 0
}

func (t arrowTable) int32(field int) int {
	if at := t.place(field); at != 0 {
		return int(int32(binary.LittleEndian.Uint32(t.text[at:])))
	}
	return 0
}

func (t arrowTable) int64(field int) int64 {
	if at := t.place(field); at != 0 {
		return int64(binary.LittleEndian.Uint64(t.text[at:]))
	}
	return 0
}

// follow gives where an offset leads.
func (t arrowTable) follow(at int) int { return at + int(binary.LittleEndian.Uint32(t.text[at:])) }

// table gives a table in this one; it must be there.
func (t arrowTable) table(field int) arrowTable {
	at := t.place(field)
	if at == 0 {
		panic("a part of a message is missing")
	}
	return arrowTable{t.text, t.follow(at)}
}

// vector gives where the elements of a vector begin and how many they are.
func (t arrowTable) vector(field, size int) (from, n int) {
	at := t.place(field)
	if at == 0 {
		return 0, 0
	}
	at = t.follow(at)
	n = int(binary.LittleEndian.Uint32(t.text[at:]))
	_ = t.text[at+4:][:n*size]
	return at + 4, n
}

func (t arrowTable) tables(field int) (all []arrowTable) {
	from, n := t.vector(field, 4)
	for i := range n {
		all = append(all, arrowTable{t.text, t.follow(from + 4*i)})
	}
	return all
}

func (t arrowTable) string(field int) string {
	from, n := t.vector(field, 1)
	return string(t.text[from : from+n])
}

// structs gives a vector of structs of so many bytes each.
func (t arrowTable) structs(field, size int) []byte {
	from, n := t.vector(field, size)
	return t.text[from : from+n*size]
}

// metadata gives what a schema says under a key, "" for nothing.
func (t arrowTable) metadata(key string) string {
	for _, pair := range t.tables(2) {
		if pair.string(0) == key {
			return pair.string(1)
		}
	}
	return ""
}

// arrowField is a column of a schema, perhaps with columns in it.
type arrowField struct {
	name       string
	kind       byte
	bits       int // of a number
	signed     bool
	unit       int // of a date or time
	fixed      int // length of the lists of a fixed length
	children   []arrowField
	dictionary *int64 // whose values the column's numbers stand for
	indices    *arrowField
}

func (f arrowField) isList() bool {
	return f.kind == arrowList || f.kind == arrowLongList || f.kind == arrowFixedList
}

// withDictionary finds the field whose values a dictionary holds.
func (f arrowField) withDictionary(id int64) (arrowField, bool) {
	if f.dictionary != nil && *f.dictionary == id {
		return f, true
	}
	for _, child := range f.children {
		if found, ok := child.withDictionary(id); ok {
			return found, true
		}
	}
	return arrowField{}, false
}

// fields gives the columns of a schema. It fails with an *Error on types that are not
// read.
func (t arrowTable) fields(f File) ([]arrowField, error) {
	if t.int16(0) != 0 {
		return nil, unreadArrow(f, "numbers of another order of bytes")
	}
	left := maxColumns * 4 // one may be reached in several ways
	return t.fieldsIn(f, 1, &left)
}

func (t arrowTable) fieldsIn(f File, place int, left *int) (all []arrowField, err error) {
	for _, field := range t.tables(place) {
		if *left--; *left < 0 {
			return nil, tooManyColumns(f)
		}
		a := arrowField{name: field.string(0), kind: field.byte(2)}
		if a.children, err = field.fieldsIn(f, 5, left); err != nil {
			return nil, err
		}
		if err := a.readType(f, field.table(3)); err != nil {
			return nil, err
		}
		if field.has(4) {
			d := field.table(4)
			id := d.int64(0)
			a.dictionary, a.indices = &id, &arrowField{kind: arrowInt, bits: 32, signed: true}
			if d.has(1) {
				a.indices.bits, a.indices.signed = d.table(1).int32(0), d.table(1).bool(1)
			}
			if err := a.indices.check(f); err != nil {
				return nil, err
			}
		}
		all = append(all, a)
	}
	return all, nil
}

func (a *arrowField) readType(f File, t arrowTable) error {
	switch a.kind {
	case arrowInt:
		a.bits, a.signed = t.int32(0), t.bool(1)
	case arrowFloat:
		a.bits = 16 << t.int16(0)
	case arrowDate:
		a.unit, a.bits = 1, 64 // milliseconds, which is what is left out
		if t.has(0) && t.int16(0) == 0 {
			a.unit, a.bits = 0, 32 // days
		}
		a.signed = true
	case arrowTimestamp:
		a.unit, a.bits, a.signed = t.int16(0), 64, true
	case arrowFixedList:
		a.fixed = t.int32(0)
	}
	return a.check(f)
}

// check fails on what is not read.
func (a *arrowField) check(f File) error {
	numbers := []int{8, 16, 32, 64}
	switch a.kind {
	case arrowNull, arrowBinary, arrowText, arrowBool, arrowStruct, arrowLongBytes, arrowLongText, arrowDate, arrowTimestamp:
		return nil
	case arrowInt:
		for _, n := range numbers {
			if a.bits == n {
				return nil
			}
		}
	case arrowFloat:
		if a.bits == 32 || a.bits == 64 {
			return nil
		}
	case arrowList, arrowLongList, arrowFixedList:
		if len(a.children) == 1 && a.fixed >= 0 {
			return nil
		}
		return damagedArrow(f, errors.New("a list without values"))
	}
	return unreadArrow(f, "a column "+a.name+" of a type that is not read here")
}
