package transfer

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// A tree of the other side may be endless: links back to itself, or a server
// that invents directories as it is asked.
const (
	maxDepth   = 64
	maxEntries = 1_000_000

	tooDeep = "it lies deeper than 64 directories"
	isLink  = "it is a link, and links are not followed"
	isOther = "it is neither a file nor a directory"
)

// dirPerm is what a new directory may be at most; the umask takes from it.
const dirPerm = 0o777

// GetDir fetches the tree below the directory remote into the directory local.
// Nothing is written outside local, whatever the server's names say and
// wherever links that stand in local point. Names that are refused are in the
// result; anything else that goes wrong ends the transfer.
func GetDir(ctx context.Context, l Local, r Remote, remote, local string) (Result, error) {
	if err := l.Files.MkdirAll(local, dirPerm); err != nil {
		return Result{}, err
	}
	root, err := l.Files.OpenRoot(local, host.Write)
	if err != nil {
		return Result{}, err
	}
	defer root.Close()
	files := within{l.Files, root}
	w := walker{remote: r, dirs: []dir{{path: remote}}}
	var result Result
	for {
		e, err := w.next(ctx)
		if err != nil || e == nil {
			result.Refused = w.refused
			return result, err
		}
		switch e.Type {
		case TypeDir:
			if err := root.MkdirAll(e.local, dirPerm); err != nil {
				return result, err
			}
		case TypeFile:
			n, err := receive(ctx, files, l.Meter, r, e.Path, e.local, e.Size)
			if err != nil {
				return result, err
			}
			result.Files++
			result.Bytes += n
		case TypeLink:
			w.refuse(e.Path, isLink)
		default:
			w.refuse(e.Path, isOther)
		}
	}
}

// PutDir stores the tree below the directory local as the directory remote.
// Links are not followed, so that nothing outside local is read.
func PutDir(ctx context.Context, l Local, r Remote, local, remote string) (Result, error) {
	root, err := l.Files.OpenRoot(local, host.Read)
	if err != nil {
		return Result{}, err
	}
	defer root.Close()
	p := putter{Local: l, remote: r, root: root}
	err = p.dir(ctx, ".", remote, 0)
	p.result.Refused = p.refused
	return p.result, err
}

type putter struct {
	Local
	refusals
	remote Remote
	root   *os.Root
	result Result
}

func (p *putter) dir(ctx context.Context, local, remote string, depth int) error {
	if err := p.remote.Mkdir(ctx, remote); err != nil {
		return err
	}
	entries, err := fs.ReadDir(p.root.FS(), local)
	if err != nil {
		return err
	}
	for _, e := range entries {
		from, to := path.Join(local, e.Name()), Join(remote, e.Name())
		_, err := host.LocalName(e.Name())
		switch {
		case err != nil:
			p.refuseName(from, err)
		case e.IsDir() && depth+1 >= maxDepth:
			p.refuse(from, tooDeep)
		case e.IsDir():
			if err := p.dir(ctx, from, to, depth+1); err != nil {
				return err
			}
		case e.Type()&fs.ModeSymlink != 0:
			p.refuse(from, isLink)
		case !e.Type().IsRegular():
			p.refuse(from, isOther)
		default:
			file, err := p.root.Open(from)
			if err != nil {
				return err
			}
			n, err := send(ctx, p.Meter, p.remote, file, from, to)
			if err != nil {
				return err
			}
			p.result.Files++
			p.result.Bytes += n
		}
	}
	return nil
}

// Walk yields every entry of the tree below dir, a directory before what it
// holds. Links are not followed. Each entry has the server's own name, which
// may be unsafe as a local one; directories with such names are not entered.
func Walk(ctx context.Context, r Remote, top string) *engine.Iterator {
	w := walker{remote: r, dirs: []dir{{path: top}}, all: true}
	return &engine.Iterator{Next: func() (any, error) {
		e, err := w.next(ctx)
		if err != nil || e == nil {
			return nil, err
		}
		return e.Entry, nil
	}}
}

// walker visits a remote tree in order, holding one listing a level.
type walker struct {
	refusals
	remote Remote
	all    bool // yield entries with refused names too
	dirs   []dir
	seen   int
}

type dir struct {
	path, local string
	listed      bool
	entries     []Entry
}

type found struct {
	Entry
	local string // slash separated, below the local directory
}

func (w *walker) next(ctx context.Context) (*found, error) {
	for len(w.dirs) > 0 {
		d := &w.dirs[len(w.dirs)-1]
		if !d.listed {
			if err := w.list(ctx, d); err != nil {
				return nil, err
			}
		}
		if len(d.entries) == 0 {
			w.dirs = w.dirs[:len(w.dirs)-1]
			continue
		}
		e := d.entries[0]
		d.entries = d.entries[1:]
		e.Path = Join(d.path, e.Name)
		name, err := host.LocalName(e.Name)
		if err != nil {
			w.refuseName(e.Path, err)
			if w.all {
				return &found{Entry: e}, nil
			}
			continue
		}
		f := &found{e, path.Join(d.local, name)}
		if e.Type == TypeDir {
			if len(w.dirs) >= maxDepth {
				w.refuse(e.Path, tooDeep)
				if !w.all {
					continue
				}
				return f, nil
			}
			w.dirs = append(w.dirs, dir{path: e.Path, local: f.local})
		}
		return f, nil
	}
	return nil, nil
}

func (w *walker) list(ctx context.Context, d *dir) error {
	entries, err := w.remote.List(ctx, d.path)
	if err != nil {
		return err
	}
	w.seen += len(entries)
	if w.seen > maxEntries {
		return &engine.Error{Kind: engine.KindNameRefused, Target: d.path, Message: fmt.Sprintf("the tree has more than %d entries", maxEntries), Hint: "transfer its directories one by one"}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	for i, e := range entries {
		if i > 0 && e.Name == entries[i-1].Name {
			w.refuse(Join(d.path, e.Name), "it is listed twice")
		}
	}
	d.entries = slices.CompactFunc(entries, func(a, b Entry) bool { return a.Name == b.Name })
	d.listed = true
	return nil
}

// refusals collects names that were not taken.
type refusals struct{ refused []Refusal }

func (r *refusals) refuse(name, reason string) {
	r.refused = append(r.refused, Refusal{fmt.Sprintf("%q", name), reason})
}

func (r *refusals) refuseName(name string, err error) {
	reason := err.Error()
	if e, ok := err.(*host.NameError); ok {
		reason = e.Reason
	}
	r.refuse(name, reason)
}

// Join puts a name behind a remote directory without changing either: what ..
// means there is the server's business.
func Join(dir, name string) string {
	switch {
	case dir == "":
		return name
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}

// within is the file system for files in root: what CreateAtomic needs of it.
type within struct {
	host.Files
	root *os.Root
}

func (w within) OpenFile(name string, flag int, perm fs.FileMode) (host.File, error) {
	file, err := w.root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (w within) Stat(name string) (fs.FileInfo, error) { return w.root.Stat(name) }

func (w within) Rename(from, to string) error { return w.root.Rename(from, to) }

func (w within) Remove(name string) error { return w.root.Remove(name) }
