//go:build race

package engine_test

// raceEnabled says that the race detector slows everything down.
const raceEnabled = true
