package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

const maxTraceLines = 20

// Frame is one Lua function on a stack.
type Frame struct {
	Source string
	Line   int
	Name   string // "" for a chunk
}

// Frames walks the Lua frames from L outward, through protected calls and
// coroutines, leaving out Go functions. It stops after max frames.
func Frames(L *lua.LState, max int) (frames []Frame) {
	// A frame that has run no instruction yet has no line, and gopher-lua
	// panics when asked for it.
	defer func() { _ = recover() }()
	for L != nil && len(frames) < max {
		// gopher-lua answers the levels that tail calls took with the outermost
		// frame, so that one is kept for the end.
		var outermost *Frame
		for level := 0; len(frames) < max; level++ {
			dbg, ok := L.GetStack(level)
			if !ok {
				break
			}
			if _, err := L.GetInfo("nSl", dbg, lua.LNil); err != nil || dbg.CurrentLine < 0 {
				continue
			}
			f := Frame{Source: dbg.Source, Line: dbg.CurrentLine}
			switch {
			case dbg.LineDefined == 0:
			case dbg.What == "main":
				f.Name = fmt.Sprintf("<%s:%d>", dbg.Source, dbg.LineDefined)
			default:
				f.Name = dbg.Name
			}
			if dbg.What == "main" {
				outermost = &f
				continue
			}
			frames = append(frames, f)
		}
		if outermost != nil {
			frames = append(frames, *outermost)
		}
		h := hookOf(L)
		switch {
		case h == nil:
			L = nil
		case h.role == roleCoroutine:
			L = L.Parent
		default:
			L = h.caller
		}
	}
	return frames
}

// Traceback prints the Lua frames from L outward, a line each.
func Traceback(L *lua.LState) string {
	var b strings.Builder
	frames := Frames(L, maxTraceLines+1)
	for i, f := range frames {
		if i == maxTraceLines {
			b.WriteString("...\n")
			break
		}
		switch {
		case f.Name == "":
			fmt.Fprintf(&b, "%s:%d: in main chunk\n", f.Source, f.Line)
		case strings.HasPrefix(f.Name, "<"):
			fmt.Fprintf(&b, "%s:%d: in function %s\n", f.Source, f.Line, f.Name)
		default:
			fmt.Fprintf(&b, "%s:%d: in function '%s'\n", f.Source, f.Line, f.Name)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
