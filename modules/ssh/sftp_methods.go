package ssh

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// at is a path as the server shall see it: the working directory is kept here,
// for the protocol has none.
func (s *SFTP) at(p string) string {
	s.mu.Lock()
	dir := s.dir
	s.mu.Unlock()
	switch {
	case p == "" && dir == "":
		return "."
	case p == "":
		return dir
	case strings.HasPrefix(p, "/") || dir == "":
		return p
	}
	return transfer.Join(dir, p)
}

// work runs one operation on path under the call's time limit.
func (s *SFTP) work(c *engine.Call, limit engine.Duration, path string, f func(*sftp.Client) error) error {
	ctx, cancel := c.WithTimeout(limit)
	defer cancel()
	return s.do(ctx, c, path, f)
}

func (s *SFTP) put(c *engine.Call, in putIn) (int64, error) {
	if in.Resume && !in.Atomic {
		return 0, engine.Invalid("resume works with a temporary name, so it does not go with atomic=false")
	}
	return s.transfer(c, in.transferIn, func(ctx context.Context, l transfer.Local) (int64, error) {
		if in.Resume {
			return s.putResumed(ctx, c, l, in)
		}
		return transfer.PutFile(ctx, l, remote{s, c, !in.Atomic, in.Parents}, in.Local, in.Remote)
	})
}

func (s *SFTP) putResumed(ctx context.Context, c *engine.Call, l transfer.Local, in putIn) (n int64, err error) {
	file, err := l.Files.Open(in.Local)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, engine.Invalid("only a plain file can be resumed, and %s is none", in.Local)
	}
	to := in.Remote
	if to == "" {
		to = filepath.Base(l.Files.Abs(in.Local))
	}
	bar := l.Meter.Start(path.Base(to), info.Size())
	defer func() { err = bar.Finish(err) }()
	temp := transfer.PartName(to, info.Size(), info.ModTime())
	source := struct {
		io.Reader
		io.Seeker
	}{bar.Reader(file), file}
	return remote{s, c, false, in.Parents}.resume(ctx, temp, to, source, info.Size(), bar.Add)
}

func (s *SFTP) get(c *engine.Call, in getIn) (int64, error) {
	return s.transfer(c, in.transferIn, func(ctx context.Context, l transfer.Local) (int64, error) {
		if in.Resume {
			return transfer.ResumeFile(ctx, l, remote{s: s, c: c}, in.Remote, in.Local)
		}
		return transfer.GetFile(ctx, l, remote{s: s, c: c}, in.Remote, in.Local)
	})
}

func (s *SFTP) transfer(c *engine.Call, in transferIn, move func(context.Context, transfer.Local) (int64, error)) (int64, error) {
	m, err := meter.New(c, in.Progress)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	return move(ctx, transfer.Local{Files: c.Host().Files, Meter: m})
}

func (s *SFTP) putDir(c *engine.Call, in putDirIn) (result transfer.Result, err error) {
	_, err = s.transfer(c, in.transferIn, func(ctx context.Context, l transfer.Local) (int64, error) {
		if err = s.do(ctx, c, in.Remote, func(client *sftp.Client) error { return client.MkdirAll(s.at(in.Remote)) }); err != nil {
			return 0, err
		}
		result, err = transfer.PutDir(ctx, l, remote{s, c, !in.Atomic, false}, in.Local, in.Remote)
		return 0, err
	})
	return result, err
}

func (s *SFTP) getDir(c *engine.Call, in getDirIn) (result transfer.Result, err error) {
	_, err = s.transfer(c, in.transferIn, func(ctx context.Context, l transfer.Local) (int64, error) {
		result, err = transfer.GetDir(ctx, l, remote{s: s, c: c}, in.Remote, in.Local)
		return 0, err
	})
	return result, err
}

func (s *SFTP) ls(c *engine.Call, in dirIn) ([]transfer.Entry, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	entries, err := remote{s: s, c: c}.List(ctx, in.Path)
	if entries == nil {
		entries = []transfer.Entry{}
	}
	return entries, err
}

func (s *SFTP) walk(c *engine.Call, in walkIn) (*engine.Iterator, error) {
	return transfer.Walk(c.Context(), remote{s: s, c: c}, in.Path), nil
}

func (s *SFTP) stat(c *engine.Call, in statIn) (*transfer.Entry, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	look := (*sftp.Client).Stat
	if !in.Follow {
		look = (*sftp.Client).Lstat
	}
	return remote{s: s, c: c}.stat(ctx, in.Path, look)
}

func (s *SFTP) size(c *engine.Call, in pathIn) (n int64, err error) {
	err = s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		info, err := client.Stat(s.at(in.Path))
		if err == nil {
			n = info.Size()
		}
		return err
	})
	return n, err
}

func (s *SFTP) mkdir(c *engine.Call, in mkdirIn) (engine.None, error) {
	return engine.None{}, s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		if in.Parents {
			return client.MkdirAll(s.at(in.Path))
		}
		err := client.Mkdir(s.at(in.Path))
		if err == nil {
			return nil
		}
		if _, serr := client.Lstat(s.at(in.Path)); serr == nil { // servers say no more than "Failure"
			e := engine.Classify(fs.ErrExist)
			e.Target = s.client.addr + ":" + in.Path
			return e
		}
		return err
	})
}

func (s *SFTP) rmdir(c *engine.Call, in pathIn) (engine.None, error) {
	return engine.None{}, s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		return client.RemoveDirectory(s.at(in.Path))
	})
}

// remove removes a file. The library's Remove would take an empty directory
// too.
func (s *SFTP) remove(c *engine.Call, in pathIn) (engine.None, error) {
	return engine.None{}, s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		info, err := client.Lstat(s.at(in.Path))
		if err != nil {
			return err
		}
		if info.IsDir() {
			return &engine.Error{Kind: engine.KindInvalid, Target: s.client.addr + ":" + in.Path, Message: "it is a directory", Hint: "rmdir takes an empty directory"}
		}
		return client.Remove(s.at(in.Path))
	})
}

func (s *SFTP) rename(c *engine.Call, in renameIn) (engine.None, error) {
	return engine.None{}, s.work(c, in.Timeout, in.From, func(client *sftp.Client) error {
		from, to := s.at(in.From), s.at(in.To)
		err := rename(client, from, to, in.Replace)
		if err == nil || in.Replace {
			return err
		}
		if _, serr := client.Lstat(to); serr == nil {
			e := *engine.Classify(fs.ErrExist)
			e.Target, e.Hint = s.client.addr+":"+in.To, "replace=true takes its place"
			return &e
		}
		return err
	})
}

func (s *SFTP) cd(c *engine.Call, in pathIn) (string, error) {
	var dir string
	err := s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		real, err := client.RealPath(s.at(in.Path))
		if err != nil {
			return err
		}
		info, err := client.Stat(real)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return &engine.Error{Kind: engine.KindInvalid, Target: s.client.addr + ":" + in.Path, Message: "it is not a directory"}
		}
		dir = path.Clean(real)
		return nil
	})
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dir = dir
	return dir, nil
}

func (s *SFTP) pwd(c *engine.Call, in onlyTimeoutIn) (dir string, err error) {
	err = s.work(c, in.Timeout, ".", func(client *sftp.Client) error {
		dir, err = client.RealPath(s.at(""))
		return err
	})
	return dir, err
}

func (s *SFTP) read(c *engine.Call, in readIn) (string, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	var b strings.Builder
	_, err := remote{s: s, c: c}.Fetch(ctx, in.Path, writerFunc(func(p []byte) (int, error) {
		if int64(b.Len()+len(p)) > int64(in.Max) {
			e := engine.Errorf(errTooLarge, "it is larger than %s", engine.FormatSize(int64(in.Max)))
			e.Target, e.Hint = s.client.addr+":"+in.Path, "get it into a file, or allow more with max="
			return 0, e
		}
		return b.Write(p)
	}))
	if err != nil {
		return "", err
	}
	return b.String(), nil
}

// lines reads the whole file first, so that the walk needs no session.
func (s *SFTP) lines(c *engine.Call, in readIn) (*engine.Iterator, error) {
	text, err := s.read(c, in)
	if err != nil {
		return nil, err
	}
	return &engine.Iterator{Next: func() (any, error) {
		if text == "" {
			return nil, nil
		}
		var line string
		line, text, _ = strings.Cut(text, "\n")
		return strings.TrimSuffix(line, "\r"), nil
	}}, nil
}

func (s *SFTP) write(c *engine.Call, in writeIn) (int64, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	return remote{s, c, !in.Atomic, in.Parents}.Store(ctx, in.Path, strings.NewReader(in.Data), int64(len(in.Data)))
}

func (s *SFTP) append(c *engine.Call, in appendIn) (engine.None, error) {
	ctx, cancel := c.WithTimeout(in.Timeout)
	defer cancel()
	return engine.None{}, s.do(ctx, c, in.Path, func(client *sftp.Client) error {
		file, err := client.OpenFile(s.at(in.Path), os.O_WRONLY|os.O_CREATE|os.O_APPEND)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		// Some servers heed the offset, others the flag; both mean the end.
		if _, err := file.Seek(info.Size(), io.SeekStart); err != nil {
			return err
		}
		_, err = file.ReadFromWithConcurrency(&cancelable{ctx, strings.NewReader(in.Data)}, 1)
		if err != nil {
			return err
		}
		return file.Close()
	})
}

func (s *SFTP) chmod(c *engine.Call, in chmodIn) (engine.None, error) {
	mode, err := parseMode(in.Mode)
	if err != nil {
		return engine.None{}, err
	}
	return engine.None{}, s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		return client.Chmod(s.at(in.Path), mode)
	})
}

func (s *SFTP) symlink(c *engine.Call, in symlinkIn) (engine.None, error) {
	return engine.None{}, s.work(c, in.Timeout, in.Link, func(client *sftp.Client) error {
		return client.Symlink(in.Target, s.at(in.Link))
	})
}

func (s *SFTP) readlink(c *engine.Call, in pathIn) (target string, err error) {
	err = s.work(c, in.Timeout, in.Path, func(client *sftp.Client) error {
		target, err = client.ReadLink(s.at(in.Path))
		return err
	})
	return target, err
}

// parseMode reads "644" or "rw-r--r--".
func parseMode(text string) (fs.FileMode, error) {
	bad := engine.Invalid("mode %q is neither octal as in \"644\" nor as in \"rw-r--r--\"", text)
	var mode fs.FileMode
	if len(text) == 9 {
		for i, want := range "rwxrwxrwx" {
			mode <<= 1
			switch rune(text[i]) {
			case want:
				mode |= 1
			case '-':
			default:
				return 0, bad
			}
		}
		return mode, nil
	}
	if len(text) < 3 || len(text) > 4 {
		return 0, bad
	}
	for _, digit := range text {
		if digit < '0' || digit > '7' {
			return 0, bad
		}
		mode = mode<<3 | fs.FileMode(digit-'0')
	}
	if mode > 0o777 {
		return 0, engine.Invalid("mode %q: only the permission bits can be set", text)
	}
	return mode, nil
}
