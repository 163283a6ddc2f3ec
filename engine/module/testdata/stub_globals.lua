---@meta _

---A span of time: seconds (0.3) or text with units ("300ms", "1m30s").
---@alias duration number|string

---A number of bytes: a number or text with a unit ("10MiB", "64k").
---@alias size number|string

---What went wrong. tostring(e) reads "op target: message".
---@class error
---@field kind string dotted and stable: "net.timeout", "args.invalid"
---@field message string the cause in words
---@field op? string what was being done: "ftp.get"
---@field target? string to what: "ftp.example.org:21/dir/a.bin"
---@field code? any the protocol's own number or name
---@field hint? string the way out
---@field retryable boolean the same call may succeed later
---@field cause? string the text of the error beneath
---@field traceback? string the Lua frames, innermost first
---@field [string] any what a module adds, such as e.out of run.exit

---The arguments that the script was started with; arg[0] is the script.
---@type string[]
arg = {}

---Call a function where failure is expected: its first result and nil, or nil and the error.
---
---```lua
---local json, err = try(require, "jsno")
---if err then print(err.kind, err.hint) end
---```
---@generic T
---@param fn fun(...): T
---@param ... any arguments of fn
---@return T? value
---@return error? err
function try(fn, ...) end

---Call a function with resources and close them afterwards, last first, whatever happened.
---
---```lua
---with(io.open("notes.txt"), function(f) print(f:read("*a")) end)
---```
---@generic R
---@param resource R anything with a close method
---@param fn fun(resource: R): ...
---@return any ...
---@overload fun(first: any, second: any, fn: fun(first: any, second: any): ...): ...
---@overload fun(first: any, second: any, third: any, fn: fun(first: any, second: any, third: any): ...): ...
function with(resource, fn) end

---Call a function and then, whatever happened, the cleanup.
---@param fn fun(): ...
---@param cleanup fun()
---@return any ... # what fn returned
function finally(fn, cleanup) end
