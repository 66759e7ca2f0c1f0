package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"math"
	"strings"
)

// function is one function in the making. Vectors for what lives within a part of it are taken
// from V0 upwards, those for constants, which are loaded at its start and live to its end,
// from V31 downwards.
type function struct {
	file                 *file
	name, doc, signature string
	pointers             bool           // takes slices
	place                map[string]int // of parameters and results, from FP
	arguments, frame     int            // bytes

	head, body []string
	labels     int
	integers   int // registers taken
	low, high  int // vectors taken from below: now, and ever
	constants  map[uint32]vector
}

const (
	vectorRegisters = 32
	vectorBytes     = 16
	lanes           = 4
)

// vector and integer are registers.
type (
	vector  int
	integer string
)

func (v vector) String() string { return fmt.Sprintf("V%d", int(v)) }

// whole names the register as a vector of four numbers, lane one of them, scalar as a float
// register, whose name loads and stores expect.
func (v vector) whole() string     { return fmt.Sprintf("V%d.S4", int(v)) }
func (v vector) bits() string      { return fmt.Sprintf("V%d.B16", int(v)) }
func (v vector) lane(i int) string { return fmt.Sprintf("V%d.S[%d]", int(v), i) }
func (v vector) scalar() string    { return fmt.Sprintf("F%d", int(v)) }

// free are the integer registers that Go leaves to a function; R18 is the system's, R27 the
// assembler's, R28 to R30 the runtime's.
var free = []integer{
	"R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R17",
	"R19", "R20", "R21", "R22", "R23", "R24", "R25", "R26",
}

// function begins a function, documented for its Go stub.
func (f *file) function(name, signature, doc string) *function {
	fn := &function{file: f, name: name, doc: doc, signature: signature, place: map[string]int{}, constants: map[uint32]vector{}}
	expression, err := parser.ParseExpr(signature)
	if err != nil {
		panic(err)
	}
	parsed := expression.(*ast.FuncType)
	fn.lay(parsed.Params)
	if parsed.Results != nil {
		fn.arguments = aligned(fn.arguments, 8)
		fn.lay(parsed.Results)
	}
	f.functions = append(f.functions, fn)
	return fn
}

// neon is function for one of the kernels, which have twins for other instruction sets.
func (f *file) neon(name, signature, doc string) *function {
	return f.function(name+"NEON", signature, doc)
}

// lay finds the place of parameters or results on the stack, as Go's assembly calls have them.
func (fn *function) lay(fields *ast.FieldList) {
	for _, field := range fields.List {
		size, align := 24, 8
		if of, ok := field.Type.(*ast.Ident); ok {
			size = map[string]int{"int": 8, "uint64": 8, "float32": 4, "uint32": 4, "bool": 1}[of.Name]
			align = size
		} else {
			fn.pointers = true
		}
		names := field.Names
		if names == nil {
			names = []*ast.Ident{{Name: "ret"}}
		}
		for _, name := range names {
			fn.arguments = aligned(fn.arguments, align)
			fn.place[name.Name] = fn.arguments
			fn.arguments += size
		}
	}
}

func aligned(n, to int) int { return (n + to - 1) / to * to }

// parameter writes the place of a parameter, or of part of a slice.
func (fn *function) parameter(name, part string) string {
	at, known := fn.place[name]
	if !known {
		panic(fn.name + " has no parameter " + name)
	}
	switch part {
	case "base":
		name += "_base"
	case "len":
		name, at = name+"_len", at+8
	}
	return fmt.Sprintf("%s+%d(FP)", name, at)
}

func (fn *function) assembly() string {
	var out strings.Builder
	flag := "NOSPLIT"
	if fn.frame > 0 {
		flag = "0"
	}
	fmt.Fprintf(&out, "TEXT ·%s(SB), %s, $%d-%d\n", fn.name, flag, fn.frame, fn.arguments)
	if len(fn.constants) > 0 {
		out.WriteString("\tMOVD $constants<>(SB), R26\n")
	}
	for _, line := range fn.head {
		out.WriteString(line + "\n")
	}
	for _, line := range fn.body {
		out.WriteString(line + "\n")
	}
	return out.String()
}

// emit adds an instruction.
func (fn *function) emit(format string, args ...any) {
	fn.body = append(fn.body, "\t"+fmt.Sprintf(format, args...))
}

// label makes a name that is new within the function, and mark puts it down.
func (fn *function) label(name string) string {
	fn.labels++
	return fmt.Sprintf("%s%d", name, fn.labels)
}

func (fn *function) mark(label string) { fn.body = append(fn.body, label+":") }

func (fn *function) end() { fn.emit("RET") }

// integer takes a register, until the end of the function.
func (fn *function) integer() integer {
	fn.integers++
	if fn.integers > len(free) {
		panic(fn.name + " has no integer register left")
	}
	return free[fn.integers-1]
}

// vector takes a register, until the end of the scope.
func (fn *function) vector() vector {
	v := vector(fn.low)
	fn.low++
	fn.high = max(fn.high, fn.low)
	fn.checkVectors()
	return v
}

func (fn *function) checkVectors() {
	if fn.high+len(fn.constants) > vectorRegisters {
		panic(fn.name + " has no vector register left")
	}
}

// scope runs a part of the function and then takes back its vectors.
func (fn *function) scope(part func()) {
	low := fn.low
	part()
	fn.low = low
}

// constant gives the register that holds a number in every lane.
func (fn *function) constant(x float32) vector { return fn.constantBits(math.Float32bits(x)) }

func (fn *function) constantBits(bits uint32) vector {
	v, known := fn.constants[bits]
	if !known {
		v = vector(vectorRegisters - 1 - len(fn.constants))
		fn.constants[bits] = v
		fn.checkVectors()
		fn.head = append(fn.head, fmt.Sprintf("\tFMOVQ %d(R26), %s", fn.file.place(bits), v.scalar()))
	}
	return v
}

// load reads an integer parameter, or part of a slice.
func (fn *function) load(name, part string) integer {
	r := fn.integer()
	fn.emit("MOVD %s, %s", fn.parameter(name, part), r)
	return r
}

// bytesOf loads a parameter that counts float32 and makes it count bytes.
func (fn *function) bytesOf(name string) integer {
	r := fn.load(name, "")
	fn.emit("LSL $2, %s, %s", r, r)
	return r
}

// number spreads a float32 parameter over a vector.
func (fn *function) number(name string) vector {
	v := fn.vector()
	fn.emit("FMOVS %s, %s", fn.parameter(name, ""), v.scalar())
	fn.spread(v, v)
	return v
}

// whole spreads a uint32 parameter over a vector.
func (fn *function) whole(name string) vector {
	v, r := fn.vector(), fn.integer()
	fn.emit("MOVWU %s, %s", fn.parameter(name, ""), r)
	fn.emit("VDUP %s, %s", r, v.whole())
	return v
}

// give returns the first lane of v from the function.
func (fn *function) give(v vector, result string) {
	fn.emit("FMOVS %s, %s", v.scalar(), fn.parameter(result, ""))
}
