package module

import (
	"crypto/tls"
	"reflect"
	"slices"
	"testing"
)

type tlsIn struct{}

func TestRecordName(t *testing.T) {
	t.Parallel()
	m := &Module{Name: "http"}
	for _, tt := range []struct {
		typ  reflect.Type
		want string
	}{
		{reflect.TypeFor[tls.Config](), "http.TLSConfig"}, // shared: the package tells what it is of
		{reflect.TypeFor[tlsIn](), "http.TLS"},
		{reflect.TypeFor[Param](), "http.Param"},
		{reflect.TypeFor[struct{ A int }](), ""},
	} {
		if got := recordName(tt.typ, m); got != tt.want {
			t.Errorf("%s is named %q, want %q", tt.typ, got, tt.want)
		}
	}
}

func TestSplitTop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"string", []string{"string"}},
		{"string, integer", []string{"string", "integer"}},
		{"table<string, any>, {a: 1, b: 2}", []string{"table<string, any>", "{a: 1, b: 2}"}},
		{`"a,b", number`, []string{`"a,b"`, "number"}},
		{"fun(a: x, b: y): string, number", []string{"fun(a: x, b: y): string, number"}},
	} {
		if got := splitTop(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestCutType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, typ, doc string }{
		{"string what", "string", "what"},
		{"string", "string", ""},
		{"table<string, any> what it is", "table<string, any>", "what it is"},
		{"string | number what", "string | number", "what"},
		{"fun(a: string, b: number): boolean what", "fun(a: string, b: number): boolean", "what"},
		{`"a b"|"c" what`, `"a b"|"c"`, "what"},
		{"{ a: string } what", "{ a: string }", "what"},
	} {
		if typ, doc := cutType(tt.text); typ != tt.typ || doc != tt.doc {
			t.Errorf("%s: %q and %q", tt.text, typ, doc)
		}
	}
}

func TestSecretDefaultIsNotShown(t *testing.T) {
	t.Parallel()
	p := Param{Name: "key", Place: Option, Default: "hunter2", Secret: true, Doc: "the key", Go: reflect.TypeFor[string]()}
	for _, text := range []string{defaultText(p), given(p, false), noteWithDefault(p)} {
		if text != "" && text != "the key (secret: never shown)" {
			t.Errorf("shows %q", text)
		}
	}
}
