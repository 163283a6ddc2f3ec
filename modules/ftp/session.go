package ftp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// session is one login: jlaffaye/ftp for the dialogue of login and transfers,
// over connections that are ours. It serves one call at a time, and the context
// of that call stands in patience. It is the transfer.Remote of files and trees.
type session struct {
	library   *ftp.ServerConn
	control   *control
	patience  *patience
	host      *host.Host
	hostName  string
	tls       *tls.Config // nil: in clear
	trustHost bool
	welcome   string

	mlsd      bool  // the server has MLSD and MLST
	data      *data // of the last transfer
	uploading bool
}

var _ transfer.Resumer = (*session)(nil)

// List returns the entries of a directory, sorted by name.
func (s *session) List(_ context.Context, dir string) ([]transfer.Entry, error) {
	var entries []transfer.Entry
	var err error
	if s.mlsd {
		entries, err = s.listing("MLSD", dir, parseFacts)
		var e *engine.Error
		if code, _ := codeOf(err, &e); isUnknownCommand(code) && code != 501 {
			s.mlsd = false
		}
	}
	if !s.mlsd {
		if strings.HasPrefix(dir, "-") {
			dir = "./" + dir // an option of ls otherwise
		}
		now := s.host.Clock.Now()
		entries, err = s.listing("LIST", dir, func(line string) (transfer.Entry, bool, error) { return parseList(line, now) })
	}
	if err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].Path = transfer.Join(dir, entries[i].Name)
	}
	slices.SortStableFunc(entries, func(a, b transfer.Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, nil
}

func codeOf(err error, e **engine.Error) (int, bool) {
	if errors.As(err, e) {
		code, ok := (*e).Code.(int)
		return code, ok
	}
	return 0, false
}

const (
	maxListLine = 64 << 10  // bytes of a line
	maxListing  = 256 << 20 // bytes of a listing
	maxListed   = 1_000_000 // entries of a listing
)

// listing reads a listing. The library's own drops the lines that it does not
// understand, and much of the others.
func (s *session) listing(verb, dir string, parse func(line string) (transfer.Entry, bool, error)) ([]transfer.Entry, error) {
	var entries []transfer.Entry
	err := s.lines(strings.TrimSuffix(verb+" "+dir, " "), dir, func(line string) error {
		e, ok, err := parse(line)
		if ok {
			entries = append(entries, e)
		}
		if err == nil && len(entries) > maxListed {
			err = protocolError("the listing has more than %d entries", maxListed)
		}
		return err
	})
	return entries, err
}

// lines runs a command that answers with lines on a data connection.
func (s *session) lines(command, target string, take func(line string) error) error {
	s.control.instead = command
	defer func() { s.control.instead = "" }()
	s.uploading = false
	data, err := s.library.Retr("-") // goes out as the command
	if err != nil {
		return s.explain(err, target)
	}
	err = eachLine(data, take)
	cerr := data.Close()
	if err != nil {
		s.control.resync()
		return s.explain(err, target)
	}
	return s.explain(cerr, target)
}

func eachLine(r io.Reader, take func(line string) error) error {
	lines := bufio.NewReaderSize(r, maxListLine)
	for size := 0; ; {
		line, err := lines.ReadSlice('\n')
		if size += len(line); size > maxListing {
			return protocolError("the server sent a listing of more than %d MiB", maxListing>>20)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			return protocolError("the server sent a line of more than %d KiB", maxListLine>>10)
		}
		if text := strings.TrimRight(string(line), "\r\n"); text != "" {
			if err := take(text); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Stat describes a file or directory, nil when there is none.
func (s *session) Stat(ctx context.Context, name string) (*transfer.Entry, error) {
	if s.mlsd {
		r, err := s.control.exchange(strings.TrimSuffix("MLST "+name, " "))
		if err != nil {
			return nil, err
		}
		if r.code == 250 {
			return s.follow(r, name)
		}
		if r.code == 550 {
			return nil, nil
		}
		if !isUnknownCommand(r.code) {
			return nil, s.refused(r, name)
		}
	}
	size, known, err := s.size(name)
	if err != nil {
		return nil, err
	}
	if known {
		e := &transfer.Entry{Name: path.Base(name), Path: name, Type: transfer.TypeFile, Size: size}
		e.Mtime, err = s.mtime(name)
		return e, err
	}
	return s.find(ctx, name)
}

// follow reads the reply to MLST. Where that describes a link, or leaves the
// size out, SIZE tells of the file itself.
func (s *session) follow(r reply, name string) (*transfer.Entry, error) {
	e, err := factsOf(r, name)
	if err != nil || e.Type == transfer.TypeDir || e.Type == transfer.TypeFile && e.Size >= 0 {
		return e, err
	}
	size, known, err := s.size(name)
	if known {
		e.Type, e.Size = transfer.TypeFile, size
	}
	return e, err
}

// find looks a name up in its directory, for servers that cannot be asked
// about one file.
func (s *session) find(ctx context.Context, name string) (*transfer.Entry, error) {
	clean := path.Clean(name)
	if base := path.Base(clean); base == "/" || base == "." || base == ".." {
		return &transfer.Entry{Name: base, Path: name, Type: transfer.TypeDir}, nil
	}
	dir := path.Dir(clean)
	if dir == "." {
		dir = ""
	}
	entries, err := s.List(ctx, dir)
	var e *engine.Error
	if code, _ := codeOf(err, &e); code == 550 || code == 450 {
		return nil, nil
	}
	for _, entry := range entries {
		if entry.Name == path.Base(clean) {
			entry.Path = name
			return &entry, err
		}
	}
	return nil, err
}

// size asks for a file's size; known is false when the server does not tell.
func (s *session) size(name string) (n int64, known bool, err error) {
	r, err := s.control.exchange("SIZE " + name)
	if err != nil || r.code != 213 {
		return 0, false, err
	}
	n, err = strconv.ParseInt(r.text(), 10, 64)
	if err != nil || n < 0 {
		return 0, false, protocolError("the server's size is no number: %.60q", r.text())
	}
	return n, true, nil
}

// mtime asks for a file's time; it is zero when the server does not tell.
func (s *session) mtime(name string) (time.Time, error) {
	r, err := s.control.exchange("MDTM " + name)
	if err != nil || r.code != 213 {
		return time.Time{}, err
	}
	return parseTime(r.text())
}

// Mkdir makes a directory; one that exists is no error.
func (s *session) Mkdir(ctx context.Context, dir string) error {
	if dir == "" || dir == "." || dir == "/" {
		return nil
	}
	r, err := s.control.exchange("MKD " + dir)
	if err != nil || r.code == 257 || r.code == 250 {
		return err
	}
	if e, err := s.Stat(ctx, dir); err != nil || e != nil && e.Type == transfer.TypeDir {
		return err
	}
	return s.refused(r, dir)
}

// mkdirs makes a directory and the missing ones above it.
func (s *session) mkdirs(ctx context.Context, dir string) error {
	if e, err := s.Stat(ctx, dir); err != nil || e != nil && e.Type == transfer.TypeDir {
		return err
	}
	if parent := path.Dir(dir); parent != dir && parent != "." && parent != "/" {
		if err := s.mkdirs(ctx, parent); err != nil {
			return err
		}
	}
	return s.Mkdir(ctx, dir)
}

// command runs a command that either works, with one of codes, or is an error.
func (s *session) command(verb, arg string, codes ...int) error {
	r, err := s.control.exchange(verb + " " + arg)
	return s.check(r, err, arg, codes...)
}

func (s *session) rename(from, to string) error {
	if err := s.command("RNFR", from, 350); err != nil {
		return err
	}
	r, err := s.control.exchange("RNTO " + to)
	return s.check(r, err, to, 250)
}
