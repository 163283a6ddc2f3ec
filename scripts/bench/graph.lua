-- Work on graphs of 1,000,000 edges between 100,000 nodes for scripts/bench/graph;
-- graph.py does the same. Prints the milliseconds of each run and the length
-- of the result. Arguments: toposort, bfs or new+bfs; text or number; runs.
local toposort, graph, time = require "toposort", require "graph", require "time"
local work, nodes, runs = arg[1], arg[2], tonumber(arg[3])
local N, D = 100000, 10

-- A generator that is exact in doubles, so that both languages draw the same.
local seed = 1
local function draw(n)
	seed = (seed * 16807) % 2147483647
	return seed % n
end

local text = nodes == "text"
local names = {}
for i = 0, N - 1 do names[i] = text and ("node" .. i) or (i + 1) end
local edges = {}
for i = 1, N - 1 do
	local list = {names[i - 1]} -- so that all can be reached from the last
	for j = 2, D do list[j] = names[draw(i)] end
	edges[names[i]] = list
end

local g = work == "bfs" and graph.new(edges)
for _ = 1, runs do
	local before, result = time.monotonic(), nil
	if work == "toposort" then
		result = toposort.sort(edges)
	else
		result = (g or graph.new(edges)):bfs(names[N - 1])
	end
	print(("%.1f %d"):format((time.monotonic() - before) * 1000, #result))
end
