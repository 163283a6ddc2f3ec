-- Crawl a site and report the links that lead nowhere.
--
--   gscript scripts/linkcheck.lua https://example.org/
--   gscript scripts/linkcheck.lua --demo        a small site on loopback

local args = require "args"
local async = require "async"
local http = require "http"
local text = require "text"

local a = args.parse{
  "Crawl a site and report the links that lead nowhere.",
  {"url", nargs="?", help="where to start; only pages of the same host are read"},
  {"--tasks", "-n", type="number", default=8, help="how many pages to read at the same time"},
  {"--limit", "-l", type="number", default=500, help="how many pages to read at most"},
  {"--demo", type="flag", help="start a small site with two broken links and check it"},
}

if a.demo then
  local site = http.serve{listen="127.0.0.1:0"}
  local pages = {
    ["/"]='<a href="/about">about</a> <a href="/news/">news</a>',
    ["/about"]='<a href="/">home</a> <a href="/team">team</a>',
    ["/news/"]='<a href="1">first</a> <a href="2">second</a> <a href="mailto:a@x.org">write</a>',
    ["/news/1"]='<a href="../about#us">about</a>',
  }
  site:get("/{page...}", function(req, res)
    local page = pages[req.path]
    if page then res:html(page) else res:error(404) end
  end)
  a.url = site.url .. "/"
end
if not a.url then
  io.stderr:write("linkcheck: no address; give one, or try --demo\n")
  os.exit(2)
end

local origin = a.url:match("^(%a[%w+.-]*://[^/]+)")
if not origin then
  io.stderr:write(("linkcheck: %s is no address; write it as https://example.org/\n"):format(a.url))
  os.exit(2)
end

-- The absolute address of a link on a page, without its fragment.
local function resolve(page, link)
  link = link:gsub("#.*$", "")
  if link == "" then return nil end
  if link:match("^%a[%w+.-]*:") then
    return link:match("^https?://") and link or nil
  end
  if link:sub(1, 2) == "//" then return page:match("^%a+:") .. link end
  if link:sub(1, 1) == "/" then return origin .. link end
  local dir = page:gsub("[?].*$", ""):match("^(.*/)")
  local relative, parts = dir:sub(#origin + 1) .. link, {}
  for part in relative:gmatch("[^/]+") do
    if part == ".." then parts[#parts] = nil elseif part ~= "." then parts[#parts + 1] = part end
  end
  return origin .. "/" .. table.concat(parts, "/") .. (link:match("/$") and "/" or "")
end

local seen = {[a.url]="the command line"}
local queue, next_page, reading = {a.url}, 1, 0
local broken, count = {}, 0
local session = http.session{timeout=20}

local function check(url)
  local r, err = try(session.get, session, url)
  if err or r.status >= 400 then
    broken[#broken + 1] = {err and err.kind or r.status, url, seen[url]}
    return
  end
  local html = (r.headers["content-type"] or ""):match("^text/html")
  if not html or url:sub(1, #origin) ~= origin then return end
  for link in r.text:gmatch("<[aA]%s[^>]-[hH][rR][eE][fF]%s*=%s*[\"']([^\"']*)[\"']") do
    local target = resolve(url, link)
    if target and not seen[target] and #queue < a.limit then
      seen[target] = url
      queue[#queue + 1] = target
    end
  end
end

-- Each task takes the next page until no page is left and nobody reads one that
-- might bring more. Tasks of one script take turns, so plain variables do.
local function worker()
  while true do
    local url = queue[next_page]
    if url then
      next_page, reading = next_page + 1, reading + 1
      check(url)
      reading, count = reading - 1, count + 1
    elseif reading == 0 then
      return
    else
      async.sleep(0.01)
    end
  end
end

local workers = {}
for i = 1, a.tasks do workers[i] = worker end
async.gather(unpack(workers))
session:close()

print(("%s checked, %s broken"):format(text.count(count, "link"), #broken == 0 and "none" or #broken))
if #broken > 0 then
  table.sort(broken, function(x, y) return x[2] < y[2] end)
  io.write(text.table(broken, {header={"answer", "link", "found on"}}))
  os.exit(1)
end
