function test_answers_come_in_order(t, script)
  local code, out = script("primes.lua", "97", "1000001", "2", "1", "2147483647")
  t.eq(code, 0)
  t.eq(out:gsub("in [%d.]+ s", "in 0.0 s"), [[
97 is prime: true
1000001 is prime: false
2 is prime: true
1 is prime: false
2147483647 is prime: true
5 numbers in 0.0 s on 2 workers
]])
end

test.each("refuses", {
  {id="words", args={"seven"}, want="seven"},
  {id="kind", args={"--kind", "fiber"}, want="fiber"},
}, function(t, script, args, want)
  local code, _, err = script("primes.lua", unpack(args))
  t.eq(code, 2)
  t.contains(err, want)
end)
