package dap

import (
	"io"
	"sync"

	"github.com/google/go-dap"
)

// outbox holds what is to be sent, so that a client which does not read keeps
// nothing waiting but the output of the script.
type outbox struct {
	mu      sync.Mutex
	changed sync.Cond
	list    []dap.Message
	seq     int
	closed  bool
}

// crowded is how many messages may wait before output does.
const crowded = 1000

// put adds a message and gives it the next number.
func (o *outbox) put(m dap.Message, number *int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.add(m, number)
}

func (o *outbox) add(m dap.Message, number *int) {
	if o.closed {
		return
	}
	o.seq++
	*number = o.seq
	o.list = append(o.list, m)
	o.changed.Broadcast()
}

// putOutput is put for what there may be too much of: it waits.
func (o *outbox) putOutput(m dap.Message, number *int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.list) > crowded && !o.closed {
		o.changed.Wait()
	}
	o.add(m, number)
}

// close ends write once all is sent.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.changed.Broadcast()
}

// write sends the messages until close, or until the client is gone.
func (o *outbox) write(w io.Writer) {
	for {
		o.mu.Lock()
		for len(o.list) == 0 && !o.closed {
			o.changed.Wait()
		}
		list := o.list
		o.list = nil
		o.changed.Broadcast()
		o.mu.Unlock()
		if len(list) == 0 {
			return
		}
		for _, m := range list {
			if dap.WriteProtocolMessage(w, m) != nil {
				o.close()
				o.mu.Lock()
				o.list = nil
				o.mu.Unlock()
				return
			}
		}
	}
}
