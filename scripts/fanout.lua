-- Run one command on many hosts at once and show what each answered.
--
--   gscript scripts/fanout.lua --host web1 --host web2:2222 -- uptime
--   gscript scripts/fanout.lua --demo -- uptime        three hosts on loopback

local args = require "args"
local async = require "async"
local ssh = require "ssh"
local text = require "text"
local time = require "time"

local a = args.parse{
  "Run one command on many hosts at once and show what each answered.",
  {"command", nargs="+", help="command and its arguments, behind --"},
  {"--host", "-H", action="append", help="host, or host:port; may be given many times"},
  {"--user", "-u", help="login name; yours if it is not given"},
  {"--key", "-k", help="private key; the agent's keys if it is not given"},
  {"--timeout", "-t", type="duration", default="30s", help="limit for each host"},
  {"--demo", type="flag", help="start three hosts on the loopback interface and use them"},
}

local hosts = {}
for _, h in ipairs(a.host or {}) do
  local name, port = h:match("^(.-):(%d+)$")
  hosts[#hosts + 1] = {
    name=h, host=name or h, port=tonumber(port), user=a.user, key=a.key, agent=not a.key, timeout=a.timeout,
  }
end

if a.demo then
  for i, name in ipairs{"alpha", "beta", "gamma"} do
    local srv = ssh.serve{
      listen="127.0.0.1:0",
      users={demo={password="demo"}},
      on_exec=function(session, command)
        if i == 3 then
          session:write_err(name .. ": no space left on device\n")
          return 1
        end
        session:write(("%s ran %s\n"):format(name, command))
        return 0
      end,
    }
    hosts[i] = {name=name, host="127.0.0.1", port=srv.port, user="demo", password="demo", host_key=srv.fingerprint, timeout=a.timeout}
  end
end
if #hosts == 0 then
  io.stderr:write("fanout: no hosts; give some with --host, or try --demo\n")
  os.exit(2)
end

-- One task a host. A host that fails does not keep the others from answering,
-- so each task returns what happened.
local function ask(h)
  local name = h.name
  h.name = nil
  local start = time.monotonic()
  local result, err = try(function()
    return with(ssh.connect(h), function(client)
      local argv = {check=false, timeout=h.timeout}
      for i, word in ipairs(a.command) do argv[i] = word end
      return client:run(argv)
    end)
  end)
  return {name=name, result=result, err=err, seconds=time.monotonic() - start}
end

local tasks = {}
for i, h in ipairs(hosts) do tasks[i] = async.spawn(ask, h) end

local rows, failed = {}, 0
for _, task in ipairs(tasks) do
  local answer = task:await()
  local r = answer.result
  local ok = r and r.code == 0
  if not ok then failed = failed + 1 end
  rows[#rows + 1] = {
    answer.name,
    ok and "ok" or r and "exit " .. r.code or answer.err.kind or "failed",
    ("%.2f s"):format(answer.seconds),
    ((r and (ok and r.out or r.err) or tostring(answer.err)):gsub("%s+$", ""):gsub("\n.*", " …")),
  }
end
io.write(text.table(rows, {header={"host", "result", "time", "answer"}}))
if failed > 0 then
  print(("%d of %s failed"):format(failed, text.count(#hosts, "host")))
  os.exit(1)
end
