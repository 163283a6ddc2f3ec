package repl

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// promptCommand is what a line that begins with a colon does.
type promptCommand struct {
	name, arg, doc string
	run            func(r *REPL, ctx context.Context, arg string) error
}

func commands() []promptCommand {
	return []promptCommand{
		{"doc", "name", "show the help of a name; ?name does the same", (*REPL).doc},
		{"load", "file.lua", "run a file here; its globals stay", (*REPL).load},
		{"reload", "module", "load a module of yours anew", (*REPL).reload},
		{"time", "expression", "run it and tell how long that took", (*REPL).time},
		{"tasks", "", "list the tasks that go on in the background", (*REPL).tasks},
		{"help", "", "show this", (*REPL).help},
		{"quit", "", "leave; Ctrl-D does the same", func(*REPL, context.Context, string) error { return errQuit }},
	}
}

// command does what a line that begins with ':' or '?' says.
func (r *REPL) command(ctx context.Context, line string) error {
	if name, ok := strings.CutPrefix(line, "?"); ok {
		return r.doc(ctx, strings.TrimSpace(name))
	}
	word, arg, _ := strings.Cut(strings.TrimPrefix(line, ":"), " ")
	arg = strings.TrimSpace(arg)
	var names []string
	for _, c := range commands() {
		if c.name == word || word != "" && word == c.name[:1] {
			if c.arg != "" && arg == "" && c.name != "doc" {
				return engine.Invalid("write :%s %s", c.name, c.arg)
			}
			return c.run(r, ctx, arg)
		}
		names = append(names, c.name)
	}
	e := engine.Invalid("there is no command ':%s'", word)
	if near := engine.Suggest(word, names); near != "" {
		return e.WithHint("did you mean ':%s'?", near)
	}
	return e.WithHint(":help lists the commands")
}

// load runs a file as :load says. The person has named it, so that reading it
// needs no permission.
func (r *REPL) load(ctx context.Context, path string) error {
	path = unquote(path)
	source, err := engine.ReadScript(path)
	if err != nil {
		return err
	}
	values, err := r.run(ctx, engine.Piece{Name: path, Source: source})
	if err != nil {
		return err
	}
	return r.show(values)
}

func unquote(path string) string {
	if s, err := strconv.Unquote(path); err == nil {
		path = s
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = home + "/" + rest
		}
	}
	return path
}

type reloadIn struct {
	Module engine.Value `lua:"module" doc:"the module, or its name"`
}

func (r *REPL) reload(ctx context.Context, name string) error {
	again := engine.Fn("reload", "Load a module anew.", func(c *engine.Call, in reloadIn) (engine.Value, error) {
		return c.Imports().Reload(in.Module)
	}).AsInline()
	if _, err := r.session.Do(ctx, again, unquote(name)); err != nil {
		return err
	}
	fmt.Fprintf(r.console.out, "reloaded %s\n", name)
	return nil
}

func (r *REPL) time(ctx context.Context, text string) error {
	r.count++
	list, err := r.compiler(fmt.Sprintf("repl[%d]", r.count)).units(text)
	if err != nil {
		return err
	}
	clock := r.Host.Clock
	var took time.Duration
	for _, u := range list {
		if u.command != "" {
			return engine.Invalid(":time takes Lua and not a command")
		}
		start := clock.Now()
		values, err := r.run(ctx, u.piece)
		took += clock.Now().Sub(start)
		if err != nil {
			return err
		}
		if err := r.showResults(u, values); err != nil {
			return err
		}
	}
	fmt.Fprintf(r.console.out, "took %s\n", rounded(took))
	return nil
}

// rounded shows a time with three digits.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

func (r *REPL) tasks(context.Context, string) error {
	list := r.session.Tasks()
	if len(list) == 0 {
		fmt.Fprintln(r.console.out, "no task goes on")
		return nil
	}
	for _, t := range list {
		fmt.Fprintf(r.console.out, "%d  %s", t.ID, t.Name)
		if t.Origin != "" {
			fmt.Fprintf(r.console.out, " of %s", t.Origin)
		}
		if t.Within != "" {
			fmt.Fprintf(r.console.out, ", in %s", t.Within)
		}
		fmt.Fprintln(r.console.out)
	}
	return nil
}

func (r *REPL) help(context.Context, string) error {
	var b strings.Builder
	b.WriteString(`Type Lua: the values of an expression are printed, and _ is the first of them.
A text that is not complete goes on in the next line; an empty line ends it.
Modules need no require. local variables of the outermost level stay.

`)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-18s %s\n", strings.TrimSpace(":"+c.name+" "+c.arg), c.doc)
	}
	b.WriteString(`
  help(value)        show the help of a value
  Tab                complete; again: choose
  Up, Ctrl-R         go back, search in what was typed before
  Alt-Enter          begin a new line
  Ctrl-C             stop what runs, or drop the line; Ctrl-D leaves
`)
	_, err := fmt.Fprint(r.console.out, b.String())
	return err
}
