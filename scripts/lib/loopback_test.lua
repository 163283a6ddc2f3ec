local ftp = require "ftp"
local hash = require "hash"
local http = require "http"
local loopback = require "loopback"
local ssh = require "ssh"

test.fixture("release", function(use, tmp)
  local config, servers = loopback.start(tmp)
  use{config=config, servers=servers, dir=tmp}
  for _, server in pairs(servers) do server:close() end
end)

function test_what_is_put_can_be_got(t, release)
  local at = release.config.http
  local headers = {Authorization="Bearer " .. at.token}
  t.eq(http.put(at.url .. "a.txt", {body="hello", headers=headers}).status, 201)
  t.eq(http.get(at.url .. "a.txt").text, "hello")
end

function test_the_token_is_asked_for(t, release)
  t.eq(http.put(release.config.http.url .. "a.txt", {body="hello"}).status, 401)
  t.eq(http.get(release.config.http.url .. "a.txt").status, 404)
end

function test_the_mirror(t, release)
  local client = t:enter(ftp.connect(release.config.ftp))
  client:write("a.txt", "hello")
  t.eq(client:read("a.txt"), "hello")
end

function test_only_sha256sum_runs(t, release)
  local client = t:enter(ssh.connect(release.config.ssh))
  t:enter(client:sftp()):write("a.txt", "hello")
  t.contains(client:run{"sha256sum", "a.txt"}.out, hash.sha256("hello"))
  t.eq(client:run{"rm", "a.txt", check=false}.code, 126)
end

function test_sabotage(t, release)
  loopback.sabotage("publish", release.config, release.servers)
  t.eq(release.config.http.token, "wrong")
  t.raises("there is no step pulbish", loopback.sabotage, "pulbish", release.config, release.servers)
end
