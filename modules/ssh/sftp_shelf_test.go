package ssh

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// shelf is an sftp server in memory that lies as a test wants.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
	log   []string

	names   []string                                     // what a listing holds
	size    func(name string) int64                      // what Stat says
	readAt  func(name string, p []byte, off int64) error // before each read
	piece   int                                          // most bytes of an answer
	writeAt func(off int64) error                        // before each write
}

type fakeInfo struct {
	name string
	size int64
	dir  bool
}

func (i fakeInfo) Name() string       { return i.name }
func (i fakeInfo) Size() int64        { return i.size }
func (i fakeInfo) ModTime() time.Time { return time.Unix(1_700_000_000, 0) }
func (i fakeInfo) IsDir() bool        { return i.dir }
func (i fakeInfo) Sys() any           { return nil }
func (i fakeInfo) Mode() os.FileMode {
	if i.dir {
		return os.ModeDir | 0o755
	}
	return 0o644
}

func (s *shelf) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

func (s *shelf) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.files[name]
	return ok
}

func (s *shelf) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == "List" {
		var list infos
		for _, n := range s.names {
			list = append(list, fakeInfo{name: n, size: 4})
		}
		if path.Base(r.Filepath) == "deep" {
			return infos{fakeInfo{name: "deep", dir: true}}, nil
		}
		return list, nil
	}
	data, ok := s.files[r.Filepath]
	if slices.ContainsFunc(s.names, func(n string) bool { return path.Base(n) == path.Base(r.Filepath) }) {
		data, ok = []byte("evil"), true
	}
	dir := strings.HasSuffix(r.Filepath, "dir") || path.Base(r.Filepath) == "deep" || r.Filepath == "/"
	if !ok && !dir {
		return nil, os.ErrNotExist
	}
	size := int64(len(data))
	if s.size != nil && !dir {
		size = s.size(r.Filepath)
	}
	return infos{fakeInfo{path.Base(r.Filepath), size, dir}}, nil
}

func (s *shelf) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.files[r.Filepath]
	if !ok {
		data = []byte("evil")
	}
	return &shelfFile{s, r.Filepath, data}, nil
}

func (s *shelf) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	s.note("open %s", r.Filepath)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.files[r.Filepath]; !ok || r.Pflags().Trunc {
		s.files[r.Filepath] = nil
	}
	return &shelfFile{shelf: s, name: r.Filepath}, nil
}

func (s *shelf) Filecmd(r *sftp.Request) error {
	s.note("%s %s", r.Method, r.Filepath)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method {
	case "Rename":
		s.files[r.Target] = s.files[r.Filepath]
		delete(s.files, r.Filepath)
	case "Remove":
		delete(s.files, r.Filepath)
	}
	return nil
}

type shelfFile struct {
	*shelf
	name string
	data []byte
}

func (f *shelfFile) ReadAt(p []byte, off int64) (int, error) {
	if f.readAt != nil {
		if err := f.readAt(f.name, p, off); err != nil {
			return 0, err
		}
	}
	if f.piece > 0 {
		p = p[:min(len(p), f.piece)]
	}
	n, err := bytes.NewReader(f.data).ReadAt(p, off)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *shelfFile) WriteAt(p []byte, off int64) (int, error) {
	if f.writeAt != nil {
		if err := f.writeAt(off); err != nil {
			return 0, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	data := f.files[f.name]
	if need := int(off) + len(p); need > len(data) {
		data = append(data, make([]byte, need-len(data))...)
	}
	copy(data[off:], p)
	f.files[f.name] = data
	return len(p), nil
}

// peer serves the shelf; cut ends the connection.
func (s *shelf) peer() (p *peer, cut func()) {
	if s.files == nil {
		s.files = map[string][]byte{}
	}
	var (
		mu    sync.Mutex
		conns []ssh.Conn
	)
	p = &peer{}
	p.global = func(c ssh.Conn, reqs <-chan *ssh.Request) {
		mu.Lock()
		conns = append(conns, c)
		mu.Unlock()
		ssh.DiscardRequests(reqs)
	}
	p.session = func(ch ssh.Channel, reqs <-chan *ssh.Request) {
		for req := range reqs {
			req.Reply(req.Type == "subsystem", nil)
			if req.Type == "subsystem" {
				go func() {
					sftp.NewRequestServer(ch, sftp.Handlers{FileGet: s, FilePut: s, FileCmd: s, FileList: s}).Serve()
					ch.Close()
				}()
			}
		}
	}
	return p, func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			c.Close()
		}
	}
}
