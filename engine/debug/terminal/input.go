package terminal

import (
	"fmt"
	"io"
)

// input is where commands come from.
type input interface {
	// ask shows a prompt and begins to read a line, which comes on lines. more
	// stands before the other lines of a text of several.
	ask(prompt, more string)
	lines() <-chan inputLine
	taken() // follows what came on lines
	// leave gives the prompt up: what is written next begins a line.
	leave()
	close()
}

type inputLine struct {
	text  string
	end   bool // of the input
	empty bool // Ctrl-C: what was typed is given up
}

// plain reads lines when asked to, byte by byte: what follows a line may be for
// the script.
type plain struct {
	out   io.Writer
	paint func(code, text string) string
	asks  chan struct{}
	come  chan inputLine
	asked bool // a line was asked for and not taken; of whoever asks
}

// longestLine bounds a command.
const longestLine = 1 << 20

func newPlain(r io.Reader, out io.Writer, paint func(code, text string) string) *plain {
	in := &plain{out: out, paint: paint, asks: make(chan struct{}, 1), come: make(chan inputLine, 1)}
	go func() {
		for range in.asks {
			text, err := readLine(r)
			in.come <- inputLine{text: text, end: err != nil && text == ""}
		}
	}()
	return in
}

// ask asks for a line. One that was asked for and has not come is still asked
// for.
func (in *plain) ask(prompt, _ string) {
	fmt.Fprint(in.out, in.paint("1;36", prompt))
	if !in.asked {
		in.asked = true
		in.asks <- struct{}{}
	}
}

func (in *plain) lines() <-chan inputLine { return in.come }

func (in *plain) taken() { in.asked = false }

func (in *plain) leave() { fmt.Fprintln(in.out) }

func (in *plain) close() { close(in.asks) }

func readLine(r io.Reader) (string, error) {
	var line []byte
	b := make([]byte, 1)
	for {
		n, err := r.Read(b)
		if n == 1 {
			if b[0] == '\n' {
				if len(line) > 0 && line[len(line)-1] == '\r' {
					line = line[:len(line)-1]
				}
				return string(line), nil
			}
			if len(line) < longestLine {
				line = append(line, b[0])
			}
		}
		if err != nil {
			return string(line), err
		}
	}
}
