package dap

import (
	"fmt"
	"slices"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

func (s *server) setBreakpoints(r *dap.SetBreakpointsRequest) {
	file := r.Arguments.Source.Path
	if file == "" {
		file = s.sourceName(r.Arguments.Source.SourceReference)
	}
	if file == "" {
		file = r.Arguments.Source.Name
	}
	if file == "" {
		s.refuse(r, fmt.Errorf("the source of the breakpoints has no path"))
		return
	}
	wanted := make([]debug.Breakpoint, len(r.Arguments.Breakpoints))
	for i, b := range r.Arguments.Breakpoints {
		wanted[i] = debug.Breakpoint{File: file, Line: s.lineIn(b.Line), Condition: b.Condition, Hit: b.HitCondition, Log: b.LogMessage}
	}
	s.reply(r, &dap.SetBreakpointsResponse{Body: dap.SetBreakpointsResponseBody{Breakpoints: s.replace(file, wanted)}})
}

func (s *server) setFunctionBreakpoints(r *dap.SetFunctionBreakpointsRequest) {
	wanted := make([]debug.Breakpoint, len(r.Arguments.Breakpoints))
	for i, b := range r.Arguments.Breakpoints {
		wanted[i] = debug.Breakpoint{Function: b.Name, Condition: b.Condition, Hit: b.HitCondition}
	}
	s.reply(r, &dap.SetFunctionBreakpointsResponse{Body: dap.SetFunctionBreakpointsResponseBody{Breakpoints: s.replace("", wanted)}})
}

// replace sets the breakpoints of a file, or with "" those of functions, in the
// place of those that it had.
func (s *server) replace(file string, wanted []debug.Breakpoint) []dap.Breakpoint {
	s.mu.Lock()
	before := s.points[file]
	s.mu.Unlock()
	s.d.Clear(func(b debug.Breakpoint) bool { return slices.Contains(before, b.ID) })
	var ids []int
	set := make([]dap.Breakpoint, len(wanted))
	for i, b := range wanted {
		err := error(nil)
		if b.Condition != "" {
			err = engine.CheckExpression(b.Condition)
		}
		if err == nil {
			b, err = s.d.Break(b)
		}
		if err != nil {
			set[i] = dap.Breakpoint{Message: err.Error(), Line: s.lineOut(b.Line)}
			continue
		}
		ids = append(ids, b.ID)
		set[i] = s.point(b)
	}
	s.mu.Lock()
	s.points[file] = ids
	s.mu.Unlock()
	return set
}

// point is a breakpoint as clients see it.
func (s *server) point(b debug.Breakpoint) dap.Breakpoint {
	p := dap.Breakpoint{Id: b.ID, Verified: b.Source != "", Message: b.Message, Line: s.lineOut(b.Line)}
	if b.Source != "" {
		p.Line = s.lineOut(b.At)
		p.Source = s.sourceOf(b.Source)
	}
	return p
}

func (s *server) setExceptionBreakpoints(r *dap.SetExceptionBreakpointsRequest) {
	wanted := make([]dap.ExceptionFilterOptions, 0, len(r.Arguments.Filters)+len(r.Arguments.FilterOptions))
	for _, f := range r.Arguments.Filters {
		wanted = append(wanted, dap.ExceptionFilterOptions{FilterId: f})
	}
	wanted = append(wanted, r.Arguments.FilterOptions...)
	conditions := map[debug.Filter]string{}
	set := make([]dap.Breakpoint, len(wanted))
	for i, w := range wanted {
		f := debug.Filter(w.FilterId)
		before, twice := conditions[f]
		switch err := engine.CheckExpression(w.Condition); {
		case f != debug.All && f != debug.Uncaught:
			set[i].Message = fmt.Sprintf("there is no filter %q of errors; there are %q and %q", w.FilterId, debug.All, debug.Uncaught)
		case w.Condition != "" && err != nil:
			set[i].Message = err.Error()
		case twice && before == "": // the same without a condition has all of its errors
			set[i].Verified = true
		default:
			conditions[f], set[i].Verified = w.Condition, true
		}
	}
	s.d.CatchWhen(conditions)
	s.reply(r, &dap.SetExceptionBreakpointsResponse{Body: dap.SetExceptionBreakpointsResponseBody{Breakpoints: set}})
}

func (s *server) breakpointLocations(r *dap.BreakpointLocationsRequest) {
	a := r.Arguments
	if a == nil {
		s.refuse(r, fmt.Errorf("the source of the lines is missing"))
		return
	}
	to := a.EndLine
	if to == 0 {
		to = a.Line
	}
	body := dap.BreakpointLocationsResponseBody{Breakpoints: []dap.BreakpointLocation{}}
	file := a.Source.Path
	if file == "" {
		file = s.sourceName(a.Source.SourceReference)
	}
	for _, line := range s.d.Lines(file) {
		if out := s.lineOut(line); out >= a.Line && out <= to {
			body.Breakpoints = append(body.Breakpoints, dap.BreakpointLocation{Line: out})
		}
	}
	s.reply(r, &dap.BreakpointLocationsResponse{Body: body})
}

// lineIn and lineOut translate lines for clients that count them from 0.
func (s *server) lineIn(line int) int {
	if s.fromZero() {
		return line + 1
	}
	return line
}

func (s *server) lineOut(line int) int {
	if s.fromZero() {
		return line - 1
	}
	return line
}

func (s *server) fromZero() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.client.LinesStartAt1
}
