package fs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/wholefile"
)

func read(c *engine.Call, in pathIn) (string, error) {
	f, err := c.Host().Files.Open(in.Path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() < 1<<30 {
		b.Grow(int(info.Size()))
	}
	_, err = io.Copy(&b, &wholefile.Reader{Ctx: c.Context(), R: f})
	return b.String(), err
}

func write(c *engine.Call, in writeIn) (engine.None, error) {
	files := c.Host().Files
	mode, err := parseMode(in.Mode)
	if err != nil {
		return engine.None{}, err
	}
	if in.Parents {
		if err := files.MkdirAll(filepath.Dir(in.Path), 0o777); err != nil {
			return engine.None{}, err
		}
	}
	data := strings.NewReader(in.Data)
	if !in.Atomic {
		return engine.None{}, wholefile.WriteInto(files, in.Path, data, os.O_TRUNC, mode)
	}
	return engine.None{}, wholefile.Write(c.Context(), files, in.Path, data, mode)
}

func appendTo(c *engine.Call, in appendIn) (engine.None, error) {
	return engine.None{}, wholefile.WriteInto(c.Host().Files, in.Path, strings.NewReader(in.Data), os.O_APPEND, nil)
}

// lines holds the file open while it is read. A loop that is left early leaves
// it to the garbage collector, which closes it.
func lines(c *engine.Call, in pathIn) (*engine.Iterator, error) {
	f, err := c.Host().Files.Open(in.Path)
	if err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(&wholefile.Reader{Ctx: c.Context(), R: f}, 64<<10)
	ended := false
	return &engine.Iterator{Next: func() (any, error) {
		if ended {
			return nil, nil
		}
		line, err := r.ReadString('\n')
		if err != nil {
			ended = true
			f.Close()
			if err != io.EOF {
				return nil, err
			}
			if line == "" {
				return nil, nil
			}
		}
		return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), nil
	}}, nil
}

func equal(c *engine.Call, in equalIn) (bool, error) {
	files := c.Host().Files
	a, err := files.Open(in.A)
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := files.Open(in.B)
	if err != nil {
		return false, err
	}
	defer b.Close()
	ai, aerr := a.Stat()
	bi, berr := b.Stat()
	if err := errors.Join(aerr, berr); err != nil {
		return false, err
	}
	if ai.Mode().IsRegular() && bi.Mode().IsRegular() && ai.Size() != bi.Size() {
		return false, nil
	}
	return sameBytes(&wholefile.Reader{Ctx: c.Context(), R: a}, b)
}

func sameBytes(a, b io.Reader) (bool, error) {
	abuf, bbuf := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, aerr := io.ReadFull(a, abuf)
		m, berr := io.ReadFull(b, bbuf)
		for _, err := range []error{aerr, berr} { // first: a file cut short by one is not a different file
			if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
				return false, err
			}
		}
		if !bytes.Equal(abuf[:n], bbuf[:m]) {
			return false, nil
		}
		if aerr != nil || berr != nil {
			return true, nil
		}
	}
}
