-- What the tests of the scripts share.

local args = require "args"
local path = require "path"

-- script(name, argument…) runs a script of this folder in the test's own state
-- and returns its exit code, what it printed and what it wrote to standard
-- error. An error that it raises comes through.
test.fixture("script", function(use, t, request)
  local parse = args.parse
  use(function(name, ...)
    local argv, out, err = {...}, {}, {}
    local function printer(list)
      return function(...)
        local words = {}
        for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
        list[#list + 1] = table.concat(words, "\t") .. "\n"
      end
    end
    local function writer(list)
      return function(_, ...)
        list[#list + 1] = table.concat{...}
        return true
      end
    end
    local exit = {}
    local chunk = assert(loadfile(path.join(path.dirname(request.file), name)))
    setfenv(chunk, setmetatable({
      print=printer(out),
      io=setmetatable({write=function(...) return writer(out)(nil, ...) end, stderr={write=writer(err)}}, {__index=io}),
      os=setmetatable({exit=function(code)
        exit.code = code
        error(exit, 0)
      end}, {__index=os}),
    }, {__index=_G}))
    t:patch(args, "parse", function(spec)
      spec.argv, spec.name, spec.exit = argv, name, false
      return parse(spec)
    end)
    local _, failure = try(chunk)
    if failure ~= nil and not exit.code then
      if failure.kind ~= "args.usage" then error(failure, 0) end
      exit.code = 2
      err[#err + 1] = failure.message .. "\n"
    end
    return exit.code or 0, table.concat(out), table.concat(err)
  end)
end)
