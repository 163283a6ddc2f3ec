package mock

import (
	"slices"
	"strings"
	"sync"

	"github.com/gscript-lang/gscript/engine"
)

// routes say how a fake answers, by patterns.
type routes struct {
	mu   sync.Mutex
	list []*route
}

// route answers what fits its pattern; a * in it stands for any text.
type route struct {
	pattern string
	answers []any // one for each use; the last one stays
	used    int
}

func newRoutes(v any) (*routes, error) {
	r := &routes{}
	switch v := v.(type) {
	case nil:
	case engine.Object:
		for _, p := range v {
			r.add(p.Key, p.Value)
		}
	case engine.List:
		if len(v) > 0 {
			return nil, engine.Invalid("routes are a table of names and answers, not a list")
		}
	default:
		return nil, engine.Invalid("routes are a table of names and answers")
	}
	return r, nil
}

// add puts a route in the place of one with the same pattern.
func (r *routes) add(pattern string, answer any) {
	own := &route{pattern: strings.Join(strings.Fields(pattern), " "), answers: []any{answer}}
	if list, ok := answer.(engine.List); ok && len(list) > 0 {
		own.answers = list
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.DeleteFunc(r.list, func(old *route) bool { return old.pattern == own.pattern })
	r.list = append(r.list, own)
}

// find takes the next answer of the route for the first text that has one: an
// exact one before one with a *, a longer pattern before a shorter one.
func (r *routes) find(texts ...string) (answer any, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, text := range texts {
		var best *route
		for _, each := range r.list {
			if each.pattern == text {
				best = each
				break
			}
			if fits(each.pattern, text) && (best == nil || len(each.pattern) > len(best.pattern)) {
				best = each
			}
		}
		if best != nil {
			answer = best.answers[min(best.used, len(best.answers)-1)]
			best.used++
			return answer, true
		}
	}
	return nil, false
}

// patterns lists the patterns.
func (r *routes) patterns() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]string, len(r.list))
	for i, each := range r.list {
		list[i] = each.pattern
	}
	return list
}

// fits matches a text with a pattern.
func fits(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// unexpected is the error for what no route answers.
func (r *routes) unexpected(what, text, hint string) error {
	e := engine.Errorf(errUnexpected, "unexpected %s: %s", what, text)
	all := r.patterns()
	if near := engine.Suggest(text, all); near != "" {
		return e.WithHint("did you mean %q? %s", near, hint)
	}
	if len(all) == 0 {
		return e.WithHint("there are no routes; %s", hint)
	}
	return e.WithHint("there are: %s; %s", strings.Join(all, ", "), hint)
}
