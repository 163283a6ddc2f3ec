package jsonconv

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	big := engine.Object{}
	text := "{"
	for i := range 40 {
		key := strings.Repeat("k", i+1)
		big = append(big, engine.Pair{Key: key, Value: float64(i)})
		text += `"` + key + `":` + strings.Repeat(" ", i) + "0,"
	}
	for i := range 40 { // again: the last value counts, the first place
		text += `"` + strings.Repeat("k", i+1) + `":` + string(rune('0'+i/10)) + "." + string(rune('0'+i%10)) + "e1,"
	}
	text = strings.TrimSuffix(text, ",") + "}"
	for _, tt := range []struct {
		in   string
		want any
	}{
		{`null`, engine.Null},
		{" true\n", true},
		{"\xEF\xBB\xBFfalse", false},
		{`-0.5e+2`, -50.0},
		{`0`, 0.0},
		{`""`, ""},
		{`"a\"\\\/\b\f\n\r\tA\ud83d\ude00é"`, "a\"\\/\b\f\n\r\tA😀é"},
		{`"\ud800x\u0000"`, "\uFFFDx\x00"},
		{`"\ud800A"`, "\uFFFDA"},
		{`[]`, engine.List{}},
		{`[ 1 , [ ] , null ]`, engine.List{1.0, engine.List{}, engine.Null}},
		{`{}`, engine.Object{}},
		{`{"b":1, "a" : {"c":null}}`, engine.Object{{Key: "b", Value: 1.0}, {Key: "a", Value: engine.Object{{Key: "c", Value: engine.Null}}}}},
		{`{"a":1,"b":2,"a":3}`, engine.Object{{Key: "a", Value: 3.0}, {Key: "b", Value: 2.0}}},
		{text, big},
	} {
		got, err := Decode([]byte(tt.in))
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Decode(%q) = %#v, %v; want %#v", tt.in, got, err, tt.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{``, "a value is missing: there is the end of the text at line 1, column 1"},
		{"{\n\"é\": x}", `there is 'x' at line 2, column 6`},
		{`[1,]`, "a comma stands before ']' at line 1, column 4"},
		{`[1 2]`, "a comma or ']' is missing"},
		{`{"a":1,}`, "a comma stands before '}'"},
		{`{a:1}`, "a key in quotes is missing"},
		{`{"a" 1}`, "a colon is missing"},
		{`{"a":1`, "a comma or '}' is missing: there is the end"},
		{`1 2`, "'2' after the value"},
		{`nullx`, "'x' after the value"},
		{`01`, "a number starts with 0"},
		{`-`, "a digit is missing"},
		{`1.`, "after the point"},
		{`1e`, "in the exponent"},
		{`1e400`, "a number is too large"},
		{`"a`, "a string does not end"},
		{`"\x"`, "unknown escape"},
		{`"\u12"`, "four hexadecimal digits"},
		{"\"a\nb\"", "a control character"},
		{"\"\\n\x01\"", "a control character"},
		{"\"\xff\"", "not UTF-8"},
		{"\"\\n\xff\"", "not UTF-8"},
		{"\x00", "a value is missing"},
		{`NaN`, "a value is missing"},
		{strings.Repeat("[", MaxDepth+1), "more than 200 levels"},
		{strings.Repeat(`{"a":`, 1e6), "more than 200 levels"},
	} {
		v, err := Decode([]byte(tt.in))
		if engine.KindOf(err) != "json.syntax" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Decode(%.40q) = %v, %v; want %q", tt.in, v, err, tt.want)
		}
	}
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	if _, err := Decode([]byte(deep)); err != nil {
		t.Errorf("%d levels: %v", MaxDepth, err)
	}
}

func TestBigIntegers(t *testing.T) {
	t.Parallel()
	in := `[9007199254740993, -9007199254740993, 9007199254740991, 1e20, ` + strings.Repeat("9", 400) + `]`
	got, err := DecodeWith([]byte(in), DecodeOptions{BigAsText: true})
	want := engine.List{"9007199254740993", "-9007199254740993", float64(1<<53 - 1), 1e20, strings.Repeat("9", 400)}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

type box int64

func (b box) Int64() int64 { return int64(b) }

func TestBoxedIntegers(t *testing.T) {
	t.Parallel()
	o := DecodeOptions{Box: func(n int64) any { return box(n) }}
	in := `[9007199254740991,9007199254740992,9007199254740993,-9007199254740991,-9007199254740993,9223372036854775807,-9223372036854775808,9007199254740993.5,1e300]`
	got, err := DecodeWith([]byte(in), o)
	want := engine.List{float64(1<<53 - 1), box(1 << 53), box(1<<53 + 1), float64(-(1<<53 - 1)), box(-(1<<53 + 1)), box(math.MaxInt64), box(math.MinInt64), 9007199254740994.0, 1e300}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	text, err := Encode(got.(engine.List)[:7], EncodeOptions{})
	if head := strings.Split(in, ",9007199254740993.5")[0] + "]"; err != nil || string(text) != head {
		t.Errorf("wrote %s, %v; want %s", text, err, head)
	}
	for _, text := range []string{"9223372036854775808", "-9223372036854775809", "18446744073709551615", strings.Repeat("9", 400)} {
		_, err := DecodeWith([]byte("[1,\n  "+text+"]"), o)
		var e *engine.Error
		if !errors.As(err, &e) || e.Kind != "json.range" || e.Fields["line"] != 2 || e.Fields["column"] != 3 || !strings.Contains(e.Message, text[:min(len(text), 30)]) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := DecodeWith([]byte("1e400"), o); engine.KindOf(err) != "json.syntax" {
		t.Errorf("1e400: %v", err)
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	data := engine.Object{
		{Key: "z", Value: engine.List{1.0, 0.1, -3.0, 1e21, 1e-7, 1e15}},
		{Key: "a\"\n\x01", Value: "é\u2028</script>"},
		{Key: "n", Value: engine.Null}, {Key: "e", Value: engine.List{}}, {Key: "o", Value: engine.Object{}},
		{Key: "m", Value: map[string]any{"y": nil, "x": []any{true}}},
	}
	for _, tt := range []struct {
		o    EncodeOptions
		want string
	}{
		{EncodeOptions{}, `{"z":[1,0.1,-3,1e+21,1e-07,1000000000000000],"a\"\n\u0001":"é` + "\u2028" + `</script>","n":null,"e":[],"o":{},"m":{"x":[true],"y":null}}`},
		{EncodeOptions{Sort: true, Indent: "  "}, `{
  "a\"\n\u0001": "é` + "\u2028" + `</script>",
  "e": [],
  "m": {
    "x": [
      true
    ],
    "y": null
  },
  "n": null,
  "o": {},
  "z": [
    1,
    0.1,
    -3,
    1e+21,
    1e-07,
    1000000000000000
  ]
}`},
	} {
		got, err := Encode(data, tt.o)
		if err != nil || string(got) != tt.want {
			t.Errorf("Encode(%+v) = %s, %v; want %s", tt.o, got, err, tt.want)
		}
		if !json.Valid(got) {
			t.Errorf("%s is not JSON", got)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	deep := any(engine.List{})
	for range MaxDepth {
		deep = engine.List{deep}
	}
	for _, tt := range []struct {
		in   any
		want string
	}{
		{math.NaN(), "the value is NaN"},
		{engine.Object{{Key: "a", Value: engine.List{1.0, math.Inf(1)}}}, "a[2] is +Inf"},
		{engine.Object{{Key: "s", Value: "\xff"}}, "s is a string that is not UTF-8"},
		{&engine.Func{}, "the value is a function"},
		{engine.List{struct{}{}}, "[1] is a handle"},
		{engine.List{errors.New("x")}, "[1] is a handle or an error"},
		{deep, "more than 200 levels"},
	} {
		got, err := Encode(tt.in, EncodeOptions{})
		if engine.KindOf(err) != "json.value" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Encode(%.40v) = %.40s, %v; want %q", tt.in, got, err, tt.want)
		}
	}
}

// FuzzDecode compares with encoding/json, and reads back what Encode writes.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u00e9"],"a":null}`, `[[[]]]`, `"\ud83d\ude00"`, `-0`, `tru`, "\xEF\xBB\xBF1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Decode(data)
		if err != nil {
			if engine.KindOf(err) != "json.syntax" {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		plain := data
		if len(plain) >= 3 && string(plain[:3]) == "\xEF\xBB\xBF" {
			plain = plain[3:]
		}
		if !json.Valid(plain) {
			t.Fatalf("%q was taken as %v", data, v)
		}
		text, err := Encode(v, EncodeOptions{})
		if err != nil {
			t.Fatalf("Encode of Decode(%q): %v", data, err)
		}
		again, err := Decode(text)
		if err != nil || !reflect.DeepEqual(v, again) {
			t.Fatalf("%q became %#v, then %s, then %#v (%v)", data, v, text, again, err)
		}
	})
}
