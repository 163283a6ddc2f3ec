package chunk

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// numbered repeats a format with 1, 2, … up to n.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// refusals is what compiling may be refused with.
var refusals = map[string]bool{fault.Syntax: true, fault.SourceDepth: true, fault.SourceSize: true}

// Each family of deep or huge source is refused, or compiled, within bounded
// memory. The work is bounded by the same limits; BenchmarkHostile shows the
// time.
func TestHostile(t *testing.T) {
	for _, tier := range []struct {
		name   string
		limits Limits
	}{{"trusted", Trusted}, {"guarded", Guarded}} {
		for _, family := range families(tier.limits.Size) {
			t.Run(tier.name+"/"+family.name, func(t *testing.T) {
				if len(family.source) > tier.limits.Size {
					t.Fatalf("%d bytes of source", len(family.source))
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				c, err := Compile("x", family.source, tier.limits)
				runtime.ReadMemStats(&after)
				switch {
				case family.want == compiles && err != nil:
					t.Errorf("refused: %v", err)
				case family.want == refuses && err == nil:
					t.Error("compiled")
				case err != nil && !refusals[fault.KindOf(err)]:
					t.Errorf("error of kind %q: %v", fault.KindOf(err), err)
				case (c == nil) == (err == nil):
					t.Error("both a chunk and an error, or neither")
				}
				if err != nil && len(err.Error()) > 500 {
					t.Errorf("a message of %d bytes", len(err.Error()))
				}
				if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 1000 {
					t.Errorf("took %d MiB", used)
				}
			})
		}
	}
}

type family struct {
	name, source string
	want         outcome
}

type outcome int

const (
	refuses outcome = iota
	compiles
	either // as the size of the tier has it
)

func families(size int) []family {
	// fill repeats a text up to the size, less room for what stands around it.
	fill := func(s string) string { return strings.Repeat(s, (size-100)/len(s)) }
	part := func(s string, share int) string { return strings.Repeat(s, (size-100)/len(s)/share) }
	count := func(bytes int) int { return size / bytes }
	return []family{
		{"open parentheses", fill("("), refuses},
		{"parentheses", "return " + part("(", 2) + "1" + part(")", 2), refuses},
		{"open tables", fill("{"), refuses},
		{"tables", "return " + part("{", 2) + part("}", 2), refuses},
		{"open indexes", "return a" + fill("[a"), refuses},
		{"not", "return " + fill("not ") + "1", refuses},
		{"minus", "return " + fill("- ") + "1", refuses},
		{"length", "return " + fill("#") + "1", refuses},
		{"mixed prefixes", "return " + fill("-(not#") + "1", refuses},
		{"powers", "return 1" + fill("^x"), refuses},
		{"powers of fields", "return a" + fill("^a.b"), refuses},
		{"calls", "f" + fill("()"), refuses},
		{"calls with strings", "f" + fill("''"), refuses},
		{"methods", "f" + fill(":x()"), refuses},
		{"fields", "return f" + fill(".x"), refuses},
		{"indexes", "return f" + fill("[1]"), refuses},
		{"and", "return a" + fill(" and a"), refuses},
		{"or", "return a" + fill(" or a"), refuses},
		{"equal", "return a" + fill("==a"), refuses},
		{"concatenation", "return a" + fill("..a"), refuses},
		{"concatenation of brackets", "return a" + fill("..(a"), refuses},
		{"plus", "return x" + fill("+x"), refuses},
		{"many sums", fill("x=x" + strings.Repeat("+x", 4000) + "\n"), either},
		{"blocks", part("do ", 2) + part(" end", 4), refuses},
		{"loops", fill("while x do "), refuses},
		{"repeats", fill("repeat "), refuses},
		{"functions", fill("return function() "), refuses},
		{"flat functions", fill("f=function()end "), refuses},
		{"elseif", "if a then " + fill("elseif a then ") + "end", refuses},
		{"many elseif", fill("if a then " + strings.Repeat("elseif a then ", 5000) + "end "), refuses},
		{"elseif in elseif", fill("if a then elseif a then "), refuses},
		{"unfinished long string", "return [[" + fill("x"), refuses},
		{"unfinished levelled string", "return [==[" + fill("]=]"), refuses},
		{"unfinished comment", "--[[" + fill("x"), refuses},
		{"unfinished string", "return '" + fill("x"), refuses},
		{"long string", "return '" + fill("x") + "'", compiles},
		{"long comment", "--" + fill("x"), compiles},
		{"lines", fill("\n"), compiles},
		{"escapes", "return '" + fill(`\x41`) + "'", compiles},
		{"long numeral", "return " + fill("1"), compiles},
		{"long name", "return " + fill("a"), compiles},
		{"empty blocks", strings.Repeat("do end ", min(count(8), 500_000)), compiles},
		{"statements", strings.Repeat("x=1\n", min(count(4)-1, 900_000)), either},
		{"too many statements", strings.Repeat("x=1\n", size/4), either},
		{"fields of a table", "return {" + strings.Repeat("1,", min(count(3), 1_000_000)) + "}", compiles},
		{"different fields", "return {" + numbered("%d,", min(count(8), 1_000_000)) + "}", either},
		{"different strings", "return {" + numbered("'%d',", min(count(10), 700_000)) + "}", either},
		{"sums of different numbers", "return {" + numbered("%d+1,", min(count(10), 500_000)) + "}", either},
		{"different globals", numbered("x%d=1 ", count(16)), refuses},
		{"different methods", numbered("x:x%d() ", count(16)), refuses},
		{"locals", numbered("local x%d ", 300), refuses},
		{"parameters", "return function(" + numbered("x%d,", 300) + "y) end", refuses},
		{"labels", numbered("::x%d::", count(16)), refuses},
		{"gotos", "::x:: " + strings.Repeat("goto x ", count(8)), refuses},
		{"unresolved gotos", strings.Repeat("goto x ", count(8)), refuses},
		{"gotos and labels", numbered("goto x%[1]d ::x%[1]d:: ", count(32)), refuses},
		{"branches", strings.Repeat("if x then y() end ", count(20)), refuses},
		{"a long loop", "while x do " + strings.Repeat("y() ", count(5)) + "end", refuses},
		{"invalid bytes", fill("\xff"), refuses},
		{"zero bytes", fill("\x00"), refuses},
		{"names in nested functions", nestedNames(size), refuses},
	}
}

// nestedNames reads a global in a function with 200 variables in each of 60
// functions around it.
func nestedNames(size int) string {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "return function() local a%d", i)
		for j := range 180 {
			fmt.Fprintf(&b, ",b%d_%d", i, j)
		}
		b.WriteString("\n")
	}
	b.WriteString(strings.Repeat("x=x ", (size-b.Len()-300)/4))
	b.WriteString(strings.Repeat(" end", 60))
	return b.String()
}

func BenchmarkHostile(b *testing.B) {
	for _, family := range families(Trusted.Size) {
		b.Run(family.name, func(b *testing.B) {
			for b.Loop() {
				_, _ = Compile("x", family.source, Trusted)
			}
		})
	}
}
