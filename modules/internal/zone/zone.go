// Package zone finds time zones by the names that scripts give.
package zone

import (
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
)

// Load returns the zone of that name: "local", "UTC" or one of the time zone
// database.
func Load(name string) (*time.Location, error) {
	switch {
	case strings.EqualFold(name, "local"):
		return time.Local, nil
	case strings.EqualFold(name, "utc"):
		return time.UTC, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return nil, engine.Invalid("there is no time zone %q", name).
			WithHint("zones are \"local\", \"UTC\" and names such as \"Europe/Berlin\"")
	}
	return loc, nil
}
