// Package value holds the plain Go data that crosses between Lua and native
// code: durations, sizes, ordered objects and null. It knows nothing of Lua.
package value

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a span of time. Scripts write it as a number of seconds (0.3)
// or as text with units ("300ms", "1m30s").
type Duration time.Duration

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Seconds returns d in seconds.
func (d Duration) Seconds() float64 { return time.Duration(d).Seconds() }

func (d Duration) String() string { return time.Duration(d).String() }

// SecondsOf turns a number of seconds into a Duration.
func SecondsOf(s float64) (Duration, error) {
	switch {
	case math.IsNaN(s):
		return 0, fmt.Errorf("a duration cannot be nan")
	case s < 0:
		return 0, fmt.Errorf("a duration cannot be negative")
	case s > math.MaxInt64/1e9:
		return math.MaxInt64, nil
	}
	return Duration(s * 1e9), nil
}

// ParseDuration reads "0.3", "300ms" or "1m30s".
func ParseDuration(s string) (Duration, error) {
	text := strings.TrimSpace(s)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return SecondsOf(n)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration: write seconds (0.3) or units (\"300ms\", \"1m30s\")", s)
	}
	if d < 0 {
		return 0, fmt.Errorf("a duration cannot be negative")
	}
	return Duration(d), nil
}

// Size is a number of bytes. Scripts write it as a number or as text with a
// unit ("10MiB", "64k").
type Size int64

var sizeUnits = []struct {
	suffix string
	factor float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"b", 1},
}

// ParseSize reads "1048576", "10MiB", "64k". The short units k, m and g are
// powers of two.
func ParseSize(s string) (Size, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	factor := 1.0
	for _, u := range sizeUnits {
		if strings.HasSuffix(text, u.suffix) {
			text, factor = strings.TrimSpace(strings.TrimSuffix(text, u.suffix)), u.factor
			break
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n*factor > math.MaxInt64 || math.IsNaN(n) {
		return 0, fmt.Errorf("%q is not a size: write bytes (1048576) or a unit (\"10MiB\", \"64k\")", s)
	}
	return Size(n * factor), nil
}

// FormatSize prints a number of bytes for people: "512 B", "1.5 MiB".
func FormatSize(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n), "KiB"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		v /= 1 << 10
		unit = next
		if v < 1<<10 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}

// Pair is one entry of an Object.
type Pair struct {
	Key   string
	Value any
}

// Object is a table with string keys, in the order in which they were set.
type Object []Pair

// Get returns the value of key.
func (o Object) Get(key string) (any, bool) {
	for _, p := range o {
		if p.Key == key {
			return p.Value, true
		}
	}
	return nil, false
}

// List is a table whose keys are 1..n. An empty List stays a list where an
// empty Lua table would be taken for an object.
type List []any

// NullType is the type of Null.
type NullType struct{}

func (NullType) String() string { return "null" }

// Null stands for JSON's null, which nil cannot: a nil in a table is absent.
var Null = NullType{}
