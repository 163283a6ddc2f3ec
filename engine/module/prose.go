package module

import "strings"

// block is a piece of a doc text.
type block struct {
	text   string // one line, but code keeps its lines
	bullet bool
	code   bool
}

// blocks splits a doc text into paragraphs, list items and code, which is
// indented or stands between lines of three backticks.
func blocks(doc string) []block {
	first, rest, _ := strings.Cut(strings.TrimSpace(doc), "\n")
	lines := []string{first}
	if rest != "" {
		next, _, _ := strings.Cut(rest, "\n")
		if strings.TrimSpace(next) == "" {
			lines = append(lines, "") // dedent takes off what is empty at the start
		}
		lines = append(lines, strings.Split(dedent(rest), "\n")...)
	}
	var list []block
	fenced, open := false, false // open: the next line goes on with the last block
	for _, line := range lines {
		text := strings.TrimSpace(line)
		code := fenced || text != "" && (line[0] == '\t' || strings.HasPrefix(line, "    ")) && !(open && list[len(list)-1].bullet)
		switch {
		case strings.HasPrefix(text, "```"):
			fenced, open = !fenced, false
			if fenced {
				list = append(list, block{code: true})
				open = true
			}
		case code && len(list) > 0 && list[len(list)-1].code && open:
			list[len(list)-1].text += "\n" + strings.TrimRight(line, " \t")
		case text == "":
			open = open && len(list) > 0 && list[len(list)-1].code
			if open {
				list[len(list)-1].text += "\n"
			}
		case code:
			list = append(list, block{text: strings.TrimRight(line, " \t"), code: true})
			open = true
		case strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* "):
			list = append(list, block{text: strings.TrimSpace(text[2:]), bullet: true})
			open = true
		case open && !list[len(list)-1].code:
			list[len(list)-1].text += " " + text
		default:
			list = append(list, block{text: text})
			open = true
		}
	}
	for i := range list {
		if list[i].code {
			list[i].text = dedent(strings.Trim(list[i].text, "\n"))
		}
	}
	return list
}

// wrap breaks text into lines of at most width characters; a longer word
// stands alone.
func wrap(text string, width int) []string {
	return fill(strings.Fields(text), " ", width)
}

// fill puts words into lines.
func fill(words []string, sep string, width int) []string {
	var lines []string
	for _, w := range words {
		if n := len(lines); n > 0 && length(lines[n-1])+length(sep)+length(w) <= width {
			lines[n-1] += sep + w
		} else {
			lines = append(lines, w)
		}
	}
	return lines
}

// breakCode breaks a type or a signature after "|" and ", ", so that the lines
// can be read.
func breakCode(code string, width int) []string {
	if length(code) <= width {
		return []string{code}
	}
	var parts []string
	start := 0
	for i := range code {
		if code[i] == '|' || code[i] == ' ' && i > 0 && code[i-1] == ',' {
			parts = append(parts, code[start:i+1])
			start = i + 1
		}
	}
	lines := fill(append(parts, code[start:]), "", width)
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// length is the number of characters of s.
func length(s string) int { return len([]rune(s)) }

// splitTop splits at commas outside of brackets and quotes. The results of a
// function type belong to it: "fun(): string, number" is one part.
func splitTop(s string) []string {
	var parts []string
	depth, start := 0, 0
	var quote rune
	for i, r := range s {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case strings.ContainsRune("([{<", r):
			depth++
		case strings.ContainsRune(")]}>", r):
			depth--
		case r == ',' && depth == 0 && !strings.HasPrefix(strings.TrimSpace(s[start:]), "fun("):
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}
