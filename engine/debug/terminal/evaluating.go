package terminal

import (
	"fmt"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
	"github.com/gscript-lang/gscript/engine/inspect"
)

func evaluatingCommands() []*command {
	return []*command{
		{name: "p", aliases: []string{"print"}, usage: "expression", group: changing, help: "Show the value of an expression on a line.", run: func(t *Terminal, arg string) { t.printValue(arg, t.brief()) }},
		{name: "pp", usage: "expression", group: changing, help: "Show it whole, indented.", run: func(t *Terminal, arg string) {
			t.printValue(arg, inspect.Options{Width: t.Width, Color: t.Color})
		}},
		{name: "whatis", usage: "expression", group: changing, help: "Show the type of a value, and where a function is.", run: (*Terminal).whatIs},
		{name: "display", usage: "[expression]", group: changing, help: "Show the value of an expression at each stop, or all that are shown.", run: (*Terminal).display},
		{name: "undisplay", usage: "[number]", group: changing, help: "Show it no more, or none any more.", run: (*Terminal).undisplay},
		{name: "interact", group: changing, help: "Type Lua, also of several lines, until a line that says exit, or Ctrl-D. Its own locals live for one chunk.", run: (*Terminal).interact},
	}
}

// values shows values with their separators.
func (t *Terminal) values(values []engine.Value, o inspect.Options) string {
	if len(values) == 0 {
		return "nothing"
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = inspect.Sprint(v, o)
	}
	return strings.Join(texts, ", ")
}

// evaluate runs Lua where the script stands and shows what it gives.
func (t *Terminal) evaluate(code string) {
	if code == "" {
		return
	}
	if t.stop == nil {
		t.print("nothing stands still here")
		return
	}
	values, err := t.run(code)
	switch {
	case err != nil:
		t.print("error: " + debug.EvalText(err))
	case values != "":
		t.print(values)
	}
}

// run runs Lua where the script stands; values is "" for none.
func (t *Terminal) run(code string) (values string, err error) {
	t.at(func(f engine.StackFrame) {
		var list []engine.Value
		list, err = t.stop.Session.Eval(f, code)
		if err == nil && len(list) > 0 {
			values = t.values(list, t.brief())
		}
	})
	return values, err
}

func (t *Terminal) printValue(arg string, o inspect.Options) {
	if arg == "" {
		t.print("an expression is missing, such as p x")
		return
	}
	t.at(func(f engine.StackFrame) {
		values, err := t.stop.Session.Eval(f, arg)
		if err != nil {
			t.print("error: " + debug.EvalText(err))
			return
		}
		if len(values) == 0 {
			t.print("nothing")
			return
		}
		t.write(t.values(values, o))
	})
}

func (t *Terminal) whatIs(arg string) {
	if arg == "" {
		t.print("an expression is missing, such as whatis x")
		return
	}
	t.at(func(f engine.StackFrame) {
		values, err := t.stop.Session.Eval(f, arg)
		switch {
		case err != nil:
			t.print("error: " + debug.EvalText(err))
			return
		case len(values) == 0:
			t.print("nothing")
			return
		}
		v := values[0]
		switch lv := v.Lua().(type) {
		case *lua.LFunction:
			if lv.Proto == nil {
				t.print("function, native")
				return
			}
			t.printf("function of %s:%d", lv.Proto.SourceName, lv.Proto.LineDefined)
		case *lua.LTable:
			text := fmt.Sprintf("table, %d in its list", v.Len())
			if !v.Metatable().IsNil() {
				text += ", with a metatable"
			}
			t.print(text)
		case *lua.LUserData:
			t.print(v.Describe())
		default:
			t.print(v.Type())
		}
	})
}

func (t *Terminal) display(arg string) {
	if arg == "" {
		if len(t.displays) == 0 {
			t.print("nothing is shown at each stop")
		}
		t.show()
		return
	}
	t.nextShow++
	t.displays = append(t.displays, display{t.nextShow, arg})
	t.showOne(t.displays[len(t.displays)-1])
}

// show shows the displays.
func (t *Terminal) show() {
	for _, d := range t.displays {
		t.showOne(d)
	}
}

func (t *Terminal) showOne(d display) {
	t.at(func(f engine.StackFrame) {
		values, err := t.stop.Session.Eval(f, d.expr)
		text := ""
		if err != nil {
			text = "error: " + debug.EvalText(err)
		} else {
			text = t.values(values, t.brief())
		}
		t.printf("  %d: %s = %s", d.id, d.expr, text)
	})
}

func (t *Terminal) undisplay(arg string) {
	if arg == "" {
		t.displays = nil
		return
	}
	n, err := strconv.Atoi(arg)
	if err != nil {
		t.printf("%s is no number of a display", arg)
		return
	}
	for i, d := range t.displays {
		if d.id == n {
			t.displays = append(t.displays[:i:i], t.displays[i+1:]...)
			return
		}
	}
	t.printf("there is no display %d", n)
}

// interact reads chunks of Lua.
func (t *Terminal) interact(string) {
	t.print("Lua that runs here; exit or Ctrl-D goes back to the debugger")
	t.inLua = true
	defer func() { t.inLua = false }()
	code := ""
	for t.stop != nil {
		prompt := "> "
		if code != "" {
			prompt = ">> "
		}
		line, ok := t.readUntil(prompt, func() {})
		if !ok {
			return
		}
		if t.givenUp {
			code = ""
			continue
		}
		if code == "" && strings.TrimSpace(line) == "exit" {
			return
		}
		code += line
		values, err := t.run(code)
		switch {
		case engine.Incomplete(err) && line != "":
			code += "\n"
			continue
		case err != nil:
			t.print("error: " + debug.EvalText(err))
		case values != "":
			t.print(values)
		}
		code = ""
	}
}
