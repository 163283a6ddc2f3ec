---@meta graph

---Walk things that hang together. Edges have a direction.
---
---Names are strings.
---@class graph
---@field max_depth integer How deep a walk goes.
local graph = {}

---A node of a graph.
---@class graph.Node
---@field name string what it is called
---@field weight number|nil how much it counts
local Node = {}

---Rename the node.
---@param name string the new one
function Node:rename(name) end

---Find the shortest way.
---
---Weights are added up.
---
---Needs `--allow-read[=PATH]`, `--allow-net[=HOST:PORT]`.
---
---Raises:
---* `graph.no_way`: There is no way. e.from tells from where.
---
---```lua
---local graph = require "graph"
---print(#graph.shortest({}, "a", "b"))
---```
---@param edges table<string, string[]> each name with those that follow it
---@param from string
---@param to? string where to go
---@param ... fun(a: string, b: string): boolean filters
---@return string[] # the names in order
---@return number
function graph.shortest(edges, from, to, ...) end

---Raises:
---* `graph.no_way`: There is no way. e.from tells from where.
---@param edges any
function graph.dfs(edges) end

---Reverse.
---@return graph.Node
function graph:reverse() end

---@param a any
function graph.bare(a) end

---The last.
function graph.last() end

return graph
