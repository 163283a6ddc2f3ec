package args

import (
	"strings"
	"unicode/utf8"
)

// usage is the line that shows how to call the script.
func (s *spec) usage() string {
	words := []string{"usage:", s.name, "[options]"}
	for _, a := range s.args {
		if a.option() && a.required {
			words = append(words, a.flags[0]+a.placeholder(" "))
		}
	}
	for _, a := range s.args {
		if !a.option() {
			words = append(words, strings.TrimSpace(a.placeholder(" ")))
		}
	}
	return strings.Join(words, " ")
}

// placeholder stands for the values of an argument or option.
func (a *arg) placeholder(before string) string {
	name := a.metavar
	if !a.option() {
		name = "<" + name + ">"
	}
	switch {
	case a.max == 0:
		return ""
	case a.max == unlimited && a.min == 0:
		return before + "[" + a.metavar + "...]"
	case a.max == unlimited:
		return before + name + "..."
	case a.max > 1:
		return before + strings.TrimSpace(strings.Repeat(name+" ", a.max))
	case a.min == 0:
		return before + "[" + a.metavar + "]"
	}
	return before + name
}

// helpText is what --help prints.
func (s *spec) helpText(width int) string {
	width = max(min(width, 100), 40)
	var b strings.Builder
	b.WriteString(wrap(s.usage(), width, 7) + "\n")
	if s.intro != "" {
		b.WriteString("\n" + wrap(s.intro, width, 0) + "\n")
	}
	var arguments, options [][2]string
	if s.find("--help") == nil {
		heading := "-h, --help"
		if s.find("-h") != nil {
			heading = "    --help"
		}
		options = append(options, [2]string{heading, "print this help and exit"})
	}
	for _, a := range s.args {
		if a.option() {
			options = append(options, [2]string{a.heading(), a.explained()})
		} else {
			arguments = append(arguments, [2]string{a.metavar, a.explained()})
		}
	}
	if s.version != "" {
		options = append(options, [2]string{"    --version", "print the version and exit"})
	}
	column := 0
	for _, row := range append(arguments[:len(arguments):len(arguments)], options...) {
		if n := utf8.RuneCountInString(row[0]); n <= 28 {
			column = max(column, n)
		}
	}
	table(&b, "arguments:", arguments, column, width)
	table(&b, "options:", options, column, width)
	for _, text := range s.outro {
		b.WriteString("\n" + wrap(text, width, 0) + "\n")
	}
	return b.String()
}

// heading is the left side of an option: short names first, long ones below one
// another.
func (a *arg) heading() string {
	var shorts, longs []string
	for _, f := range a.flags {
		if strings.HasPrefix(f, "--") {
			longs = append(longs, f)
		} else {
			shorts = append(shorts, f)
		}
	}
	text := strings.Join(append(shorts, longs...), ", ")
	if len(shorts) == 0 {
		text = "    " + text
	}
	return text + a.placeholder(" ")
}

// explained is the right side: the help, choices and default.
func (a *arg) explained() string {
	var notes []string
	if a.choices != nil {
		var shown []string
		for _, c := range a.choices {
			shown = append(shown, show(c))
		}
		notes = append(notes, "one of "+strings.Join(shown, ", "))
	}
	if a.option() && a.required {
		notes = append(notes, "required")
	}
	if a.appends || a.option() && a.max == unlimited {
		notes = append(notes, "can be repeated")
	}
	switch {
	case a.initial == nil || a.initial == false || a.secret:
	case a.initial == true:
		notes = append(notes, "default: yes; --no-"+strings.TrimLeft(a.flags[0], "-")+" for no")
	default:
		notes = append(notes, "default: "+show(a.initial))
	}
	if len(notes) == 0 {
		return a.help
	}
	return strings.TrimSpace(a.help + " (" + strings.Join(notes, "; ") + ")")
}

func table(b *strings.Builder, title string, rows [][2]string, column, width int) {
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	indent := column + 4
	for _, row := range rows {
		left := "  " + row[0]
		n := utf8.RuneCountInString(left)
		switch {
		case row[1] == "":
			b.WriteString(left + "\n")
			continue
		case n > indent-2:
			b.WriteString(left + "\n" + strings.Repeat(" ", indent))
		default:
			b.WriteString(left + strings.Repeat(" ", indent-n))
		}
		text := wrap(row[1], max(width-indent, 20), 0)
		b.WriteString(strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", indent)) + "\n")
	}
}

// wrap breaks a text into lines of at most width columns; those after the first
// of a paragraph are indented.
func wrap(text string, width, indent int) string {
	var lines []string
	for _, paragraph := range strings.Split(strings.TrimSpace(text), "\n") {
		line, used := "", 0
		for _, word := range strings.Fields(paragraph) {
			n := utf8.RuneCountInString(word)
			if line != "" && used+1+n > width {
				lines = append(lines, line)
				line, used = strings.Repeat(" ", indent)+word, indent+n
				continue
			}
			if line != "" {
				line, used = line+" ", used+1
			}
			line, used = line+word, used+n
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
