package debug_test

import (
	"testing"

	"github.com/gscript-lang/gscript/engine/debug"
)

// Worker processes are told of once a run.
func TestBeyondIsToldOnce(t *testing.T) {
	t.Parallel()
	queue := debug.NewQueue()
	d := debug.New(queue, debug.Options{})
	told := func() (n int) {
		for _, e := range queue.Take() {
			if _, ok := e.(debug.Beyond); ok {
				n++
			}
		}
		return n
	}
	d.ProcessBegan("one")
	d.ProcessBegan("two")
	if n := told(); n != 1 {
		t.Errorf("told %d times", n)
	}
	d.Restart()
	d.ProcessBegan("three")
	if n := told(); n != 1 {
		t.Errorf("told %d times after a restart", n)
	}
	d.Restart()
	d.Disconnect()
	d.ProcessBegan("four")
	if n := told(); n != 0 {
		t.Errorf("told %d times after the end", n)
	}
}
