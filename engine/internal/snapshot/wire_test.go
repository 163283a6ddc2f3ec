package snapshot

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

func TestMain(m *testing.M) {
	lua.MaxArrayIndex = 1 << 16 // as the engine does, and lower: a key of a few bytes may take so many slots
	os.Exit(m.Run())
}

// passport is an Outside and an Inside with one chunk and text for the rest.
type passport struct{ main *lua.FunctionProto }

func (p passport) Chunk(proto *lua.FunctionProto) (int, []int, error) {
	for i, inner := range p.main.FunctionPrototypes {
		if inner == proto {
			return 1, []int{i}, nil
		}
	}
	return 1, nil, nil
}

func (p passport) Proto(number int, path []int) (*lua.FunctionProto, error) {
	proto := p.main
	for _, i := range path {
		if number != 1 || i >= len(proto.FunctionPrototypes) {
			return nil, wire.ErrGarbled
		}
		proto = proto.FunctionPrototypes[i]
	}
	return proto, nil
}

func (passport) Export(v any) ([]byte, error)              { return []byte(v.(string)), nil }
func (passport) Import(data []byte) (any, error)           { return string(data), nil }
func (passport) WriteFault(e *fault.Error) ([]byte, error) { return []byte(e.Kind), nil }
func (passport) ReadFault(data []byte) (*fault.Error, error) {
	return &fault.Error{Kind: string(data)}, nil
}

func codec(L *lua.LState) *Codec {
	return &Codec{
		Root: L, Null: &lua.LUserData{}, ListMeta: &lua.LTable{Metatable: lua.LNil},
		NameOf: func(v lua.LValue) (string, bool) {
			if v == L.GetGlobal("print") {
				return "print", true
			}
			return "", false
		},
		Lookup: func(path string) (lua.LValue, error) { return L.GetGlobal(path), nil },
		Shared: func(ud *lua.LUserData) (any, bool) { s, ok := ud.Value.(string); return s, ok },
		Share:  func(v any) lua.LValue { return &lua.LUserData{Value: v} },
		Error:  func(e *fault.Error) lua.LValue { return &lua.LUserData{Value: e} },
	}
}

const valuesSource = `
	local shared = {"s"}
	local n = 0
	local function count() n = n + 1 return n end
	local function both() return count() + count() end
	local t = {1, 2.5, "x\0y", true, false, shared, shared, print, a = {b = {}}, [1.5] = "half"}
	t.self, t.both, t.count = t, both, count
	return t`

func sample(t testing.TB) (*lua.LState, passport, *Snapshot) {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	stmts, err := parse.Parse(strings.NewReader(valuesSource), "v")
	if err != nil {
		t.Fatal(err)
	}
	proto, err := lua.Compile(stmts, "v")
	if err != nil {
		t.Fatal(err)
	}
	L.Push(L.NewFunctionFromProto(proto))
	L.Call(0, 1)
	table := L.Get(-1).(*lua.LTable)
	c := codec(L)
	table.RawSetString("handle", &lua.LUserData{Value: "a queue"})
	table.RawSetString("failure", &lua.LUserData{Value: &fault.Error{Kind: "k"}})
	table.RawSetString("null", c.Null)
	s, err := c.Take(table)
	if err != nil {
		t.Fatal(err)
	}
	return L, passport{proto}, s
}

func TestWire(t *testing.T) {
	t.Parallel()
	L, p, s := sample(t)
	data, err := s.Marshal([]byte("before"), p)
	if err != nil {
		t.Fatal(err)
	}
	again, rest, err := Unmarshal(append(data, "after"...)[len("before"):], p)
	if err != nil || string(rest) != "after" {
		t.Fatalf("rest %q, %v", rest, err)
	}
	if !slices.Equal(again.Assigned, s.Assigned) || again.Type != "table" {
		t.Errorf("assigned %q, type %q", again.Assigned, again.Type)
	}
	L.SetGlobal("t", codec(L).Restore(again))
	if err := L.DoString(`
		assert(t[1] == 1 and t[2] == 2.5 and t[3] == "x\0y" and t[4] == true and t[5] == false and t[1.5] == "half")
		assert(t[6] == t[7] and t[6][1] == "s" and t.self == t and t[8] == print and next(t.a.b) == nil)
		assert(t.both() == 3 and t.count() == 3, "the functions share their upvalue")
		assert(type(t.handle) == "userdata" and type(t.failure) == "userdata" and type(t.null) == "userdata")`); err != nil {
		t.Error(err)
	}
}

func TestWireCutOff(t *testing.T) {
	t.Parallel()
	_, p, s := sample(t)
	data, err := s.Marshal(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if _, _, err := Unmarshal(data[:n], p); !errors.Is(err, wire.ErrGarbled) {
			t.Fatalf("%d of %d bytes: %v", n, len(data), err)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	L, p, s := sample(f)
	data, err := s.Marshal(nil, p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("\x05tabler\x00\x01T\x00\x01r\x00t\x00\x00\x00"))
	c := codec(L)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := Unmarshal(data, p)
		if err != nil {
			return
		}
		c.Restore(s)
		if _, err := s.Marshal(nil, p); err != nil {
			t.Errorf("it cannot be written again: %v", err)
		}
	})
}
