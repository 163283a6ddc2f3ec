package ftp

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/meter"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

// transfer runs a transfer of files with its meter.
func (cl *Client) transfer(c *engine.Call, in transferIn, move func(ctx context.Context, s *session, l transfer.Local) error) error {
	m, err := meter.New(c, in.Progress)
	if err != nil {
		return err
	}
	defer m.Close()
	return cl.call(c, in.Timeout, func(ctx context.Context, s *session) error {
		return move(ctx, s, transfer.Local{Files: c.Host().Files, Meter: m})
	})
}

func (cl *Client) get(c *engine.Call, in getIn) (n int64, err error) {
	err = cl.transfer(c, in.transferIn, func(ctx context.Context, s *session, l transfer.Local) error {
		if in.Resume {
			n, err = transfer.ResumeFile(ctx, l, s, in.Remote, in.Local)
		} else {
			n, err = transfer.GetFile(ctx, l, s, in.Remote, in.Local)
		}
		return err
	})
	return n, err
}

func (cl *Client) put(c *engine.Call, in putIn) (n int64, err error) {
	if in.Resume && !in.Atomic {
		return 0, engine.Invalid("resume works with a temporary name, so it does not go with atomic=false")
	}
	err = cl.transfer(c, in.transferIn, func(ctx context.Context, s *session, l transfer.Local) error {
		if in.Resume {
			n, err = s.resumeFile(ctx, l, in)
		} else {
			n, err = transfer.PutFile(ctx, l, uploader{s, !in.Atomic, in.Parents}, in.Local, in.Remote)
		}
		return err
	})
	return n, err
}

// resumeFile uploads a file under a temporary name that tells its size and
// time, from where an earlier attempt stopped.
func (s *session) resumeFile(ctx context.Context, l transfer.Local, in putIn) (int64, error) {
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
		return 0, &engine.Error{Kind: engine.KindInvalid, Target: in.Local, Message: "it is not a regular file"}
	}
	name := in.Remote
	if name == "" {
		name = info.Name()
	}
	if dir := path.Dir(name); in.Parents && dir != "." && dir != "/" {
		if err := s.mkdirs(ctx, dir); err != nil {
			return 0, err
		}
	}
	bar := l.Meter.Start(path.Base(name), info.Size())
	n, err := s.resume(ctx, transfer.PartName(name, info.Size(), info.ModTime()), name, file, info.Size(), bar)
	bar.Finish(err)
	return n, err
}

func (cl *Client) getDir(c *engine.Call, in getDirIn) (result transfer.Result, err error) {
	err = cl.transfer(c, in.transferIn, func(ctx context.Context, s *session, l transfer.Local) error {
		result, err = transfer.GetDir(ctx, l, s, in.Remote, in.Local)
		return err
	})
	return result, err
}

func (cl *Client) putDir(c *engine.Call, in putDirIn) (result transfer.Result, err error) {
	err = cl.transfer(c, in.transferIn, func(ctx context.Context, s *session, l transfer.Local) error {
		if err := s.mkdirs(ctx, in.Remote); err != nil {
			return err
		}
		result, err = transfer.PutDir(ctx, l, uploader{s, !in.Atomic, false}, in.Local, in.Remote)
		return err
	})
	return result, err
}

func (cl *Client) read(c *engine.Call, in readIn) (string, error) {
	data := bounded{max: int64(in.Max), name: cl.session.target(in.Path)}
	err := cl.call(c, in.Timeout, func(ctx context.Context, s *session) error {
		size, known, err := s.size(in.Path)
		if err != nil {
			return err
		}
		n, err := s.Fetch(ctx, in.Path, &data)
		if err == nil && known && n < size {
			err = transfer.Incomplete(s.target(in.Path), n, size)
		}
		return err
	})
	return data.String(), err
}

func (cl *Client) lines(c *engine.Call, in readIn) (*engine.Iterator, error) {
	text, err := cl.read(c, in)
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

func (cl *Client) write(c *engine.Call, in writeIn) (n int64, err error) {
	err = cl.call(c, in.Timeout, func(ctx context.Context, s *session) error {
		u := uploader{s, !in.Atomic, in.Parents}
		n, err = u.Store(ctx, in.Path, strings.NewReader(in.Data), int64(len(in.Data)))
		return err
	})
	return n, err
}

func (cl *Client) append(c *engine.Call, in appendIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(_ context.Context, s *session) error {
		r := &source{r: strings.NewReader(in.Data), session: s}
		return s.upload(in.Path, r, func(r io.Reader) error { return s.library.Append(in.Path, r) })
	})
}

func (cl *Client) ls(c *engine.Call, in dirIn) (entries []transfer.Entry, err error) {
	err = cl.call(c, in.Timeout, func(ctx context.Context, s *session) error {
		entries, err = s.List(ctx, in.Dir)
		return err
	})
	return entries, err
}

// walked lists under a call of its own for each directory, so that other tasks
// have their turn.
type walked struct {
	*session
	client *Client
	call   *engine.Call
	in     dirIn
}

func (w walked) List(_ context.Context, dir string) (entries []transfer.Entry, err error) {
	err = w.client.call(w.call, w.in.Timeout, func(ctx context.Context, s *session) error {
		entries, err = s.List(ctx, dir)
		return err
	})
	return entries, err
}

func (cl *Client) walk(c *engine.Call, in dirIn) (*engine.Iterator, error) {
	return transfer.Walk(c.Context(), walked{cl.session, cl, c, in}, in.Dir), nil
}

func (cl *Client) stat(c *engine.Call, in pathIn) (e *transfer.Entry, err error) {
	err = cl.call(c, in.Timeout, func(ctx context.Context, s *session) error {
		e, err = s.Stat(ctx, in.Path)
		return err
	})
	return e, err
}

func (cl *Client) size(c *engine.Call, in pathIn) (n int64, err error) {
	err = cl.call(c, in.Timeout, func(_ context.Context, s *session) error {
		var known bool
		if n, known, err = s.size(in.Path); err == nil && !known {
			err = s.refused(s.control.last, in.Path)
		}
		return err
	})
	return n, err
}

func (cl *Client) mkdir(c *engine.Call, in mkdirIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(ctx context.Context, s *session) error {
		if in.Parents {
			return s.mkdirs(ctx, in.Path)
		}
		return s.command("MKD", in.Path, 257, 250)
	})
}

func (cl *Client) rmdir(c *engine.Call, in pathIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(_ context.Context, s *session) error { return s.command("RMD", in.Path, 250, 200) })
}

func (cl *Client) remove(c *engine.Call, in pathIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(_ context.Context, s *session) error { return s.command("DELE", in.Path, 250, 200) })
}

func (cl *Client) rename(c *engine.Call, in renameIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(_ context.Context, s *session) error { return s.rename(in.From, in.To) })
}

func (cl *Client) cd(c *engine.Call, in pathIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(_ context.Context, s *session) error { return s.command("CWD", in.Path, 250, 200) })
}

func (cl *Client) pwd(c *engine.Call, in timeoutIn) (dir string, err error) {
	err = cl.call(c, in.Timeout, func(_ context.Context, s *session) error {
		r, err := s.control.exchange("PWD")
		if err = s.check(r, err, "", 257); err == nil {
			dir, err = r.directory()
		}
		return err
	})
	return dir, err
}

func (cl *Client) noop(c *engine.Call, in timeoutIn) (engine.None, error) {
	return cl.do(c, in.Timeout, func(_ context.Context, s *session) error {
		r, err := s.control.exchange("NOOP")
		if err == nil && r.code/100 != 2 {
			err = s.refused(r, "")
		}
		return err
	})
}

func (cl *Client) cmd(c *engine.Call, in cmdIn) (out engine.Multi, err error) {
	verb, _, _ := strings.Cut(strings.ToUpper(in.Command), " ")
	if slices.Contains(ownVerbs(), verb) {
		e := engine.Invalid("%s changes the connection itself or needs a data connection", verb)
		e.Hint = "use the methods of the client for transfers, listings and closing"
		return nil, e
	}
	err = cl.call(c, in.Timeout, func(_ context.Context, s *session) error {
		r, err := s.control.exchange(in.Command)
		if err == nil && r.code >= 400 && in.Check {
			err = s.refused(r, "")
		}
		out = engine.Multi{r.code, r.text()}
		return err
	})
	return out, err
}

// ownVerbs lists the commands that cmd leaves to the module.
func ownVerbs() []string {
	return []string{
		"", "AUTH", "CCC", "PBSZ", "PROT", "QUIT", "REIN", "PASV", "EPSV", "PORT", "EPRT", "LPSV", "LPRT", "MODE", "STRU", "TYPE",
		"RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "REST",
	}
}
