function test_one_failing_host_fails_the_run(t, script)
  local code, out = script("fanout.lua", "--demo", "--", "uptime", "-p")
  t.eq(code, 1)
  t.matches(out, [[(?m)^alpha +ok +.* alpha ran uptime -p$]])
  t.matches(out, [[(?m)^gamma +exit 1 +.* gamma: no space left on device$]])
  t.contains(out, "1 of 3 hosts failed")
end

function test_a_host_that_is_not_there(t, script)
  local code, out = script("fanout.lua", "--host", "127.0.0.1:1", "--user", "nobody", "--timeout", "5s", "--", "uptime")
  t.eq(code, 1)
  t.matches(out, [[(?m)^127\.0\.0\.1:1 +\S+ ]])
  t.contains(out, "1 of 1 host failed")
end

function test_hosts_are_needed(t, script)
  local code, _, err = script("fanout.lua", "--", "uptime")
  t.eq(code, 2)
  t.contains(err, "no hosts")
end
