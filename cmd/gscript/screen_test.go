//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/mattn/go-runewidth"
)

// screen is a terminal as far as the prompt uses one: what a person would see,
// and all that has gone up out of sight.
type screen struct {
	columns, height int
	rows            [][]string // cells; a wide rune has an empty one behind it
	row, column     int
	partial         []byte // of an escape sequence or a rune
}

func (s *screen) put(r rune) {
	width := runewidth.RuneWidth(r)
	if s.column+width > s.columns {
		s.row, s.column = s.row+1, 0
	}
	s.reach()
	line := s.rows[s.row]
	for len(line) < s.column+width {
		line = append(line, " ")
	}
	line[s.column] = string(r)
	for i := 1; i < width; i++ {
		line[s.column+i] = ""
	}
	s.rows[s.row] = line
	s.column += width
}

func (s *screen) reach() {
	for len(s.rows) <= s.row {
		s.rows = append(s.rows, nil)
	}
}

// top is the first row in sight.
func (s *screen) top() int { return max(0, len(s.rows)-s.height) }

// Write does what a terminal does with text and escape sequences. It panics at a
// sequence that it does not know.
func (s *screen) Write(p []byte) (int, error) {
	data := append(s.partial, p...)
	for len(data) > 0 {
		n := s.one(data)
		if n == 0 {
			break
		}
		data = data[n:]
	}
	s.partial = bytes.Clone(data)
	return len(p), nil
}

func (s *screen) one(data []byte) (n int) {
	switch data[0] {
	case '\r':
		s.column = 0
		return 1
	case '\n':
		s.row++
		s.reach()
		return 1
	case '\t':
		for s.put(' '); s.column%8 != 0; {
			s.put(' ')
		}
		return 1
	case '\b', '\a':
		return 1
	case 0x1b:
		if len(data) < 2 {
			return 0
		}
		for i := 2; i < len(data); i++ {
			if data[i] >= 0x40 {
				s.sequence(string(data[2:i]), data[i])
				return i + 1
			}
		}
		return 0
	}
	r, n := rune(data[0]), 1
	if r >= 0x80 {
		size := 2
		if r >= 0xe0 {
			size = 3
		}
		if r >= 0xf0 {
			size = 4
		}
		if len(data) < size {
			return 0
		}
		r, n = []rune(string(data[:size]))[0], size
	}
	s.put(r)
	return n
}

func (s *screen) sequence(params string, final byte) {
	n, _ := strconv.Atoi(params)
	switch final {
	case 'A':
		s.row = max(s.top(), s.row-max(n, 1))
	case 'C':
		s.column = min(s.columns-1, s.column+max(n, 1))
	case 'J':
		if n == 2 {
			s.rows = s.rows[:s.top()]
			break
		}
		s.reach()
		s.rows = s.rows[:s.row+1]
		if line := s.rows[s.row]; len(line) > s.column {
			s.rows[s.row] = line[:s.column]
		}
	case 'H':
		s.row, s.column = s.top(), 0
	case 'm', 'h', 'l':
	default:
		panic(fmt.Sprintf("the screen does not know the sequence %q %c", params, final))
	}
}

func (s *screen) text() string {
	lines := make([]string, len(s.rows))
	for i, cells := range s.rows {
		lines[i] = strings.TrimRight(strings.Join(cells, ""), " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// session is a gscript at a terminal.
type session struct {
	t    *testing.T
	tty  *os.File
	cmd  *exec.Cmd
	home string

	mu      sync.Mutex
	changed chan struct{}
	screen  screen
	raw     bytes.Buffer
	over    bool
	done    chan struct{} // closed at the end of the output
}

// patience is how long a test waits for what does not come.
const patience = 20 * time.Second

// talk starts gscript at a terminal of its own. Arguments such as NAME=value set
// variables of its environment.
func talk(t *testing.T, home string, args ...string) *session {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, home: home, changed: make(chan struct{}), done: make(chan struct{}), screen: screen{columns: 80, height: 24}}
	s.cmd = exec.Command(self)
	s.cmd.Args[0] = "gscript"
	s.cmd.Dir = home
	s.cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm", "XDG_STATE_HOME=" + filepath.Join(home, "state")}
	for _, arg := range args {
		if strings.Contains(arg, "=") && arg[0] != '-' {
			s.cmd.Env = append(s.cmd.Env, arg)
		} else {
			s.cmd.Args = append(s.cmd.Args, arg)
		}
	}
	s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	go s.read()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.tty.Close()
	})
	return s
}

func (s *session) read() {
	buf := make([]byte, 4096)
	for {
		n, err := s.tty.Read(buf)
		s.mu.Lock()
		s.raw.Write(buf[:n])
		s.screen.Write(buf[:n])
		s.over = err != nil
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			close(s.done)
			return
		}
	}
}

// written is all that gscript has written.
func (s *session) written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// until waits for the screen to be as the test wants it.
func (s *session) until(what string, ok func(text string) bool) {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		text, changed, over := s.screen.text(), s.changed, s.over
		s.mu.Unlock()
		if ok(text) {
			return
		}
		if over {
			s.t.Fatalf("gscript ended before %s; the screen:\n%s", what, text)
		}
		select {
		case <-changed:
		case <-deadline:
			s.t.Fatalf("waited in vain for %s; the screen:\n%s\n\nwritten: %q", what, text, s.written())
		}
	}
}

// ends waits until the last rows are these.
func (s *session) ends(rows ...string) {
	s.t.Helper()
	want := strings.Join(rows, "\n")
	s.until(fmt.Sprintf("%q at the end", want), func(text string) bool {
		return text == want || strings.HasSuffix(text, "\n"+want)
	})
}

// shows waits until a text is on the screen.
func (s *session) shows(text string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%q", text), func(screen string) bool { return strings.Contains(screen, text) })
}

func (s *session) send(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.tty, keys); err != nil {
		s.t.Fatal(err)
	}
}

// runs waits until what was entered runs.
func (s *session) runs() {
	s.t.Helper()
	s.until("the line to run", func(string) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return bytes.HasSuffix(s.raw.Bytes(), []byte("\x1b[?2004l"))
	})
}

// enter types a line when there is a prompt, and waits for what then stands
// below it and the next prompt.
func (s *session) enter(line string, below ...string) {
	s.t.Helper()
	s.ends(">")
	s.send(line + "\r")
	s.ends(append(append([]string{"> " + line}, below...), ">")...)
}

// quit waits for the end and checks the exit code.
func (s *session) quit(code int) {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Fatal("gscript does not end")
	}
	_ = s.cmd.Wait()
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		s.t.Errorf("exit code %d, want %d (%v)", got, code, s.cmd.ProcessState.Sys().(syscall.WaitStatus))
	}
}
