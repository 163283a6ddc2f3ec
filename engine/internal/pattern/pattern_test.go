package pattern

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// result is all that can be seen of a match.
type result struct {
	start, end int
	captures   [][2]int // a position has -1 for its end
	err        error
}

func find(p, src string, init int) (r result) {
	prog, err := Compile(p, true)
	if err != nil {
		return result{err: err}
	}
	var m Matcher
	m.Reset(prog, src)
	r.start, r.end, r.err = m.Find(init)
	if r.err != nil {
		return result{err: r.err}
	}
	for i := 0; r.start >= 0 && i < max(prog.Captures(), 1); i++ {
		start, end, position, err := m.Capture(i, r.start, r.end)
		if err != nil {
			r.err = err
			return r
		}
		if position {
			end = -1
		}
		r.captures = append(r.captures, [2]int{start, end})
	}
	return r
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p, src string
		want   string // what the captures hold, or the error
	}{
		{"", "", `[""]`},
		{"", "alo", `[""]`},
		{"alo", "  alo aalo allo", `["alo"]`},
		{"a*", "aaab", `["aaa"]`},
		{"^.*$", "aaa", `["aaa"]`},
		{"b*", "aaa", `[""]`},
		{"^(ab*)(a*)$", "aba", `["ab" "a"]`},
		{"a.-b", "xaxxbxb", `["axxb"]`},
		{".-$", "aaa", `["aaa"]`},
		{"a-.$", "aab", `["aab"]`},
		{"%a?b?$", "ab", `["ab"]`},
		{".o?", "ao", `["ao"]`},
		{"^(.-)%s*$", "trim me  \t", `["trim me"]`},
		{"^%s*(.-)%s*$", "  trim me  \t", `["trim me"]`},
		{"(%w+)=(%w+)", "a, key=value", `["key" "value"]`},
		{"()ll()", "hello", `[@2 @4]`},
		{"(.)(.).-%2%1", "xabcba", `["a" "b"]`},
		{"()%1", "ab", `none`},
		{"%b()", "f(a(b)c))", `["(a(b)c)"]`},
		{"%b''", "it's 'so'", `["'s '"]`},
		{"%b()", "((", `none`},
		{"%f[%w]%w+", "  THE end", `["THE"]`},
		{"%f[%z]", "abc", `[""]`},
		{"[]]", "a]", `["]"]`},
		{"[^]]+", "]ab", `["ab"]`},
		{"[a-]+", "b-a-", `["-a-"]`},
		{"[%a-]+", "1x-y", `["x-y"]`},
		{"[a-%%]+", "x%a]", `["]"]`}, // an empty range, and what C Lua reads after it
		{"[%]]", "x]", `["]"]`},
		{"%g+", " \x01ab\xff", `["ab"]`},
		{"%G", "a b", `[" "]`},
		{"\x00b", "a\x00b", `["\x00b"]`},
		{"[\x00-\x02]+", "a\x01\x00b", `["\x01\x00"]`},
		{"%Z+", "\x00ab\x00", `["ab"]`},
		{"*a", "b*a", `["*a"]`},
		{"a^", "ba^", `["a^"]`},
		{"a$b", "xa$b", `["a$b"]`},
		{"^*", "*", `["*"]`},
		{"\xe9+", "caf\xe9\xe9", `["\xe9\xe9"]`},
		{"(a(b)(c))", "xabc", `["abc" "b" "c"]`},
		{".-x.-y", "axbxcy", `["axbxcy"]`},
		{".*x.*y", "axbxcyz", `["axbxcy"]`},
		{"a?a?a?aaa", "aaa", `["aaa"]`},
		{"(.-)(.-)%2x", "abx", `["ab" ""]`},

		{"%", "a", "malformed pattern (ends with '%')"},
		{"a%", "a", "malformed pattern (ends with '%')"},
		{"b%", "a", `none`}, // matching does not get there
		{"[a", "a", "malformed pattern (missing ']')"},
		{"[]", "a", "malformed pattern (missing ']')"},
		{"[^]", "a", "malformed pattern (missing ']')"},
		{"[a%]", "a", "malformed pattern (missing ']')"},
		{"[a%", "a", "malformed pattern (missing ']')"},
		{"%b", "a", "unbalanced pattern"},
		{"%ba", "a", "unbalanced pattern"},
		{"%f", "a", "missing '[' after '%f' in pattern"},
		{"%f[a", "a", "malformed pattern (missing ']')"},
		{"(a", "a", "unfinished capture"},
		{"a)", "a", "invalid pattern capture"},
		{"(a)%2", "a", "invalid capture index"},
		{"(%1)", "a", "invalid capture index"},
		{"%0", "a", "invalid capture index"},
		{strings.Repeat("(a)", 33), strings.Repeat("a", 40), "too many captures"},
		{strings.Repeat("a?", 210) + "b", strings.Repeat("a", 210), "pattern too complex"},
		{strings.Repeat("a", MaxLength+1), "a", "pattern too long"},
		{strings.Repeat("(", 5_000_000), "a", "pattern too long"},
	} {
		r := find(c.p, c.src, 0)
		var got string
		switch {
		case r.err != nil:
			got = r.err.Error()
		case r.start < 0:
			got = "none"
		default:
			var parts []string
			for _, span := range r.captures {
				if span[1] < 0 {
					parts = append(parts, fmt.Sprintf("@%d", span[0]))
				} else {
					parts = append(parts, fmt.Sprintf("%q", c.src[span[0]:span[1]]))
				}
			}
			got = "[" + strings.Join(parts, " ") + "]"
		}
		if got != c.want {
			t.Errorf("find(%.40q, %.40q) = %s, want %s", c.p, c.src, got, c.want)
		}
	}
}

// TestManyRepeats shows that repeats which end for certain need no depth.
func TestManyRepeats(t *testing.T) {
	t.Parallel()
	p := "^" + strings.Repeat("a+b+", 5000) + "$"
	src := strings.Repeat("abb", 5000)
	if r := find(p, src, 0); r.err != nil || r.end != len(src) {
		t.Errorf("%d repeats: %d, %v", 10_000, r.end, r.err)
	}
}

// TestHookEnds shows that a hook ends matches that would take for ever.
func TestHookEnds(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for name, c := range map[string]struct{ p, src string }{
		"exponential":  {strings.Repeat("a?", 40) + strings.Repeat("a", 40), strings.Repeat("a", 40)},
		"lazy":         {"a-b", strings.Repeat("a", 1e6)},
		"lazy text":    {"a.-bc", strings.Repeat("a", 1e6)},
		"greedy":       {"a.*b", strings.Repeat("a", 1e6)},
		"greedy twice": {"^.*.*.*.*b$", strings.Repeat("ab", 1e4) + "c"},
		"balance":      {"%b()", strings.Repeat("(", 1e6)},
		"back":         {"^(.-)(.-)(.-)%1%2%3b$", strings.Repeat("a", 1e6)},
		"back of much": {"(.*)x%1b", strings.Repeat("a", 1e6) + "x" + strings.Repeat("a", 1e6)},
		"set":          {"[ab]-c", strings.Repeat("ab", 1e6)},
	} {
		prog, err := Compile(c.p, true)
		if err != nil {
			t.Fatal(err)
		}
		calls, steps := 0, 0
		m := Matcher{Hook: func(n int) {
			if calls++; n < stepsPerHook {
				t.Errorf("%s: the hook is told of %d steps", name, n)
			}
			if steps += n; steps > 2_000_000 {
				panic(stop)
			}
		}}
		m.Reset(prog, c.src)
		func() {
			defer func() {
				if r := recover(); r != stop {
					t.Errorf("%s: not stopped: %v", name, r)
				}
			}()
			_, _, _ = m.Find(0)
		}()
		easy, _ := Compile("(b+)", true)
		m.Hook = nil
		m.Reset(easy, "abbc")
		if start, end, err := m.Find(0); start != 1 || end != 3 || err != nil {
			t.Errorf("%s: after the stop: %d, %d, %v", name, start, end, err)
		}
	}
}

// TestLinear shows what is found, or not, without trying each beginning anew.
func TestLinear(t *testing.T) {
	t.Parallel()
	src := strings.Repeat("a", 1e6)
	for _, p := range []string{".-b", ".*b", "(.-)b", "().*bc", "^.-b", "b", "[bc]", "b*c", "%d+", "%s*$b", "^a-b", "^[^b]*b"} {
		steps := 0
		prog, _ := Compile(p, true)
		m := Matcher{Hook: func(n int) { steps += n }}
		m.Reset(prog, src)
		if start, _, err := m.Find(0); start >= 0 || err != nil {
			t.Errorf("%s is found at %d, %v", p, start, err)
		}
		if steps > 2*len(src) {
			t.Errorf("%s takes %d steps in %d bytes", p, steps, len(src))
		}
	}
}

func TestNoAllocation(t *testing.T) {
	prog, _ := Compile("(%w+)%s*=%s*(.-);()", true)
	src := "first line; name = some value; more"
	var m Matcher
	if n := testing.AllocsPerRun(100, func() {
		m.Reset(prog, src)
		if start, _, err := m.Find(0); start != 12 || err != nil {
			t.Fatal(start, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a match", n)
	}
}

// same compares with the naive matcher.
func same(t *testing.T, p, src string, init int) {
	t.Helper()
	if init < 0 || init > len(src) {
		init = 0
	}
	n := naive{src: src, p: p}
	want := n.find(init)
	if errors.Is(want.err, errNaiveWork) {
		return
	}
	got := find(p, src, init)
	if errors.Is(got.err, ErrTooComplex) {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("find(%q, %q, %d)\n  is    %+v\n  wants %+v", src, p, init, got, want)
	}
}

func TestAgainstNaive(t *testing.T) {
	t.Parallel()
	const seed = 20261123
	r := rand.New(rand.NewPCG(seed, 1))
	parts := []string{
		"a", "b", "c", ".", "%a", "%d", "%s", "%w", "%g", "%%", "[ab]", "[^a]", "[a-c]", "[a-%%]", "[%-a]", "[%w_]", "(", ")", "()", "%1", "%2",
		"*", "+", "-", "?", "^", "$", "%b()", "%f[%w]", "%f[^a]", "[]", "]", "[^", "%", "%bab", "\x00", "1", " ", "ab", "%z", "%x",
	}
	for range 200_000 {
		var p, src strings.Builder
		for range r.IntN(9) {
			p.WriteString(parts[r.IntN(len(parts))])
		}
		for range r.IntN(16) {
			src.WriteByte("aaabbc1 ()\x00_"[r.IntN(12)])
		}
		same(t, p.String(), src.String(), r.IntN(src.Len()+1))
	}
}

func FuzzFind(f *testing.F) {
	for _, p := range []string{"^(.-)%s*$", "%b()", "%f[%w]%w+", "[^%]-a]*", "(()(a?))%2-", "%", "[%a-z]", "(.*)%1$"} {
		f.Add(p, "some (text) a-b]", 0)
	}
	f.Fuzz(func(t *testing.T, p, src string, init int) {
		if len(p) > 60 || len(src) > 200 {
			return
		}
		same(t, p, src, init)
	})
}
