package vm

import (
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestLayout compares what frame.go believes of gopher-lua's memory with what
// is there.
func TestLayout(t *testing.T) {
	t.Parallel()
	f, ok := reflect.TypeFor[lua.Debug]().FieldByName("frame")
	if !ok || f.Offset != 0 || f.Type.Kind() != reflect.Pointer {
		t.Fatalf("lua.Debug no longer begins with its frame: %+v", f)
	}
	current, ok := reflect.TypeFor[lua.LState]().FieldByName("currentFrame")
	if !ok || current.Type != f.Type {
		t.Fatalf("lua.LState has no currentFrame of type %s", f.Type)
	}
	theirs, ours := f.Type.Elem(), reflect.TypeFor[callFrame]()
	if theirs.Size() != ours.Size() || theirs.NumField() != ours.NumField() {
		t.Fatalf("callFrame has %d fields in %d bytes, ours %d in %d", theirs.NumField(), theirs.Size(), ours.NumField(), ours.Size())
	}
	for i := range theirs.NumField() {
		a, b := theirs.Field(i), ours.Field(i)
		same := a.Type == b.Type || a.Name == "Parent" && a.Type.Elem() == theirs && b.Type.Elem() == ours
		if a.Name != b.Name || a.Offset != b.Offset || !same {
			t.Errorf("callFrame field %d is %s %s at %d, ours %s %s at %d", i, a.Name, a.Type, a.Offset, b.Name, b.Type, b.Offset)
		}
	}
}

func TestBoundary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body, want string
		ends             bool
		wanted           int
	}{
		{name: "a call", body: `probe()`},
		{name: "results wanted", body: `local a, b = probe()`, wanted: 2},
		{name: "all results wanted", body: `f(probe())`, wanted: lua.MultRet},
		{name: "a tail call", body: `return probe()`, ends: true, wanted: lua.MultRet},
		{name: "a tail call further in", body: `local function g() return probe() end local a, b, c = g() f(a)`, wanted: 3},
		{name: "behind tail calls", body: `local function g(n) if n > 0 then return g(n - 1) end probe() end g(5) f()`},
		{name: "a tail call by a tail call", body: `local function g(n) if n > 0 then return g(n - 1) end return probe() end return g(5)`, ends: true, wanted: lua.MultRet},
		{name: "inside loops", body: `for i = 1, 1 do for k in pairs({1}) do probe() end end`},
		{name: "__call", body: `local t = setmetatable({}, {__call = function() probe() end}) t()`},
		{name: "__call itself", body: `local t = setmetatable({}, {__call = probe}) t()`},
		{name: "sort", body: `table.sort({1, 2, 3}, function(a, b) probe() return a < b end)`, want: "sort"},
		{name: "sort with yield itself", body: `table.sort({1, 2}, probe)`, want: "sort"},
		{name: "gsub", body: `("a"):gsub(".", function() probe() end)`, want: "gsub"},
		{name: "gsub in a tail call", body: `return string.gsub("a", ".", function() probe() end)`, want: "gsub"},
		{name: "a native function without a name", body: `({string.gsub})[1]("a", ".", function() probe() end)`, want: "a native function"},
		{name: "__index", body: `local t = setmetatable({}, {__index = function() probe() end}) local x = t.x`, want: "a metamethod"},
		{name: "__index itself", body: `local t = setmetatable({}, {__index = probe}) local x = t.x`, want: "a metamethod"},
		{name: "__index in a tail call", body: `local t = setmetatable({}, {__index = function() return probe() end}) local x = t.x`, want: "a metamethod"},
		{name: "__newindex", body: `local t = setmetatable({}, {__newindex = function() probe() end}) t.x = 1`, want: "a metamethod"},
		{name: "__add", body: `local t = setmetatable({}, {__add = function() probe() return 1 end}) local x = t + t`, want: "a metamethod"},
		{name: "__concat", body: `local t = setmetatable({}, {__concat = function() probe() return 1 end}) local x = t .. t`, want: "a metamethod"},
		{name: "__lt", body: `local t = setmetatable({}, {__lt = function() probe() return true end}) local x = t < t`, want: "a metamethod"},
		{name: "__eq", body: `local m = {__eq = function() probe() return true end} local x = setmetatable({}, m) == setmetatable({}, m)`, want: "a metamethod"},
		{name: "__unm", body: `local t = setmetatable({}, {__unm = function() probe() return 1 end}) local x = -t`, want: "a metamethod"},
		{name: "__tostring", body: `local t = setmetatable({}, {__tostring = function() probe() return "" end}) local x = tostring(t)`, want: "tostring"},
		{name: "an iterator", body: `for x in function() probe() end do end`, want: "an iterator"},
		{name: "an iterator that is yield itself", body: `for x in probe do end`, want: "an iterator"},
		{name: "far down", body: `local function g(n) if n > 0 then g(n - 1) else probe() end f() end for x in function() g(20) end do end`, want: "an iterator"},
		{name: "a coroutine in an iterator", body: `for x in coroutine.wrap(function() probe() end) do end`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			L := lua.NewState()
			defer L.Close()
			calls := 0
			L.SetGlobal("f", L.NewFunction(func(*lua.LState) int { return 0 }))
			L.SetGlobal("probe", L.NewFunction(func(L *lua.LState) int {
				if calls++; calls > 1 {
					return 0
				}
				if got := Boundary(L); got != c.want {
					t.Errorf("Boundary is %q, want %q", got, c.want)
				}
				if c.want != "" {
					return 0
				}
				if got := EndsCoroutine(L); got != c.ends {
					t.Errorf("EndsCoroutine is %v, want %v", got, c.ends)
				}
				if got := Wanted(L); got != c.wanted {
					t.Errorf("Wanted is %d, want %d", got, c.wanted)
				}
				return 0
			}))
			if err := L.DoString("coroutine.wrap(function() " + c.body + " end)()"); err != nil {
				t.Fatal(err)
			}
			if calls == 0 {
				t.Error("the probe was not called")
			}
		})
	}
}

func TestInstruction(t *testing.T) {
	t.Parallel()
	L := lua.NewState()
	defer L.Close()
	L.SetGlobal("probe", L.NewFunction(func(L *lua.LState) int {
		dbg, _ := L.GetStack(1)
		_, _ = L.GetInfo("l", dbg, lua.LNil)
		fn, err := L.GetInfo("f", dbg, lua.LNil)
		if err != nil {
			t.Fatal(err)
		}
		p := fn.(*lua.LFunction).Proto
		pc := Instruction(dbg)
		if op := int(p.Code[pc] >> 26); op != lua.OP_CALL || p.DbgSourcePositions[pc] != dbg.CurrentLine || dbg.CurrentLine != 3 {
			t.Errorf("instruction %d is operation %d at line %d of %d", pc, op, p.DbgSourcePositions[pc], dbg.CurrentLine)
		}
		self, _ := L.GetStack(0)
		if pc := Instruction(self); pc != -1 {
			t.Errorf("a Go function is at instruction %d", pc)
		}
		return 0
	}))
	if err := L.DoString("local a = 1\na = a + 1\nprobe(a)\n"); err != nil {
		t.Fatal(err)
	}
}
