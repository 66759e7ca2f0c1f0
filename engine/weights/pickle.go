package weights

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The opcodes of Python's pickle that a file of tensors is made of (CPython,
// Lib/pickle.py; protocols 2 to 5).
const (
	opProto           = 0x80
	opFrame           = 0x95
	opStop            = '.'
	opMark            = '('
	opNone            = 'N'
	opTrue            = 0x88
	opFalse           = 0x89
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opBinInt2         = 'M'
	opLong1           = 0x8a
	opBinFloat        = 'G'
	opBinString       = 'T'
	opShortBinString  = 'U'
	opBinUnicode      = 'X'
	opShortBinUnicode = 0x8c
	opEmptyTuple      = ')'
	opTuple           = 't'
	opTuple1          = 0x85
	opTuple2          = 0x86
	opTuple3          = 0x87
	opEmptyList       = ']'
	opAppend          = 'a'
	opAppends         = 'e'
	opEmptyDict       = '}'
	opSetItem         = 's'
	opSetItems        = 'u'
	opGlobal          = 'c'
	opStackGlobal     = 0x93
	opReduce          = 'R'
	opBuild           = 'b'
	opBinPersID       = 'Q'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opMemoize         = 0x94
	opBinGet          = 'h'
	opLongBinGet      = 'j'
)

// What a pickle can hold here, beside nil, bool, int64, float64 and string.
type (
	tuple  []any
	list   struct{ items []any }
	dict   struct{ items map[string]any } // keys that are no text are dropped
	global string                         // one of globals
	mark   struct{}

	// storage is a run of values that tensors are cut from.
	storage struct {
		key  string
		kind string
		size int64 // in values
	}
	// cut is a tensor as a part of a storage.
	cut struct {
		storage        *storage
		offset         int64 // in values
		shape, strides []int
	}
)

// globals are the names that a pickle may speak of. Nothing is ever called: they
// only tell how tensors lie in the file. Every other name is refused.
var globals = map[global]string{ // to the type of a storage's values
	"torch._utils._rebuild_tensor_v2": "",
	"torch._utils._rebuild_parameter": "",
	"collections.OrderedDict":         "",
	"torch.DoubleStorage":             "F64",
	"torch.FloatStorage":              "F32",
	"torch.HalfStorage":               "F16",
	"torch.BFloat16Storage":           "BF16",
	"torch.LongStorage":               "I64",
	"torch.IntStorage":                "I32",
	"torch.ShortStorage":              "I16",
	"torch.CharStorage":               "I8",
	"torch.ByteStorage":               "U8",
	"torch.BoolStorage":               "BOOL",
}

// unpickler reads a pickle that holds tensors and nothing else. The readers for
// Go that were found build whatever object a pickle names and hold all values in
// memory; this one gives places in the file.
type unpickler struct {
	text  []byte
	at    int
	stack []any
	memo  map[int64]any
}

// errPickle is why a pickle is not read.
func errPickle(format string, parts ...any) error {
	return &Error{
		Reason: fmt.Sprintf(format, parts...),
		Way:    "take the model in the safetensors format; the hub offers it for most models",
	}
}

// unpickle reads the pickle that text begins with and gives its length. No code of
// it is ever run.
func unpickle(text []byte) (value any, n int, err error) {
	u := &unpickler{text: text, memo: map[int64]any{}}
	// A pickle that takes more from the stack or the text than there is panics
	// with one of these, so that the opcodes need not ask each time.
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case *Error:
			value, n, err = nil, 0, failed
		default:
			panic(failed)
		}
	}()
	for {
		if op := u.next(1)[0]; op != opStop {
			u.do(op)
			continue
		}
		return u.pop(), u.at, nil
	}
}

// do carries out one opcode.
func (u *unpickler) do(op byte) {
	switch op {
	case opProto:
		u.next(1)
	case opFrame:
		u.next(8)
	case opMark:
		u.push(mark{})
	case opNone:
		u.push(nil)
	case opTrue:
		u.push(true)
	case opFalse:
		u.push(false)
	case opBinInt, opBinInt1, opBinInt2, opLong1, opBinFloat:
		u.push(u.figure(op))
	case opBinString, opBinUnicode:
		u.push(string(u.next(u.length(4))))
	case opShortBinString, opShortBinUnicode:
		u.push(string(u.next(u.length(1))))
	case opGlobal:
		module := u.line()
		u.push(named(module, u.line()))
	case opStackGlobal:
		name := text(u.pop())
		u.push(named(text(u.pop()), name))
	case opReduce:
		args, _ := u.pop().(tuple)
		u.push(reduced(u.pop(), args))
	case opBuild: // the state of an OrderedDict holds nothing that is needed
		u.pop()
		if _, ok := u.top().(*dict); !ok {
			panic(errPickle("it sets up an object that is no tensor"))
		}
	case opBinPersID:
		u.push(stored(u.pop()))
	case opBinPut, opLongBinPut, opMemoize, opBinGet, opLongBinGet:
		u.remember(op)
	default:
		u.doCollection(op)
	}
}

// doCollection carries out an opcode on tuples, lists and dicts.
func (u *unpickler) doCollection(op byte) {
	switch op {
	case opEmptyTuple:
		u.push(tuple{})
	case opTuple:
		u.push(tuple(u.popMarked()))
	case opTuple1, opTuple2, opTuple3:
		t := make(tuple, op-opTuple1+1)
		for i := range t {
			t[len(t)-1-i] = u.pop()
		}
		u.push(t)
	case opEmptyList:
		u.push(&list{})
	case opAppend:
		u.extend([]any{u.pop()})
	case opAppends:
		u.extend(u.popMarked())
	case opEmptyDict:
		u.push(&dict{items: map[string]any{}})
	case opSetItem:
		value := u.pop()
		u.set([]any{u.pop(), value})
	case opSetItems:
		u.set(u.popMarked())
	default:
		panic(errPickle("it holds the instruction 0x%02x, which tensors do not need", op))
	}
}

// figure gives the number that an opcode holds.
func (u *unpickler) figure(op byte) any {
	switch op {
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(u.next(4))))
	case opBinInt1:
		return int64(u.next(1)[0])
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(u.next(2)))
	case opBinFloat:
		return math.Float64frombits(binary.BigEndian.Uint64(u.next(8)))
	}
	digits := u.next(u.length(1)) // of opLong1, two's complement
	if len(digits) > 8 {
		return string(digits) // as torch's magic number, which is only compared
	}
	var n int64
	for i, d := range digits {
		n |= int64(d) << (8 * i)
	}
	unused := 64 - 8*len(digits)
	return n << unused >> unused
}

// remember puts the top of the stack into the memo, or gets something from it.
func (u *unpickler) remember(op byte) {
	switch op {
	case opMemoize:
		u.memo[int64(len(u.memo))] = u.top()
	case opBinPut:
		u.memo[int64(u.length(1))] = u.top()
	case opLongBinPut:
		u.memo[int64(u.length(4))] = u.top()
	default:
		width := 1
		if op == opLongBinGet {
			width = 4
		}
		value, ok := u.memo[int64(u.length(width))]
		if !ok {
			panic(errPickle("it refers to something that it does not hold"))
		}
		u.push(value)
	}
}

// next gives the next n bytes.
func (u *unpickler) next(n int) []byte {
	if n > len(u.text)-u.at {
		panic(&Error{Reason: "the list of tensors is cut off"})
	}
	u.at += n
	return u.text[u.at-n : u.at]
}

// length reads a number of width bytes, 1 or 4.
func (u *unpickler) length(width int) int {
	if width == 1 {
		return int(u.next(1)[0])
	}
	return int(binary.LittleEndian.Uint32(u.next(4)) & math.MaxInt32)
}

func (u *unpickler) line() string {
	from := u.at
	for u.next(1)[0] != '\n' {
	}
	return string(u.text[from : u.at-1])
}

func (u *unpickler) push(value any) { u.stack = append(u.stack, value) }

func (u *unpickler) top() any {
	if len(u.stack) == 0 {
		panic(errPickle("it is no pickle"))
	}
	return u.stack[len(u.stack)-1]
}

func (u *unpickler) pop() any {
	value := u.top()
	u.stack = u.stack[:len(u.stack)-1]
	return value
}

// popMarked gives what lies above the last mark, and removes both.
func (u *unpickler) popMarked() []any {
	for i := len(u.stack) - 1; i >= 0; i-- {
		if u.stack[i] == (mark{}) {
			items := append([]any(nil), u.stack[i+1:]...)
			u.stack = u.stack[:i]
			return items
		}
	}
	panic(errPickle("it is no pickle"))
}

func (u *unpickler) extend(items []any) {
	l, ok := u.top().(*list)
	if !ok {
		panic(errPickle("it adds to an object that is no list"))
	}
	l.items = append(l.items, items...)
}

func (u *unpickler) set(items []any) {
	d, ok := u.top().(*dict)
	if !ok || len(items)%2 != 0 {
		panic(errPickle("it adds to an object that is no dictionary"))
	}
	for i := 0; i < len(items); i += 2 {
		if key, ok := items[i].(string); ok {
			d.items[key] = items[i+1]
		}
	}
}

func text(value any) string {
	s, ok := value.(string)
	if !ok {
		panic(errPickle("it is no pickle"))
	}
	return s
}

// named gives a global if it is one that tensors need.
func named(module, name string) global {
	g := global(module + "." + name)
	if _, known := globals[g]; !known {
		panic(errPickle("it asks for %q, which is no tensor and could run code", string(g)))
	}
	return g
}

// reduced gives what a call of a global stands for.
func reduced(function any, args tuple) any {
	switch {
	case function == global("collections.OrderedDict") && len(args) == 0:
		return &dict{items: map[string]any{}}
	case function == global("torch._utils._rebuild_parameter") && len(args) > 0:
		if c, ok := args[0].(*cut); ok {
			return c
		}
	case function == global("torch._utils._rebuild_tensor_v2") && len(args) >= 4:
		s, isStorage := args[0].(*storage)
		offset, isNumber := args[1].(int64)
		shape, isShape := whole(args[2])
		strides, areStrides := whole(args[3])
		if isStorage && isNumber && isShape && areStrides && len(shape) == len(strides) {
			return &cut{storage: s, offset: offset, shape: shape, strides: strides}
		}
	}
	panic(errPickle("it builds an object that is no tensor"))
}

// whole gives a tuple of numbers.
func whole(value any) ([]int, bool) {
	t, ok := value.(tuple)
	numbers := make([]int, len(t))
	for i, each := range t {
		n, isNumber := each.(int64)
		numbers[i], ok = int(n), ok && isNumber && int64(int(n)) == n
	}
	return numbers, ok
}

// stored gives the storage that a persistent identifier stands for:
// ("storage", type, key, device, size), and in older files the part of it.
func stored(id any) *storage {
	t, _ := id.(tuple)
	if len(t) < 5 || t[0] != "storage" || len(t) > 5 && t[5] != nil {
		panic(errPickle("it refers to an object that is no storage of values"))
	}
	kind, isGlobal := t[1].(global)
	key, isText := t[2].(string)
	size, isNumber := t[4].(int64)
	if !isGlobal || !isText || !isNumber || globals[kind] == "" || size < 0 {
		panic(errPickle("it refers to an object that is no storage of values"))
	}
	return &storage{key: key, kind: globals[kind], size: size}
}
