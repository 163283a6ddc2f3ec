package terminal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/repl/lineedit"
)

// command is something that can be typed.
type command struct {
	name    string
	aliases []string
	usage   string // of its arguments
	help    string
	group   string
	run     func(t *Terminal, arg string)
	always  bool // also when nothing stands still
	// complete lists how text can go on, the argument of which begins at from; nil
	// takes Lua.
	complete func(t *Terminal, text []rune, from int) (start int, list []lineedit.Candidate)
}

// The groups of the help, in their order.
const (
	moving    = "Going on"
	points    = "Breakpoints"
	looking   = "Looking"
	changing  = "Evaluating"
	otherwise = "Other"
)

// commands are all commands by their names and aliases.
func commands() map[string]*command {
	all := map[string]*command{}
	for _, list := range [][]*command{movingCommands(), pointCommands(), lookingCommands(), evaluatingCommands(), otherCommands()} {
		for _, c := range list {
			all[c.name] = c
			for _, alias := range c.aliases {
				all[alias] = c
			}
		}
	}
	return all
}

// word is the first word of a line; what follows at once tells commands from Lua.
var word = regexp.MustCompile(`^([A-Za-z_]\w*|\?)(\s*)(.*)$`)

// assigns begins what follows a word in Lua, and never in a command.
var assigns = regexp.MustCompile(`^=[^=]|^,[^=]*=[^=]`)

// do does what a line says: a command, or else Lua.
func (t *Terminal) do(line string) {
	line = strings.TrimSpace(line)
	if t.defining > 0 {
		t.define(line)
		return
	}
	if line == "" || strings.HasPrefix(line, "#") {
		return
	}
	if first, rest, several := cutCommand(line); several && !t.takesText(line) {
		t.waiting.push(rest)
		t.do(first)
		return
	}
	if code, ok := strings.CutPrefix(line, "!"); ok {
		t.evaluate(strings.TrimSpace(code))
		return
	}
	name, arg := cutWord(line)
	if text, ok := t.aliases[name]; ok {
		parts := expand(text, arg)
		t.waiting.push(parts[1:]...)
		t.do(parts[0])
		return
	}
	c := t.commandOf(line)
	switch {
	case c == nil && name == "":
		t.evaluate(line)
	case c == nil:
		t.evaluateUnknown(line, name, arg)
	case t.stop == nil && !c.always:
		t.printf("%s needs a script that stands still; restart runs it again", c.name)
	default:
		c.run(t, arg)
	}
}

// cutWord is the first word of a line and what follows it, "" for no word.
func cutWord(line string) (name, arg string) {
	if m := word.FindStringSubmatch(line); m != nil {
		return m[1], m[3]
	}
	return "", ""
}

// commandOf is the command that a line begins with, nil for Lua.
func (t *Terminal) commandOf(line string) *command {
	m := word.FindStringSubmatch(line)
	if m == nil || assigns.MatchString(m[3]) || m[2] == "" && strings.IndexAny(m[3], ".([:{\"'") == 0 {
		return nil
	}
	return t.commands[m[1]]
}

// takesText says that a command goes on to the end of the line, ";;" included.
func (t *Terminal) takesText(line string) bool {
	c := t.commandOf(line)
	return c != nil && (c.name == "alias" || c.name == "logpoint")
}

// expand fills the arguments of an alias in; ";;" stands between commands.
func expand(text, arg string) []string {
	fields := strings.Fields(arg)
	for i := range 9 {
		value := ""
		if i < len(fields) {
			value = fields[i]
		}
		text = strings.ReplaceAll(text, fmt.Sprintf("%%%d", i+1), value)
	}
	text = strings.ReplaceAll(text, "%*", arg)
	return strings.Split(text, ";;")
}

// evaluateUnknown evaluates what begins with no command. A lone word that is no
// variable is most likely a mistyped command.
func (t *Terminal) evaluateUnknown(line, name, arg string) {
	if arg == "" && t.commands[name] == nil {
		known := false
		if t.stop != nil {
			t.at(func(f engine.StackFrame) {
				values, err := t.stop.Session.Eval(f, name)
				known = err == nil && len(values) > 0 && !values[0].IsNil()
				for _, v := range append(f.Locals(), f.Upvalues()...) {
					known = known || v.Name == name
				}
			})
		}
		if !known {
			near := engine.Suggest(name, t.names())
			if near != "" {
				near = fmt.Sprintf("; did you mean '%s'?", near)
			}
			t.printf("there is no command or variable '%s'%s", name, near)
			return
		}
	}
	t.evaluate(line)
}

// names lists the commands.
func (t *Terminal) names() []string {
	var names []string
	for name := range t.commands {
		if len(name) > 2 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func otherCommands() []*command {
	return []*command{
		{name: "help", aliases: []string{"h", "?"}, usage: "[command]", group: otherwise, always: true, help: "List the commands, or explain one.", complete: completeCommand, run: (*Terminal).help},
		{name: "alias", usage: "[name [text]]", group: otherwise, always: true, help: "Make a command of your own: %1 to %9 and %* stand for its arguments, ;; between several commands. Without a text, show it; without a name, all.", run: (*Terminal).alias},
		{name: "unalias", usage: "name", group: otherwise, always: true, help: "Take an alias away.", complete: completeCommand, run: (*Terminal).unalias},
		{name: "restart", aliases: []string{"run"}, usage: "[arguments…]", group: otherwise, always: true, help: "End the script and run it anew, with the same arguments or with others; breakpoints stay. Quotes keep words together.", run: (*Terminal).restart},
		{name: "quit", aliases: []string{"q", "exit"}, group: otherwise, always: true, help: "End the script and the debugger. So does the end of the input.", run: func(t *Terminal, _ string) { t.quit(false) }},
	}
}

func (t *Terminal) restart(arg string) {
	if !t.Restarts {
		t.print("only what 'gscript debug' runs can be restarted")
		return
	}
	if arg != "" {
		list, err := arguments(arg)
		if err != nil {
			t.print(err.Error())
			return
		}
		t.mu.Lock()
		t.Arguments = list
		t.mu.Unlock()
	}
	t.print("restarting")
	t.quit(true)
}

func (t *Terminal) help(arg string) {
	if arg != "" {
		c := t.commands[arg]
		if c == nil {
			near := engine.Suggest(arg, t.names())
			if near != "" {
				near = fmt.Sprintf("; did you mean '%s'?", near)
			}
			t.printf("there is no command '%s'%s", arg, near)
			return
		}
		t.print(strings.TrimSpace(strings.Join(append([]string{c.name}, c.aliases...), ", ")+" "+c.usage) + "\n  " + c.help)
		return
	}
	var b strings.Builder
	for _, group := range []string{moving, points, looking, changing, otherwise} {
		b.WriteString(group + "\n")
		var names []string
		for name, c := range t.commands {
			if c.group == group && name == c.name {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			c := t.commands[name]
			summary, _, _ := strings.Cut(c.help, ".")
			fmt.Fprintf(&b, "  %-32s %s\n", strings.TrimSpace(strings.Join(append([]string{name}, c.aliases...), ", ")+" "+c.usage), summary)
		}
	}
	b.WriteString("Anything else is Lua that runs where the script stands: x + 1, x = 2; after '!' even what looks like a command.\nAn empty line does the last command again; ;; stands between several commands. help command explains one.")
	t.print(b.String())
}

func (t *Terminal) alias(arg string) {
	name, text, _ := strings.Cut(arg, " ")
	text = strings.TrimSpace(text)
	switch {
	case name == "":
		var names []string
		for n := range t.aliases {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			t.printf("%s = %s", n, t.aliases[n])
		}
	case text == "":
		if t.aliases[name] == "" {
			t.printf("there is no alias '%s'", name)
			return
		}
		t.printf("%s = %s", name, t.aliases[name])
	default:
		if t.reaches(text, name) {
			t.printf("the alias '%s' would call itself", name)
			return
		}
		t.aliases[name] = text
	}
}

// reaches says that the commands of an alias call another one, also through
// others.
func (t *Terminal) reaches(text, name string) bool {
	for _, part := range strings.Split(text, ";;") {
		word, _ := cutWord(strings.TrimSpace(part))
		if word == name || t.aliases[word] != "" && t.reaches(t.aliases[word], name) {
			return true
		}
	}
	return false
}

func (t *Terminal) unalias(arg string) {
	if t.aliases[arg] == "" {
		t.printf("there is no alias '%s'", arg)
	}
	delete(t.aliases, arg)
}
