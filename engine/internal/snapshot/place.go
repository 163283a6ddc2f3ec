package snapshot

import (
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// DefinedAt is the place where a copied function is written, such as
// "main.lua:3", or the name of one that every state has; "" for other values.
func (s *Snapshot) DefinedAt() string {
	switch n := s.root.(type) {
	case ref:
		if f, ok := s.nodes[n.i].(*funcRec); ok {
			return vm.PlaceOf(f.proto)
		}
	case named:
		if s.Type == "function" {
			if _, name, ok := strings.Cut(n.path, ":"); ok {
				return name
			}
			return n.path
		}
	}
	return ""
}
