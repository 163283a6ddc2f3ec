package isolate

import (
	"bytes"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestWire(t *testing.T) {
	t.Parallel()
	cause := &engine.Error{Kind: "inner", Message: "m"}
	values := []any{nil, true, false, 1.5, "a\x00\xff", engine.Null,
		engine.List{}, engine.List{1.0, engine.List{"x"}}, engine.Object{{Key: "", Value: 2.0}, {Key: "k", Value: nil}},
		&engine.Error{Kind: "a.b", Op: "op", Target: "t", Message: "m", Hint: "h", Code: 7.0, Retryable: true,
			Fields: map[string]any{"f": "v"}, Traceback: "x:1", Cause: cause},
	}
	data, err := encodeValues("v", values, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeValues(data)
	if err != nil || !reflect.DeepEqual(got, values) {
		t.Errorf("got %#v, %v", got, err)
	}
	if _, err := encodeValues("v", values, len(data)-1); err != errTooLarge {
		t.Errorf("one byte too few: %v", err)
	}
	var nested any = engine.List{}
	for range 300 {
		nested = engine.List{nested}
	}
	if _, err := encodeValues("v", []any{nested}, 1<<20); engine.KindOf(err) != "copy.refused" {
		t.Errorf("deep: %v", err)
	}
	if _, err := encodeValues("v", []any{map[string]any{"a": []any{1, func() {}}}}, 1<<20); err == nil || !strings.Contains(err.Error(), "v[1].a[2]") {
		t.Errorf("the way to a function: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	data, _ := encodeValues("v", []any{"x", 1, engine.Object{{Key: "k", Value: engine.List{true}}}, &engine.Error{Kind: "k"}}, 1<<20)
	f.Add(data)
	f.Add([]byte("l\xff\xff\xff\xff"))
	f.Add([]byte(strings.Repeat("l\x00\x00\x00\x01", 1000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := decodeValues(data)
		if err != nil {
			return
		}
		again, err := encodeValues("v", values, 1<<30)
		if err != nil {
			t.Fatalf("%#v: %v", values, err)
		}
		if back, err := decodeValues(again); err != nil || len(back) != len(values) {
			t.Fatalf("%#v came back as %#v, %v", values, back, err)
		}
	})
}

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
