package dap

import (
	"encoding/json"
	"errors"

	"github.com/google/go-dap"
)

// errCanceled is what the protocol has as the answer to a request that was
// canceled.
var errCanceled = errors.New("cancelled")

// cancelRequest ends the evaluation of a request, or drops one that waits.
func (s *server) cancelRequest(r *dap.CancelRequest) {
	id := 0
	if r.Arguments != nil {
		id = r.Arguments.RequestId
	}
	s.mu.Lock()
	now := id == s.answering
	if id >= s.answering {
		s.canceled[id] = true
	}
	s.mu.Unlock()
	if now {
		s.breakEvaluation()
	}
	s.reply(r, &dap.CancelResponse{})
}

// breakEvaluation ends what a client evaluates.
func (s *server) breakEvaluation() {
	for _, session := range s.d.Sessions() {
		if session.Stopped() != nil {
			session.Break()
		}
	}
}

// staysBehind says that the script goes on when the client has disconnected: a
// client may say so, and one that has attached has to say that it does not.
func (s *server) staysBehind(body []byte) bool {
	var m struct {
		Arguments struct {
			TerminateDebuggee *bool `json:"terminateDebuggee"`
		} `json:"arguments"`
	}
	_ = json.Unmarshal(body, &m) // it was decoded before
	if ends := m.Arguments.TerminateDebuggee; ends != nil {
		return !*ends
	}
	return s.life.isAttached()
}
