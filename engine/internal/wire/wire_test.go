package wire

import (
	"reflect"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/value"
)

func TestWire(t *testing.T) {
	t.Parallel()
	cause := &fault.Error{Kind: "inner", Message: "m"}
	values := []any{nil, true, false, 1.5, "a\x00\xff", value.Null,
		value.List{}, value.List{1.0, value.List{"x"}}, value.Object{{Key: "", Value: 2.0}, {Key: "k", Value: nil}},
		&fault.Error{Kind: "a.b", Op: "op", Target: "t", Message: "m", Hint: "h", Code: 7.0, Retryable: true,
			Fields: map[string]any{"f": "v"}, Traceback: "x:1", Cause: cause},
	}
	data, err := Encode("v", values, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil || !reflect.DeepEqual(got, values) {
		t.Errorf("got %#v, %v", got, err)
	}
	if _, err := Encode("v", values, len(data)-1); err != ErrTooLarge {
		t.Errorf("one byte too few: %v", err)
	}
	var nested any = value.List{}
	for range 300 {
		nested = value.List{nested}
	}
	if _, err := Encode("v", []any{nested}, 1<<20); fault.KindOf(err) != "copy.refused" {
		t.Errorf("deep: %v", err)
	}
	if _, err := Encode("v", []any{map[string]any{"a": []any{1, func() {}}}}, 1<<20); err == nil || !strings.Contains(err.Error(), "v[1].a[2]") {
		t.Errorf("the way to a function: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	data, _ := Encode("v", []any{"x", 1, value.Object{{Key: "k", Value: value.List{true}}}, &fault.Error{Kind: "k"}}, 1<<20)
	f.Add(data)
	f.Add([]byte("l\xff\xff\xff\xff"))
	f.Add([]byte(strings.Repeat("l\x00\x00\x00\x01", 1000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode("v", values, 1<<30)
		if err != nil {
			t.Fatalf("%#v: %v", values, err)
		}
		if back, err := Decode(again); err != nil || len(back) != len(values) {
			t.Fatalf("%#v came back as %#v, %v", values, back, err)
		}
	})
}
