package value

import (
	"math"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"0.3", 300 * time.Millisecond, true},
		{"300ms", 300 * time.Millisecond, true},
		{"1m30s", 90 * time.Second, true},
		{" 5 ", 5 * time.Second, true},
		{"0", 0, true},
		{"", 0, false},
		{"-1", 0, false},
		{"-1s", 0, false},
		{"nan", 0, false},
		{"soon", 0, false},
		{"inf", math.MaxInt64, true},
	} {
		got, err := ParseDuration(tt.text)
		if (err == nil) != tt.ok || tt.ok && got.Std() != tt.want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestParseSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want Size
		ok   bool
	}{
		{"1048576", 1 << 20, true},
		{"10MiB", 10 << 20, true},
		{"64k", 64 << 10, true},
		{"1.5 GiB", 3 << 29, true},
		{"2MB", 2e6, true},
		{"12B", 12, true},
		{"", 0, false},
		{"-1", 0, false},
		{"many", 0, false},
		{"1e30", 0, false},
	} {
		got, err := ParseSize(tt.text)
		if (err == nil) != tt.ok || got != tt.want {
			t.Errorf("ParseSize(%q) = %v, %v; want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestFormatSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 3 << 19: "1.5 MiB", 5 << 40: "5.0 TiB", 1 << 60: "1048576.0 TiB"} {
		if got := FormatSize(n); got != want {
			t.Errorf("FormatSize(%d) = %q, want %q", n, got, want)
		}
	}
}
