package toposort

import (
	"maps"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

func sortNames(_ *engine.Call, in depsIn) ([]string, error) {
	levels, err := levels(in.Deps)
	if err != nil {
		return nil, err
	}
	return slices.Concat(levels...), nil
}

func levelsOf(_ *engine.Call, in depsIn) ([][]string, error) {
	return levels(in.Deps)
}

// levels is Kahn's algorithm, a level at a time.
func levels(deps map[string][]string) ([][]string, error) {
	waiting := map[string]int{}       // how many needs are not met yet
	neededBy := map[string][]string{} // the other way round
	for name, needs := range deps {
		needs = slices.Compact(slices.Sorted(slices.Values(needs)))
		waiting[name] += len(needs)
		for _, n := range needs {
			waiting[n] += 0
			neededBy[n] = append(neededBy[n], name)
		}
	}
	var ready []string
	for name, n := range waiting {
		if n == 0 {
			ready = append(ready, name)
		}
	}
	levels := [][]string{}
	for len(ready) > 0 {
		slices.Sort(ready)
		levels = append(levels, ready)
		var next []string
		for _, name := range ready {
			delete(waiting, name)
			for _, other := range neededBy[name] {
				if waiting[other]--; waiting[other] == 0 {
					next = append(next, other)
				}
			}
		}
		ready = next
	}
	if len(waiting) > 0 {
		return nil, cycleError(findCycle(deps, waiting))
	}
	return levels, nil
}

// findCycle walks from need to need among the names that were never ready until
// one comes again. Each of them needs another of them, so the walk cannot end.
func findCycle(deps map[string][]string, waiting map[string]int) []string {
	name := slices.Min(slices.Collect(maps.Keys(waiting)))
	seen := map[string]int{}
	var path []string
	for {
		if at, ok := seen[name]; ok {
			return append(path[at:], name)
		}
		seen[name] = len(path)
		path = append(path, name)
		for _, need := range slices.Sorted(slices.Values(deps[name])) {
			if _, ok := waiting[need]; ok {
				name = need
				break
			}
		}
	}
}

func cycleError(cycle []string) error {
	e := engine.Errorf(errCycle, "these need each other in a circle: %s", strings.Join(cycle, " → "))
	e.Fields = map[string]any{"cycle": cycle}
	return e
}
