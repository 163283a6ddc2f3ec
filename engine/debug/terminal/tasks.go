package terminal

import (
	"fmt"
	"strconv"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

func (t *Terminal) listTasks(string) {
	st := t.stop
	t.failed(st.Do(func(at engine.Spot) {
		for _, info := range at.Tasks() {
			mark := " "
			if info.ID == t.task || t.task == 0 && info.ID == st.Task.ID {
				mark = ">"
			}
			text := fmt.Sprintf("%s %-2d %s", mark, info.ID, info.Name)
			if info.Origin != "" {
				text += " of " + info.Origin
			}
			frames, first := debug.Frames(at, info.ID, mostFrames)
			switch {
			case len(frames) == 0:
				text += ": has not begun"
			default:
				text += fmt.Sprintf(": %s:%d", frames[first].Source, frames[first].Line)
			}
			switch {
			case info.ID == st.Task.ID:
				text += ", has stopped here"
			case info.Within != "":
				text += ", waits in " + info.Within
			}
			t.print(text)
		}
	}))
}

func (t *Terminal) toTask(arg string) {
	id := 0
	if arg != "" {
		n, err := strconv.Atoi(arg)
		if err != nil {
			t.print("task takes a number of tasks")
			return
		}
		id = n
	}
	found := false
	t.failed(t.stop.Do(func(at engine.Spot) {
		frames, first := debug.Frames(at, id, mostFrames)
		if found = len(frames) > 0; found {
			t.task, t.frame, t.listed = id, first, 0
		}
	}))
	if !found {
		t.printf("there is no task %d that has begun", id)
		return
	}
	if t.task == t.stop.Task.ID {
		t.task = 0
	}
	t.excerpt(2)
}

func (t *Terminal) listThreads(string) {
	for _, s := range t.d.Sessions() {
		mark := " "
		if t.stop != nil && s == t.stop.Session {
			mark = ">"
		}
		if st := s.Stopped(); st != nil {
			t.printf("%s %-2d %s: stopped at %s:%d", mark, s.ID, s.Name(), st.Source, st.Line)
			continue
		}
		t.printf("%s %-2d %s: runs", mark, s.ID, s.Name())
	}
}

func (t *Terminal) toThread(arg string) {
	n, err := strconv.Atoi(arg)
	if err != nil {
		t.print("thread takes a number of threads")
		return
	}
	t.notice()
	for _, st := range t.stops {
		if st.Session.ID == n {
			t.look(st)
			t.announce()
			return
		}
	}
	for _, s := range t.d.Sessions() {
		if s.ID == n {
			t.printf("%s runs; 'pause' stops it at its next line", s.Name())
			return
		}
	}
	t.printf("there is no thread %d", n)
}
