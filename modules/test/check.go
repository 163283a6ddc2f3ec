package test

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/inspect"
	"github.com/gscript-lang/gscript/modules/test/report"
)

type checkIn struct {
	Value   engine.Value `lua:"value,arg" doc:"what must be neither nil nor false"`
	Message string       `lua:"message,arg" doc:"what to say first if it is"`
}

// check is the check of scripts that are not compiled to explain themselves.
func check(c *engine.Call, in checkIn) (engine.Value, error) {
	if isTrue(in.Value) {
		return in.Value, nil
	}
	return in.Value, located(c, in.Message, "got "+show(in.Value)+", want something true", nil)
}

func (t *T) check(c *engine.Call, in checkIn) (engine.Value, error) { return check(c, in) }

// located is a failure of the current test, if any.
func located(c *engine.Call, message, text string, values []report.Value) error {
	if t := Current(c); t != nil {
		return t.failed(c, message, text, "", values...)
	}
	if message != "" {
		text = message + "\n" + text
	}
	return Failure(text, map[string]any{"values": values})
}

type explainedIn struct {
	About string         `lua:"about" doc:"the expression and its parts"`
	Rest  engine.Value   `lua:"rest,arg" doc:"what else check was given"`
	Value engine.Value   `lua:"value,arg" doc:"the value of the expression"`
	Parts []engine.Value `lua:"parts,rest" doc:"the values of its parts"`
}

// explained is what check is compiled to: see engine.Explained.
func explained(c *engine.Call, in explainedIn) (engine.Value, error) {
	if calls := suiteOf(c).Calls; calls != nil {
		if now := c.Globals().Field("check"); !now.Same(calls.Check.Value()) {
			return replaced(c, now, in)
		}
	}
	if isTrue(in.Value) {
		return in.Value, nil
	}
	names := strings.Split(in.About, "\x00")
	var values []report.Value
	told := map[string]bool{}
	tell := func(name string, v engine.Value) {
		if !told[name] && !literal(name) {
			told[name] = true
			values = append(values, report.Value{Name: name, Value: briefly(v)})
		}
	}
	names, text := names[1:], names[0]
	parts := in.Parts
	if len(names) > 0 && names[0] == "" {
		names = names[1:]
		tell(text, in.Value)
		for i := 0; i < len(parts) && len(values) > 0; i++ { // such as the reason behind a nil
			values[0].Value += ", " + briefly(parts[i])
		}
		parts = nil
	}
	for i, name := range names {
		if i < len(parts) {
			tell(name, parts[i])
		}
	}
	if len(names) >= len(parts) {
		evaluate(c, names[len(parts):], tell)
	}
	if len(parts) == 0 && len(values) == 0 {
		tell("it", in.Value)
	}
	message := ""
	if in.Rest.IsTable() {
		message, _ = in.Rest.Index(1).Text()
	}
	err := located(c, message, "check("+text+") does not hold", values)
	if len(parts) == 2 && parts[0].IsTable() && parts[1].IsTable() && strings.Contains(text, " == ") {
		if e, ok := err.(*engine.Error); ok {
			e.Fields["diff"] = difference(parts[1], parts[0], inspect.Compare{}) +
				"\n(== compares tables by identity: t.eq compares what they hold)"
		}
	}
	return in.Value, err
}

// replaced calls the global check of a script that has one of its own.
func replaced(c *engine.Call, check engine.Value, in explainedIn) (engine.Value, error) {
	fn := c.Function(check)
	if fn == nil {
		return engine.Value{}, errors.New("attempt to call global 'check' (" + check.Describe() + ")")
	}
	args := []any{in.Value}
	for i := 1; in.Rest.IsTable() && i <= in.Rest.Len(); i++ {
		args = append(args, in.Rest.Index(i))
	}
	return first(c, fn, args...)
}

// evaluate finds the variables, with their fields, that an expression names.
func evaluate(c *engine.Call, names []string, tell func(name string, v engine.Value)) {
	for _, f := range c.Spot().Frames(8) {
		if f.Native || f.Source == "" {
			continue
		}
		for _, name := range names {
			if v, err := f.Eval(name); err == nil && len(v) > 0 && v[0].Type() != "function" {
				tell(name, v[0])
			}
		}
		return
	}
}

func briefly(v engine.Value) string {
	return inspect.Sprint(v, inspect.Options{Depth: 4, Items: 20, Text: 500})
}

// literal says that an expression tells its value itself.
func literal(text string) bool {
	switch text {
	case "nil", "true", "false":
		return true
	}
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		quoted = strings.NewReplacer(`\\`, "", `\"`, "").Replace(quoted)
		return strings.IndexByte(quoted, '"') == len(quoted)-1
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.ContainsAny(text[:1], "-0123456789.")
}
