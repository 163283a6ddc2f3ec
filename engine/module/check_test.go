package module_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/internal/value"
	"github.com/gscript-lang/gscript/engine/module"
)

func TestCheckAcceptsGoodModule(t *testing.T) {
	t.Parallel()
	for _, err := range module.Check(web()) {
		t.Error(err)
	}
}

type badDefaults struct {
	A value.Duration `lua:"a,opt" default:"soon" doc:"x"`
	B value.Size     `lua:"b,opt" default:"10XB" doc:"x"`
	C int8           `lua:"c,opt" default:"300" doc:"x"`
	D bool           `lua:"d,opt" default:"yes" doc:"x"`
	E string         `lua:"e,opt" enum:"a|b" default:"c" doc:"x"`
	F *tlsOptions    `lua:"f,opt" default:"tls" doc:"x"`
	G map[string]int `lua:"g,opt" default:"{}" doc:"x"`
	H string         `lua:"h,opt,need" default:"x" doc:"x"`
	I *float64       `lua:"i,opt" default:"1.5" doc:"x"`
}

type badOrder struct {
	A string   `lua:"a,arg" doc:"x"`
	B string   `lua:"b" doc:"x"`
	C []string `lua:"c,rest" doc:"x"`
	D string   `lua:"d" doc:"x"`
}

type undocumented struct {
	X  string `lua:"Upper"`
	Y  string `lua:"end,opt" doc:"x"`
	Y2 string `lua:"end,opt" doc:"x"`
	In struct {
		Z string `lua:"z,opt"`
	} `lua:"in_,opt" doc:"x"`
}

func TestCheck(t *testing.T) {
	t.Parallel()
	bad := func(change func(m *module.Module)) *module.Module {
		m := web()
		change(m)
		return m
	}
	replace := func(f *module.Func) *module.Module {
		return bad(func(m *module.Module) { m.Funcs, m.Call = []*module.Func{f.Example("x()")}, "" })
	}
	for _, tt := range []struct {
		name string
		m    *module.Module
		want string // lines
	}{
		{"module", &module.Module{Name: "My-Mod"}, "My-Mod: the module's name \"My-Mod\" is not snake_case\nMy-Mod: has no doc"},
		{"doc", bad(func(m *module.Module) { m.Funcs[0].Doc = "fetch it" }),
			"web.get: the doc does not start with a capital letter: \"fetch it\"\nweb.get: the doc does not end with a full stop: \"fetch it\""},
		{"function", bad(func(m *module.Module) { m.Funcs[0].Name, m.Funcs[0].Examples = "Get", nil }),
			"web.Get: the function's name \"Get\" is not snake_case\nweb.Get: has no example"},
		{"twice", bad(func(m *module.Module) { m.Funcs[1].Name = "get" }), "web: has two members named \"get\"\nweb.GetOptions: names both the options of web.get and the options of web.get"},
		{"kind", bad(func(m *module.Module) {
			m.Kinds = append(m.Kinds, &module.Kind{Name: "other.kind", Doc: "It is."}, &module.Kind{Name: "tls.old", Doc: "It is."}, &module.Kind{Name: "web", Doc: "No"})
		}), "kind other.kind: the name does not begin with \"web.\"\nkind web: the doc does not end with a full stop: \"No\"\nkind web: the name does not begin with \"web.\""},
		{"raised", bad(func(m *module.Module) { m.Funcs[0].Raises(&module.Kind{Name: "web.lost", Doc: "It is."}) }),
			"web.get: raises web.lost, which the module does not declare in its Kinds"},
		{"type", bad(func(m *module.Module) { m.Types[0].Name = "Client"; m.Types[0].Props[0].Doc = "" }),
			"Client: a type is named web.CamelCase\nClient.host: has no doc"},
		{"call", bad(func(m *module.Module) { m.Call = "open" }), "web: a call of it stands for the function \"open\", which it does not have"},
		{"operator", bad(func(m *module.Module) {
			m.Types[0].Operators = append(m.Types[0].Operators,
				&module.Operator{Event: "__add", Doc: "again", Examples: []string{"x()"}},
				(&module.Operator{Event: "__idiv", Doc: "Divide."}).Raises(&module.Kind{Name: "web.lost", Doc: "It is."}))
		}), "web.Client __add: the doc does not start with a capital letter: \"again\"\nweb.Client __add: the doc does not end with a full stop: \"again\"\n" +
			"web.Client __idiv: Lua has no such operator\nweb.Client __idiv: has no example\nweb.Client __idiv: raises web.lost, which the module does not declare in its Kinds\n" +
			"web.Client: has two members named \"__add\""},
		{"result", replace(fn[none]("f", "Do.", reflect.TypeFor[any]())), "web.f: the result any does not explain itself: say what it is with Returning or ReturningType"},
		{"order", replace(fn[badOrder]("f", "Do.", nil)),
			"web.f: the required parameter b stands after the optional a\nweb.f: the required parameter d stands after the optional a\nweb.f: the parameter d stands after c, which takes all that follow"},
		{"params", replace(fn[undocumented]("f", "Do.", nil)),
			"web.f: the parameter's name \"Upper\" is not snake_case\nweb.f: Upper: has no doc\nweb.f: the parameter's name \"end\" is a word of Lua's own\nweb.f: in_: z: has no doc\nweb.f: has two members named \"end\""},
		{"defaults", replace(fn[badDefaults]("f", "Do.", nil)), `web.f: a: the default "soon": "soon" is not a duration: write seconds (0.3) or units ("300ms", "1m30s")
web.f: b: the default "10XB": "10XB" is not a size: write bytes (1048576) or a unit ("10MiB", "64k")
web.f: c: the default "300": strconv.ParseInt: parsing "300": value out of range
web.f: d: the default "yes": is neither true nor false
web.f: e: the default "c": is not one of a, b
web.f: f: the default "tls": is not one of explicit, implicit, none
web.f: g: the default "{}": a map cannot have one
web.f: h: is required, so its default is never used`},
		{"short", replace(fn[tlsOptions]("f", "Do.", nil)), "web.f: short marks one field of a table inside the parameters; it marks 1 here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, err := range module.Check(tt.m) {
				got = append(got, err.Error())
			}
			if s := strings.Join(got, "\n"); s != tt.want {
				t.Errorf("got\n%s\nwant\n%s", s, tt.want)
			}
		})
	}
}
