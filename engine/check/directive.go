package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// directives are the comments that speak to the checker:
//
//	-- check: ignore [rule, …]       findings of this line; in a line of its own, of the next
//	-- check: ignore-file [rule, …]  findings of the file
//	-- check: globals name, …        names that are defined elsewhere
type directives struct {
	lines   map[int][]string // no rules are all rules
	all     bool
	file    []string
	globals []string
}

// ignores says that a finding is not wanted.
func (d *directives) ignores(f Finding) bool {
	if f.Rule == ruleDirective {
		return false
	}
	if d.all || slices.Contains(d.file, f.Rule) {
		return true
	}
	rules, ok := d.lines[f.Line]
	return ok && (len(rules) == 0 || slices.Contains(rules, f.Rule))
}

// directives reads the comments, which stand between the tokens.
func (f *file) directives() *directives {
	d := &directives{lines: map[int][]string{}}
	if !strings.Contains(f.tree.Text, "check:") {
		return d
	}
	from, line := 0, 1
	for i := 0; i <= len(f.tree.Tokens); i++ {
		to, next := len(f.tree.Text), 0
		if i < len(f.tree.Tokens) {
			to, next = int(f.tree.Tokens[i].Start), int(f.tree.Tokens[i].Line)
		}
		if gap := f.tree.Text[from:to]; strings.Contains(gap, "check:") {
			f.comments(d, gap, from, line, next)
		}
		if next > 0 {
			token := f.tree.Tokens[i]
			line = next + strings.Count(f.tree.Text[token.Start:token.End], "\n")
			from = int(token.End)
		}
	}
	return d
}

// comments reads the comments of a gap between tokens. Its first line is where
// the token before it ends; next is the line of the token behind it.
func (f *file) comments(d *directives, gap string, at, line, next int) {
	alone := at == 0
	for gap != "" {
		switch {
		case strings.HasPrefix(gap, "--[") && longEnd(gap[2:]) > 0:
			n := 2 + longEnd(gap[2:])
			line += strings.Count(gap[:n], "\n")
			gap = gap[n:]
		case strings.HasPrefix(gap, "--"):
			text, rest, _ := strings.Cut(gap, "\n")
			if words, ok := strings.CutPrefix(strings.TrimSpace(text[2:]), "check:"); ok {
				target := line
				if alone {
					target = next
				}
				f.directive(d, strings.TrimSpace(words), line, target)
			}
			gap, alone = rest, true
			line++
		default:
			if gap[0] == '\n' {
				line++
				alone = true
			}
			gap = gap[1:]
		}
	}
}

// longEnd is the length of the long bracket that text begins with, 0 for none.
func longEnd(text string) int {
	level := len(text) - 1 - len(strings.TrimLeft(text[1:], "="))
	if !strings.HasPrefix(text[1+level:], "[") {
		return 0
	}
	closing := "]" + strings.Repeat("=", level) + "]"
	i := strings.Index(text, closing)
	if i < 0 {
		return 0
	}
	return i + len(closing)
}

func (f *file) directive(d *directives, text string, line, target int) {
	text, _, _ = strings.Cut(text, " --") // a reason may follow
	word, rest, _ := strings.Cut(text, " ")
	names := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' })
	word = strings.TrimRight(word, "\r")
	switch word {
	case "globals":
		d.globals = append(d.globals, names...)
		return
	case "ignore":
		if old, ok := d.lines[target]; !ok || len(old) > 0 && len(names) > 0 {
			d.lines[target] = append(old, names...)
		} else {
			d.lines[target] = nil
		}
	case "ignore-file":
		d.file = append(d.file, names...)
		d.all = d.all || len(names) == 0
	default:
		f.directiveFinding(line, fmt.Sprintf("'check: %s' means nothing", shorten(word)), fault.Suggest(shorten(word), []string{"ignore", "ignore-file", "globals"}))
		return
	}
	var known []string
	for _, r := range Rules() {
		known = append(known, r.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			f.directiveFinding(line, fmt.Sprintf("there is no rule '%s'", shorten(name)), fault.Suggest(shorten(name), known))
		}
	}
}

func (f *file) directiveFinding(line int, message, near string) {
	found := Finding{File: f.name, Line: line, Column: 1, Severity: Warning, Rule: ruleDirective, Message: message, text: f.line(line), width: 1}
	if i := strings.Index(found.text, "check:"); i >= 0 {
		found.Column, found.width = i+1, len("check:")
	}
	if near != "" {
		found.Hint = fmt.Sprintf("did you mean '%s'?", near)
	}
	f.findings = append(f.findings, found)
}
