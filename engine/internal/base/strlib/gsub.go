package strlib

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/base/arg"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

func (l *library) gsub(L *lua.LState) int {
	src, p := arg.String(L, 1), arg.String(L, 2)
	most := arg.OptInt(L, 4, math.MaxInt)
	r := replacer{value: L.Get(3)}
	switch v := r.value.(type) {
	case lua.LString, lua.LNumber:
		r.template, _ = arg.ToText(v)
		r.literal = strings.IndexByte(r.template, '%') < 0
	case *lua.LTable, *lua.LFunction:
	default:
		arg.Error(L, 3, "string/function/table expected")
	}
	r.search = l.begin(L, l.compile(L, p), src)
	n := r.run(most)
	L.Push(lua.LString(r.result()))
	r.end()
	L.Push(intValue(n))
	return 2
}

// replacer is one gsub at work.
type replacer struct {
	*search
	value    lua.LValue
	template string // the value, if it is text
	literal  bool   // no % in it
	out      strings.Builder
	copied   int // bytes of the subject that out stands for
}

// run replaces up to most matches and returns their number.
func (r *replacer) run(most int) (n int) {
	for at := 0; n < most; {
		start, end := r.next(at)
		if start < 0 {
			break
		}
		n++
		r.replace(start, end)
		if at = end; start == end {
			at++
		}
		if at > len(r.src) || r.prog.Anchored() {
			break
		}
	}
	return n
}

// result is the subject with what was replaced.
func (r *replacer) result() string {
	if r.copied == 0 && r.out.Len() == 0 {
		return r.src
	}
	r.add(r.src[r.copied:])
	vm.FitString(r.L, r.out.Len())
	if r.out.Cap() > 64+2*r.out.Len() {
		return strings.Clone(r.out.String())
	}
	return r.out.String()
}

// replace puts out what stands for one match.
func (r *replacer) replace(start, end int) {
	L := r.L
	var v lua.LValue
	switch value := r.value.(type) {
	case *lua.LFunction:
		if value.IsG { // no instruction is run
			vm.Spend(L, 1)
		}
		L.Push(value)
		L.Call(r.push(start, end), 1)
		v = L.Get(-1)
		L.Pop(1)
	case *lua.LTable:
		v = r.lookup(value, start, end)
	default:
		r.upTo(start, end)
		r.fill(start, end)
		return
	}
	if lua.LVIsFalse(v) {
		return // the match stays as it is
	}
	text, ok := arg.ToText(v)
	if !ok {
		arg.Raise(L, "invalid replacement value (a %s)", arg.TypeName(v))
	}
	r.upTo(start, end)
	r.add(text)
}

func (r *replacer) lookup(t *lua.LTable, start, end int) lua.LValue {
	from, to, isText := r.captured(0, start, end)
	var key, v lua.LValue
	if isText {
		if v = t.RawGetString(r.src[from-1 : to]); v != lua.LNil || t.Metatable == lua.LNil {
			return v
		}
		key = part(r.src, from-1, to)
	} else {
		key = intValue(from)
	}
	return r.L.GetTable(t, key)
}

// upTo puts out the subject up to a match, and goes on after it.
func (r *replacer) upTo(start, end int) {
	r.add(r.src[r.copied:start])
	r.copied = end
}

// fill puts out the template with its captures filled in.
func (r *replacer) fill(start, end int) {
	rest := r.template
	if r.literal {
		r.add(rest)
		return
	}
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 {
			r.add(rest)
			return
		}
		r.add(rest[:i])
		rest = rest[i+1:]
		switch {
		case rest == "":
			arg.Raise(r.L, "invalid use of '%%' in replacement string (it ends with '%%')")
		case rest[0] == '0':
			r.add(r.src[start:end])
		case '1' <= rest[0] && rest[0] <= '9':
			r.add(r.captureText(int(rest[0]-'1'), start, end))
		default: // stands for itself, as in C Lua 5.1
			r.add(rest[:1])
		}
		rest = rest[1:]
	}
}

// add puts out text, which may be more than the limit of one string allows.
func (r *replacer) add(text string) {
	if size := r.out.Len() + len(text); size > r.out.Cap() {
		vm.FitString(r.L, size)
		if r.out.Cap() == 0 {
			r.out.Grow(len(text) + len(r.src) - r.copied)
		}
	}
	r.out.WriteString(text)
	r.Charge(1 + len(text)>>5)
}
