package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Sleep(context.Context, time.Duration) error     { panic("nobody sleeps") }
func (c *clock) NewTimer(time.Duration) host.Timer              { return stopped{} }
func (c *clock) AfterFunc(d time.Duration, f func()) host.Timer { return stopped{} }

type stopped struct{}

func (stopped) C() <-chan time.Time      { return nil }
func (stopped) Stop() bool               { return true }
func (stopped) Reset(time.Duration) bool { return true }

// parsed is an event as viewers read it.
type parsed struct {
	Ph, Name, Cat string
	PID, TID      int
	TS, Dur       float64
	Args          map[string]string
}

func parse(t *testing.T, data []byte) (events []parsed) {
	t.Helper()
	if err := json.Unmarshal(data, &events); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return events
}

func TestFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := newClock()
	r := trace.New(&out, trace.Config{Clock: c, PID: 7})
	task := r.Lane("task main.lua:3")
	task.Begin("task", "task main.lua:3")
	c.move(1500 * time.Nanosecond)
	task.Begin("call", "http.get")
	c.move(2 * time.Millisecond)
	task.End("net.refused")
	start := task.Now()
	c.move(time.Millisecond)
	task.Took("baton", "waits", start, time.Millisecond)
	task.Took("baton", "waits", start, 2*time.Millisecond)
	task.Mark("task", "cancel", "canceled")
	second := r.Lane("task main.lua:3")
	second.Begin("task", `odd "name" \ ü`)
	second.Close()
	task.Close()
	task.Begin("call", "after the end")
	again := r.Lane("task main.lua:3")
	again.Begin("task", "on the row of the last that ended")
	again.End("")
	again.End("")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.Lane("late").Mark("task", "late", "")
	want := `[
{"ph":"M","pid":7,"name":"process_name","args":{"name":"gscript"}},
{"ph":"M","pid":7,"tid":1,"name":"thread_name","args":{"name":"task main.lua:3"}},
{"ph":"B","pid":7,"tid":1,"ts":0,"cat":"task","name":"task main.lua:3"},
{"ph":"B","pid":7,"tid":1,"ts":1.500,"cat":"call","name":"http.get"},
{"ph":"E","pid":7,"tid":1,"ts":2001.500,"args":{"error":"net.refused"}},
{"ph":"X","pid":7,"tid":1,"ts":2001.500,"dur":1000,"cat":"baton","name":"waits"},
{"ph":"i","pid":7,"tid":1,"ts":3001.500,"s":"t","cat":"task","name":"cancel","args":{"error":"canceled"}},
{"ph":"M","pid":7,"tid":2,"name":"thread_name","args":{"name":"task main.lua:3 #2"}},
{"ph":"B","pid":7,"tid":2,"ts":3001.500,"cat":"task","name":"odd \"name\" \\ ü"},
{"ph":"E","pid":7,"tid":2,"ts":3001.500},
{"ph":"E","pid":7,"tid":1,"ts":3001.500},
{"ph":"B","pid":7,"tid":1,"ts":3001.500,"cat":"task","name":"on the row of the last that ended"},
{"ph":"E","pid":7,"tid":1,"ts":3001.500}
]
`
	if out.String() != want {
		t.Errorf("wrote\n%s\nwant\n%s", out.String(), want)
	}
	parse(t, out.Bytes())
}

func TestEmptyTraceIsValid(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := trace.New(&out, trace.Config{Clock: newClock()}).Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(parse(t, out.Bytes())); n != 1 {
		t.Errorf("%d events, want the name of the process", n)
	}
}

func TestNilRecordsNothing(t *testing.T) {
	t.Parallel()
	var r *trace.Recorder
	l := r.Lane("task")
	l.Begin("call", "http.get")
	l.Mark("task", "cancel", "")
	l.Finish("task", "lua")
	l.Took("baton", "waits", time.Time{}, 0)
	l.Close()
	r.Process(1, "worker").Add(trace.Event{})
	if err := r.Close(); err != nil || l != nil {
		t.Errorf("%v, %v", l, err)
	}
}

// What a killed process has done is in the file, but for the last moment.
func TestEventsDoNotStayInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := trace.New(&out, trace.Config{PID: 7})
		l := r.Lane("main")
		for range 3 {
			before := out.Len()
			l.Begin("call", "http.get")
			time.Sleep(time.Second)
			synctest.Wait()
			cut := out.String()[before:]
			if !strings.HasSuffix(cut, `"name":"http.get"}`) {
				t.Errorf("in the file: %q", cut)
			}
			parse(t, append(out.Bytes()[:out.Len():out.Len()], ']')) // as viewers complete it
		}
		l.Close()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		parse(t, out.Bytes())
	})
}

// full is a disk that has room for some bytes.
type full struct {
	room   int
	writes int
}

var errFull = errors.New("no space left on device")

func (f *full) Write(b []byte) (int, error) {
	f.writes++
	if len(b) > f.room {
		return f.room, errFull
	}
	f.room -= len(b)
	return len(b), nil
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := &full{room: 100_000}
	r := trace.New(disk, trace.Config{Clock: newClock()})
	l := r.Lane("main")
	for range 10_000 {
		l.Begin("call", "http.get")
		l.End("")
	}
	if err := r.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close: %v", err)
	}
	if err := r.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close again: %v", err)
	}
	if disk.writes != 2 {
		t.Errorf("%d writes, want no more after the failure", disk.writes)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := trace.New(&out, trace.Config{Clock: newClock()})
	r.Lane(strings.Repeat("ü", 10_000)).Begin("task", strings.Repeat("x", 10_000)+"\xff")
	r.Close()
	if out.Len() > 1000 {
		t.Errorf("%d bytes", out.Len())
	}
	parse(t, out.Bytes())
}

// Events cross to the recorder of another process as any encoding has them.
func TestRelay(t *testing.T) {
	t.Parallel()
	var wire bytes.Buffer
	encoder := json.NewEncoder(&wire)
	c := newClock()
	var out bytes.Buffer
	r := trace.New(&out, trace.Config{Clock: c, PID: 7})
	c.move(time.Second)
	relay := trace.NewRelay(c, func(e trace.Event) {
		if err := encoder.Encode(e); err != nil {
			t.Error(err)
		}
	})
	l := relay.Lane("worker")
	l.Begin("job", "job main.lua:5")
	c.move(time.Millisecond)
	l.Finish("job", "lua")
	l.Close()
	if err := relay.Close(); err != nil {
		t.Fatal(err)
	}

	p := r.Process(8, "worker 1")
	for decoder := json.NewDecoder(&wire); decoder.More(); {
		var e trace.Event
		if err := decoder.Decode(&e); err != nil {
			t.Fatal(err)
		}
		p.Add(e)
	}
	p.Add(trace.Event{}, trace.Event{Phase: `B","x":"`, Row: 1}, trace.Event{Phase: "process", Name: "gscript"},
		trace.Event{Phase: "B", Row: -1}, trace.Event{Phase: "X", Row: 1, Length: -1})
	r.Close()
	want := `[
{"ph":"M","pid":7,"name":"process_name","args":{"name":"gscript"}},
{"ph":"M","pid":8,"name":"process_name","args":{"name":"worker 1"}},
{"ph":"M","pid":8,"tid":1,"name":"thread_name","args":{"name":"worker"}},
{"ph":"B","pid":8,"tid":1,"ts":1000000,"cat":"job","name":"job main.lua:5"},
{"ph":"i","pid":8,"tid":1,"ts":1001000,"s":"t","cat":"job","name":"failed","args":{"error":"lua"}},
{"ph":"E","pid":8,"tid":1,"ts":1001000,"args":{"error":"lua"}}
]
`
	if out.String() != want {
		t.Errorf("wrote\n%s\nwant\n%s", out.String(), want)
	}
}

func TestManyGoroutines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := trace.New(&out, trace.Config{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				l := r.Lane("task main.lua:1")
				l.Begin("task", "task")
				l.Begin("call", "http.get")
				l.End("")
				l.Mark("task", "cancel", "canceled")
				l.Finish("task", "canceled")
				l.Close()
			}
		})
	}
	all.Wait()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	open, rows := map[int]int{}, 0
	for _, e := range parse(t, out.Bytes()) {
		switch {
		case e.Name == "thread_name":
			rows++
		case e.Ph == "B":
			open[e.TID]++
		case e.Ph == "E":
			open[e.TID]--
		}
		if open[e.TID] < 0 || open[e.TID] > 2 {
			t.Fatalf("row %d has %d open", e.TID, open[e.TID])
		}
	}
	if rows < 1 || rows > 8 {
		t.Errorf("%d rows for 8 tasks at a time", rows)
	}
}

func BenchmarkSpan(b *testing.B) {
	r := trace.New(&full{room: 1 << 60}, trace.Config{})
	defer r.Close()
	l := r.Lane("main")
	b.ReportAllocs()
	for b.Loop() {
		l.Begin("call", "http.get")
		l.End("")
	}
}
