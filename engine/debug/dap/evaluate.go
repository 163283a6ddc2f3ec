package dap

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/inspect"
)

// somewhere is a frame, or the innermost one of what has stopped when id is 0.
func (s *server) somewhere(id int) (frameRef, error) {
	if id != 0 {
		return s.frameOf(id)
	}
	for _, session := range s.d.Sessions() {
		if st := session.Stopped(); st != nil {
			ref := frameRef{stop: st}
			err := st.Do(func(at engine.Spot) { _, ref.index = debug.Frames(at, 0, mostFrames) })
			return ref, err
		}
	}
	return frameRef{}, debug.ErrRunning
}

func (s *server) evaluate(r *dap.EvaluateRequest) {
	a := r.Arguments
	ref, err := s.somewhere(a.FrameId)
	var body dap.EvaluateResponseBody
	if err == nil {
		var eerr error
		err = ref.at(func(f engine.StackFrame) {
			var values []engine.Value
			if values, eerr = ref.stop.Session.Eval(f, a.Expression); eerr != nil || len(values) == 0 {
				return
			}
			if a.Context == "clipboard" {
				body.Result = copied(values)
				return
			}
			var text string
			text, body.Type, body.VariablesReference, body.NamedVariables, body.IndexedVariables = s.shown(ref, values[0], a.Expression)
			for _, more := range values[1:] {
				t, _, _, _, _ := s.shown(ref, more, "")
				text += ", " + t
			}
			body.Result = text
		})
		err = errors.Join(err, eerr)
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	s.reply(r, &dap.EvaluateResponse{Body: body})
}

// copied is values for the clipboard: a text as it is, tables whole.
func copied(values []engine.Value) string {
	if text, ok := values[0].Text(); ok && len(values) == 1 {
		return text
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = inspect.Sprint(v, inspect.Options{Depth: 100, Items: 10_000, Text: 1 << 20})
	}
	return strings.Join(parts, ", ")
}

// path is the name, perhaps of a field of a field, that a text ends with.
var path = regexp.MustCompile(`([A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*[.:])?([A-Za-z_]\w*)?$`)

func (s *server) complete(r *dap.CompletionsRequest) {
	a := r.Arguments
	text := utf16.Encode([]rune(a.Text)) // the units in which columns count
	first := 0
	s.mu.Lock()
	if s.client.ColumnsStartAt1 {
		first = 1
	}
	s.mu.Unlock()
	before := string(utf16.Decode(text[:min(max(a.Column-first, 0), len(text))]))
	m := path.FindStringSubmatch(before)
	of, prefix := strings.TrimRight(m[1], ".:"), m[2]
	ref, err := s.somewhere(a.FrameId)
	items := []dap.CompletionItem{}
	if err == nil {
		err = ref.at(func(f engine.StackFrame) {
			for name, kind := range names(ref, f, of) {
				if strings.HasPrefix(name, prefix) {
					items = append(items, dap.CompletionItem{Label: name, Type: kind, Start: a.Column - len(prefix), Length: len(prefix)})
				}
			}
		})
	}
	if err != nil {
		s.refuse(r, err)
		return
	}
	slices.SortFunc(items, func(a, b dap.CompletionItem) int { return strings.Compare(a.Label, b.Label) })
	s.reply(r, &dap.CompletionsResponse{Body: dap.CompletionsResponseBody{Targets: items}})
}

// names are the names that may stand behind "of.", or where "of" is "" alone.
func names(ref frameRef, f engine.StackFrame, of string) map[string]dap.CompletionItemType {
	found := map[string]dap.CompletionItemType{}
	add := func(name string, v engine.Value, kind dap.CompletionItemType) {
		if v.Type() == "function" {
			kind = "function"
		}
		found[name] = kind
	}
	table := f.Globals()
	kind := dap.CompletionItemType("variable")
	if of != "" {
		v, err := one(ref.stop, f, strings.ReplaceAll(of, ":", "."))
		if err != nil {
			return nil
		}
		table, kind = v, "field"
		if index := v.Metatable().Field("__index"); index.IsTable() {
			for k, v := range index.Entries() {
				if name, ok := k.Text(); ok && identifier.MatchString(name) {
					add(name, v, kind)
				}
			}
		}
	}
	for k, v := range table.Entries() {
		if name, ok := k.Text(); ok && identifier.MatchString(name) {
			add(name, v, kind)
		}
	}
	if of == "" {
		for _, v := range append(f.Upvalues(), f.Locals()...) {
			add(v.Name, v.Value, kind)
		}
	}
	return found
}
