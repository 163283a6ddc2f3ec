package chunk

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestRowsOfData(t *testing.T) {
	t.Parallel()
	const rows = 200_000
	var source strings.Builder
	source.WriteString("local rows = {\n")
	for i := range rows {
		fmt.Fprintf(&source, "{id=%d, name='name %d'},\n", i, i)
	}
	source.WriteString(`}
	for i, row in ipairs(rows) do
		if row.id ~= i - 1 or row.name ~= "name " .. i - 1 then return i end
	end
	return #rows`)
	c, err := Compile("x", source.String(), Trusted)
	if err != nil {
		t.Fatal(err)
	}
	L := lua.NewState()
	defer L.Close()
	L.Push(L.NewFunctionFromProto(c.Proto))
	if err := L.PCall(0, 1, nil); err != nil {
		t.Fatal(err)
	}
	if got := L.Get(-1); got != lua.LNumber(rows) {
		t.Errorf("got %v, want %d", got, rows)
	}
}
