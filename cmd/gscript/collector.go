package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// heapFloor is the heap below which Go's collector stays quiet. It would
// otherwise start at 4 MiB, which makes it run hundreds of times a second in a
// small script that makes numbers, and holds back parallel workers.
const heapFloor = 32 << 20

// keepHeapFloor makes the collector wait for heapFloor, and behave as usual in
// scripts with more live memory than that.
func keepHeapFloor() {
	debug.SetGCPercent(gcPercent(4 << 20))
	runtime.SetFinalizer(new(sentinel), (*sentinel).collected)
}

// sentinel is garbage at once, so that every collection meets one.
type sentinel struct{ _ *int }

func (s *sentinel) collected() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	debug.SetGCPercent(gcPercent(sample[0].Value.Uint64()))
	runtime.SetFinalizer(s, (*sentinel).collected)
}

// gcPercent is the growth that leads from the live memory to the floor, at
// least Go's usual doubling.
func gcPercent(live uint64) int {
	if live < 4<<20 {
		live = 4 << 20
	}
	return max(100, int(heapFloor*100/live))
}
