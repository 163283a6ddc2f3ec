package terminal

import (
	"io"
)

// input reads lines when asked to, byte by byte: what follows a line may be for
// the script.
type input struct {
	asks  chan struct{}
	lines chan inputLine
	asked bool // a line was asked for and not taken; of whoever asks
}

type inputLine struct {
	text string
	end  bool
}

// longestLine bounds a command.
const longestLine = 1 << 20

func newInput(r io.Reader) *input {
	in := &input{asks: make(chan struct{}, 1), lines: make(chan inputLine, 1)}
	go func() {
		for range in.asks {
			text, err := readLine(r)
			in.lines <- inputLine{text, err != nil && text == ""}
		}
	}()
	return in
}

// ask asks for a line, which comes on lines. One that was asked for and has not
// come is still asked for.
func (in *input) ask() {
	if !in.asked {
		in.asked = true
		in.asks <- struct{}{}
	}
}

func (in *input) close() { close(in.asks) }

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
