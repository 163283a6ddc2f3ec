//go:build interop

package engine_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

var (
	rounds = flag.Int("programs", 20_000, "how many random programs to compare")
	seed   = flag.Uint64("seed", 1, "of the first one")
)

// stage runs programs and prints what they traced. Messages of the interpreter
// itself are not compared, only that there was one.
const stage = `
local loadstring, setfenv = loadstring, setfenv
local out, fuel, spent
local function show(v, depth)
	local kind = type(v)
	if kind == "number" then
		if v ~= v then return "nan" end
		if v == 0 then return "0" end
		return setfenv and v < 1e14 and v > -1e14 and tostring(v) or ("%.14g"):format(v)
	elseif kind == "string" then
		if v:find("stack overflow") then spent = true end
		if v:find("^p:%d+: ") and not v:find(": E%d$") or v:find("cannot resume") or v:find("bad argument") or v:find("^attempt to") then return "<error>" end
		return "'" .. v:gsub("%-0", "0") .. "'"
	elseif kind == "table" and depth < 2 then
		local s = "{"
		for i = 1, 4 do
			local x = rawget(v, i)
			if x ~= nil then s = s .. i .. "=" .. show(x, depth + 1) .. " " end
		end
		for _, k in ipairs{49, 50, 51, 52, "a", "b", "x"} do
			local x = rawget(v, k)
			if x ~= nil then s = s .. k .. "=" .. show(x, depth + 1) .. " " end
		end
		return s .. "}"
	elseif kind == "boolean" or kind == "nil" then
		return tostring(v)
	end
	return kind
end
local function F()
	fuel = fuel - 1
	if fuel < 0 then
		spent = true
		error("no fuel", 0)
	end
end
local function P(...)
	F()
	for i = 1, select("#", ...) do out[#out + 1] = show((select(i, ...)), 0):sub(1, 300) end
	out[#out + 1] = "\n"
end
local world = setmetatable({
	F = F, P = P,
	S = function(v) F() return show(v, 1):sub(1, 200) end,
	N = function(v) F() return type(v) == "number" and v == v and v < 1e9 and v > -1e9 and v or 3 end,
	T = function(...) P("T", ...) return ... end,
	U = function(q) return rawget(q, 1), rawget(q, 2), rawget(q, 3) end,
	Keep = function(f) P("K", f()) return false end,
	Turns = function(n) return function() F() n = n - 1 return n >= 0 end end,
}, {__index = _G})
function run(n, source)
	out, fuel, spent = {}, 1500, false
	local env = setmetatable({}, {__index = world})
	local f, problem
	if setfenv then
		f, problem = loadstring(source, "=p")
		if f then setfenv(f, env) end
	else
		f, problem = load(source, "=p", "t", env)
	end
	if not f then io.write("\1", n, " not compiled: ", problem, "\n") return end
	local ok, result = pcall(f, 11, nil, "v")
	result = show(result, 0)
	if spent then io.write("\1", n, " too much\n") return end
	io.write("\1", n, " ", table.concat(out, " "), " ", tostring(ok), " ", result, "\n")
end
`

type comparison struct {
	lua string
	t   *testing.T
}

// reference runs programs under C Lua, in one process.
func (c comparison) reference(sources []string) []string {
	cmd := exec.Command(c.lua, "-")
	cmd.Stdin = strings.NewReader(script(sources))
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		c.t.Fatalf("%s: %v: %s", c.lua, err, problems.String())
	}
	return split(out.String(), len(sources))
}

func (c comparison) ours(sources []string) []string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if len(sources) == 1 {
		ctx, cancel = context.WithTimeout(ctx, time.Second)
		defer cancel()
	}
	var out bytes.Buffer
	e := engine.New(engine.Options{Stdout: &out, Stderr: &out, Trusted: true, Grace: time.Millisecond})
	s := e.NewState(ctx)
	defer s.Close()
	_, err := s.Run(ctx, "stage.lua", script(sources))
	answers := split(out.String(), len(sources))
	if err != nil {
		if len(sources) == 1 {
			return []string{answers[0] + " failed: " + err.Error()}
		}
		answers = answers[:0]
		for _, one := range sources {
			answers = append(answers, c.ours([]string{one})...)
		}
	}
	return answers
}

func script(sources []string) string {
	var b strings.Builder
	b.WriteString(stage)
	for i, s := range sources {
		fmt.Fprintf(&b, "run(%d, [===[%s]===])\n", i, s)
	}
	return b.String()
}

func split(text string, n int) []string {
	answers := make([]string, n)
	for part := range strings.SplitSeq(text, "\x01") {
		var i int
		number, rest, ok := strings.Cut(part, " ")
		if _, err := fmt.Sscan(number, &i); ok && err == nil && i < n {
			answers[i] = rest
		}
	}
	return answers
}

// comparable leaves out programs that C Lua refuses or that went too deep.
func comparable(answer string) bool {
	return !strings.HasPrefix(answer, "not compiled") && answer != "too much\n"
}

func (c comparison) differs(source string) bool {
	want := c.reference([]string{source})[0]
	got := c.ours([]string{source})[0]
	return got != want && comparable(want) && !strings.HasPrefix(got, "not compiled")
}

// smallest leaves out of a program what the difference does not need.
func (c comparison) smallest(program *node) {
	end := time.Now().Add(6 * time.Second)
	for again := true; again; {
		again = false
		var visit func(n *node)
		visit = func(n *node) {
			if n.gone || n.as != "" || time.Now().After(end) {
				return
			}
			switch n.kind {
			case 's':
				n.gone = true
				if c.differs(program.String()) {
					again = true
					return
				}
				n.gone = false
			case 'e':
				if len(n.String()) > 3 {
					for _, as := range []string{"nil", "1", "G1"} {
						n.as = as
						if c.differs(program.String()) {
							again = true
							return
						}
					}
					n.as = ""
				}
			}
			for i, p := range n.parts {
				if p, ok := p.(*node); ok {
					visit(p)
					if n.kind != 'b' && p.kind == 'b' || n.kind == 'e' && p.kind == 'e' {
						parts := n.parts
						n.parts = []any{parts[i]}
						if p.gone || !c.differs(program.String()) {
							n.parts = parts
						} else {
							again = true
							return
						}
					}
				}
			}
		}
		visit(program)
	}
}

func (c comparison) compare(gotos bool) {
	const batch = 200
	found, uncompiled, failed := 0, 0, 0
	for from := 0; from < *rounds && found < 5; from += batch {
		trees := make([]*node, batch)
		sources := make([]string, batch)
		for i := range trees {
			g := &programs{Rand: rand.New(rand.NewPCG(*seed+uint64(from+i), 7)), gotos: gotos}
			trees[i] = g.program()
			sources[i] = trees[i].String()
		}
		want, got := c.reference(sources), c.ours(sources)
		for i := range want {
			if strings.HasPrefix(want[i], "not compiled") {
				if uncompiled++; uncompiled < 3 {
					c.t.Logf("program %d: %s\n%s", *seed+uint64(from+i), want[i], sources[i])
				}
				continue
			}
			if !comparable(want[i]) || strings.HasSuffix(want[i], "<error>\n") {
				failed++
			}
			if got[i] == want[i] || !comparable(want[i]) {
				continue
			}
			c.smallest(trees[i])
			small := trees[i].String()
			c.t.Errorf("program %d (-seed=%d -programs=1), made small:\n%s\nhere:   %s\n%s: %s", *seed+uint64(from+i), *seed+uint64(from+i),
				small, c.ours([]string{small})[0], c.lua, c.reference([]string{small})[0])
			if found++; found == 5 {
				break
			}
		}
	}
	c.t.Logf("%d programs not compiled by %s, %d ended by an error", uncompiled, c.lua, failed)
	if uncompiled*20 > *rounds {
		c.t.Errorf("%d programs were not valid", uncompiled)
	}
}

// Random programs do what they do under PUC Lua 5.1.
func TestProgramsAsInCLua(t *testing.T) {
	comparison{lookLua(t, "lua5.1"), t}.compare(false)
}

// Programs with goto, which Lua 5.1 has not, do what they do under Lua 5.4.
func TestGotoAsInCLua54(t *testing.T) {
	comparison{lookLua(t, "lua5.4"), t}.compare(true)
}

func lookLua(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(name, "is needed: ", err)
	}
	return path
}
