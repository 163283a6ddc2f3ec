package runner

import (
	"fmt"

	"github.com/gscript-lang/gscript/engine"
)

// lost refuses a file in which a test is defined twice: the first would never run,
// and nobody would know.
func (s *Session) lost(name, source string) error {
	if s.opts.Instead != nil {
		return nil
	}
	list, err := s.engine.DefinedTwice(name, source, "test_")
	if err != nil || len(list) == 0 {
		return nil // what does not compile is told by who runs it
	}
	e := engine.Invalid("%s is defined twice, on line %d and on line %d, so the first would never run", list[0].Name, list[0].First, list[0].Second)
	e.Hint = "give one of them another name"
	e.Traceback = fmt.Sprintf("%s:%d: in main chunk", name, list[0].Second)
	return e
}
