-- The servers of a release, on the loopback interface: what release.lua uses
-- when it is given no configuration.

local fs = require "fs"
local ftp = require "ftp"
local hash = require "hash"
local http = require "http"
local mail = require "mail"
local path = require "path"
local ssh = require "ssh"

local loopback = {}

-- Start all servers below dir and return the configuration that leads to them.
function loopback.start(dir)
  for _, name in ipairs{"www", "mirror", "target"} do fs.mkdir(path.join(dir, name)) end

  local web = http.serve{listen="127.0.0.1:0", max_body="1GiB"}
  web:files("/releases", path.join(dir, "www"))
  web:put("/releases/{name}", function(req, res)
    if req.headers.authorization ~= "Bearer loopback" then return res:error(401) end
    fs.write(path.join(dir, "www", req.params.name), req:body())
    res:status(201):json{size=#req:body()}
  end)

  local mirror = ftp.serve{listen="127.0.0.1:0", root=path.join(dir, "mirror"), users={release="loopback"}, tls="self-signed"}
  local ca = path.join(dir, "mirror-ca.pem")
  fs.write(ca, mirror.ca)

  local target = path.join(dir, "target")
  local host = ssh.serve{
    listen="127.0.0.1:0",
    users={deploy={password="loopback"}},
    sftp={root=target},
    on_exec=function(session, command)
      local name = command:match("^sha256sum '?([%w._-]+)'?$")
      if not name then
        session:write_err("only sha256sum is allowed here\n")
        return 126
      end
      session:write(("%s  %s\n"):format(hash.file(path.join(target, name)), name))
      return 0
    end,
  }

  local post = mail.serve{listen="127.0.0.1:0"}

  return {
    http={url=web.url .. "/releases/", token="loopback"},
    ftp={host="127.0.0.1", port=mirror.port, user="release", password="loopback", tls={mode="explicit", ca=ca}},
    ssh={host="127.0.0.1", port=host.port, user="deploy", password="loopback", host_key=host.fingerprint},
    mail={host="127.0.0.1", port=post.port, tls="none", from="release@example.org", to={"team@example.org"}},
  }, {http=web, ftp=mirror, ssh=host, mail=post}
end

-- Break what a step stands on, so that it fails as it would in real life.
function loopback.sabotage(step, config, servers)
  local breaks = {
    build=function() config.build = {"go", "build", "./no-such-package"} end,
    pack=function() config.files = {"no-such-file"} end,
    publish=function() config.http.token = "wrong" end,
    mirror=function() servers.ftp:close() end,
    deploy=function() config.ssh.host_key = "SHA256:" .. ("A"):rep(43) end,
    notify=function() servers.mail:close() end,
  }
  if not breaks[step] then error("there is no step " .. step .. " to fail", 0) end
  breaks[step]()
end

return loopback
