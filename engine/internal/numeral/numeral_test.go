package numeral

import (
	"math"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "-0"},
		{42, "42"},
		{1e15, "1000000000000000"},
		{1 << 53, "9007199254740992"},
		{1e16, "1e+16"},
		{1e100, "1e+100"},
		{0.1, "0.1"},
		{1.0 / 3, "0.33333333333333"},
		{1e-5, "1e-05"},
		{123456.789, "123456.789"},
		{1.70000000025e9, "1700000000.25"},
		{math.MaxFloat64, "1.7976931348623e+308"},
		{math.Inf(1), "inf"},
		{math.Inf(-1), "-inf"},
		{math.NaN(), "nan"},
	} {
		if got := Format(c.f); got != c.want {
			t.Errorf("Format(%v) = %q, want %q", c.f, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		s    string
		want float64
	}{
		{"10", 10}, {" 10 \n", 10}, {"\v+1.5e3\f", 1500}, {"-0x10", -16}, {"010", 10}, {".5", 0.5}, {"5.", 5},
		{"0x.8p1", 1}, {"0xffffffffffffffff", 18446744073709551615}, {"1e400", math.Inf(1)},
		{"inf", math.Inf(1)}, {"-Infinity", math.Inf(-1)},
	} {
		if got, ok := Parse(c.s); !ok || got != c.want {
			t.Errorf("Parse(%q) = %v, %v; want %v", c.s, got, ok, c.want)
		}
	}
	if f, ok := Parse("-nan"); !ok || !math.IsNaN(f) {
		t.Errorf("Parse(-nan) = %v, %v", f, ok)
	}
	for _, s := range []string{"", " ", "abc", "1_000", "0b11", "0o17", "1e", "0x", "1 2", "--1", "+", "0x_1", "nano", "1e+"} {
		if f, ok := Parse(s); ok {
			t.Errorf("Parse(%q) = %v, want a refusal", s, f)
		}
	}
}
