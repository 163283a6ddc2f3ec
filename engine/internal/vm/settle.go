package vm

import "runtime"

const (
	quietRounds = 40  // in which nobody takes the baton before all seems to wait
	quietPauses = 8   // likewise, after tasks have run, which may have woken others
	mostRounds  = 600 // for goroutines to come where they wait or take the baton
	freeRounds  = 200 // of those without a pause
)

// LetRun lets the other tasks run until they all wait. Go does not tell whether a
// goroutine waits, so it is told by what can be seen: idle, which gets how many
// calls of Go code have begun and how often others took the baton, says that they
// all wait, and nobody takes the baton any more. Native code that stays busy is
// not waited for without end. LetRun is called without the baton; pause takes a
// moment of real time.
func (w *World) LetRun(idle func(native int, turns int64) bool, pause func()) {
	w.Yield()
	l := letting{World: w, began: w.turns.Load()}
	l.quiet()
	for round, pauses, seen := 0, 0, l.others(); ; {
		switch ready := idle(int(w.Native.Load()), l.others()); {
		case ready && (l.others() == 0 || pauses >= quietPauses):
			return
		case ready:
			pauses++
			pause()
		case round >= mostRounds:
			return
		case round < freeRounds:
			runtime.Gosched()
		default:
			pause()
		}
		round++
		l.quiet()
		if now := l.others(); now != seen {
			seen, pauses = now, 0
		}
	}
}

// letting is one call of LetRun.
type letting struct {
	*World
	began, own int64 // turns before, and those that it took itself
}

// others is how often another took the baton.
func (l *letting) others() int64 { return l.turns.Load() - l.began - l.own }

// quiet takes and gives the baton until nobody else does.
func (l *letting) quiet() {
	for still := 0; still < quietRounds; still++ {
		before := l.others()
		l.Lock(nil)
		l.own++
		l.Unlock()
		runtime.Gosched()
		if l.begun.Load() < l.started.Load() {
			l.yielding()
		}
		if l.others() != before {
			still = 0
		}
	}
}

// yielding is Yield, whose turns are its own.
func (l *letting) yielding() {
	for started := l.started.Load(); l.begun.Load() < started; runtime.Gosched() {
		l.Lock(nil)
		l.own++
		l.Unlock()
	}
}
