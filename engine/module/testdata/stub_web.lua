---@meta web

---Fetch things from servers. Redirects are followed where they keep the credentials safe, which means on the same host and port.
---
---Certificates are checked against:
---* the system's authorities
---* those of ca, where it is given, and nothing else from then on because two sources would be hard to reason about
---@class web
---@overload fun(dir?: string, options?: web.ListOptions): web.Entry[]
---@field null any JSON's null.
---@field version string The protocol's version.
local web = {}

---@class web.TLSOptions
---@field mode? "explicit"|"implicit"|"none" when TLS begins (may be given in place of the table) (default "explicit")
---@field ca? string file with the certificates (PEM) to trust
---@field insecure? boolean accept any certificate

---@class web.Entry
---@field name string base name
---@field age number seconds since it was written
---@field when? number when it was written
---@field link? string where a link leads

web.version = "1.1"

---An open connection. Close it.
---@class web.Client
---@field host string the other side
---@field idle number how long nothing came
---@operator add(web.Client|string): web.Client
---@operator len: integer
local Client = {}

---Options of web.Client:fetch.
---@class web.ClientFetchOptions
---@field [1]? string the same as url
---@field url? string what to fetch
---@field params? table<string, any> query parameters
---@field timeout? duration limit for the whole exchange, from the name's lookup to the last byte of the body (default 30s)
---@field tls? "explicit"|"implicit"|"none"|web.TLSOptions how TLS is spoken
---@field token? string bearer token (secret: never shown)
---@field limit? size largest body that is read (default 10MiB)
---@field accept? string|string[] media types a|b
---@field progress? boolean|fun(done: integer, total?: integer) true shows a bar; a function is called instead

---Fetch another URL over the same connection.
---
---Needs `--allow-net[=HOST:PORT]`.
---
---Raises:
---* `web.status`: The server answered with an error. e.code is its number.
---
---```lua
---require("web").get("u"):fetch("v")
---```
---@overload fun(self: web.Client, options: web.ClientFetchOptions): table<string, web.Entry>
---@param url string what to fetch
---@param options? web.ClientFetchOptions
---@return table<string, web.Entry>
function Client:fetch(url, options) end

---Close the connection.
function Client:close() end

---Options of web.get.
---@class web.GetOptions
---@field [1]? string the same as url
---@field url? string what to fetch
---@field params? table<string, any> query parameters
---@field timeout? duration limit for the whole exchange, from the name's lookup to the last byte of the body (default 30s)
---@field tls? "explicit"|"implicit"|"none"|web.TLSOptions how TLS is spoken
---@field token? string bearer token (secret: never shown)
---@field limit? size largest body that is read (default 10MiB)
---@field accept? string|string[] media types a|b
---@field progress? boolean|fun(done: integer, total?: integer) true shows a bar; a function is called instead

---Fetch a URL with <GET>. The body is held in memory.
---
---Needs `--allow-net[=HOST:PORT]`.
---
---Raises:
---* `web.status`: The server answered with an error. e.code is its number.
---* `web.busy`: All connections of the pool are taken.
---
---```lua
---local web = require "web"
---with(web.get("http://127.0.0.1/"), function(c)
---	print(c.host)
---end)
---```
---
---```lua
---print(require("web").get{url="http://127.0.0.1/", timeout="5s"})
---```
---@overload fun(options: web.GetOptions): web.Client
---@param url string what to fetch
---@param options? web.GetOptions
---@return web.Client # the answer, with its body
function web.get(url, options) end

---Options of web.run.
---@class web.RunOptions
---@field [integer] string program and its arguments
---@field argv? string[] program and its arguments
---@field name string what the log calls it
---@field cwd? string working directory

---Run a program.
---
---Needs `--allow-run[=PROGRAM]`, `--allow-read[=PATH]`.
---
---```lua
---require("web").run{"true", name="nothing"}
---```
---@param options web.RunOptions
---@return integer # the exit code, then the lines
---@return string ...
function web.run(options) end

---Call a function.
---
---```lua
---require("web").each(print, 1)
---```
---@param fn function what to call
---@param ... any its arguments
---@return any ... # what it returned
function web.each(fn, ...) end

---Options of web.walk.
---@class web.WalkOptions
---@field [1]? string the same as dir
---@field dir? string where the walk begins (default ".")
---@field depth? integer how deep (default 3)
---@field sort? "name"|"size" order (default "name")

---Walk a tree.
---
---Needs `--allow-read[=PATH]`.
---
---```lua
---for name in require("web").walk() do print(name) end
---```
---@overload fun(options: web.WalkOptions): fun(): string, web.Entry
---@param dir? string where the walk begins (default ".")
---@param options? web.WalkOptions
---@return fun(): string, web.Entry # an iterator
function web.walk(dir, options) end

---Options of web.list.
---@class web.ListOptions
---@field [1]? string the same as dir
---@field dir? string where the walk begins (default ".")
---@field depth? integer how deep (default 3)
---@field sort? "name"|"size" order (default "name")

---List a directory.
---
---```lua
---print(#require("web").list("."))
---```
---@overload fun(options: web.ListOptions): web.Entry[]
---@param dir? string where the walk begins (default ".")
---@param options? web.ListOptions
---@return web.Entry[]
function web.list(dir, options) end

return web
