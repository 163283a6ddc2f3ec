package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/debug/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// screen notes what is written and says when a text has come.
type screen struct {
	mu      sync.Mutex
	changed sync.Cond
	b       bytes.Buffer
}

func newScreen() *screen {
	s := &screen{}
	s.changed.L = &s.mu
	return s
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// wait waits for a text.
func (s *screen) wait(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !strings.Contains(s.b.String(), text) {
		s.changed.Wait()
	}
}

func run(t *testing.T, term *terminal.Terminal, source string, stdout io.Writer) error {
	t.Helper()
	s := engine.New(engine.Options{Probes: []engine.Probe{term.Debugger()}, Trusted: true, Stdout: stdout}).NewState(t.Context())
	_, err := s.Run(context.Background(), "main.lua", source)
	if cerr := s.Close(); cerr != nil {
		t.Error(cerr)
	}
	return err
}

func TestInterruptStopsAndBreaks(t *testing.T) {
	t.Parallel()
	out := newScreen()
	in, typed := io.Pipe()
	term := terminal.Start(terminal.Options{In: in, Out: out, Debug: debug.Options{StopOnEntry: true}})
	done := make(chan error)
	go func() {
		done <- run(t, term, "io.write('run', 'ning')\nlocal n = 0\nwhile true do\n  n = n + 1\nend", out)
	}()
	out.wait("entry")
	io.WriteString(typed, "c\n")
	out.wait("running")
	if !term.Interrupt() {
		t.Error("the first interrupt is not heard")
	}
	out.wait(": pause")
	io.WriteString(typed, "io.write 'evaluating' while true do end\n")
	out.wait("evaluating")
	if !term.Interrupt() {
		t.Error("the interrupt of an evaluation is not heard")
	}
	out.wait("error: the evaluation was interrupted")
	io.WriteString(typed, "quit\n")
	if err := <-done; !errors.Is(err, debug.ErrQuit) {
		t.Errorf("ended with %v", err)
	}
	if !term.Quitting() || term.Ended("over") {
		t.Error("the terminal does not know that it has quit")
	}
	typed.Close()
	term.Close()
}

func TestCloseLetsTheScriptGoOn(t *testing.T) {
	t.Parallel()
	out := newScreen()
	in, typed := io.Pipe()
	term := terminal.Start(terminal.Options{In: in, Out: out, Debug: debug.Options{StopOnEntry: true}})
	done := make(chan error)
	go func() { done <- run(t, term, "return 1", io.Discard) }()
	out.wait("(gscript) ")
	term.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	typed.Close()
}

func TestScriptThatEndsUnderThePrompt(t *testing.T) {
	t.Parallel()
	out := newScreen()
	in, typed := io.Pipe()
	term := terminal.Start(terminal.Options{In: in, Out: out, Debug: debug.Options{StopOnEntry: true}})
	s := engine.New(engine.Options{Probes: []engine.Probe{term.Debugger()}}).NewState(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := s.Run(ctx, "main.lua", "while true do end")
		done <- err
	}()
	out.wait("(gscript) ")
	cancel()
	if err := <-done; err == nil {
		t.Error("the script has not ended")
	}
	out.wait("the script does not stand here any more")
	s.Close()
	typed.Close()
	term.Close()
}

func TestValuesDoNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	out := newScreen()
	source := "local x = '\\27[2J\\7'\nlocal t = {[x] = x}\nerror(x .. '\\155')"
	term := terminal.Start(terminal.Options{In: strings.NewReader("p x\npp t\nx\nlocals\nprint(nope[x])\nexc\n!error(x)\ndisplay x\nc\n"), Out: out, GoOn: true, Debug: debug.Options{Catch: debug.Uncaught}})
	if err := run(t, term, source, io.Discard); err == nil {
		t.Error("no error")
	}
	term.Close()
	if text := out.String(); strings.ContainsAny(text, "\x1b\x07") || strings.Count(text, "(gscript)") != 9 {
		t.Errorf("shown: %q", text)
	}
}

func TestInputOfTheScriptIsLeft(t *testing.T) {
	t.Parallel()
	out := newScreen()
	in := strings.NewReader("x = 5\r\nc\nfor the script\n")
	term := terminal.Start(terminal.Options{In: in, Out: out, Debug: debug.Options{StopOnEntry: true}})
	if err := run(t, term, "x = 1\nassert(x == 1)", io.Discard); err != nil {
		t.Error(err)
	}
	term.Close()
	rest, _ := io.ReadAll(in)
	if string(rest) != "for the script\n" {
		t.Errorf("left of the input: %q", rest)
	}
}

func TestEmptyLineAndAliases(t *testing.T) {
	t.Parallel()
	out := newScreen()
	term := terminal.Start(terminal.Options{
		In:  strings.NewReader("alias two p %1 ;; p %2 ;; p '%*'\ntwo 1+1 4\nalias\nalias two\nalias x x 1\nunalias two\nn\n\n\nquit\n"),
		Out: out, Debug: debug.Options{StopOnEntry: true},
	})
	if err := run(t, term, "local a = 1\nlocal b = 2\nlocal c = 3\nlocal d = 4\nreturn d", io.Discard); !errors.Is(err, debug.ErrQuit) {
		t.Errorf("ended with %v", err)
	}
	term.Close()
	for _, want := range []string{"(gscript) 2\n4\n\"1+1 4\"\n", "two = p %1", "would call itself", "-> 2 |", "-> 3 |", "-> 4 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

func TestUnfinishedLinesAreEnded(t *testing.T) {
	t.Parallel()
	out := newScreen()
	cursor := &terminal.Cursor{W: out}
	term := terminal.Start(terminal.Options{In: strings.NewReader("n\nc\n"), Out: out, Fresh: cursor.Fresh, GoOn: true, Debug: debug.Options{StopOnEntry: true}})
	if err := run(t, term, "io.write('un', 'finished')\nio.write('fin', 'ished', '\\n')", cursor); err != nil {
		t.Error(err)
	}
	term.Close()
	if !strings.Contains(out.String(), "unfinished\n* main.lua:2") || strings.Contains(out.String(), "\n\n") {
		t.Errorf("shown\n%s", out.String())
	}
}

// keys are what is typed; each text is a piece of input with an end, as Ctrl-D
// makes one on a terminal.
type keys struct{ pieces []io.Reader }

func (k *keys) Read(p []byte) (int, error) {
	if len(k.pieces) == 0 {
		return 0, io.EOF
	}
	n, err := k.pieces[0].Read(p)
	if err == io.EOF {
		k.pieces = k.pieces[1:]
	}
	return n, err
}

func TestEndOfInputLeavesInteract(t *testing.T) {
	t.Parallel()
	out := newScreen()
	typed := &keys{[]io.Reader{strings.NewReader("interact\nn = 7\n"), strings.NewReader("p n + 1\nc\n"), strings.NewReader("")}}
	term := terminal.Start(terminal.Options{In: typed, Out: out, Debug: debug.Options{StopOnEntry: true}})
	if err := run(t, term, "local n = 1\nreturn n", io.Discard); err != nil {
		t.Error(err)
	}
	term.Close()
	if text := out.String(); !strings.Contains(text, "\n(gscript) 8\n") {
		t.Errorf("the debugger's prompt did not come back:\n%s", text)
	}
}
