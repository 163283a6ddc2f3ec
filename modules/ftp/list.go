package ftp

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// parseFacts reads a line of MLSD: "type=file;size=3;modify=20260102030405; a.txt".
// It reports false for the lines that stand for the directory itself.
func parseFacts(line string) (e transfer.Entry, ok bool, err error) {
	facts, name, found := strings.Cut(line, " ")
	if !found || !strings.Contains(facts, "=") {
		return e, false, protocolError("a line of the listing is not understood: %.80q", line)
	}
	e = transfer.Entry{Name: name, Type: transfer.TypeOther, Size: transfer.UnknownSize}
	for fact := range strings.SplitSeq(facts, ";") {
		key, value, _ := strings.Cut(fact, "=")
		switch strings.ToLower(key) {
		case "type":
			switch kind := strings.ToLower(value); {
			case kind == "cdir" || kind == "pdir":
				return e, false, nil
			case kind == "file" || kind == "dir":
				e.Type = kind
			case strings.HasPrefix(kind, "os.unix=slink"), strings.HasPrefix(kind, "os.unix=symlink"):
				e.Type = transfer.TypeLink
				_, e.Target, _ = strings.Cut(value, ":")
			}
		case "size":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
				e.Size = n
			}
		case "modify":
			if e.Mtime, err = parseTime(value); err != nil {
				return e, false, err
			}
		case "unix.mode":
			if mode, err := strconv.ParseUint(value, 8, 16); err == nil {
				e.Mode = fs.FileMode(mode & 0o777).String()[1:]
			}
		}
	}
	if e.Type == transfer.TypeDir {
		e.Size = 0
	}
	return e, true, nil
}

// factsOf reads the reply to MLST.
func factsOf(r reply, name string) (*transfer.Entry, error) {
	for _, line := range r.body() {
		line = strings.TrimLeft(line, " ")
		if facts, _, ok := strings.Cut(line, " "); ok && strings.Contains(facts, "=") {
			// What a server calls the directory itself is a directory here.
			line = strings.NewReplacer("type=cdir", "type=dir", "type=pdir", "type=dir", "Type=cdir", "type=dir", "Type=pdir", "type=dir").Replace(facts) + " "
			e, _, err := parseFacts(line)
			e.Name, e.Path = path.Base(name), name
			return &e, err
		}
	}
	return nil, protocolError("the server describes no file: %.80q", r.text())
}

// parseTime reads a time of MLSD or MDTM, which is UTC; it may have a fraction.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse("20060102150405", s)
	if err != nil {
		return t, protocolError("the server's time is not understood: %.40q", s)
	}
	return t, nil
}

// parseList reads a line of LIST, for servers without MLSD: what ls -l or DOS
// would print. It reports false for lines that are no entry.
func parseList(line string, now time.Time) (e transfer.Entry, ok bool, err error) {
	if strings.HasPrefix(line, "total ") {
		return e, false, nil
	}
	if e, ok = parseUnix(line, now); !ok {
		if e, ok = parseDOS(line); !ok {
			return e, false, protocolError("a line of the listing is not understood: %.80q", line)
		}
	}
	return e, e.Name != "." && e.Name != "..", nil
}

// parseUnix reads "-rw-r--r--   1 user group   12 Jan  2 15:04 a name". Servers
// leave columns out, so the date is looked for, and the size stands before it.
func parseUnix(line string, now time.Time) (e transfer.Entry, ok bool) {
	f := fields{rest: line}
	mode := f.next()
	if len(mode) < 10 || strings.Trim(mode[1:10], "rwxsStTlL-") != "" {
		return e, false
	}
	e = transfer.Entry{Mode: mode[1:10], Size: transfer.UnknownSize}
	switch mode[0] {
	case '-':
		e.Type = transfer.TypeFile
	case 'd':
		e.Type = transfer.TypeDir
	case 'l':
		e.Type = transfer.TypeLink
	case 'b', 'c', 'p', 's':
		e.Type = transfer.TypeOther
	default:
		return e, false
	}
	for last, columns := "", 0; columns < 8; columns++ {
		column := f.next()
		if column == "" {
			return e, false
		}
		size, serr := strconv.ParseInt(last, 10, 64)
		if serr == nil && size >= 0 {
			rest := f
			if t, ok := dateOf(column, &rest, now); ok {
				e.Mtime, e.Name = t, strings.TrimPrefix(rest.rest, " ")
				if e.Size = size; e.Type == transfer.TypeDir {
					e.Size = 0
				}
				if e.Type == transfer.TypeLink {
					e.Name, e.Target, _ = strings.Cut(e.Name, " -> ")
				}
				return e, true
			}
		}
		last = column
	}
	return e, false
}

// dateOf reads "Jan 2 15:04", "Jan 2 2006" or "2006-01-02 15:04", the first
// column of which is taken already.
func dateOf(first string, f *fields, now time.Time) (time.Time, bool) {
	second := f.next()
	if t, err := time.Parse("2006-01-02 15:04", first+" "+second); err == nil {
		return t, true
	}
	third := f.next()
	if t, err := time.Parse("Jan 2 2006", first+" "+second+" "+third); err == nil {
		return t, true
	}
	t, err := time.Parse("2006 Jan 2 15:04", fmt.Sprintf("%d %s %s %s", now.UTC().Year(), first, second, third))
	if err != nil { // February 29 of a year that has none
		t, err = time.Parse("2006 Jan 2 15:04", fmt.Sprintf("%d %s %s %s", now.UTC().Year()-1, first, second, third))
		return t, err == nil
	}
	if t.After(now.AddDate(0, 0, 1)) { // without a year it is within the last twelve months
		t = t.AddDate(-1, 0, 0)
	}
	return t, true
}

// parseDOS reads "01-02-26  03:04PM  <DIR>  a name".
func parseDOS(line string) (e transfer.Entry, ok bool) {
	f := fields{rest: line}
	date, clock, size := f.next(), f.next(), f.next()
	for _, layout := range []string{"01-02-06 03:04PM", "01-02-2006 03:04PM", "01-02-06 15:04", "01-02-2006 15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, date+" "+clock); err == nil {
			e.Mtime, ok = t, true
			break
		}
	}
	e.Name = strings.TrimLeft(f.rest, " ")
	if size == "<DIR>" {
		e.Type = transfer.TypeDir
		return e, ok
	}
	n, err := strconv.ParseInt(size, 10, 64)
	e.Type, e.Size = transfer.TypeFile, n
	return e, ok && err == nil && n >= 0
}

// fields takes columns off a line.
type fields struct{ rest string }

func (f *fields) next() string {
	f.rest = strings.TrimLeft(f.rest, " ")
	column, rest, found := strings.Cut(f.rest, " ")
	if f.rest = rest; found {
		f.rest = " " + rest
	}
	return column
}
