package chunk

import (
	"slices"
	"testing"
)

func TestDefinedTwice(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]Twice{
		"function test_a() end\nfunction test_a() end":                                                 {{"test_a", 1, 2}},
		"function test_a() end function test_b() end":                                                  nil,
		"function a() end function a() end":                                                            nil,
		"function C:test_a() end\n\nfunction C:test_a() end":                                           {{"C:test_a", 1, 3}},
		"function C.test_a() end\nfunction D.test_a() end":                                             nil,
		"group('x', function()\nfunction test_a() end\nfunction test_a() end\nend)":                    {{"test_a", 2, 3}},
		"function test_a() end\ngroup('x', function() function test_a() end end)":                      nil,
		"if x then function test_a() end else function test_a() end end":                               nil,
		"local function test_a() end\nlocal function test_a() end":                                     nil,
		"function test_a() end\nfunction test_a() end\n-- three\nfunction test_a() end test.x(test_a)": {{"test_a", 1, 2}, {"test_a", 2, 4}},
	} {
		got, err := DefinedTwice("x", source, "test_", Trusted)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", source, got, err, want)
		}
	}
}
