-- Release this repository: build it, pack it, publish it over HTTP, mirror it by
-- FTPS, deploy it over SSH and tell people by mail. Every step checks what it
-- did at the far end.
--
--   gscript scripts/release.lua                          all on loopback
--   gscript scripts/release.lua --config release.json    on real servers

local args = require "args"
local async = require "async"
local fs = require "fs"
local ftp = require "ftp"
local hash = require "hash"
local http = require "http"
local json = require "json"
local loopback = require "lib.loopback"
local mail = require "mail"
local path = require "path"
local pool = require "pool"
local ssh = require "ssh"
local subprocess = require "subprocess"
local text = require "text"
local time = require "time"
local toposort = require "toposort"

local a = args.parse{
  "Release this repository.",
  {"--config", "-c", help="JSON file with the servers; without it the script starts its own on loopback"},
  {"--workers", "-w", type="number", default=2, help="how many files to hash at the same time"},
  {"--fail", help="break this step, to see what a failure looks like (on loopback only)"},
}

local work = fs.temp_dir()
local config, servers = {}, nil
if a.config then
  config = json.read(a.config)
  if a.fail then error("--fail works on loopback only, not with --config", 0) end
else
  config, servers = loopback.start(work)
  if a.fail then loopback.sabotage(a.fail, config, servers) end
end

local binary = path.join(work, "dist", "gscript")
local artifact = path.join(work, "gscript-release.tar.gz")
local name = path.basename(artifact)
local report = path.join(work, "report.json")
local checksum -- of the artifact, once it is packed

-- The plan. Each step says what it needs and returns the bytes that it moved.

local steps = {}

steps.build = {run=function()
  fs.mkdir(path.dirname(binary))
  subprocess.run(config.build or {"go", "build", "-o", binary, "./cmd/gscript", timeout="10m"})
  return fs.size(binary)
end}

steps.pack = {needs={"build"}, run=function()
  local files = config.files or fs.glob("{README.md,scripts/**/*.lua,stdlib/*.lua,docs/**/*.md}")
  local workers = pool.new{workers=a.workers}
  local sums = workers:map(function(file)
    local copy = path.join(work, "dist", file)
    fs.mkdir(path.dirname(copy), {parents=true})
    fs.copy(file, copy)
    return {path=file, sha256=hash.file(copy)}
  end, files, {progress=true})
  workers:close()
  json.write(path.join(work, "dist", "MANIFEST.json"), sums)
  subprocess.run{"tar", "-czf", artifact, "-C", path.join(work, "dist"), ".", timeout="2m"}
  checksum = hash.file(artifact)
  return fs.size(artifact)
end}

steps.publish = {needs={"pack"}, run=function()
  local web = http.session{base=config.http.url, headers={authorization="Bearer " .. config.http.token}, timeout="5m"}
  web:put(name, {body=fs.read(artifact)}):check()
  web:download(name, path.join(work, "published"), {sha256=checksum, progress=true})
  return fs.size(artifact)
end}

steps.mirror = {needs={"pack"}, run=function()
  return with(ftp.connect(config.ftp), function(mirror)
    mirror:put(artifact, name, {progress=true})
    mirror:get(name, path.join(work, "mirrored"))
    assert(fs.equal(artifact, path.join(work, "mirrored")), "the mirror holds other bytes than the artifact")
    return mirror:size(name)
  end)
end}

steps.deploy = {needs={"pack"}, run=function()
  return with(ssh.connect(config.ssh), function(host)
    host:sftp():put(artifact, name, {progress=true})
    local sum = host:run{"sha256sum", name, timeout="1m"}.out:match("^%x+")
    assert(sum == checksum, "the host holds other bytes than the artifact")
    return fs.size(artifact)
  end)
end}

steps.notify = {needs={"publish", "mirror", "deploy"}, run=function()
  json.write(report, {artifact=name, sha256=checksum, size=fs.size(artifact)}, {indent=2})
  local message = mail.message{
    from=config.mail.from, to=config.mail.to,
    subject="Released: " .. name,
    text=("%s is out.\n\nsha256 %s\n"):format(name, checksum),
    attach={report},
  }
  local refused = with(mail.smtp{
    host=config.mail.host, port=config.mail.port, tls=config.mail.tls, auth=config.mail.auth,
  }, function(out) return out:send(message) end)
  assert(next(refused) == nil, "some recipients were refused")
  if servers then -- read it back
    local got = servers.mail:wait_for(1, {timeout=10})[1]
    local attached = got:attachments()()
    assert(got.subject == message.subject and attached:read() == fs.read(report), "another mail arrived than was sent")
  end
  return #message:bytes()
end}

-- Run it: the steps of a level need only earlier levels, so they run at once.

local results, order = {}, {}

local function perform(step)
  io.stderr:write(step, " …\n")
  local start = time.monotonic()
  local bytes, err = try(steps[step].run)
  local result = not err and "ok" or err.kind == "canceled" and "stopped" or "FAILED"
  results[step] = {result=result, seconds=time.monotonic() - start, bytes=bytes}
  if err then error(err, 0) end
end

local function release()
  local needs = {}
  for step, s in pairs(steps) do needs[step] = s.needs or {} end
  for _, level in ipairs(toposort.levels(needs)) do
    local run = {}
    for i, step in ipairs(level) do
      order[#order + 1] = step
      run[i] = function() perform(step) end
    end
    async.gather(unpack(run))
  end
end

finally(release, function()
  local rows = {}
  for i, step in ipairs(order) do
    local r = results[step] or {result="stopped", seconds=0}
    rows[i] = {step, r.result, ("%.2f s"):format(r.seconds), r.bytes and text.bytes(r.bytes) or "-"}
  end
  io.write(text.table(rows, {header={"step", "result", "time", "bytes"}}))
end)
