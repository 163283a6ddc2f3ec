//go:build interop

package strlib_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

const (
	formatCases = 50_000
	formatSeed  = 20261123
)

// TestFormatAsInCLua compares random formats with PUC Lua 5.1. The cases stay
// clear of what is meant to differ:
//   - %s takes any value, through tostring, as from Lua 5.2 on; 5.1 wants a string.
//   - %s and %c keep zero bytes, where 5.1 ends the item.
//   - Not-a-number is "nan", where 5.1 on x86-64 writes the sign bit too.
func TestFormatAsInCLua(t *testing.T) {
	lua51, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatal("lua5.1 is needed: ", err)
	}
	r := rand.New(rand.NewPCG(formatSeed, 1))
	var script strings.Builder
	script.WriteString("local huge, zero = math.huge, 0\nlocal function f(...) local ok, s = pcall(string.format, ...) io.write(tostring(ok), ' ', s, '\\n--next--\\n') end\n")
	var calls []string
	for i := range formatCases {
		call := "f(" + randomFormat(r) + ")"
		calls = append(calls, call)
		if i%1000 == 0 {
			if i > 0 {
				script.WriteString("end)()\n")
			}
			script.WriteString("(function()\n")
		}
		script.WriteString(call + "\n")
	}
	script.WriteString("end)()\n")
	source := script.String()
	source = strings.ReplaceAll(source, "\n(function()", "\n;(function()")
	file := filepath.Join(t.TempDir(), "cases.lua")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), lua51, file).Output()
	if err != nil {
		t.Fatal(err)
	}
	wants := strings.Split(string(out), "\n--next--\n")
	gots := strings.Split(eval(t, engine.Options{Trusted: true}, source), "\n--next--\n")
	if len(wants) != formatCases+1 || len(gots) != len(wants) {
		t.Fatalf("%d results, lua5.1 has %d", len(gots), len(wants))
	}
	different := 0
	for i, call := range calls {
		if gots[i] != wants[i] {
			if different++; different <= 20 {
				t.Errorf("%s\n gives %q\n lua5.1 %q", call, gots[i], wants[i])
			}
		}
	}
	t.Logf("%d cases, %d differences", formatCases, different)
}

// randomFormat returns the arguments of a call of string.format.
func randomFormat(r *rand.Rand) string {
	var format strings.Builder
	var args []string
	for range 1 + r.IntN(3) {
		format.WriteString([]string{"", " ", "a%%", "\n", "x="}[r.IntN(5)])
		verb := "diuoxXeEfgGcqs"[r.IntN(14)]
		if r.IntN(60) == 0 {
			verb = "ynpaAhl%5-"[r.IntN(10)]
		}
		format.WriteString("%" + randomFlags(r) + string(rune(verb)))
		switch {
		case r.IntN(60) == 0 && verb != 's':
			args = append(args, []string{"nil", "{}", "true", "'x'", "'12'", "print"}[r.IntN(6)])
		case r.IntN(80) == 0:
		case verb == 'c':
			args = append(args, fmt.Sprint(1+r.IntN(255)))
		case verb == 'q' || verb == 's':
			args = append(args, randomText(r, verb == 'q'))
		default:
			args = append(args, randomNumber(r))
		}
	}
	return strings.Join(append([]string{literal(format.String())}, args...), ", ")
}

func randomFlags(r *rand.Rand) string {
	var b strings.Builder
	for r.IntN(3) == 0 {
		b.WriteByte("-+ #0"[r.IntN(5)])
	}
	if r.IntN(2) == 0 {
		fmt.Fprint(&b, 1+r.IntN(40))
	}
	if r.IntN(3) == 0 {
		b.WriteByte('.')
		if r.IntN(5) > 0 {
			fmt.Fprint(&b, r.IntN(102))
		}
	}
	return b.String()
}

func randomText(r *rand.Rand, zeros bool) string {
	b := make([]byte, r.IntN(12))
	if r.IntN(20) == 0 {
		b = make([]byte, 95+r.IntN(10))
	}
	for i := range b {
		b[i] = byte(r.IntN(256))
		if b[i] == 0 && !zeros {
			b[i] = 'z'
		}
	}
	return literal(string(b))
}

// randomNumber writes no -0, which Lua 5.1 confuses with 0 among the constants
// of a function.
func randomNumber(r *rand.Rand) string {
	switch r.IntN(10) {
	case 0:
		return []string{"0", "-zero", "huge", "-huge", "2^53", "-2^63", "2^63", "2^64", "1e300", "5e-324", "0.5", "1e15", "1e-5"}[r.IntN(13)]
	case 1, 2, 3:
		return fmt.Sprint(r.IntN(2000) - 1000)
	case 4:
		return fmt.Sprint(r.Int64N(1<<53) - 1<<52)
	case 5:
		return fmt.Sprintf("%.*f", r.IntN(8), r.Float64()*1000-500)
	case 6:
		return fmt.Sprintf("'%d'", r.IntN(100000))
	case 7:
		return fmt.Sprintf("%de%d", r.IntN(2000)-1000, r.IntN(40)-20)
	}
	for {
		f := math.Float64frombits(r.Uint64())
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			return fmt.Sprintf("%.17g", f)
		}
	}
}
