package engine

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/gscript-lang/gscript/engine/internal/bind"
	"github.com/gscript-lang/gscript/engine/internal/fault"
	"github.com/gscript-lang/gscript/engine/internal/vm"
)

// Probe looks into the states of an engine: coverage and debuggers are probes.
// A state without one pays nothing.
type Probe interface {
	// Attach is called for each state that the engine makes, workers too, before
	// anything runs in it. It returns what looks into the state, nil for nothing.
	Attach(s *State) StateProbe
}

// ProcessProbe is a Probe that is told of each worker process, into which it cannot
// look. It is called from any goroutine, and must not block.
type ProcessProbe interface {
	Probe
	ProcessBegan(name string)
}

// StateProbe looks into one state. It is called by whoever runs Lua there, who
// waits until it returns, and with it every task of the state.
type StateProbe interface {
	// Instruction is called before each instruction.
	Instruction(at Spot)
	// Raised is called where a value is raised, before anything is unwound;
	// caught says that a pcall, xpcall or try of the script keeps it. What a
	// native function raises that pcall itself has called is told at the pcall.
	Raised(at Spot, v Value, caught bool)
	// Detach is called when the state is closed.
	Detach()
}

// probes are what looks into a state.
type probes struct {
	state *State
	list  []StateProbe
}

var _ vm.Probe = (*probes)(nil)

func (p *probes) Instruction(L *lua.LState, t *vm.Task) {
	for _, each := range p.list {
		each.Instruction(Spot{p.state, t, L})
	}
}

func (p *probes) Raised(L *lua.LState, t *vm.Task, v lua.LValue, caught bool) {
	for _, each := range p.list {
		each.Raised(Spot{p.state, t, L}, bind.ValueOf(v), caught)
	}
}

// attachProbes attaches the engine's probes to a new state.
func (s *State) attachProbes() {
	var list []StateProbe
	for _, p := range s.engine.opts.Probes {
		if each := p.Attach(s); each != nil {
			list = append(list, each)
		}
	}
	if len(list) > 0 {
		s.setProbes(list)
	}
}

func (s *State) setProbes(list []StateProbe) {
	s.probes = &probes{s, list}
	s.world.SetProbe(s.probes)
}

func (s *State) detachProbes() {
	if s.probes != nil {
		for _, each := range s.probes.list {
			each.Detach()
		}
	}
}

// Probe has p look into the state of the call from now on, as one of
// Options.Probes does. Only inline functions may call it.
func (c *Call) Probe(p StateProbe) {
	var list []StateProbe
	if c.state.probes != nil {
		list = slices.Clone(c.state.probes.list) // it may be walked right now
	}
	c.state.setProbes(append(list, p))
}

// Probes are what looks into the state of the call. Only inline functions may
// ask for it.
func (c *Call) Probes() []StateProbe {
	if c.state.probes == nil {
		return nil
	}
	return c.state.probes.list
}

// Spot is the place where the call is made. Only inline functions may ask for it.
func (c *Call) Spot() Spot { return Spot{c.state, c.task, c.frame.L} }

// Spot is a place where a script is, while a probe is told of it.
type Spot struct {
	state  *State
	task   *vm.Task
	thread *lua.LState
}

// State is the state in which the script runs.
func (at Spot) State() *State { return at.state }

// Instruction is the function that runs and the index in its code of the
// instruction that is about to; nil and -1 in native code.
func (at Spot) Instruction() (p *lua.FunctionProto, pc int) { return vm.At(at.thread) }

// Place is the source and the line of the instruction, "" and 0 in native code.
func (at Spot) Place() (source string, line int) {
	p, pc := vm.At(at.thread)
	if p == nil || pc < 0 {
		return "", 0
	}
	return p.SourceName, p.DbgSourcePositions[pc]
}

// Depth grows by one with each call and falls with each return, also through
// protected calls and coroutines.
func (at Spot) Depth() int { return vm.Depth(at.thread) }

// Task is the task that runs.
func (at Spot) Task() TaskInfo { return infoOf(at.task) }

// Stopped is closed when the task is to end at once: whoever waits in a probe
// returns then.
func (at Spot) Stopped() <-chan struct{} { return at.task.HardContext().Done() }

// Expired says that the task is to end at once, and that it runs no further
// instruction.
func (at Spot) Expired() bool {
	at.task.Check() // takes note of the end of its context
	return at.task.Stopped() != nil
}

// End ends the state at once, as the end of its context does; errors.Is finds
// why in what its script ends with.
func (at Spot) End(why error) {
	at.state.world.Stop(&fault.Error{Kind: fault.Canceled, Message: why.Error(), Cause: why})
}

// Raise raises err in the script from StateProbe.Instruction. It does not return.
func (at Spot) Raise(err error) { at.state.world.Throw(at.thread, err) }

// SourceText is the text that the chunk called name was last compiled from. A
// state that is not Trusted keeps none of what it loads from text.
func (s *State) SourceText(name string) (text string, ok bool) {
	return s.engine.chunks.source(name)
}

// TaskInfo says what a task of a state is.
type TaskInfo struct {
	ID     int
	Name   string // "main", "task", "timer", …
	Origin string // the line that started it, such as "main.lua:3"; "" for the main one
	Within string // the native function in which it waits, "" for none

	task *vm.Task
}

func infoOf(t *vm.Task) TaskInfo { return TaskInfo{t.ID, t.Name, t.Origin, t.Within(), t} }

// OnEnd calls f, which must not block, when the task has ended, at once if it has
// already. It may be called from anywhere.
func (i TaskInfo) OnEnd(f func()) { i.task.OnEnd(f) }

// Tasks lists the tasks of the state that have not ended, in the order of their
// start.
func (at Spot) Tasks() []TaskInfo {
	tasks := at.state.world.Tasks()
	list := make([]TaskInfo, len(tasks))
	for i, t := range tasks {
		list[i] = infoOf(t)
	}
	return list
}
