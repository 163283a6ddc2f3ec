package ftp

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/gscript-lang/gscript/engine"
)

const (
	maxLine  = 8 << 10   // bytes of a reply line
	maxReply = 256 << 10 // bytes of a reply with all its lines
)

// reply is what a server answers to a command.
type reply struct {
	code  int
	lines []string // as they came, without line ends
}

// text is the reply for people: without codes and control characters.
func (r reply) text() string {
	var out []string
	for i, line := range r.lines {
		if i == 0 || i == len(r.lines)-1 {
			line = line[min(len(line), 4):]
		}
		out = append(out, printable(line))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// body is the lines between the first and the last.
func (r reply) body() []string {
	if len(r.lines) < 3 {
		return nil
	}
	return r.lines[1 : len(r.lines)-1]
}

// printable drops what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, s)
}

func protocolError(format string, args ...any) error {
	return engine.Errorf(errProtocol, format, args...)
}

// readReply reads one reply (RFC 959, 4.2): a line with a code and a space, or
// lines from a code with a hyphen to the same code with a space.
func readReply(r *bufio.Reader) (reply, error) {
	line, err := readLine(r)
	if err != nil {
		return reply{}, err
	}
	code, ok := replyCode(line)
	if !ok {
		return reply{}, protocolError("the server does not speak FTP: it sent %.60q", line)
	}
	out := reply{code, []string{line}}
	if len(line) == 3 || line[3] != '-' {
		return out, nil
	}
	for size := len(line); ; {
		if line, err = readLine(r); err != nil {
			return reply{}, err
		}
		if size += len(line); size > maxReply {
			return reply{}, protocolError("the server sent a reply of more than %d KiB", maxReply>>10)
		}
		out.lines = append(out.lines, line)
		if last, ok := replyCode(line); ok && last == code && (len(line) == 3 || line[3] == ' ') {
			return out, nil
		}
	}
}

func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", protocolError("the server sent a reply line of more than %d KiB", maxLine>>10)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

func replyCode(line string) (int, bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, false
	}
	code, err := strconv.ParseUint(line[:3], 10, 16)
	return int(code), err == nil && code >= 100 && code < 600
}

// passive brings a 227 reply into the one form that is read everywhere: servers
// write the six numbers with and without parentheses.
func (r *reply) passive() error {
	text := r.lines[0][min(len(r.lines[0]), 4):]
	for i := range text {
		if i > 0 && isDigit(text[i-1]) || !isDigit(text[i]) {
			continue
		}
		var n [6]uint8
		if _, err := fmt.Sscanf(text[i:], "%d,%d,%d,%d,%d,%d", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]); err == nil {
			r.lines = []string{fmt.Sprintf("227 Entering Passive Mode (%d,%d,%d,%d,%d,%d)", n[0], n[1], n[2], n[3], n[4], n[5])}
			return nil
		}
	}
	return protocolError("the server's passive reply names no address: %.60q", text)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// directory reads the path of a 257 reply, whose quotes are doubled.
func (r reply) directory() (string, error) {
	_, rest, ok := strings.Cut(r.lines[0], `"`)
	if !ok {
		return "", protocolError("the server names no directory: %.60q", r.text())
	}
	var out strings.Builder
	for {
		part, more, ok := strings.Cut(rest, `"`)
		if !ok {
			return "", protocolError("the server names no directory: %.60q", r.text())
		}
		out.WriteString(part)
		if rest, ok = strings.CutPrefix(more, `"`); !ok {
			return out.String(), nil
		}
		out.WriteByte('"')
	}
}
