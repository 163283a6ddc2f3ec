package http

import (
	"maps"
	nethttp "net/http"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
)

// Headers are the headers of an answer or a request. Case does not matter.
type Headers struct{ h nethttp.Header }

type headerIn struct {
	Name string `lua:"name,wire" doc:"name of the header, in any case"`
}

// get joins the values of a header, as they may be by the protocol; Set-Cookie
// may not, so its first value stands for it.
func (h *Headers) get(name string) (string, bool) {
	values := h.h.Values(name)
	switch {
	case len(values) == 0:
		return "", false
	case strings.EqualFold(name, "Set-Cookie"):
		return values[0], true
	}
	return strings.Join(values, ", "), true
}

func (h *Headers) all(_ *engine.Call, in headerIn) ([]string, error) {
	return append([]string{}, h.h.Values(in.Name)...), nil
}

func headersType() *engine.Type {
	t := engine.TypeOf[*Headers]("http.Headers", "Headers of an answer or a request: headers[\"content-type\"] in any case, nil where there is none. pairs lists them. A header that came several times is joined by commas.",
		engine.Method("all", "List the values of a header that may come several times.", (*Headers).all).
			AsInline().
			Returning("the values in their order, none where the header is not there").
			Example(`
				local http = require "http"
				local srv = http.serve{}
				srv:get("/", function(req, res) res:cookie("a", "1") res:cookie("b", "2") end)
				print(#http.get(srv.url).headers:all("set-cookie"))   --> 2
				srv:stop()`),
	)
	t.Index = func(self any, key string) (any, bool) { return self.(*Headers).get(key) }
	t.Pairs = func(self any) []module.Entry {
		h := self.(*Headers)
		var list []module.Entry
		for _, name := range slices.Sorted(maps.Keys(h.h)) {
			value, _ := h.get(name)
			list = append(list, module.Entry{Key: name, Value: value})
		}
		return list
	}
	return t
}
