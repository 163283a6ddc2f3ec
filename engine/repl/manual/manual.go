// Package manual says in a line what each function of Lua's own libraries does.
package manual

import (
	"slices"
	"strings"
	"sync"
)

// Entry is what the manual says of a function.
type Entry struct{ Signature, Doc string }

// All has the functions that every script has, by name. It is not to be changed.
func All() map[string]Entry { return all() }

var all = sync.OnceValue(func() map[string]Entry {
	list := map[string]Entry{}
	for _, line := range strings.Split(strings.TrimSpace(manualText), "\n") {
		signature, doc, _ := strings.Cut(line, " | ")
		name := signature
		if i := strings.IndexAny(signature, "( "); i >= 0 {
			name = signature[:i]
		}
		list[name] = Entry{signature, doc}
	}
	return list
})

// Chapter lists what the manual has of a library, such as "string".
func Chapter(library string) []Entry {
	var names []string
	for name := range All() {
		if strings.HasPrefix(name, library+".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	list := make([]Entry, len(names))
	for i, name := range names {
		list[i] = All()[name]
	}
	return list
}

const manualText = `
assert(v, message?) -> ... | Return all arguments, or raise the message if v is false or nil.
collectgarbage("count") -> number | Tell how many KiB of memory are in use.
dofile(path) -> ... | Run a file and return what it returns.
error(value, level?) | Raise a value as an error. Level 1 puts the place of the call in front of a text, 2 that of its caller, 0 nothing.
finally(fn, cleanup) -> ... | Call fn and then, whatever happened, cleanup.
getfenv(fn?) -> table | The table of a function's globals.
getmetatable(v) -> table? | The metatable of a value, or what its field __metatable says.
help(topic?) | Show the help of a value or a name.
ipairs(t) -> iterator | Walk the items 1, 2, … of a list: for i, v in ipairs(t) do.
load(chunk, name?, mode?, env?) -> function? | Compile text, or what a function gives piece by piece. Return nil and a message when that fails.
loadfile(path) -> function? | Compile a file. Return nil and a message when that fails.
loadstring(text, name?) -> function? | Compile text. Return nil and a message when that fails.
next(t, key?) -> key?, value | The entry behind key; the first one without a key.
pairs(t) -> iterator | Walk all entries of a table: for k, v in pairs(t) do.
pcall(fn, ...) -> boolean, ... | Call a function: true and its results, or false and the error.
print(...) | Write values to the standard output, with tabs in between.
rawequal(a, b) -> boolean | Compare without metamethods.
rawget(t, key) -> value | Read a field without metamethods.
rawlen(v) -> number | The length of a table or text without metamethods.
rawset(t, key, value) -> table | Set a field without metamethods.
require(name) -> value | Load a module once and return it.
select(n, ...) -> ... | The arguments from the n-th on; their number for "#".
setfenv(fn, table) -> function | Set the table of a function's globals.
setmetatable(t, meta) -> table | Set the metatable of a table.
tonumber(v, base?) -> number? | Read a number from text, nil if it has none.
tostring(v) -> string | The text of a value.
try(fn, ...) -> value?, error? | Call a function where failure is expected: its first result and nil, or nil and the error.
type(v) -> string | nil, boolean, number, string, table, function, thread or userdata.
unpack(list, i?, j?) -> ... | The items of a list.
with(resource, ..., fn) -> ... | Call fn with resources and close them afterwards, whatever happened.
xpcall(fn, handler, ...) -> boolean, ... | pcall with a function that gets the error while the stack is still there.
coroutine.close(co) -> boolean | End a coroutine that waits.
coroutine.create(fn) -> thread | Make a coroutine of a function.
coroutine.isyieldable() -> boolean | Whether yield may be called here.
coroutine.resume(co, ...) -> boolean, ... | Let a coroutine go on until its next yield or its end.
coroutine.running() -> thread? | The coroutine that runs.
coroutine.status(co) -> string | running, suspended, normal or dead.
coroutine.wrap(fn) -> function | A function that resumes a new coroutine with each call.
coroutine.yield(...) -> ... | Wait for the next resume, which gets the arguments.
debug.traceback(message?, level?) -> string | The calls that led here.
debug.getinfo(fn, what?) -> table | What is known of a function or a level of the stack.
io.close(file?) | Close a file.
io.input(file?) -> file | The default input, or set it.
io.lines(path, ...) -> iterator | Walk the lines of a file.
io.open(path, mode?) -> file? | Open a file: "r", "w", "a", with "+" for both. Return nil and a message when that fails.
io.output(file?) -> file | The default output, or set it.
io.popen(command, mode?) -> file | Run a shell command and read from it or write to it.
io.read(...) -> ... | Read from the default input: "l" a line, "n" a number, "a" all, or so many bytes.
io.tmpfile() -> file | A file that is removed at the end.
io.type(v) -> string? | "file", "closed file", or nil.
io.write(...) -> file | Write texts and numbers to the default output.
math.abs(x) -> number | x without its sign.
math.acos(x) -> number | Arc cosine, in radians.
math.asin(x) -> number | Arc sine, in radians.
math.atan(x) -> number | Arc tangent, in radians.
math.atan2(y, x) -> number | The angle of the point x, y, in radians.
math.ceil(x) -> number | The next whole number from x up.
math.cos(x) -> number | Cosine of an angle in radians.
math.deg(x) -> number | Radians in degrees.
math.exp(x) -> number | e to the power of x.
math.floor(x) -> number | The next whole number from x down.
math.fmod(x, y) -> number | The rest of a division, with the sign of x.
math.frexp(x) -> m, e | x as m * 2^e.
math.huge -> number | Infinity.
math.ldexp(m, e) -> number | m * 2^e.
math.log(x, base?) -> number | The logarithm, natural without a base.
math.log10(x) -> number | The logarithm to the base 10.
math.max(x, ...) -> number | The greatest argument.
math.min(x, ...) -> number | The least argument.
math.modf(x) -> whole, fraction | The two parts of x.
math.pi -> number | The ratio of a circle's circumference to its diameter.
math.pow(x, y) -> number | x to the power of y.
math.rad(x) -> number | Degrees in radians.
math.random(m?, n?) -> number | A number from 0 up to 1, a whole number from 1 to m, or from m to n.
math.randomseed(x) | Make random give the same numbers again.
math.sin(x) -> number | Sine of an angle in radians.
math.sqrt(x) -> number | Square root.
math.tan(x) -> number | Tangent of an angle in radians.
math.tointeger(x) -> number? | x if it is a whole number, else nil.
math.type(x) -> string? | "integer", "float", or nil for what is no number.
os.clock() -> number | Seconds since the state began.
os.date(format?, time?) -> string or table | A time as text, or with "*t" as a table.
os.difftime(a, b) -> number | a - b in seconds.
os.execute(command?) -> number | Run a shell command and return its exit code.
os.exit(code?) | End the program.
os.getenv(name) -> string? | A variable of the environment.
os.remove(path) -> true? | Remove a file. Return nil and a message when that fails.
os.rename(from, to) -> true? | Rename a file. Return nil and a message when that fails.
os.time(table?) -> number | Now, or the time of a table, in seconds since 1970.
os.tmpname() -> string | The name of a file that is removed at the end.
string.byte(s, i?, j?) -> ... | The bytes from i to j as numbers.
string.char(...) -> string | A text of bytes given as numbers.
string.find(s, pattern, from?, plain?) -> first?, last, ... | Where the pattern is found, and its captures.
string.format(format, ...) -> string | Fill a format: %d, %5.2f, %s, %q, %x.
string.gmatch(s, pattern) -> iterator | Walk all that matches.
string.gsub(s, pattern, with, n?) -> string, count | Replace what matches by a text, from a table or by a function.
string.len(s) -> number | How many bytes.
string.lower(s) -> string | In lower case.
string.match(s, pattern, from?) -> ...? | The captures of the first match, or all of it.
string.pack(format, ...) -> string | Put values into bytes.
string.packsize(format) -> number | How many bytes a format takes.
string.rep(s, n, sep?) -> string | s repeated.
string.reverse(s) -> string | The bytes in reverse.
string.sub(s, i, j?) -> string | The bytes from i to j; negative numbers count from the end.
string.unpack(format, s, from?) -> ... | Read values from bytes.
string.upper(s) -> string | In upper case.
table.concat(list, sep?, i?, j?) -> string | The items as one text.
table.insert(list, at?, v) | Put an item at the end, or at a place.
table.maxn(t) -> number | The greatest number among the keys.
table.move(from, i, j, to, into?) -> table | Copy items from i to j to a place.
table.pack(...) -> table | A list of the arguments, with their number as n.
table.remove(list, at?) -> value | Take the last item out, or the one at a place.
table.sort(list, less?) | Sort a list in place.
table.unpack(list, i?, j?) -> ... | The items of a list.
package.loaded -> table | The modules that are loaded, by name.
package.path -> string | The patterns by which require finds files.
package.searchpath(name, path) -> string? | The file that a module would be loaded from.
`
