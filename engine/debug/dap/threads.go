package dap

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug"
)

// threads numbers the tasks of all states, as the protocol's threads. What a
// state was made for, the main chunk of the script or the jobs of a worker one
// after another, is one thread from its begin to its end; other tasks are from
// when they are seen first. It is safe for concurrent use.
type threads struct {
	mu    sync.Mutex
	last  int
	byKey map[threadKey]*thread
	// main is the task of a state that stands for it.
	main map[int]int
}

// threadKey is a task of a state; task 0 is what the state was made for.
type threadKey struct{ session, task int }

type thread struct {
	id   int
	key  threadKey
	name string
}

// taskEnded is an event.
type taskEnded struct{ key threadKey }

func newThreads() threads {
	return threads{byKey: map[threadKey]*thread{}, main: map[int]int{}}
}

// begin adds the thread of a state.
func (t *threads) begin(session *debug.Session) (id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(threadKey{session.ID, 0}, session.Name()).id
}

func (t *threads) add(key threadKey, name string) *thread {
	t.last++
	each := &thread{t.last, key, name}
	t.byKey[key] = each
	return each
}

// see takes note of the tasks of a state that stands still, and returns the
// number of one of them; fresh says that it was not known. ended is called when
// another task than that of the state has ended.
func (t *threads) see(session *debug.Session, tasks []engine.TaskInfo, one int, ended func(threadKey)) (id int, fresh bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(tasks) > 0 {
		t.main[session.ID] = tasks[0].ID // it was there before those that it has started
	}
	for _, task := range tasks {
		key := t.keyOf(session.ID, task.ID)
		each := t.byKey[key]
		if each == nil {
			each = t.add(key, session.Name())
			if key.task != 0 {
				each.name = taskName(session, task)
				task.OnEnd(func() { ended(key) })
			}
			fresh = fresh || task.ID == one
		}
		if task.ID == one {
			id = each.id
		}
	}
	return id, fresh
}

func (t *threads) keyOf(session, task int) threadKey {
	if t.main[session] == task {
		task = 0
	}
	return threadKey{session, task}
}

func taskName(session *debug.Session, task engine.TaskInfo) string {
	name := fmt.Sprintf("%s %d", task.Name, task.ID)
	if session.ID > 1 {
		name = session.Name() + ": " + name
	}
	if task.Origin != "" {
		name += " of " + task.Origin
	}
	return name
}

// task finds the state and the task of a thread; 0 is no task that is known.
func (t *threads) task(id int) (session, task int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, each := range t.byKey {
		if each.id != id {
			continue
		}
		if key.task == 0 {
			return key.session, t.main[key.session], true
		}
		return key.session, key.task, true
	}
	return 0, 0, false
}

// drop forgets the threads that gone picks, and returns their numbers in order.
func (t *threads) drop(gone func(key threadKey) bool) (ids []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, each := range t.byKey {
		if gone(key) {
			ids = append(ids, each.id)
			delete(t.byKey, key)
		}
	}
	slices.Sort(ids)
	return ids
}

func (t *threads) list() []dap.Thread {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]dap.Thread, 0, len(t.byKey))
	for _, each := range t.byKey {
		list = append(list, dap.Thread{Id: each.id, Name: each.name})
	}
	slices.SortFunc(list, func(a, b dap.Thread) int { return cmp.Compare(a.Id, b.Id) })
	return list
}

// tellThread sends the event of a thread.
func (s *server) tellThread(reason string, id int) {
	s.tell("thread", &dap.ThreadEvent{Body: dap.ThreadEventBody{Reason: reason, ThreadId: id}})
}

// exited tells of the threads that have gone.
func (s *server) exited(gone func(key threadKey) bool) {
	for _, id := range s.threads.drop(gone) {
		s.tellThread("exited", id)
	}
}

// see tells of a thread that stops and was not known.
func (s *server) see(st *debug.Stop, tasks []engine.TaskInfo, one int) (id int, fresh bool) {
	return s.threads.see(st.Session, tasks, one, func(key threadKey) { s.queue.Tell(taskEnded{key}) })
}

// listThreads lists the tasks of what stands still, and of what runs those that
// were seen and have not ended.
func (s *server) listThreads(r *dap.ThreadsRequest) {
	for _, session := range s.d.Sessions() {
		if st := session.Stopped(); st != nil {
			_ = st.Do(func(at engine.Spot) { s.see(st, at.Tasks(), 0) })
		}
	}
	s.reply(r, &dap.ThreadsResponse{Body: dap.ThreadsResponseBody{Threads: s.threads.list()}})
}
