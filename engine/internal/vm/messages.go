package vm

import (
	"reflect"
	"runtime"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// The texts of gopher-lua's virtual machine.
const (
	noFunction   = "attempt to call a non-function object"
	noTable      = "attempt to index a non-table object("
	noOperation  = "cannot perform "
	noUnaryMinus = "__unm undefined"
	noLength     = "__len undefined"
	noOrder      = "attempt to compare "
	noLoop       = "for statement "
	getLoop      = "too many recursions in gettable"
	setLoop      = "too many recursions in settable"
	noRegisters  = "registry overflow"
)

// reworded gives an error of gopher-lua's virtual machine the words of C Lua,
// with the name of the variable. Any other value stays what it is.
func reworded(L *lua.LState, v lua.LValue) lua.LValue {
	message, ok := v.(lua.LString)
	if !ok {
		return v
	}
	top := topFrame(L)
	place := machinePlace(top)
	text, ok := strings.CutPrefix(string(message), place)
	if !ok || !ofMachine(text) {
		return v
	}
	if top == nil || top.Fn.IsG {
		// A Go function can raise what a script made up.
		if !raisedByMachine() {
			return v
		}
		text = rewordOutside(text)
		place = strings.TrimPrefix(place, " ")
	} else if text != noRegisters {
		text = (&failing{L, top.Fn.Proto, top.pc()}).reword(text)
	}
	if text == noRegisters {
		return TaskOf(L).World.ErrorValue(fault.New(fault.StackOverflow, "stack overflow: more than %d values in the calls inside one another", registryMaxSize).
			WithHint("a function calls itself without end, or passes too many arguments; use a loop, or a table"))
	}
	return lua.LString(place + text)
}

// machinePlace is what gopher-lua puts before its messages: the place of the
// innermost Lua function.
func machinePlace(f *callFrame) string {
	for f != nil && f.Fn.IsG {
		f = f.Parent
	}
	if f == nil || f.pc() < 0 {
		return " "
	}
	p := f.Fn.Proto
	return p.SourceName + ":" + strconv.Itoa(p.DbgSourcePositions[f.pc()]) + ": "
}

func ofMachine(text string) bool {
	switch text {
	case noFunction, noUnaryMinus, noLength, getLoop, setLoop, noRegisters:
		return true
	}
	for _, start := range []string{noTable, noOperation, noOrder, noLoop} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// raisedByMachine says that the error that is being raised is gopher-lua's own.
func raisedByMachine() bool {
	const raiser = ".(*LState).RaiseError"
	machine := reflect.TypeFor[lua.LState]().PkgPath()
	var room [8]uintptr
	frames := runtime.CallersFrames(room[:runtime.Callers(2, room[:])])
	for {
		f, more := frames.Next()
		if f.Function == machine+raiser {
			f, _ = frames.Next()
			return strings.HasPrefix(f.Function, machine+".")
		}
		if !more {
			return false
		}
	}
}

// rewordOutside is for errors that no instruction of a Lua function made: a
// library function used the machine.
func rewordOutside(text string) string {
	switch {
	case text == noFunction:
		return "attempt to call a value that is not a function"
	case strings.HasPrefix(text, noTable):
		return "attempt to index " + aValue(indexedType(text))
	case strings.HasPrefix(text, noOrder):
		return comparison(text)
	}
	return endlessLoop(text)
}

// failing is the instruction of a Lua function that failed.
type failing struct {
	L  *lua.LState
	p  *lua.FunctionProto
	pc int
}

func (f *failing) reword(text string) string {
	inst := f.p.Code[f.pc]
	op, a, b, c := int(inst>>26), int(inst>>18)&0xff, int(inst&0x1ff), int(inst>>9)&0x1ff
	switch {
	case text == noFunction:
		if op == lua.OP_TFORLOOP { // the iterator's copy, which has no name
			return "attempt to call " + AValue(f.value(a))
		}
		return "attempt to call " + f.describe(a)
	case strings.HasPrefix(text, noTable):
		switch op {
		case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
			return f.index(b, "__index", text)
		case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
			return f.index(a, "__newindex", text)
		}
		return "attempt to index " + aValue(indexedType(text))
	case text == noUnaryMinus:
		return f.arithmetic("__unm", b, b)
	case strings.HasPrefix(text, noOperation):
		name, _, _ := strings.Cut(text[len(noOperation):], " ")
		return f.arithmetic("__"+name, b, c)
	case text == noLength:
		if m := f.L.GetMetaField(f.value(b), "__len"); m != lua.LNil {
			return notCallable("__len", f.L, m)
		}
		return "attempt to get length of " + f.describe(b)
	case strings.HasPrefix(text, noOrder):
		if op == lua.OP_LT || op == lua.OP_LE {
			return f.order(op, b, c, text)
		}
		return comparison(text)
	case strings.HasPrefix(text, noLoop):
		for i, what := range []string{"initial value", "limit"} {
			if _, ok := f.value(a + i).(lua.LNumber); !ok {
				return "'for' " + what + " must be a number"
			}
		}
		return "'for' step must be a number"
	}
	return endlessLoop(text)
}

// index names what was indexed, if it is the operand itself and not what its
// metatable led to.
func (f *failing) index(reg int, event, text string) string {
	v := f.value(reg)
	if v.Type() == lua.LTTable || f.L.GetMetaField(v, event) != lua.LNil {
		return "attempt to index " + aValue(indexedType(text))
	}
	return "attempt to index " + f.describe(reg)
}

func (f *failing) arithmetic(event string, b, c int) string {
	left, right := f.value(b), f.value(c)
	m := f.L.GetMetaField(left, event)
	if m == lua.LNil {
		m = f.L.GetMetaField(right, event)
	}
	if m != lua.LNil {
		return notCallable(event, f.L, m)
	}
	bad := b
	if left.Type() == lua.LTNumber {
		bad = c
	}
	return "attempt to perform arithmetic on " + f.describe(bad)
}

func (f *failing) order(op, b, c int, text string) string {
	left, right := f.value(b), f.value(c)
	if left.Type() != right.Type() {
		return comparison(text)
	}
	events := []string{"__le", "__lt"}
	if op == lua.OP_LT {
		events = events[1:]
	}
	for _, event := range events {
		m := f.L.GetMetaField(left, event)
		if m != lua.LNil && m.Type() != lua.LTFunction && m == f.L.GetMetaField(right, event) {
			return notCallable(event, f.L, m)
		}
	}
	return comparison(text)
}

const constantOperand = 1 << 8

// value is the operand in a register, or a constant.
func (f *failing) value(rk int) lua.LValue {
	if rk&constantOperand != 0 {
		return f.p.Constants[rk&^constantOperand]
	}
	if v := f.L.Get(rk + 1); v != nil {
		return v
	}
	return lua.LNil
}

// describe is "local 'x' (a nil value)", or "a nil value" for one without a
// name.
func (f *failing) describe(rk int) string {
	value := AValue(f.value(rk))
	if name := operandName(f.p, f.pc, rk); name != "" {
		return name + " (" + value + ")"
	}
	return value
}

func operandName(p *lua.FunctionProto, pc, rk int) string {
	if rk&constantOperand != 0 {
		return ""
	}
	name, kind := objectName(p, pc, rk)
	if name == "" {
		return ""
	}
	return kind + " '" + name + "'"
}

// OperandName names an operand of the arithmetic that the running Go function
// does as a metamethod, the left or the right: "local 'x'", or "" when it has
// no name.
func OperandName(L *lua.LState, right bool) string {
	top := topFrame(L)
	if top == nil || top.Parent == nil {
		return ""
	}
	switch top.Parent.op() {
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW, lua.OP_UNM:
	default:
		return ""
	}
	p, pc := top.Parent.Fn.Proto, top.Parent.pc()
	inst := p.Code[pc]
	rk := int(inst & 0x1ff)
	if right && int(inst>>26) != lua.OP_UNM {
		rk = int(inst>>9) & 0x1ff
	}
	return operandName(p, pc, rk)
}

// notCallable is about a metamethod that is no function. C Lua takes a value
// with __call, gopher-lua does not.
func notCallable(event string, L *lua.LState, m lua.LValue) string {
	if callable(L, m) {
		return "metamethod '" + event + "' must be a function itself, not " + aValue(m.Type().String()) + " with '__call'"
	}
	return "attempt to call " + aValue(m.Type().String())
}

func callable(L *lua.LState, v lua.LValue) bool {
	return v.Type() == lua.LTFunction || L.GetMetaField(v, "__call").Type() == lua.LTFunction
}

// CheckCallable raises when a metamethod that a library function is about to
// call cannot be called.
func CheckCallable(L *lua.LState, v lua.LValue) {
	if !callable(L, v) {
		Raise(L, "attempt to call %s", AValue(v))
	}
}

func aValue(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) && kind != "userdata" {
		return "an " + kind + " value"
	}
	return "a " + kind + " value"
}

// TypeName names the type of a value in messages. For a handle that is its
// __name, such as "pool.Future", as in Lua 5.4.
func TypeName(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if mt, ok := ud.Metatable.(*lua.LTable); ok {
			if name, ok := mt.RawGetString("__name").(lua.LString); ok && name != "" {
				return string(name)
			}
		}
	}
	return v.Type().String()
}

// AValue is "a number value" and the like.
func AValue(v lua.LValue) string { return aValue(TypeName(v)) }

// indexedType is the type in gopher-lua's message about an index.
func indexedType(text string) string {
	kind, _, _ := strings.Cut(text[len(noTable):], ")")
	return kind
}

func comparison(text string) string {
	left, right, _ := strings.Cut(text[len(noOrder):], " with ")
	if left == right {
		return noOrder + "two " + left + " values"
	}
	return text
}

func endlessLoop(text string) string {
	switch text {
	case getLoop:
		return "loop in gettable"
	case setLoop:
		return "loop in settable"
	}
	return text
}
