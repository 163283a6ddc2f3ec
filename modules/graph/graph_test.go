package graph_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/modules/async"
	"github.com/gscript-lang/gscript/modules/graph"
	"github.com/gscript-lang/gscript/modules/internal/moduletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const head = `
graph, async = require "graph", require "async"
function show(list)
	if type(list) ~= "table" then return tostring(list) end
	local out = {}
	for i, v in ipairs(list) do out[i] = type(v) == "table" and (v.name or "[" .. show(v) .. "]") or tostring(v) end
	return table.concat(out, " ")
end
function all(...) local out = {} for p in ... do out[#out + 1] = table.concat(p, "") end return table.concat(out, " ") end
function raised(...) local ok, e = pcall(...) assert(not ok, "nothing was raised") return e end
-- The graph of the article on depth and breadth first search.
article = {A={"B", "C"}, B={"A", "D", "E"}, C={"A", "F"}, D={"B"}, E={"B", "F"}, F={"C", "E"}}
`

func run(t *testing.T, source string) string {
	t.Helper()
	return strings.TrimRight(moduletest.New(t, graph.Module(), async.Module()).Run(t, head+source), "\n")
}

func TestGraph(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"the lines of the issue", `
			local g = graph.new{A={"B","C"}, B={"D"}}
			print(show(g:dfs("A")), show(g:bfs("A")), show(g:shortest("A","D")), show(g:component("A")))
			for p in g:paths("A","D") do print(show(p)) end
			print(g:reachable("A", "D"), g:distances("A").D)`,
			"A B D C\tA B C D\tA B D\tA B C D\nA B D\ntrue\t2"},
		{"the article", `
			local g = graph.new(article)
			print(show(g:dfs("A")), show(g:bfs("A")), show(g:component("A")))
			print(all(g:paths("A", "F")), all(g:paths("A", "F", {order="bfs"})), show(g:shortest("A", "F")))`,
			"A B D E F C\tA B C D E F\tA B C D E F\nABEF ACF\tACF ABEF\tA C F"},
		{"listed order", `print(show(graph.new{a={"z", "m", "b"}}:bfs("a")), show(graph.new{a={z=true, m=true, b=true}}:bfs("a")))`, "a z m b\ta b m z"},
		{"start is goal", `local g = graph.new(article) print(show(g:shortest("A", "A")), all(g:paths("A", "A")), g:distances("A").A)`, "A\tA\t0"},
		{"no way", `local g = graph.new{a="b"} print(g:shortest("b", "a"), #{all(g:paths("b", "a"))}, all(g:paths("b", "a")), g:distances("b").a)`, "nil\t1\t\tnil"},
		{"nodes of all kinds", `local t = {name="T"} local g = graph.new{[t]={1, "1", true}, [1]={t}} print(show(g:nodes()), show(g:shortest(1, true)))`, "1 1 true T\t1 T true"},
		{"weights", `local g = graph.new{A={B=7, C=2}, C={B=3}, B={}} local d = g:distances("A") print(show(g:shortest("A", "B")), d.B, d.C, g.weighted)`, "A C B\t5\t2\ttrue"},
		{"weights of nothing", `local g = graph.new{A={B=0, C=5}, B={C=0}} print(g:distances("A").C, show(g:shortest("A", "C")))`, "0\tA B C"},
		{"a weight among marks", `local g = graph.new{A={B=true, C=4}} print(g:edges()[1].weight, g:edges()[2].weight)`, "1\t4"},
		{"undirected", `local g = graph.undirected{A={"B"}, B={"C"}} print(show(g:bfs("C")), g.edge_count, g.directed, all(g:paths("C", "A")))`, "C B A\t2\tfalse\tCBA"},
		{"max_depth", `local g = graph.new{a="b", b="c", c="d"} print(show(g:bfs("a", {max_depth=2})), show(g:dfs("a", {max_depth=0})), all(g:paths("a", "d", {max_depth=2})), all(g:paths("a", "d", {max_depth=3})))`, "a b c\ta\t\tabcd"},
		{"limit", `print(all(graph.new(article):paths("A", "F", {limit=1})), all(graph.new(article):paths("A", "F", {limit=0})))`, "ABEF\t"},
		{"each path is a list of its own", `local a, b for p in graph.new(article):paths("A", "F") do if not a then a = p else b = p end p[1] = "x" end print(show(a), show(b))`, "x B E F\tx C F"},
		{"a path is lazy", `
			-- 2^60 paths: only two are asked for.
			local t = {} for i = 1, 60 do t[i] = {-i, i + 0.5} t[-i] = {i + 1} t[i + 0.5] = {i + 1} end
			local g, n = graph.new(t), 0
			for p in g:paths(1, 61) do n = n + 1 if n == 2 then break end end
			for p in g:paths(1, 2, {order="bfs"}) do n = n + 1 break end
			print(n)`, "3"},
		{"a deep graph", `local t = {} for i = 1, 200000 do t[i] = i + 1 end local g = graph.new(t)
			local n = 0 for p in g:paths(1, 200001) do n = n + #p end
			print(#g:dfs(1), n, #g:strong(), #g:components(), #g:sort())`, "200001\t200001\t200001\t1\t200001"},
		{"reverse", `print(show(graph.new{a={"b", "c"}, c="b"}:reverse():bfs("b")))`, "b a c"},
		{"self loops", `local g = graph.new{a={"a", "b"}} print(show(g:dfs("a")), show(g:cycle()), raised(g.sort, g).kind)`, "a b\ta a\tgraph.cycle"},
		{"sort", `print(show(graph.new{a={"c"}, b={"c"}, c={"d"}}:sort()))`, "a b c d"},
		{"a cycle in the order of its edges", `local g = graph.new{a="b", b="c", c="a"} print(show(raised(g.sort, g).cycle), show(g:cycles()))`, "a b c a\t[a b c a]"},
		{"walk", `
			local out = {}
			local ended = graph.new{a={"b", "c"}, b={"a", "d"}, c={"d"}}:walk("a", {
				pre=function(n, d) out[#out + 1] = "+" .. n .. d end, post=function(n) out[#out + 1] = "-" .. n end,
				edge=function(f, t, k) out[#out + 1] = f .. t .. ":" .. k end})
			print(ended, table.concat(out, " "))`, "true\t+a0 ab:tree +b1 ba:back bd:tree +d2 -d -b ac:tree +c1 cd:other -c -a"},
		{"walk by breadth", `
			local out = {}
			graph.new{a={"b", "c"}, b={"d"}}:walk("a", {order="bfs", pre=function(n, d) out[#out + 1] = n .. d end})
			print(table.concat(out, " "))`, "a0 b1 c1 d2"},
		{"walk ends early", `
			local out = {}
			local ended = graph.new{a={"b", "c"}}:walk("a", {pre=function(n) out[#out + 1] = n return n ~= "b" end})
			print(ended, show(out))`, "false\ta b"},
		{"walk may wait and use the graph", `
			local g, n = graph.new{a="b", b="c"}, 0
			g:walk("a", {pre=function(node) async.sleep(0) n = n + #g:bfs(node) end})
			print(n)`, "6"},
		{"changes of the table do not matter", `local t = {a={"b"}} local g = graph.new(t) t.a[1] = "c" print(show(g:bfs("a")))`, "a b"},
		{"tostring and properties", `local g = graph.new{a={"b"}} print(g, g.size, g.edge_count, g:has("a", "b"), g:has("x"), g:has("b", "a"))`, "graph.Graph (2 nodes, 1 edges)\t2\t1\ttrue\tfalse\tfalse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"by breadth", `print(show(graph.search{start=1, goal=10, next=function(n) if n < 100 then return {n * 2, n + 1} end end}))`, "1 2 4 5 10"},
		{"start is goal", `print(show(graph.search{start=1, goal=1, next=error}))`, "1"},
		{"no way", `print(graph.search{start=1, goal=2, next=function() end})`, "nil"},
		{"a goal by function", `print(show(graph.search{start=1, goal=function(n) return n > 5 end, next=function(n) return {n * 2} end}))`, "1 2 4 8"},
		{"weights", `local t = {A={B=7, C=2}, C={B=3}} print(show(graph.search{start="A", goal="B", next=function(n) return t[n] end}))`, "A C B"},
		{"cost", `print(show(graph.search{start="A", goal="B", next=function(n) return article[n] end, cost=function(a, b) return (a .. b == "AB") and 100 or 1 end}))`, "A C F E B"},
		{"tables by key", `
			local seen = 0
			local path = graph.search{
				start={x=0, y=0}, goal={x=3, y=2}, key=function(p) return p.x .. "," .. p.y end,
				heuristic=function(p) return math.abs(3 - p.x) + math.abs(2 - p.y) end,
				next=function(p) seen = seen + 1 return {{x=p.x+1, y=p.y}, {x=p.x, y=p.y+1}, {x=p.x-1, y=p.y}, {x=p.x, y=p.y-1}} end}
			print(#path, path[#path].x, seen < 20)`, "6\t3\ttrue"},
		{"max_depth", `print(graph.search{start=1, goal=9, max_depth=3, next=function(n) return {n + 1} end}, show(graph.search{start=1, goal=4, max_depth=3, next=function(n) return {n + 1} end}))`, "nil\t1 2 3 4"},
		{"limit", `local e = raised(graph.search, {start=1, goal=-1, limit=100, next=function(n) return {n + 1} end}) print(e.kind, e.message)`, "graph.limit\tthe search has looked at 100 nodes and not found its goal"},
		{"an error of a callback passes", `print(raised(graph.search, {start=1, goal=2, next=function() error("oops", 0) end}))`, "oops"},
		{"a guess that is no number", `print(raised(graph.search, {start=1, goal=2, next=function() return {2} end, heuristic=function() end}).message)`, "heuristic must return a number from 0 on, not nil"},
		{"a cost below nothing", `print(raised(graph.search, {start=1, goal=2, next=function() return {2} end, cost=function() return -1 end}).message)`, "cost must return a number from 0 on, not -1"},
		{"neighbours of no form", `print(raised(graph.search, {start=1, goal=2, next=function() return true end}).message)`, "the neighbours of 1 must be a list, a set or one node, got true"},
		{"a cancel ends an endless search", `
			local looked = 0
			local t = async.spawn(function() graph.search{start=1, goal=-1, next=function(n) looked = n return {n + 1} end} end)
			while looked < 10 do async.sleep(0) end
			t:cancel("enough")
			print(select(2, pcall(t.await, t)).message)`, "enough"},
		{"costs agree with a graph that has them", `
			local seed = 1
			local function draw(n) seed = (seed * 16807) % 2147483647 return seed % n end
			for round = 1, 50 do
				local t = {}
				for i = 1, 12 do t[i] = {} for _ = 1, 3 do t[i][100 + draw(12) + 1] = draw(9) + 1 end end
				local edges = {}
				for i, near in ipairs(t) do edges["n" .. i] = {} for k, w in pairs(near) do edges["n" .. i]["n" .. (k - 100)] = w end end
				local g = graph.new(edges)
				local far = g:distances("n1")
				for goal = 1, 12 do
					local goal = "n" .. goal
					local path = graph.search{start="n1", goal=goal, next=function(n) return edges[n] end,
						heuristic=function(n) return math.min(far[goal] and g:distances(n)[goal] or 0, 2) end}
					local sum = 0
					for i = 2, path and #path or 0 do sum = sum + edges[path[i - 1]][path[i]] end
					assert((path and sum) == far[goal] or not path and not far[goal], goal)
				end
			end
			print "equal"`, "equal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.source); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, kind, want string }{
		{"a missing node", `local g = graph.new{Alpha="Beta"} local e = raised(g.bfs, g, "Alfa")`, "graph.missing", `did you mean "Alpha"?`},
		{"a missing goal", `local g = graph.new{A="B"} local e = raised(g.shortest, g, "A", "Q")`, "graph.missing", "there are: A, B"},
		{"a text for a number", `local g = graph.new{[1]={2}} local e = raised(g.bfs, g, "1")`, "graph.missing", `there is a node 1, which is a number; "1" is a string`},
		{"an equal table", `local g = graph.new{[{x=1}]={}} local e = raised(g.bfs, g, {x=1})`, "graph.missing", "a table is the same node only as the same table, not as one with the same content"},
		{"nan", `local e = raised(graph.new, {a={0/0}})`, "args.invalid", ""},
		{"a negative weight", `local e = raised(graph.new, {a={b=-1}})`, "args.invalid", ""},
		{"an endless weight", `local e = raised(graph.new, {a={b=1/0}})`, "args.invalid", ""},
		{"a negative depth", `local g = graph.new{a="b"} local e = raised(g.bfs, g, "a", {max_depth=-1})`, "args.invalid", ""},
		{"an order of undirected edges", `local g = graph.undirected{a="b"} local e = raised(g.sort, g)`, "args.invalid", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, want := run(t, tt.source+` print(e.kind, e.hint or "")`), strings.TrimRight(tt.kind+"\t"+tt.want, "\n"); got != want {
				t.Errorf("raised %q, want %q", got, want)
			}
		})
	}
}
