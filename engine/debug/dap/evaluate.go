package dap

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
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
	return frameRef{}, errRuns
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

// path is the name, perhaps of a field of a field, that a text ends with.
var path = regexp.MustCompile(`([A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*[.:])?([A-Za-z_]\w*)?$`)

func (s *server) complete(r *dap.CompletionsRequest) {
	a := r.Arguments
	text := []rune(a.Text)
	column := a.Column
	s.mu.Lock()
	if s.client.ColumnsStartAt1 {
		column--
	}
	s.mu.Unlock()
	m := path.FindStringSubmatch(string(text[:min(max(column, 0), len(text))]))
	of, prefix := strings.TrimRight(m[1], ".:"), m[2]
	ref, err := s.somewhere(a.FrameId)
	items := []dap.CompletionItem{}
	if err == nil {
		err = ref.at(func(f engine.StackFrame) {
			for name, kind := range names(ref, f, of) {
				if strings.HasPrefix(name, prefix) {
					items = append(items, dap.CompletionItem{Label: name, Type: kind, Start: column - len([]rune(prefix)), Length: len([]rune(prefix))})
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
