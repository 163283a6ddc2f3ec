package dap

import (
	"errors"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine/debug"
)

const conditionHelp = "Lua that sees the error as err, such as err.kind == \"net.timeout\""

// capabilities is what the server announces.
func capabilities() dap.Capabilities {
	return dap.Capabilities{
		SupportsConfigurationDoneRequest:   true,
		SupportsFunctionBreakpoints:        true,
		SupportsConditionalBreakpoints:     true,
		SupportsHitConditionalBreakpoints:  true,
		SupportsLogPoints:                  true,
		SupportsEvaluateForHovers:          true,
		SupportsClipboardContext:           true,
		SupportsSetVariable:                true,
		SupportsSetExpression:              true,
		SupportsCompletionsRequest:         true,
		CompletionTriggerCharacters:        []string{".", ":"},
		SupportsRestartRequest:             true,
		SupportsTerminateRequest:           true,
		SupportTerminateDebuggee:           true,
		SupportsCancelRequest:              true,
		SupportsDelayedStackTraceLoading:   true,
		SupportsExceptionInfoRequest:       true,
		SupportsExceptionFilterOptions:     true,
		SupportsLoadedSourcesRequest:       true,
		SupportsBreakpointLocationsRequest: true,
		ExceptionBreakpointFilters: []dap.ExceptionBreakpointsFilter{
			{Filter: string(debug.All), Label: "All errors", Description: "Stop at every error, also one that a pcall catches", SupportsCondition: true, ConditionDescription: conditionHelp},
			{Filter: string(debug.Uncaught), Label: "Uncaught errors", Description: "Stop at an error that nothing catches", Default: true, SupportsCondition: true, ConditionDescription: conditionHelp},
		},
	}
}

func (s *server) initialize(r *dap.InitializeRequest) {
	if !s.life.initialize() {
		s.refuse(r, errors.New("the session is initialized already"))
		return
	}
	s.mu.Lock()
	s.client = r.Arguments
	s.mu.Unlock()
	s.reply(r, &dap.InitializeResponse{Body: capabilities()})
	s.tell("initialized", &dap.InitializedEvent{})
}
