package terminal

import "strings"

// loop does commands until enough says so.
func (t *Terminal) loop(enough func() bool) {
	for !enough() {
		line, ok := t.next()
		if !ok {
			return
		}
		t.do(line)
	}
}

// next is the next command: one that waits, else one that is read.
func (t *Terminal) next() (line string, ok bool) {
	if t.cut.Swap(false) {
		t.waiting = waiting{}
	}
	if line, ok = t.waiting.next(); ok {
		return line, true
	}
	prompt := "(gscript) "
	if t.defining > 0 {
		prompt = "(commands) "
	}
	line, ok = t.read(prompt)
	switch {
	case !ok:
		return "", false
	case t.givenUp:
		t.defining, t.drafted = 0, nil
		return "", true
	case t.defining > 0:
		return line, true
	case strings.TrimSpace(line) == "":
		return t.last, true
	}
	t.last = line
	return line, true
}

// read reads a line; ok is false when there is none and the prompt is over.
func (t *Terminal) read(prompt string) (line string, ok bool) {
	return t.readUntil(prompt, t.endOfInput)
}

// readUntil is read with what the end of the input does: on a terminal, where it
// is Ctrl-D, more may come.
func (t *Terminal) readUntil(prompt string, end func()) (line string, ok bool) {
	t.input.ask(prompt, strings.Repeat(" ", max(len(prompt)-3, 0))+">> ")
	for {
		var gone <-chan struct{}
		if t.stop != nil {
			gone = t.stop.Gone()
		}
		select {
		case l := <-t.input.lines():
			t.input.taken()
			if l.end {
				t.input.leave()
				end()
			}
			t.givenUp = l.empty
			return l.text, !l.end
		case <-gone:
			t.input.leave()
			t.print("the script does not stand here any more")
			t.stop = nil
			return "", false
		case <-t.queue.Wake():
			t.notice()
		case <-t.done:
			t.input.leave()
			t.stop = nil
			return "", false
		}
	}
}

// endOfInput ends the script or lets it go on, so that nothing waits for input
// that does not come.
func (t *Terminal) endOfInput() {
	if t.GoOn {
		t.print("end of the input: the script goes on without the debugger")
		t.d.Disconnect()
		t.stop = nil
		return
	}
	if t.over == nil {
		t.print("end of the input: the script is ended")
	}
	t.quit(false)
}
