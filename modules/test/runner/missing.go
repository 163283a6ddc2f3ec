package runner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/test"
)

// missing are the errors about ids that were asked for and that none of the
// file's tests has.
func (s *source) missing(all []*test.Item) (list []error) {
	for _, want := range s.ids {
		if want == "" || slices.ContainsFunc(all, func(i *test.Item) bool { return covers(want, i.ID) }) {
			continue
		}
		hint := "gscript test --list " + quote(s.path) + " lists its tests"
		ids := map[string]string{} // by the last part: what is before is much the same in all
		for _, item := range all {
			ids[lastPart(item.ID)] = item.ID
		}
		if near := engine.Suggest(lastPart(want), slices.Sorted(maps.Keys(ids))); near != "" {
			hint = fmt.Sprintf("did you mean %s?", ids[near])
		}
		list = append(list, usage(hint, "there is no test %s", want))
	}
	return list
}

func lastPart(id string) string {
	return id[strings.LastIndex(id, "::")+len("::"):]
}

// checkSelection refuses ids and marks of the command line that there are none of.
func (s *Session) checkSelection() error {
	if len(s.missing) > 0 {
		return s.missing[0]
	}
	return s.checkMarks()
}
