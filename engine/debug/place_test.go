package debug

import "testing"

func TestPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Breakpoint{
		"12":            {Line: 12},
		"main.lua:12":   {File: "main.lua", Line: 12},
		"C:\\a.lua:3":   {File: "C:\\a.lua", Line: 3},
		"lib/a b.lua:1": {File: "lib/a b.lua", Line: 1},
		"f":             {Function: "f"},
		"m.f":           {Function: "m.f"},
		"m.Class:f":     {Function: "m.Class:f"},
		"":              {}, "-1": {}, "0": {}, "(((": {}, "2.5": {}, "a.lua:0": {}, "a.lua:x": {}, "f()": {}, "a.lua:99999999999999999999": {}, "1 2": {},
	} {
		got, err := Place(text)
		if got != want || (err == nil) != (want != Breakpoint{}) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}
