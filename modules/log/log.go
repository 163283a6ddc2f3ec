package log

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/meter"
)

type level int

const (
	debug level = iota
	info
	warn
	severe
	off
)

var levels = []struct {
	level     level
	name, doc string
}{
	{debug, "debug", "for whoever looks for a fault"},
	{info, "info", "for what goes as it should"},
	{warn, "warn", "for what somebody should look at"},
	{severe, "error", "for what has failed"},
	{off, "off", ""},
}

func levelOf(name string) level {
	for _, l := range levels {
		if l.name == name {
			return l.level
		}
	}
	return info
}

// Logger writes lines with a level and data.
type Logger struct {
	host   *host.Host
	level  level
	json   bool
	fields engine.Object
	sink   *sink
}

// book is what the module keeps in a state: the logger behind its own functions
// and the open files, which are closed with the state.
type book struct {
	mu    sync.Mutex
	log   *Logger
	files map[*sink]struct{}
}

type bookKey struct{}

func bookOf(c *engine.Call) *book {
	return c.Local(bookKey{}, func() any { return &book{files: map[*sink]struct{}{}} }).(*book)
}

// Close closes the files.
func (b *book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for s := range b.files {
		errs = append(errs, s.close())
	}
	clear(b.files)
	return errors.Join(errs...)
}

// logger returns the logger behind the module's functions.
func (b *book) logger(c *engine.Call) *Logger {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.log == nil {
		b.log = fresh(c)
	}
	return b.log
}

func fresh(c *engine.Call) *Logger {
	term := c.Host().Terminal
	s := &sink{w: meter.Stderr(c), color: term.Color(2), short: term.IsTerminal(2)}
	return &Logger{host: c.Host(), level: firstLevel(c.Host().Log), sink: s}
}

// firstLevel follows the program's own log, so that the command's --verbose and
// --quiet mean the same for both. A log that takes nothing at all says nothing.
func firstLevel(program *slog.Logger) level {
	takes := func(l slog.Level) bool { return program.Enabled(context.Background(), l) }
	switch {
	case takes(slog.LevelDebug):
		return debug
	case !takes(slog.LevelError) && takes(slog.LevelError+1):
		return severe
	}
	return info
}

// sink is where lines go.
type sink struct {
	mu     sync.Mutex
	w      io.Writer
	file   host.File // nil for standard error
	color  bool
	short  bool // a terminal: the time of day is enough
	closed bool
}

func (s *sink) write(line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return &engine.Error{Kind: engine.KindHandleClosed, Message: "the logger is closed"}
	}
	_, err := io.WriteString(s.w, line)
	return err
}

// close closes a file; standard error stays open.
func (s *sink) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.file == nil {
		return nil
	}
	s.closed = true
	return s.file.Close()
}

func (b *book) open(c *engine.Call, name string) (*sink, error) {
	f, err := c.Host().Files.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	s := &sink{w: f, file: f}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[s] = struct{}{}
	return s, nil
}

func (b *book) drop(s *sink) error {
	b.mu.Lock()
	delete(b.files, s)
	b.mu.Unlock()
	return s.close()
}

// changed returns l with the options applied.
func (l *Logger) changed(c *engine.Call, in setIn) (*Logger, error) {
	n := *l
	if in.Level != "" {
		n.level = levelOf(in.Level)
	}
	if in.Format != "" {
		n.json = in.Format == "json"
	}
	if in.File == "" {
		return &n, nil
	}
	var err error
	n.sink, err = bookOf(c).open(c, in.File)
	return &n, err
}

// set leaves a file that is replaced open: loggers of with may write to it.
func set(c *engine.Call, in setIn) (engine.None, error) {
	b := bookOf(c)
	n, err := b.logger(c).changed(c, in)
	if err != nil {
		return engine.None{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.log = n
	return engine.None{}, nil
}

func create(c *engine.Call, in setIn) (*Logger, error) { return fresh(c).changed(c, in) }

func (l *Logger) shut(c *engine.Call, _ engine.None) (engine.None, error) {
	return engine.None{}, bookOf(c).drop(l.sink)
}

func with(c *engine.Call, in withIn) (*Logger, error) { return bookOf(c).logger(c).with(c, in) }

func (l *Logger) with(_ *engine.Call, in withIn) (*Logger, error) {
	fields, err := objectOf(in.Fields)
	if err != nil {
		return nil, err
	}
	n := *l
	n.fields = merged(l.fields, fields)
	return &n, nil
}

func lineAt(at level) func(*engine.Call, lineIn) (engine.None, error) {
	return func(c *engine.Call, in lineIn) (engine.None, error) {
		return engine.None{}, bookOf(c).logger(c).line(at, in)
	}
}

func methodAt(at level) func(*Logger, *engine.Call, lineIn) (engine.None, error) {
	return func(l *Logger, _ *engine.Call, in lineIn) (engine.None, error) {
		return engine.None{}, l.line(at, in)
	}
}

func (l *Logger) line(at level, in lineIn) error {
	fields, err := objectOf(in.Fields)
	if err != nil || at < l.level {
		return err
	}
	e := event{at: l.host.Clock.Now(), level: at, message: in.Message, fields: hideSecrets(merged(l.fields, fields))}
	if l.json {
		return l.sink.write(e.json())
	}
	return l.sink.write(e.text(l.sink.short, l.sink.color))
}

func objectOf(v any) (engine.Object, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case engine.Object:
		return v, nil
	}
	return nil, engine.Invalid("argument 'fields' must be a table with names as keys")
}

// merged puts the later fields behind the earlier ones and in place of those of
// the same name.
func merged(early, late engine.Object) engine.Object {
	all := append(engine.Object{}, early...)
next:
	for _, p := range late {
		for i := range all {
			if all[i].Key == p.Key {
				all[i].Value = p.Value
				continue next
			}
		}
		all = append(all, p)
	}
	return all
}
