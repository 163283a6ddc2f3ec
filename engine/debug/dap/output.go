package dap

import (
	"io"
	"sync"

	"github.com/google/go-dap"
)

// output sends what the script writes.
type output struct {
	s        *server
	category string
	behind   io.Writer // gets it when the client has left; nil drops it

	mu sync.Mutex // of behind
}

func (o *output) Write(p []byte) (int, error) {
	if o.s.life.hasLetGo() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.behind == nil {
			return len(p), nil
		}
		return o.behind.Write(p)
	}
	m := &dap.OutputEvent{Body: dap.OutputEventBody{Category: o.category, Output: string(p)}}
	m.Type, m.Event.Event = "event", "output"
	o.s.out.putOutput(m, &m.Seq)
	return len(p), nil
}
