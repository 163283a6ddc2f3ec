package isolate

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestFrames(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := &frameWriter{w: &b}
	if err := w.sendPieces(frameOut, bytes.Repeat([]byte("x"), piece+1)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{piece, 1} {
		if kind, payload, err := readFrame(&b, nil); kind != frameOut || len(payload) != want || err != nil {
			t.Errorf("%c, %d bytes, %v", kind, len(payload), err)
		}
	}
	if _, _, err := readFrame(strings.NewReader("o\xff\xff\xff\xffx"), nil); err == nil {
		t.Error("a length that nobody sends is taken")
	}
	if _, _, err := readFrame(strings.NewReader("o\x00\x00\x00\x09x"), nil); err == nil {
		t.Error("a message cut off is taken")
	}
}

func TestLogCrosses(t *testing.T) {
	t.Parallel()
	var wire, out bytes.Buffer
	child := slog.New(&forwarder{to: &frameWriter{w: &wire}, level: slog.LevelInfo})
	child.Debug("not seen")
	child.With("a", 1).WithGroup("g").Info("message", "b", "two words")
	_, payload, err := readFrame(&wire, nil)
	if err != nil || wire.Len() > 0 {
		t.Fatalf("%v, %d bytes more", err, wire.Len())
	}
	if err := logRecord(slog.New(slog.NewTextHandler(&out, nil)), payload); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "level=INFO msg=message a=1 g.b=\"two words\"\n") {
		t.Errorf("got %q", out.String())
	}
	if logRecord(slog.New(slog.DiscardHandler), []byte("junk")) == nil {
		t.Error("junk is taken for a record")
	}
}

func TestMarker(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "1", "1 1 true x", "x"} {
		if _, ok := bootOf(value); ok {
			t.Errorf("%q makes a child", value)
		}
	}
}
