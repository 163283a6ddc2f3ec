//go:build interop

package chunk

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// Random strings and numerals are read as PUC Lua 5.1 reads them.
func TestLiteralsAsInCLua(t *testing.T) {
	lua51, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatal("lua5.1 is needed: ", err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	literals := make([]string, 5000)
	for i := range literals {
		var b strings.Builder
		if i%2 == 0 {
			quote := pick(`"`, `'`)
			b.WriteString(quote)
			for range random.IntN(12) {
				switch random.IntN(4) {
				case 0:
					fmt.Fprintf(&b, `\%d`, random.IntN(300))
				case 1:
					b.WriteString(pick(`\a`, `\b`, `\f`, `\n`, `\r`, `\t`, `\v`, `\\`, `\"`, `\'`, "\\\n", "\\\r\n", "\\\r"))
				default:
					b.WriteString(pick("a", "7", " ", "\xe9", "--", "[[", "]]", "\t"))
				}
			}
			b.WriteString(quote)
		} else {
			b.WriteString(pick("0", "1", "9", "."))
			for range 1 + random.IntN(8) {
				b.WriteString(pick("0", "0", "1", "9", "x", "e", ".", "f", "e+", "e-", "5"))
			}
		}
		literals[i] = b.String()
	}
	// Each line of the answer is the literal's type and value, or "error".
	var script bytes.Buffer
	script.WriteString("local function show(s) local f = loadstring('return ' .. s) if not f then return print('error') end\n")
	script.WriteString("local ok, n = pcall(function() return select('#', f()) end) local v = ok and f() if n ~= 1 or v == nil then return print('error') end\n")
	script.WriteString("if type(v) == 'number' then print(string.format('number %.17g', v)) else print('string ' .. v:gsub('.', function(c) return c:byte() .. ' ' end):gsub('\\n', '10 ')) end end\n")
	for _, l := range literals {
		script.WriteString("show(\"")
		for _, c := range []byte(l) {
			fmt.Fprintf(&script, `\%03d`, c)
		}
		script.WriteString("\")\n")
	}
	cmd := exec.Command(lua51, "-")
	cmd.Stdin = &script
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err, problems.String())
	}
	want := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(want) != len(literals) {
		t.Fatalf("%d answers to %d literals", len(want), len(literals))
	}
	values := 0
	for i, l := range literals {
		got := "error"
		if v, err := run(t, "return "+l); err == nil {
			switch v := v.(type) {
			case lua.LNumber:
				got = "number " + strconv.FormatFloat(float64(v), 'g', -1, 64)
				if n, err := strconv.ParseFloat(strings.TrimPrefix(want[i], "number "), 64); (err == nil || math.IsInf(n, 0)) && n == float64(v) {
					got = want[i]
				}
			case lua.LString:
				got = "string "
				for _, c := range []byte(v) {
					got += fmt.Sprint(c) + " "
				}
			}
		}
		if strings.TrimSpace(got) == strings.TrimSpace(want[i]) {
			if got != "error" {
				values++
			}
			continue
		}
		// Hexadecimal fractions are read here and not there.
		if want[i] == "error" && strings.HasPrefix(l, "0x") && strings.Contains(l, ".") {
			continue
		}
		t.Errorf("%q: %s, lua5.1 says %s", l, got, want[i])
	}
	if values < 2000 {
		t.Errorf("only %d literals had a value", values)
	}
}
