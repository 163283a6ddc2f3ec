package module_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine/module"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	modules := []*module.Module{web(), {Name: "websocket", Doc: "Talk both ways."}, {Name: "fs"}}
	for _, tt := range []struct{ text, want string }{
		{"we", "web websocket"},
		{"local x = we", "web websocket"},
		{"", "fs web websocket"},
		{"web", "web websocket"},
		{"web.", "web.Client web.each web.get web.list web.null web.run web.version web.walk"},
		{"print(web.ge", "web.get"},
		{"web.Cl", "web.Client"},
		{"web.Client:", "web.Client:close web.Client:fetch"},
		{"web.Client.h", "web.Client.host"},
		{"web.x", ""},
		{"nothing", ""},
		{`web.get("u", {t`, "timeout tls token"},
		{`web.get("u", {timeout=3, tl`, "tls"},
		{`web.get{u`, "url"},
		{`local r = web.list(".", { `, "depth dir sort"},
		{`web.get("u", {params={a=1}, tl`, "tls"},
		{`web.get("u", {timeout=we`, "web websocket"},
		{`print(web.get("{"), we`, "web websocket"},
		{`local t = {we`, "web websocket"},
	} {
		var names []string
		for _, c := range module.Complete(modules, tt.text) {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
	}
	got := module.Complete(modules, "web.walk")[0]
	want := module.Completion{Name: "web.walk", Kind: "function", Signature: `web.walk(dir?, {depth=3, sort="name"}) -> fun(): string, web.Entry`, Summary: "Walk a tree."}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
