-- Copyright nobody.
local fs = require "fs"

--- Walk things that hang together. Edges have a direction.
---
--- Names are strings.

local M = {}

---A node of a graph.
---@class graph.Node
---@field name string what it is called
---@field weight? number how much it counts
---@field private secret string
local Node = {}

---How deep a walk goes.
---@type integer
M.max_depth = 100

M.undocumented = 3

---Find the shortest way.
---
---Weights are added up.
---```lua
---local graph = require "graph"
---print(#graph.shortest({}, "a", "b"))
---```
---@param edges table<string, string[]> each name with
---  those that follow it
---@param from string
---@param to? string|nil where to go
---@param ... fun(a: string, b: string): boolean # filters
---@return string[] way # the names in order
---@return number length
---@raises graph.no_way There is no way. e.from tells from where.
---@needs read, net
function M.shortest(edges, from,
                    to, ...)
	local function inner(x) return x end
	function fs.hack() end
end

---@raises graph.no_way
M.dfs = function(edges) end

---Reverse.
---@return graph.Node
function M:reverse() end

function M.bare(a) end
function M._hidden() end
---@private
function M.internal() end

---Rename the node.
---@param name string the new one
function Node:rename(name) end

local text = [==[
---Not a comment.
function M.in_a_string() end
]==]

--[[
function M.in_a_comment() end
]]

local quoted = "[[ -- '"

---The last.
function M.last() end

return M
