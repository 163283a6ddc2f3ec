package vm

import (
	"math"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Threads are made here, in one piece of memory, because lua.LState.NewThread
// makes a table of globals for each that it then throws away, and lists for the
// deepest recursion: five times the memory and most of the time of a task that
// only waits. What this file believes of gopher-lua is checked by
// TestThreadLayout.

// Sizes of a Lua thread.
const (
	framesPerSegment = 8    // gopher-lua's
	maxFrames        = 4088 // with one more, the list of segments takes the next size class
	firstSegments    = 8
	lengthenBefore   = 3 // segments that native functions calling one another may fill
	firstRegisters   = 40
	firstGrowStep    = 216 // to 256 registers
	registryGrowStep = 2048
	registryMaxSize  = 1 << 18
)

// frameSegment, frameStack and registry are gopher-lua's callFrameStackSegment,
// autoGrowingCallFrameStack and registry.
type frameSegment struct {
	array [framesPerSegment]callFrame
}

type frameStack struct {
	segments []*frameSegment
	segIdx   uint16
	segSp    uint8
}

type registry struct {
	array  []lua.LValue
	top    int
	growBy int
	//lint:ignore U1000 they hold the place of gopher-lua's
	maxSize int
	//lint:ignore U1000 likewise
	alloc   unsafe.Pointer
	handler face
}

// face is an interface value.
type face struct{ tab, data unsafe.Pointer }

// thread is a Lua thread with what it needs to begin.
type thread struct {
	hook
	state lua.LState
	reg   registry
	list  [firstSegments]*frameSegment
	first frameSegment
	slots [firstRegisters]lua.LValue
}

var (
	regAt   = stateField("reg")
	stackAt = stateField("stack")
)

func stateField(name string) uintptr {
	f, ok := reflect.TypeFor[lua.LState]().FieldByName(name)
	if !ok {
		panic("gopher-lua's LState has no " + name)
	}
	return f.Offset
}

func registryOf(L *lua.LState) *registry {
	return *(**registry)(unsafe.Add(unsafe.Pointer(L), regAt))
}

// newThread makes a thread of the world. All share the root's allocator of
// numbers: the baton lets one run at a time.
func (w *World) newThread(r role) *hook {
	th := &thread{state: w.blank}
	L := &th.state
	th.reg = *registryOf(w.Root)
	th.reg.array, th.reg.top, th.reg.growBy = th.slots[:], 0, firstGrowStep
	th.reg.handler.data = unsafe.Pointer(L)
	th.list[0] = &th.first
	th.stack = frameStack{segments: th.list[:]}
	*(**registry)(unsafe.Add(unsafe.Pointer(L), regAt)) = &th.reg
	(*face)(unsafe.Add(unsafe.Pointer(L), stackAt)).data = unsafe.Pointer(&th.stack)
	th.hook.thread, th.hook.role, th.hook.near = L, r, firstSegments-lengthenBefore
	L.SetContext(&th.hook)
	return &th.hook
}

// lengthen makes room for all the frames that a thread may have. It is called
// before the first of them is short of room, and makes the registers grow in
// steps that suit deep recursion.
func (h *hook) lengthen() {
	segments := make([]*frameSegment, maxFrames/framesPerSegment)
	copy(segments, h.stack.segments)
	h.stack.segments, h.near = segments, math.MaxUint16
	registryOf(h.thread).growBy = registryGrowStep
}

// begin puts the frame of fn on a new thread, as coroutine.create does.
func (h *hook) begin(fn *lua.LFunction) {
	h.stack.segments[0].array[0] = callFrame{Fn: fn, LocalBase: 1, NRet: lua.MultRet}
	h.stack.segSp = 1
}
