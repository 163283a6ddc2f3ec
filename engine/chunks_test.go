package engine_test

import (
	"strings"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// TestChunksAreShared checks that states that require a module at the same time
// have functions of one compiled chunk.
func TestChunksAreShared(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"m.lua":         "return function() end",
		"lib.zip!z.lua": "local function f() end " + strings.Repeat("do local x = {1, 2, 3} end\n", 5000) + "return f",
	})
	e := engine.New(engine.Options{Trusted: true, Permissions: host.AllowAll(), Path: []string{dir, dir + "/lib.zip"}})
	const states = 8
	var protos [2][states]*lua.FunctionProto
	var all sync.WaitGroup
	for i := range states {
		all.Go(func() {
			s := e.NewState(t.Context())
			defer s.Close()
			x := s.NewSession("")
			for j, name := range []string{"m", "z"} {
				values, err := x.Run(t.Context(), engine.Piece{Name: "test", Source: "return require '" + name + "'"})
				if err != nil || len(values) != 1 {
					t.Error(err)
					return
				}
				protos[j][i] = values[0].Lua().(*lua.LFunction).Proto
			}
			if err := x.End(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, of := range protos {
		for _, p := range of {
			if p == nil || p != of[0] {
				t.Fatal("a state has a chunk of its own")
			}
		}
	}
}
