package args

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
)

// mistake is what the user did wrong.
type mistake struct{ text string }

func (m *mistake) Error() string { return m.text }

func wrong(format string, args ...any) error { return &mistake{fmt.Sprintf(format, args...)} }

// parser reads one command line.
type parser struct {
	spec    *spec
	convert func(a *arg, text string) (any, error)

	values map[*arg]any
	given  map[*arg]bool
	loose  []string // what belongs to arguments

	help, version bool
}

func (p *parser) run(argv []string) error {
	p.values, p.given = map[*arg]any{}, map[*arg]bool{}
	for len(argv) > 0 {
		word := argv[0]
		argv = argv[1:]
		var err error
		switch {
		case word == "--":
			p.loose = append(p.loose, argv...)
			argv = nil
		case strings.HasPrefix(word, "--"):
			argv, err = p.long(word, argv)
		case len(word) > 1 && word[0] == '-' && !p.negative(word):
			argv, err = p.short(word[1:], argv)
		default:
			p.loose = append(p.loose, word)
		}
		if err != nil || p.help || p.version {
			return err
		}
	}
	if err := p.distribute(); err != nil {
		return err
	}
	return p.missing()
}

// negative says that a word such as -5 is a number, unless the declaration has
// an option of that name.
func (p *parser) negative(word string) bool {
	if _, err := strconv.ParseFloat(word, 64); err != nil || strings.ContainsAny(word, "iInN") {
		return false
	}
	return p.spec.find(word[:2]) == nil
}

func (p *parser) long(word string, argv []string) ([]string, error) {
	name, value, hasValue := strings.Cut(word, "=")
	a := p.spec.find(name)
	if a == nil {
		if off := p.switchedOff(name); off != nil && !hasValue {
			p.values[off], p.given[off] = false, true
			return argv, nil
		}
		switch {
		case name == "--help":
			p.help = true
			return nil, nil
		case name == "--version" && p.spec.version != "":
			p.version = true
			return nil, nil
		}
		return nil, p.unknown(name)
	}
	if !a.takesValue() {
		if hasValue {
			return nil, wrong("%s takes no value", name)
		}
		return argv, p.flag(a)
	}
	if hasValue {
		return argv, p.take(a, []string{value})
	}
	return p.following(a, name, argv)
}

// switchedOff finds the flag that --no-name switches off.
func (p *parser) switchedOff(name string) *arg {
	rest, ok := strings.CutPrefix(name, "--no-")
	if !ok {
		return nil
	}
	if a := p.spec.find("--" + rest); a != nil && a.typ == "flag" && a.initial == true {
		return a
	}
	return nil
}

func (p *parser) short(letters string, argv []string) ([]string, error) {
	for letters != "" {
		_, n := utf8.DecodeRuneInString(letters)
		name := "-" + letters[:n]
		letters = letters[n:]
		a := p.spec.find(name)
		switch {
		case a == nil && name == "-h":
			p.help = true
			return nil, nil
		case a == nil:
			return nil, p.unknown(name)
		case !a.takesValue():
			if err := p.flag(a); err != nil {
				return nil, err
			}
		case letters != "":
			return argv, p.take(a, []string{strings.TrimPrefix(letters, "=")})
		default:
			return p.following(a, name, argv)
		}
	}
	return argv, nil
}

func (p *parser) unknown(name string) error {
	known := []string{"--help"}
	if p.spec.version != "" {
		known = append(known, "--version")
	}
	for _, a := range p.spec.args {
		known = append(known, a.flags...)
	}
	if near := engine.Suggest(name, known); near != "" && len(name) > 2 {
		return wrong("unknown option %s; did you mean %s?", quoted(name), near)
	}
	return wrong("unknown option %s", quoted(name))
}

// quoted shows a word of the user, which may hold anything.
func quoted(s string) string {
	if q := strconv.Quote(s); strings.ContainsAny(s, " \"'") || q != `"`+s+`"` || s == "" {
		return q
	}
	return s
}

func (p *parser) flag(a *arg) error {
	p.given[a] = true
	if a.counts {
		n, _ := p.values[a].(float64)
		p.values[a] = n + 1
		return nil
	}
	p.values[a] = true
	return nil
}

// following takes the values of an option from the next words.
func (p *parser) following(a *arg, name string, argv []string) ([]string, error) {
	n := 0
	for n < len(argv) && n < a.max && (len(argv[n]) < 2 || argv[n][0] != '-' || p.negative(argv[n])) {
		n++
	}
	if n < a.min {
		if n < len(argv) && argv[n] != "--" {
			return nil, wrong("%s needs %s; write %s=%s if %s is meant to be one", name, howMany(a), name, quoted(argv[n]), quoted(argv[n]))
		}
		return nil, wrong("%s needs %s", name, howMany(a))
	}
	return argv[n:], p.take(a, argv[:n])
}

func howMany(a *arg) string {
	switch {
	case a.min == 1 && a.max > 1:
		return "at least one value"
	case a.min == 1:
		return "a value"
	}
	return fmt.Sprintf("%d values", a.min)
}

// take gives values to an argument or option.
func (p *parser) take(a *arg, words []string) error {
	if a.list && len(words) < a.min {
		return wrong("%s needs %s", a.title(), howMany(a))
	}
	var got []any
	for _, w := range words {
		v, err := p.value(a, w)
		if err != nil {
			return err
		}
		got = append(got, v)
	}
	repeated := p.given[a]
	p.given[a] = true
	switch {
	case a.appends && a.list:
		before, _ := p.values[a].(engine.List)
		p.values[a] = append(before, engine.List(got))
	case a.appends || a.list && repeated && a.max == unlimited:
		before, _ := p.values[a].(engine.List)
		p.values[a] = append(before, got...)
	case a.list:
		p.values[a] = append(engine.List{}, got...)
	case len(got) > 0:
		p.values[a] = got[0]
	default: // --name of nargs="?" without a value
		p.values[a] = true
	}
	return nil
}

func (p *parser) value(a *arg, text string) (any, error) {
	v, err := p.convert(a, text)
	if err != nil {
		return nil, err
	}
	if a.choices == nil {
		return v, nil
	}
	var shown []string
	for _, c := range a.choices {
		if c == v {
			return v, nil
		}
		shown = append(shown, show(c))
	}
	near := ""
	if s := engine.Suggest(text, shown); s != "" {
		near = "; did you mean " + s + "?"
	}
	return nil, wrong("%s must be one of %s, got %s%s", a.title(), strings.Join(shown, ", "), quoted(text), near)
}

// distribute gives the loose words to the arguments in their order: each takes
// as many as it may, as long as enough are left for those after it.
func (p *parser) distribute() error {
	needed := 0
	for _, a := range p.spec.args {
		if !a.option() {
			needed += a.min
		}
	}
	words := p.loose
	for _, a := range p.spec.args {
		if a.option() {
			continue
		}
		needed -= a.min
		n := min(a.max, max(len(words)-needed, 0))
		if n < a.min {
			n = min(a.min, len(words))
		}
		if n > 0 {
			if a.max < unlimited && n < a.max {
				return wrong("%s needs %d values", a.title(), a.max)
			}
			if err := p.take(a, words[:n]); err != nil {
				return err
			}
			words = words[n:]
		}
	}
	if len(words) > 0 {
		return wrong("unexpected argument %s", quoted(words[0]))
	}
	return nil
}

func (p *parser) missing() error {
	var names []string
	for _, a := range p.spec.args {
		if a.required && !p.given[a] {
			names = append(names, a.title())
		}
	}
	if len(names) > 0 {
		return wrong("missing: %s", strings.Join(names, ", "))
	}
	return nil
}
