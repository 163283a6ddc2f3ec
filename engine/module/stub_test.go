package module_test

import (
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"

	"github.com/gscript-lang/gscript/engine/module"
)

func TestStub(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"stub_web.lua": module.Stub(web()), "stub_globals.lua": module.GlobalsStub()} {
		if _, err := parse.Parse(strings.NewReader(text), name); err != nil {
			t.Errorf("%s is not Lua: %v", name, err)
		}
		golden(t, name, text)
	}
}

func TestStubOfKeywords(t *testing.T) {
	t.Parallel()
	m := &module.Module{Name: "end.repeat", Funcs: []*module.Func{{Name: "f", Params: []module.Param{{Name: "until", Lua: "number"}}}}}
	if _, err := parse.Parse(strings.NewReader(module.Stub(m)), "stub"); err != nil {
		t.Errorf("%v in\n%s", err, module.Stub(m))
	}
}

func TestSharedTableIsNamedUnderEachModule(t *testing.T) {
	t.Parallel()
	other := web()
	other.Name = "mail"
	if s := module.Stub(other); !strings.Contains(s, "---@class mail.TLSOptions\n") || strings.Contains(s, "web.TLSOptions") {
		t.Error("the table of web stands in the stub of mail")
	}
}
