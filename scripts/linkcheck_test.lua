local mock = require "mock"

local site = "https://example.org"

local function html(body)
  return {body=body, headers={["content-type"]="text/html; charset=utf-8"}}
end

function test_a_site_without_broken_links(t, script)
  mock.http{
    [site .. "/"]=html '<a href="/a">a</a> <a href="b/#top">b</a> <a href="mailto:x@example.org">mail</a>',
    [site .. "/a"]=html '<a href="/">home</a>',
    [site .. "/b/"]=html '<A HREF=\'../a\'>a</A>',
  }
  local code, out = script("linkcheck.lua", site .. "/")
  t.eq(code, 0)
  t.eq(out, "3 links checked, none broken\n")
end

function test_broken_links_are_listed(t, script)
  mock.http{
    [site .. "/"]=html '<a href="/gone">gone</a> <a href="https://down.example/">down</a>',
    [site .. "/gone"]=404,
    ["https://down.example/"]={error="net.refused"},
  }
  local code, out = script("linkcheck.lua", site .. "/")
  t.eq(code, 1)
  t.contains(out, "3 links checked, 2 broken")
  t.matches(out, [[(?m)^ *404 +https://example\.org/gone +https://example\.org/$]])
  t.matches(out, [[(?m)^net\.refused +https://down\.example/ +https://example\.org/$]])
end

function test_pages_of_other_hosts_are_not_read(t, script)
  local web = mock.http{
    [site .. "/"]=html '<a href="https://other.example/">other</a>',
    ["https://other.example/"]=html '<a href="/more">more</a>',
  }
  t.eq(script("linkcheck.lua", site .. "/"), 0)
  t.eq(#web.requests, 2)
end

function test_the_limit_holds(t, script)
  local web = mock.http{[site .. "/*"]=function(request)
    local n = tonumber(request.url:match("(%d+)$")) or 0
    return html(('<a href="/%d">next</a>'):format(n + 1))
  end}
  t.eq(script("linkcheck.lua", site .. "/0", "--limit", "5"), 0)
  t.eq(#web.requests, 5)
end

test.each("refuses", {
  {id="nothing", args={}, want="no address"},
  {id="no address", args={"example.org"}, want="is no address"},
  {id="unknown option", args={"--taks", "3"}, want="--tasks"},
}, function(t, script, args, want)
  local code, _, err = script("linkcheck.lua", unpack(args))
  t.eq(code, 2)
  t.contains(err, want)
end)
