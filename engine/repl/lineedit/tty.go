package lineedit

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Terminal is what a Config needs of a terminal that is read from in and written
// to with out; size is asked of the file screen.
func Terminal(in, screen *os.File, out io.Writer) Config {
	continued := resumed()
	return Config{
		In: in, Out: out,
		Raw:     func() (func() error, error) { return raw(in) },
		Size:    func() (int, int) { return size(screen) },
		Resized: resized(),
		Suspend: suspend(continued),
		Resumed: continued,
	}
}

func raw(in *os.File) (restore func() error, err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	return func() error { return term.Restore(int(in.Fd()), before) }, nil
}

func size(screen *os.File) (columns, rows int) {
	columns, rows, err := term.GetSize(int(screen.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}
