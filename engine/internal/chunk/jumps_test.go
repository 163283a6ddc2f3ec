package chunk

import "testing"

func TestLoopsThatBeginWithJumps(t *testing.T) {
	t.Parallel()
	check(t, []struct{ source, want string }{
		{`for i = 1, 3 do for k in pairs{1} do break end say(i) end`, "1 2 3"},
		{`for i = 1, 3 do for k in pairs{1} do do do break end end end say(i) end`, "1 2 3"},
		{`for i = 1, 2 do while true do break end say(i) end`, "1 2"},
		{`for i = 1, 2 do while i do break end say(i) end`, "1 2"},
		{`for i = 1, 2 do repeat break until false say(i) end`, "1 2"},
		{`local n = 0 repeat if true then n = n + 1 end until n == 3 say(n)`, "3"},
		{`local n = 0 repeat while false do end n = n + 1 until n == 3 say(n)`, "3"},
		{`for k in pairs{1, 2} do if nil then say(k) else say(-k) end end`, "-1 -2"},
		{`for k in pairs{1, 2} do local x = nil and 1 say(x) end`, "nil nil"},
		{`for k in pairs{1, 2} do k = k < (false or 2) say(k) end`, "true false"},
		{`for k in pairs{1, 2} do local v = -(-(-k)) say(v) end`, "-1 -2"},
		{`for k in pairs{1, 2} do say(k) if k then end do end end`, "1 2"},
		{`local n = 0 while (false and n) or n < 3 do n = n + 1 end say(n)`, "3"},
		{`local n = 0 while n < (nil or 3) do n = n + 1 end say(n)`, "3"},
		{`local n = 0 while not (false and n) and n < 3 do n = n + 1 end say(n)`, "3"},
		{`local n = 0 local function f() n = n + 1 return n > 2 end repeat until nil or f() say(n)`, "3"},
		{`local n = 0 ::top:: do if true then n = n + 1 end end if n < 3 then goto top end say(n)`, "3"},
		{`local n = 0 ::top:: while true do n = n + 1 break end if n < 3 then goto top end say(n)`, "3"},
	})
}

func TestLeavingBlocksClosesTheirVariables(t *testing.T) {
	t.Parallel()
	check(t, []struct{ source, want string }{
		{`local f for i = 1, 3 do do local b = i f = function() return b end break end end local z, y, x, w, v = 9, 8, 7, 6, 5 say(f())`, "1"},
		{`local f while true do if f == nil then local b = 4 f = function() return b end break end end local z, y, x = 9, 8, 7 say(f())`, "4"},
		{`local f repeat do local b = 4 f = function() return b end break end until true local z, y, x = 9, 8, 7 say(f())`, "4"},
		{`local f for k in pairs{1} do do local b = k f = function() return b end break end end local z, y, x, w, v = 9, 8, 7, 6, 5 say(f())`, "1"},
		{`local fs = {} for i = 1, 2 do for j = 1, 2 do if j == 2 then local b = i fs[i] = function() b = b + 1 return b end break end end end say(fs[1](), fs[1](), fs[2]())`, "2 3 3"},
		{`local n = 0 local f = function() n = n + 1 end for i = 1, 3 do if i == 2 then goto cont end f() ::cont:: end say(n)`, "2"},
		{`local n, fs = 0, {} for i = 1, 3 do local x = i fs[i] = function() n = n + 1 return x end if i == 2 then goto cont end say(i) ::cont:: end say(fs[1](), fs[2](), fs[3](), n)`, "1 3 1 2 3 3"},
		{`local n, f = 0 ::top:: local x = n local g = function() return x end f = f or g n = n + 1 if n < 3 then goto top end say(f(), g())`, "0 2"},
		{`local f for i = 1, 2 do for j = 1, 2 do local b = i * 10 + j f = function() return b end if j == 2 then goto out end end end ::out:: local z, y, x, w = 9, 8, 7, 6 say(f())`, "12"},
		{`local s, out = "ab", {} for w in (same(s) .. "c"):gmatch(".") do local f = function() return w end if w == "b" then goto cont end w = w .. "!" say(f()) ::cont:: end`, "a! c!"},
		{`local n = 0 local inc = function() n = n + 1 end do goto skip end n = 5 ::skip:: inc() say(n)`, "1"},
	})
}

func TestLoopExpressions(t *testing.T) {
	t.Parallel()
	check(t, []struct{ source, want string }{
		{`do local a, b, c, d, e, f = 1, 2, 3, 4, 5, 6 end for k in next, {x=1} do say(k) end`, "x"},
		{`do local a, b, c, d, e, f = 1, 2, 3, 4, 5, 6 end for k, v in next, {7} do say(k, v) end`, "1 7"},
		{`do local a, b, c, d, e, f = 1, 2, 3, 4, 5, 6 end local n = 0 for k in function(s, c) say(s, c) n = n + 1 return n < 2 or nil end do end`, "nil nil nil true"},
		{`for k in next, same({x=1}) do say(k) end`, "x"},
		{`for k in next, same({x=1}, nil) do say(k) end`, "x"},
		{`for k in next, {x=1}, same() do say(k) end`, "x"},
		{`for k, v in next, {x=1}, same(nil, 2) do say(k, v) end`, "x 1"},
		{`for k, v, w in next, {x=1}, nil, same(4) do say(k, v, w) end`, "x 1 nil"},
		{`for a, b, c, d in next, {x=1}, nil, same(4) do say(a, b, c, d) end`, "x 1 nil nil"},
		{`local function f(...) for k in ... do say(k) end end f(next, {x=1})`, "x"},
	})
}

func TestMessagesAboutGotoNameLines(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"\ngoto nowhere":             "x:3: no visible label 'nowhere' for <goto> at line 2",
		"\n::a::\n::a::":             "x:4: label 'a' already defined on line 2",
		"goto b\nlocal v\n::b:: v=1": "x:4: <goto b> at line 1 jumps into the scope of local 'v'",
	} {
		if _, err := Compile("x", source, Guarded); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}
