package lineedit

import (
	"io"
	"strings"
)

// press does what a key means. done says that the text is finished.
func (e *Editor) press(k key) (done bool, err error) {
	if e.search != nil && e.searching(k) {
		return false, nil
	}
	if e.menu != nil && e.choosing(k) {
		return false, nil
	}
	switch {
	case k.paste:
		e.splice(e.at, e.at, pasted(k.text))
		return false, nil
	case k.name == "":
		e.typeIn(k.text)
		return false, nil
	}
	switch k.name {
	case "enter":
		return e.enter(), nil
	case "ctrl-c":
		return false, ErrInterrupt
	case "ctrl-d":
		if len(e.runes) == 0 {
			return false, io.EOF
		}
		e.remove(e.at, e.at+1)
	case "tab":
		if e.inMargin() {
			e.splice(e.at, e.at, step)
		} else {
			e.complete()
		}
	case "up", "ctrl-p":
		if !e.above() {
			e.older()
		}
	case "down", "ctrl-n":
		if !e.below() {
			e.newer()
		}
	case "ctrl-r":
		e.search = &search{from: e.history.Len(), before: e.text()}
	case "ctrl-l":
		e.clear()
	case "ctrl-z":
		if e.cfg.Suspend != nil {
			return false, e.suspend()
		}
	default:
		e.edit(k.name)
	}
	return false, nil
}

// edit does what keys mean that only change the text or move in it.
func (e *Editor) edit(name string) {
	switch name {
	case "alt-enter":
		e.splice(e.at, e.at, "\n")
	case "left", "ctrl-b":
		e.move(e.at - 1)
	case "right", "ctrl-f":
		e.move(e.at + 1)
	case "home", "ctrl-a":
		e.move(e.start())
	case "end", "ctrl-e":
		e.move(e.end())
	case "word-left", "alt-b":
		e.move(e.wordLeft())
	case "word-right", "alt-f":
		e.move(e.wordRight())
	case "backspace":
		if e.inMargin() && strings.HasSuffix(string(e.runes[:e.at]), step) {
			e.remove(e.at-len(step), e.at)
		} else {
			e.remove(e.at-1, e.at)
		}
	case "delete":
		e.remove(e.at, e.at+1)
	case "alt-backspace":
		e.kill(e.wordLeft(), e.at)
	case "alt-d":
		e.kill(e.at, e.wordRight())
	case "ctrl-w":
		e.kill(e.blankLeft(), e.at)
	case "ctrl-u":
		e.kill(e.start(), e.at)
	case "ctrl-k":
		e.kill(e.at, e.end())
	case "ctrl-y":
		e.yank()
	case "ctrl-_":
		e.takeBack()
	}
}

// pasted is what a paste puts into the text: terminals send line ends as
// carriage returns.
func pasted(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// enter ends the text, or begins another line of it. An empty line ends it in
// any case, but within what arrives faster than anybody types.
func (e *Editor) enter() (done bool) {
	next := 0
	if e.cfg.Indent != nil && len(e.pending) == 0 {
		next = e.indent()
	}
	text := e.text()
	if e.cfg.Ready == nil || e.cfg.Ready(text) || e.blankEnd() && len(e.pending) == 0 {
		return true
	}
	e.splice(e.at, e.at, "\n"+strings.Repeat(step, next))
	return false
}

func (e *Editor) older() {
	if e.recall == 0 {
		e.bell()
		return
	}
	if e.recall == e.history.Len() {
		e.typed = e.text()
	}
	e.recall--
	e.set(e.history.At(e.recall))
}

func (e *Editor) newer() {
	switch {
	case e.recall >= e.history.Len():
		e.bell()
		return
	case e.recall == e.history.Len()-1:
		e.set(e.typed)
	default:
		e.set(e.history.At(e.recall + 1))
	}
	e.recall++
}

func (e *Editor) clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = io.WriteString(e.cfg.Out, "\x1b[H\x1b[2J")
	e.shown = frame{}
}
