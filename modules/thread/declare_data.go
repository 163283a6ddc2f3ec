package thread

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

type valueIn struct {
	Value engine.Value `lua:"value,arg" doc:"anything but nil, which could not be told from the end" type:"any"`
}

type sendIn struct {
	valueIn
	Timeout *engine.Duration `lua:"timeout,opt" doc:"how long to wait for room, 0 for not at all; without it there is no limit"`
}

type numberIn struct {
	N float64 `lua:"n,arg" default:"1" doc:"the number"`
}

type exchangeIn struct {
	Old float64 `lua:"old" doc:"what the number must be"`
	New float64 `lua:"new" doc:"what it becomes"`
}

type keyIn struct {
	Key engine.Value `lua:"key" doc:"a string, a number or a boolean" type:"string|number|boolean"`
}

type pairIn struct {
	keyIn
	Value engine.Value `lua:"value,arg" doc:"the value; nil deletes the key" type:"any"`
}

type updateIn struct {
	keyIn
	Fn *engine.Func `lua:"fn" doc:"function that gets the value, or nil, and returns the new one" type:"fun(value: any): any"`
}

type indexIn struct {
	Index int `lua:"i" doc:"which item, from 1"`
}

// taken is a value from the calling state that may not be nil.
func taken(c *engine.Call, v engine.Value) (share.Item, error) {
	if v.IsNil() {
		e := engine.Invalid("argument 'value' is nil, which cannot be told from the end")
		e.Hint = "give false, or a table around it such as {value=nil}"
		return share.Item{}, e
	}
	return share.Carry(c, "value", v)
}

// ChannelType declares thread.Channel.
func ChannelType() *engine.Type {
	return share.Type[*channel]("thread.Channel", "A way for values from task to task, as in Go. One for 0 values hands each over: send waits until it is received.", `
			local thread = require "thread"
			local ch, m = thread.channel(), thread.map()
			m:set("ch", ch)
			print(m:get("ch") == ch)   --> true`,
		engine.Method("send", "Send a copy of a value.", func(ch *Channel, c *engine.Call, in sendIn) (engine.None, error) {
			it, err := taken(c, in.Value)
			if err != nil {
				return engine.None{}, err
			}
			return share.None(ch.Do(c, in.Timeout, "send", it))
		}).
			AsInline().Raises(errClosed).
			Example(`
				local thread = require "thread"
				local ch = thread.channel()
				local h = thread.spawn(function() return ch:receive() end)
				ch:send("hello")
				print(h:join())   --> hello`),
		engine.Method("try_send", "Send a copy of a value if that needs no wait.", func(ch *Channel, c *engine.Call, in valueIn) (any, error) {
			it, err := taken(c, in.Value)
			if err != nil {
				return nil, err
			}
			return share.One(ch.Do(c, nil, "try_send", it))
		}).
			AsInline().Raises(errClosed).
			ReturningType("boolean", "whether it was sent").
			Example(`
				local thread = require "thread"
				print(thread.channel():try_send(1), thread.channel(1):try_send(1))   --> false	true`),
		engine.Method("receive", "Receive the next value.", func(ch *Channel, c *engine.Call, in share.Within) (engine.Multi, error) {
			out, err := ch.Do(c, in.Timeout, "receive")
			return engine.Multi(out), err
		}).
			AsInline().
			ReturningType("any, boolean", "the value and true, or nil and false when the channel is closed and empty").
			Example(`
				local thread = require "thread"
				local ch = thread.channel(1)
				ch:send("last")
				ch:close()
				print(ch:receive())   --> last	true
				print(ch:receive())   --> nil	false`),
		engine.Method("try_receive", "Receive the next value if there is one now.", func(ch *Channel, c *engine.Call, _ engine.None) (engine.Multi, error) {
			out, err := ch.Do(c, nil, "try_receive")
			return engine.Multi(out), err
		}).
			AsInline().
			ReturningType("any, boolean", "the value and true, or nil and false").
			Example(`
				local thread = require "thread"
				print(thread.channel():try_receive())   --> nil	false`),
		engine.Method("each", "Receive values one after the other until the channel is closed and empty.", received).
			ReturningType("fun(): any", "an iterator").
			Example(`
				local thread = require "thread"
				local ch = thread.channel(2)
				ch:send("a")
				ch:send("b")
				ch:close()
				for v in ch:each() do print(v) end
				--> a
				--> b`),
		act[*channel]("close", "Send no more. What was sent can still be received.").
			Example(`
				local thread = require "thread"
				local ch = thread.channel(1)
				ch:close()
				print(select(2, try(ch.send, ch, 1)).kind)   --> thread.closed`),
		ask[*channel]("len", "Count the values that were sent and not yet received.", "integer", "how many").
			Example(`
				local thread = require "thread"
				print(thread.channel(5):len())   --> 0`),
	)
}

// CounterType declares thread.Counter.
func CounterType() *engine.Type {
	return share.Type[*counter]("thread.Counter", "A number that tasks change together.", `
			local thread = require "thread"
			local n, m = thread.counter(), thread.map()
			m:set("n", n)
			print(m:get("n") == n)   --> true`,
		engine.Method("add", "Add a number.", func(n *Counter, c *engine.Call, in numberIn) (any, error) {
			return share.One(n.Do(c, nil, "add", in.N))
		}).
			AsInline().
			ReturningType("number", "the new value").
			Example(`
				local thread = require "thread"
				local n, hs = thread.counter(0), {}
				for i = 1, 4 do hs[i] = thread.spawn(function() for _ = 1, 100 do n:add(1) end end) end
				for _, h in ipairs(hs) do h:join() end
				print(n:get())   --> 400`),
		ask[*counter]("get", "Read the number.", "number", "the value").
			Example(`
				local thread = require "thread"
				print(thread.counter(5):get())   --> 5`),
		engine.Method("set", "Set the number.", func(n *Counter, c *engine.Call, in numberIn) (engine.None, error) {
			return share.None(n.Do(c, nil, "set", in.N))
		}).
			AsInline().
			Example(`
				local thread = require "thread"
				local n = thread.counter()
				n:set(7)
				print(n:get())   --> 7`),
		engine.Method("compare_and_set", "Set the number if it is still what it was.", func(n *Counter, c *engine.Call, in exchangeIn) (any, error) {
			return share.One(n.Do(c, nil, "compare_and_set", in.Old, in.New))
		}).
			AsInline().
			ReturningType("boolean", "whether it was set").
			Example(`
				local thread = require "thread"
				local n = thread.counter(1)
				print(n:compare_and_set(1, 2), n:compare_and_set(1, 3))   --> true	false`),
	)
}

// MapType declares thread.Map.
func MapType() *engine.Type {
	t := share.Type[*dict]("thread.Map", "A table that tasks share. Values are copied when they are set and when they are read, so a table that was read is the reader's own.", `
			local thread = require "thread"
			local m = thread.map()
			m:set("self", m)
			print(m:get("self") == m)   --> true`,
		engine.Method("get", "Read a value.", func(m *Map, c *engine.Call, in keyIn) (any, error) {
			key, err := keyOf(in.Key)
			if err != nil {
				return nil, err
			}
			return share.One(m.Do(c, nil, "get", key))
		}).
			AsInline().
			ReturningType("any", "a copy of the value, nil when there is none").
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:set("a", {1, 2})
				print(#m:get("a"), m:get("b"))   --> 2	nil`),
		engine.Method("set", "Set a value.", func(m *Map, c *engine.Call, in pairIn) (engine.None, error) {
			key, err := keyOf(in.Key)
			if err != nil {
				return engine.None{}, err
			}
			it, err := share.Carry(c, "value", in.Value)
			if err != nil {
				return engine.None{}, err
			}
			return share.None(m.Do(c, nil, "set", key, it))
		}).
			AsInline().
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:set("a", 1)
				m:set("a", nil)
				print(m:get("a"))   --> nil`),
		engine.Method("delete", "Delete a key.", func(m *Map, c *engine.Call, in keyIn) (engine.None, error) {
			key, err := keyOf(in.Key)
			if err != nil {
				return engine.None{}, err
			}
			return share.None(m.Do(c, nil, "set", key, nil))
		}).
			AsInline().
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:set("a", 1)
				m:delete("a")
				print(m:len())   --> 0`),
		engine.Method("update", "Set a key to what a function makes of its value. When another task changes the key meanwhile, the function is called again with the new value, so it should only compute.", update).
			ReturningType("any", "the new value").
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:update("n", function(n) return (n or 0) + 1 end)
				print(m:update("n", function(n) return n + 1 end))   --> 2`),
		engine.Method("keys", "List the keys: numbers, then strings, then booleans, each in order.", func(m *Map, c *engine.Call, _ engine.None) (engine.List, error) {
			out, err := m.Do(c, nil, "keys")
			return engine.List(out), err
		}).
			AsInline().
			ReturningType("(string|number|boolean)[]", "the keys there are now").
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:set("b", 1)
				m:set("a", 2)
				print(table.concat(m:keys(), " "))   --> a b`),
		engine.Method("items", "Copy all entries at one moment.", items).
			AsInline().
			ReturningType("table", "a table of the caller's own").
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:set("a", 1)
				print(m:items().a)   --> 1`),
		ask[*dict]("len", "Count the keys.", "integer", "how many there are now, as #m").
			Example(`
				local thread = require "thread"
				print(thread.map():len())   --> 0`),
		act[*dict]("clear", "Delete all keys.").
			Example(`
				local thread = require "thread"
				local m = thread.map()
				m:set("a", 1)
				m:clear()
				print(m:len())   --> 0`),
		length[*dict]("Count the keys.", `
			local thread = require "thread"
			print(#thread.map())   --> 0`),
	)
	return t
}

// length declares #v.
func length[T share.Core](doc, example string) *module.Operator {
	return engine.Access("__len", doc, func(o *share.Object[T], c *engine.Call, _ engine.None) (any, error) {
		return share.One(o.Do(c, nil, "len"))
	}).Example(example)
}
