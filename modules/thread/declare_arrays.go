package thread

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/share"
)

type placeIn struct {
	Index int          `lua:"i" doc:"which item, from 1"`
	Value engine.Value `lua:"value,arg" doc:"the item: anything but nil" type:"any"`
}

type maybeIn struct {
	Index int `lua:"i,arg" default:"0" doc:"which item, from 1; the last when left out"`
}

type setAtIn struct {
	Index int     `lua:"i" doc:"which number, from 1"`
	Value float64 `lua:"value" doc:"the number"`
}

type rangeIn struct {
	From int `lua:"from,arg" default:"1" doc:"the first"`
	To   int `lua:"to,arg" default:"0" doc:"the last; the end when left out"`
}

type fillIn struct {
	Value float64 `lua:"value" doc:"the number"`
	rangeIn
}

type bufferIn struct {
	Kind string `lua:"kind" enum:"f64|f32|i64|i32|i16|i8|u64|u32|u16|u8" doc:"what each is: f a float, i a whole number, u one that is not negative, with the bits of it"`
	N    int    `lua:"n" doc:"how many"`
}

// ListType declares thread.List.
func ListType() *engine.Type {
	return share.Type[*list]("thread.List", "A list that tasks share. Items are copied when they are put in and when they are read.", `
			local thread = require "thread"
			local l = thread.list()
			l:append(l)
			print(l:get(1) == l)   --> true`,
		engine.Method("append", "Put an item at the end.", func(l *List, c *engine.Call, in valueIn) (any, error) {
			it, err := taken(c, in.Value)
			if err != nil {
				return nil, err
			}
			return share.One(l.Do(c, nil, "append", it))
		}).
			AsInline().
			ReturningType("integer", "its place").
			Example(`
				local thread = require "thread"
				local l = thread.list()
				print(l:append("a"), l:append("b"))   --> 1	2`),
		engine.Method("get", "Read an item.", func(l *List, c *engine.Call, in indexIn) (any, error) {
			return share.One(l.Do(c, nil, "get", float64(in.Index)))
		}).
			AsInline().
			ReturningType("any", "a copy of the item, nil where there is none; -1 is the last").
			Example(`
				local thread = require "thread"
				local l = thread.list()
				l:append("a")
				print(l:get(1), l:get(-1), l:get(2))   --> a	a	nil`),
		engine.Method("set", "Put an item in the place of another.", place("set")).
			AsInline().
			Example(`
				local thread = require "thread"
				local l = thread.list()
				l:append("a")
				l:set(1, "b")
				print(l:get(1))   --> b`),
		engine.Method("insert", "Put an item before another, or at the end.", place("insert")).
			AsInline().
			Example(`
				local thread = require "thread"
				local l = thread.list()
				l:append("b")
				l:insert(1, "a")
				print(table.concat(l:items(), " "))   --> a b`),
		engine.Method("remove", "Take an item out, the last without an index.", func(l *List, c *engine.Call, in maybeIn) (any, error) {
			return share.One(l.Do(c, nil, "remove", float64(in.Index)))
		}).
			AsInline().
			ReturningType("any", "the item, nil where there is none").
			Example(`
				local thread = require "thread"
				local l = thread.list()
				l:append("a")
				l:append("b")
				print(l:remove(1), l:remove(), l:remove())   --> a	b	nil`),
		engine.Method("items", "Copy all items at one moment.", func(l *List, c *engine.Call, _ engine.None) (engine.List, error) {
			out, err := l.Do(c, nil, "items")
			return engine.List(out), err
		}).
			AsInline().
			ReturningType("any[]", "a list of the caller's own").
			Example(`
				local thread = require "thread"
				local l = thread.list()
				l:append("a")
				print(l:items()[1])   --> a`),
		ask[*list]("len", "Count the items.", "integer", "how many there are now, as #l").
			Example(`
				local thread = require "thread"
				print(thread.list():len())   --> 0`),
		act[*list]("clear", "Take all items out.").
			Example(`
				local thread = require "thread"
				local l = thread.list()
				l:append("a")
				l:clear()
				print(#l)   --> 0`),
		length[*list]("Count the items.", `
			local thread = require "thread"
			print(#thread.list())   --> 0`),
	)
}

func place(op string) func(l *List, c *engine.Call, in placeIn) (engine.None, error) {
	return func(l *List, c *engine.Call, in placeIn) (engine.None, error) {
		it, err := taken(c, in.Value)
		if err != nil {
			return engine.None{}, err
		}
		return share.None(l.Do(c, nil, op, float64(in.Index), it))
	}
}

// BufferType declares thread.Buffer.
func BufferType() *engine.Type {
	return share.Type[*buffer]("thread.Buffer", "An array of numbers of one kind, which tasks share without copying. Reading, setting and adding to one number is atomic; an index outside 1..#b is an error.", `
			local thread = require "thread"
			local b, m = thread.buffer("u8", 1), thread.map()
			m:set("b", b)
			print(m:get("b") == b)   --> true`,
		engine.Access("__index", "Read a number.", at).With("integer").Example(`
			local thread = require "thread"
			local b = thread.buffer("f64", 3)
			print(b[1])   --> 0`),
		engine.Access("__newindex", "Set a number. A kind of whole numbers takes whole numbers that it can hold.", setAt).With("integer").Example(`
			local thread = require "thread"
			local b = thread.buffer("f64", 3)
			thread.spawn(function() b[2] = 2.5 end):join()
			print(b[2])   --> 2.5`),
		length[*buffer]("Count the numbers.", `
			local thread = require "thread"
			print(#thread.buffer("i32", 100))   --> 100`),
		engine.Method("add", "Add to a number.", func(b *Buffer, c *engine.Call, in setAtIn) (any, error) {
			return share.One(b.Do(c, nil, "add", float64(in.Index), in.Value))
		}).
			AsInline().
			ReturningType("number", "the sum").
			Example(`
				local thread = require "thread"
				local b = thread.buffer("i64", 1)
				print(b:add(1, 5), b:add(1, -2))   --> 5	3`),
		engine.Method("fill", "Set all numbers, or those of a range.", func(b *Buffer, c *engine.Call, in fillIn) (engine.None, error) {
			return share.None(b.Do(c, nil, "fill", in.Value, float64(in.From), float64(in.To)))
		}).
			Example(`
				local thread = require "thread"
				local b = thread.buffer("u8", 4)
				b:fill(7, 2, 3)
				print(table.concat(b:items(), " "))   --> 0 7 7 0`),
		engine.Method("items", "Copy all numbers, or those of a range.", numbers).
			ReturningType("number[]", "a list of the caller's own").
			Example(`
				local thread = require "thread"
				print(#thread.buffer("u8", 4):items(2, 3))   --> 2`),
		ask[*buffer]("kind", "Tell what the numbers are.", "string", "such as f64").
			Example(`
				local thread = require "thread"
				print(thread.buffer("u8", 4):kind())   --> u8`),
	)
}
