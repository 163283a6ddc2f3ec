package runner_test

import (
	"strings"
	"testing"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test/runner"
)

func TestWhatIsAskedForIsThere(t *testing.T) {
	t.Parallel()
	file := map[string]string{"a_test.lua": `
		test.group("g", function() function test_one() end end)
		test.each("adds", {{1}, {2}}, function(n) end)
		test_slow = test.mark("slow", function() end)`}
	for _, tt := range []struct{ id, marks, message, hint string }{
		{id: "a_test.lua::g::test_one"},
		{id: "a_test.lua::g"},
		{id: "a_test.lua::adds"},
		{id: "a_test.lua::adds[2]"},
		{id: "a_test.lua::g::test_won", message: "there is no test a_test.lua::g::test_won", hint: "did you mean a_test.lua::g::test_one?"},
		{id: "a_test.lua::adds[3]", message: "there is no test a_test.lua::adds[3]", hint: "did you mean a_test.lua::adds["},
		{id: "a_test.lua::nothing_like_it", message: "there is no test", hint: "gscript test --list a_test.lua lists its tests"},
		{id: "a_test.lua", marks: "slwo", message: "unknown mark 'slwo'", hint: "did you mean 'slow'?"},
	} {
		t.Run(tt.id+tt.marks, func(t *testing.T) {
			t.Parallel()
			o := project(t, file)
			o.Args, o.Marks = []string{tt.id}, tt.marks
			s, err := runner.New(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Run(t.Context())
			if tt.message == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			if e := engine.Classify(err); !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("%s\n%s", e.Message, e.Hint)
			}
		})
	}
}
