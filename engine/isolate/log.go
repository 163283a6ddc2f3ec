package isolate

import (
	"context"
	"log/slog"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/internal/wire"
)

// forwarder is the slog.Handler of a child: records go to the parent's logger.
type forwarder struct {
	to     *frameWriter
	level  slog.Level
	attrs  []slog.Attr
	prefix string
}

func (f *forwarder) Enabled(_ context.Context, level slog.Level) bool { return level >= f.level }

func (f *forwarder) Handle(_ context.Context, r slog.Record) error {
	pairs := engine.Object{}
	add := func(prefix string, a slog.Attr) {
		pairs = append(pairs, engine.Pair{Key: prefix + a.Key, Value: a.Value.Resolve().String()})
	}
	for _, a := range f.attrs {
		add("", a)
	}
	r.Attrs(func(a slog.Attr) bool {
		add(f.prefix, a)
		return true
	})
	data, err := wire.Encode("log", []any{int(r.Level), r.Message, pairs}, maxFrame)
	if err != nil {
		return err
	}
	return f.to.send(frameLog, data)
}

func (f *forwarder) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *f
	c.attrs = append([]slog.Attr{}, f.attrs...)
	for _, a := range attrs {
		c.attrs = append(c.attrs, slog.Attr{Key: f.prefix + a.Key, Value: a.Value})
	}
	return &c
}

func (f *forwarder) WithGroup(name string) slog.Handler {
	c := *f
	c.prefix += name + "."
	return &c
}

// logRecord hands a record of the child to the parent's logger.
func logRecord(to *slog.Logger, data []byte) error {
	values, err := wire.Decode(data)
	if err != nil || len(values) != 3 {
		return wire.ErrGarbled
	}
	level, ok1 := values[0].(float64)
	message, ok2 := values[1].(string)
	pairs, ok3 := values[2].(engine.Object)
	if !ok1 || !ok2 || !ok3 {
		return wire.ErrGarbled
	}
	ctx := context.Background()
	if !to.Enabled(ctx, slog.Level(level)) {
		return nil
	}
	r := slog.NewRecord(time.Now(), slog.Level(level), message, 0)
	for _, p := range pairs {
		text, _ := p.Value.(string)
		r.AddAttrs(slog.String(p.Key, text))
	}
	return to.Handler().Handle(ctx, r)
}

// lowest is the level from which on a logger keeps records.
func lowest(log *slog.Logger) slog.Level {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if log.Enabled(context.Background(), level) {
			return level
		}
	}
	return slog.LevelError + 1
}
