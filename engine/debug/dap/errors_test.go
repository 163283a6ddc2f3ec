package dap_test

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// Filters of errors have conditions, and those that do not exist are told.
func TestExceptionFilters(t *testing.T) {
	t.Parallel()
	source := `pcall(error, {code = 1})
local function f(limit) error({code = 2}) end
pcall(f, 2)
try(error, "text")
error({code = 3})`
	set := func(c *client, filters []string, options ...dap.ExceptionFilterOptions) (messages []string) {
		for _, b := range ask[*dap.SetExceptionBreakpointsResponse](c, &dap.SetExceptionBreakpointsRequest{Request: c.request("setExceptionBreakpoints"), Arguments: dap.SetExceptionBreakpointsArguments{Filters: filters, FilterOptions: options}}).Body.Breakpoints {
			if b.Verified != (b.Message == "") {
				t.Errorf("a filter is %+v", b)
			}
			messages = append(messages, b.Message)
		}
		return messages
	}
	c := connect(t, map[string]string{"main.lua": source})
	c.begin(nil, func() {
		got := set(c, []string{"never", "uncaught"}, dap.ExceptionFilterOptions{FilterId: "all", Condition: "err.code ="}, dap.ExceptionFilterOptions{FilterId: "all", Condition: "type(err) == 'table' and err.code == limit"})
		if len(got) != 4 || !strings.Contains(got[0], `no filter "never"`) || got[1] != "" || !strings.Contains(got[2], "syntax error") || got[3] != "" {
			t.Errorf("the filters are answered with %q", got)
		}
	})
	thread, _ := c.stopped("exception", 2)
	set(c, nil, dap.ExceptionFilterOptions{FilterId: "all", Condition: "err.code.x"})
	c.goOn(thread)
	e := event[*dap.StoppedEvent](c)
	if line := c.stack(e.Body.ThreadId)[1].Line; line != 4 || !strings.Contains(e.Body.Text, "the condition err.code.x fails") {
		t.Errorf("stopped at line %d: %s", line, e.Body.Text)
	}
	set(c, []string{"uncaught"})
	c.goOn(thread)
	c.stopped("exception", 5)
	c.goOn(thread)
	c.end(1)
}

// An error that is raised again, which nothing catches now, stops again.
func TestErrorThatIsRaisedAgain(t *testing.T) {
	t.Parallel()
	c := connect(t, map[string]string{"main.lua": "pcall(function()\n  error('same', 0)\nend)\nerror('same', 0)"})
	c.begin(nil, func() {
		ask[*dap.SetExceptionBreakpointsResponse](c, &dap.SetExceptionBreakpointsRequest{Request: c.request("setExceptionBreakpoints"), Arguments: dap.SetExceptionBreakpointsArguments{Filters: []string{"all"}}})
	})
	for _, line := range []int{2, 4} {
		thread, _ := c.stopped("exception", line)
		c.goOn(thread)
	}
	c.end(1)
}
