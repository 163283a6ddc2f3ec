package stdlib

import (
	"strings"

	"github.com/gscript-lang/gscript/engine/module"
)

// Declarations reads what the modules' comments say of them, for help and
// completion.
func Declarations() ([]*module.Module, error) {
	entries, err := Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var list []*module.Module
	for _, entry := range entries {
		source, err := Files.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		m, err := module.ParseLua(strings.TrimSuffix(entry.Name(), ".lua"), string(source))
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}
