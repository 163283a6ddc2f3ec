package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// Names are global names; those of libraries with what they hold.
type Names map[string][]string

const listNames = `
local names = {}
for name, value in pairs(_G) do
  names[#names + 1] = name
  if type(value) == "table" and value ~= _G and name ~= "arg" then
    for member in pairs(value) do names[#names + 1] = name .. "." .. tostring(member) end
  end
end
return table.concat(names, "\n")
`

// Standard asks a state what globals it begins with.
func Standard(ctx context.Context, s *engine.State) (Names, error) {
	results, err := s.Run(ctx, "=check", listNames)
	if err != nil {
		return nil, err
	}
	text, ok := results[0].(string)
	if !ok {
		return nil, fmt.Errorf("check: the names of a state are a %T", results[0])
	}
	names := Names{}
	for line := range strings.SplitSeq(text, "\n") {
		name, member, library := strings.Cut(line, ".")
		if library {
			names[name] = append(names[name], member)
		} else if names[name] == nil {
			names[name] = nil
		}
	}
	return names, nil
}
