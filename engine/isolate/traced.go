package isolate

import (
	"encoding/json"

	"github.com/gscript-lang/gscript/engine/trace"
)

// trace sends an event to the parent's recorder.
func (c *child) trace(e trace.Event) {
	data, err := json.Marshal(e)
	if err == nil {
		_ = c.to.send(frameTrace, data) // without a parent there is nobody to tell
	}
}

// tracer takes the events of a worker to the recorder.
type tracer struct {
	to      *trace.Recorder
	process *trace.Process
}

func (t *tracer) add(pid int, name string, data []byte) error {
	var e trace.Event
	if err := json.Unmarshal(data, &e); err != nil || t.to == nil {
		return errStray
	}
	if t.process == nil {
		t.process = t.to.Process(pid, name)
	}
	t.process.Add(e)
	return nil
}
