//go:build !unix

package engine_test

import "time"

// processorTime is not known here: lateness is by the clock alone.
func processorTime() time.Duration { return 0 }
