package ftp

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParseFacts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line string
		want transfer.Entry
		skip bool
	}{
		{"type=file;size=12;modify=20260102030405; a b.txt", transfer.Entry{Name: "a b.txt", Type: "file", Size: 12, Mtime: at("2026-01-02 03:04:05")}, false},
		{"Type=dir;Modify=20260102030405.123;UNIX.mode=0755; d", transfer.Entry{Name: "d", Type: "dir", Mtime: at("2026-01-02 03:04:05").Add(123 * time.Millisecond), Mode: "rwxr-xr-x"}, false},
		{"Type=OS.unix=slink:/etc/passwd;Size=3; l", transfer.Entry{Name: "l", Type: "link", Size: 3, Target: "/etc/passwd"}, false},
		{"type=OS.unix=symlink; l", transfer.Entry{Name: "l", Type: "link", Size: -1}, false},
		{"type=OS.unix=chr-13/29;size=0; dev", transfer.Entry{Name: "dev", Type: "other"}, false},
		{"type=file;  leading", transfer.Entry{Name: " leading", Type: "file", Size: -1}, false},
		{"type=file; ", transfer.Entry{Type: "file", Size: -1}, false},
		{"type=cdir;perm=el; .", transfer.Entry{}, true},
		{"type=pdir; ..", transfer.Entry{}, true},
	}
	for _, test := range tests {
		got, ok, err := parseFacts(test.line)
		if err != nil || ok == test.skip || ok && got != test.want {
			t.Errorf("%q:\n%+v %v %v, want\n%+v", test.line, got, ok, err, test.want)
		}
	}
	for _, line := range []string{"", "garbage", "a b c", "type=file;size=1", "type=file;modify=yesterday; a"} {
		if e, ok, err := parseFacts(line); err == nil {
			t.Errorf("%q: %+v %v", line, e, ok)
		}
	}
}

func TestParseList(t *testing.T) {
	t.Parallel()
	now := at("2026-03-01 12:00:00")
	tests := []struct {
		line string
		want transfer.Entry
	}{
		{"-rw-r--r--   1 user     group      1234 Jan  2 15:04 a name.txt", transfer.Entry{Name: "a name.txt", Type: "file", Size: 1234, Mode: "rw-r--r--", Mtime: at("2026-01-02 15:04:00")}},
		{"-rw-r--r--   1 user     group      1234 Dec  2 15:04 last", transfer.Entry{Name: "last", Type: "file", Size: 1234, Mode: "rw-r--r--", Mtime: at("2025-12-02 15:04:00")}},
		{"-rw-r--r--+  1 user group 1234 Feb 29  2024  spaced ", transfer.Entry{Name: " spaced ", Type: "file", Size: 1234, Mode: "rw-r--r--", Mtime: at("2024-02-29 00:00:00")}},
		{"drwxr-xr-x 2 1000 1000 4096 2025-06-07 08:09 iso", transfer.Entry{Name: "iso", Type: "dir", Mode: "rwxr-xr-x", Mtime: at("2025-06-07 08:09:00")}},
		{"drwxr-xr-x    2 user      4096 Jan  2 15:04 no group", transfer.Entry{Name: "no group", Type: "dir", Mode: "rwxr-xr-x", Mtime: at("2026-01-02 15:04:00")}},
		{"lrwxrwxrwx 1 u g 7 Jan  2 15:04 link -> ../else", transfer.Entry{Name: "link", Target: "../else", Type: "link", Size: 7, Mode: "rwxrwxrwx", Mtime: at("2026-01-02 15:04:00")}},
		{"crw-rw-rw- 1 root root 1, 3 Jan  2 15:04 null", transfer.Entry{Name: "null", Type: "other", Size: 3, Mode: "rw-rw-rw-", Mtime: at("2026-01-02 15:04:00")}},
		{"-rw-r--r-- 1 Jan 12 99 Jan  2 2020 tricky owner", transfer.Entry{Name: "tricky owner", Type: "file", Size: 99, Mode: "rw-r--r--", Mtime: at("2020-01-02 00:00:00")}},
		{"01-02-26  03:04PM       <DIR>          a dir", transfer.Entry{Name: "a dir", Type: "dir", Mtime: at("2026-01-02 15:04:00")}},
		{"01-02-2026  15:04               42 a file", transfer.Entry{Name: "a file", Type: "file", Size: 42, Mtime: at("2026-01-02 15:04:00")}},
	}
	for _, test := range tests {
		got, ok, err := parseList(test.line, now)
		if err != nil || !ok || got != test.want {
			t.Errorf("%q:\n%+v %v %v, want\n%+v", test.line, got, ok, err, test.want)
		}
	}
	for _, line := range []string{"total 12", "drwxr-xr-x 2 u g 4096 Jan  2 15:04 .", "drwxr-xr-x 2 u g 4096 Jan  2 15:04 .."} {
		if _, ok, err := parseList(line, now); ok || err != nil {
			t.Errorf("%q: %v %v", line, ok, err)
		}
	}
	for _, line := range []string{"garbage", "-rw-r--r--", "-rw-r--r-- 1 u g x Jan 2 15:04 a", "<html><body>", "01-02-26 03:04PM many a"} {
		if e, ok, err := parseList(line, now); err == nil {
			t.Errorf("%q: %+v %v", line, e, ok)
		}
	}
}

func TestReadReply(t *testing.T) {
	t.Parallel()
	r := bufio.NewReader(strings.NewReader("211-Features\r\n211-odd\r\n MLST\r\n212 not yet\r\n211 End\r\n257 \"/a \"\"b\"\"\" is it\r\n200\r\n"))
	first, err := readReply(r)
	if err != nil || first.code != 211 || len(first.lines) != 5 || first.text() != "Features\n211-odd\n MLST\n212 not yet\nEnd" {
		t.Errorf("%+v %v %q", first, err, first.text())
	}
	second, err := readReply(r)
	if dir, derr := second.directory(); err != nil || derr != nil || dir != `/a "b"` {
		t.Errorf("%q %v %v", dir, err, derr)
	}
	third, err := readReply(r)
	if err != nil || third.code != 200 || third.text() != "" {
		t.Errorf("%+v %v", third, err)
	}
}

func FuzzListLine(f *testing.F) {
	f.Add("type=file;size=12;modify=20260102030405; a b.txt")
	f.Add("-rw-r--r--   1 user     group      1234 Jan  2 15:04 a name.txt")
	f.Add("lrwxrwxrwx 1 u g 7 Jan  2 15:04 link -> ../else")
	f.Add("01-02-26  03:04PM       <DIR>          a dir")
	now := at("2026-03-01 12:00:00")
	f.Fuzz(func(t *testing.T, line string) {
		check := func(e transfer.Entry, ok bool, err error) {
			if ok && err != nil {
				t.Errorf("an entry and the error %v", err)
			}
			if ok && (e.Size < transfer.UnknownSize || e.Type == "" || !strings.Contains(line, e.Name)) {
				t.Errorf("%+v", e)
			}
		}
		check(parseFacts(line))
		check(parseList(line, now))
	})
}

func FuzzReply(f *testing.F) {
	f.Add("227 Entering Passive Mode (127,0,0,1,4,1)\r\n")
	f.Add("211-a\r\n b\r\n211 c\r\n")
	f.Add("257 \"/a\"\"b\" x\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := readReply(bufio.NewReaderSize(strings.NewReader(s), maxLine))
		if err != nil {
			return
		}
		if r.code < 100 || r.code > 599 || len(r.lines) == 0 {
			t.Errorf("%+v", r)
		}
		r.text()
		r.directory()
		factsOf(r, "a")
		if r.passive() == nil && !strings.HasPrefix(r.lines[0], "227 Entering Passive Mode (") {
			t.Errorf("%+v", r)
		}
	})
}
