package ftp

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

type timeoutIn struct {
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the whole call; none when left out"`
}

type pathIn struct {
	Path string `lua:"path,wire" doc:"path on the server"`
	timeoutIn
}

type dirIn struct {
	Dir string `lua:"dir,arg,wire" doc:"directory on the server; the current one when left out"`
	timeoutIn
}

type mkdirIn struct {
	Path    string `lua:"path,wire" doc:"directory to make"`
	Parents bool   `lua:"parents,opt" doc:"make the missing directories above it too; one that exists is then no error"`
	timeoutIn
}

type renameIn struct {
	From string `lua:"from,wire" doc:"path as it is"`
	To   string `lua:"to,wire" doc:"path as it shall be"`
	timeoutIn
}

type cmdIn struct {
	Command string `lua:"command,wire" doc:"command with its arguments"`
	Check   bool   `lua:"check,opt" default:"true" doc:"raise ftp.reply at codes from 400 on"`
	timeoutIn
}

type transferIn struct {
	Progress any `lua:"progress,opt" type:"boolean|fun(done: number, total: number, name: string)" doc:"true draws a bar on a terminal; a function is called with bytes done, bytes in all (-1: unknown) and the file's name"`
	timeoutIn
}

type storeIn struct {
	Atomic  bool `lua:"atomic,opt" default:"true" doc:"upload under a temporary name and rename when all is there; false is for servers that do not let files be renamed"`
	Parents bool `lua:"parents,opt" default:"true" doc:"make the directories that are missing on the server"`
}

type getIn struct {
	Remote string `lua:"remote,wire" doc:"file on the server"`
	Local  string `lua:"path,arg" doc:"file here; the server's name for it in the working directory when left out"`
	Resume bool   `lua:"resume,opt" doc:"keep what came when the transfer is cut, in path.part-…, and go on there the next time; a file that changed on the server starts anew"`
	transferIn
}

type putIn struct {
	Local  string `lua:"path" doc:"file here"`
	Remote string `lua:"remote,arg,wire" doc:"file on the server; the name of path when left out"`
	Resume bool   `lua:"resume,opt" doc:"keep what came when the transfer is cut, in remote.part-…, and go on there the next time; a local file that changed starts anew"`
	storeIn
	transferIn
}

type getDirIn struct {
	Remote string `lua:"remote,wire" doc:"directory on the server"`
	Local  string `lua:"path" doc:"directory here; it is made if need be"`
	transferIn
}

type putDirIn struct {
	Local  string `lua:"path" doc:"directory here"`
	Remote string `lua:"remote,wire" doc:"directory on the server; it is made if need be"`
	Atomic bool   `lua:"atomic,opt" default:"true" doc:"upload each file under a temporary name and rename it"`
	transferIn
}

type readIn struct {
	Path string      `lua:"path,wire" doc:"file on the server"`
	Max  engine.Size `lua:"max,opt" default:"64MiB" doc:"bytes that the file may have"`
	timeoutIn
}

type writeIn struct {
	Path string `lua:"path,wire" doc:"file on the server"`
	Data string `lua:"data" doc:"bytes"`
	storeIn
	timeoutIn
}

type appendIn struct {
	Path string `lua:"path,wire" doc:"file on the server"`
	Data string `lua:"data" doc:"bytes"`
	timeoutIn
}

func clientType() *engine.Type {
	return engine.TypeOf[*Client]("ftp.Client", "A login on a server. Tasks may share it; their calls take turns.",
		engine.Prop("host", "host as connect was given it", func(cl *Client) string { return cl.host }),
		engine.Prop("port", "port", func(cl *Client) int { return cl.port }),
		engine.Prop("welcome", "greeting of the server, without control characters", func(cl *Client) string { return cl.session.welcome }),
		engine.Prop("secure", "whether control and data are encrypted", func(cl *Client) bool { return cl.session.tls != nil }),
		engine.CloseMethod[*Client]("close", "Say goodbye to the server and close the connection."),
		engine.Method("get", "Download a file. The local file appears whole or not at all, and is checked against the size that the server tells.", (*Client).get).
			Needs(host.Write).
			Raises(errReply, transfer.ErrIncomplete).
			Returning("bytes transferred").
			Example(serving(`
				f:write("a.bin", "hello")
				print(f:get("a.bin", "b.bin"), fs.read("b.bin"))   --> 5	hello`)),
		engine.Method("put", "Upload a file. It gets its name on the server when all of it is there.", (*Client).put).
			Needs(host.Read).
			Raises(errReply, transfer.ErrIncomplete).
			Returning("bytes transferred").
			Example(serving(`
				fs.write("a.bin", "hello")
				f:put("a.bin", "dir/a.bin", {progress=true})
				print(f:read("dir/a.bin"))   --> hello`)),
		engine.Method("get_dir", "Download a directory with all below it. Nothing is written outside the local directory, and links are not followed. Names that are not taken are in the result; other failures end the transfer.", (*Client).getDir).
			Needs(host.Write).
			Raises(errReply, transfer.ErrIncomplete).
			Returning("what was transferred and what was refused").
			Example(serving(`
				f:write("pages/index.html", "<p>")
				f:write("pages/img/logo.svg", "<svg>")
				local result = f:get_dir("pages", "mirror")
				print(result.files, result.bytes, #result.refused)   --> 2	8	0
				print(fs.read("mirror/img/logo.svg"))   --> <svg>`)),
		engine.Method("put_dir", "Upload a directory with all below it. Links are not followed. Names that are not taken are in the result; other failures end the transfer.", (*Client).putDir).
			Needs(host.Read).
			Raises(errReply, transfer.ErrIncomplete).
			Returning("what was transferred and what was refused").
			Example(serving(`
				fs.mkdir("build/css", {parents=true})
				fs.write("build/css/main.css", "p{}")
				print(f:put_dir("build", "www").files)   --> 1
				print(f:read("www/css/main.css"))   --> p{}`)),
		engine.Method("read", "Download a file into memory.", (*Client).read).
			Raises(errReply, errTooLarge, transfer.ErrIncomplete).
			Returning("the file's bytes").
			Example(serving(`
				f:write("a.txt", "hello")
				print(f:read("a.txt"))   --> hello`)),
		engine.Method("lines", "Download a text and walk its lines, without their line ends.", (*Client).lines).
			Raises(errReply, errTooLarge, transfer.ErrIncomplete).
			ReturningType("fun(): string?", "an iterator over the lines").
			Example(serving(`
				f:write("a.txt", "one\r\ntwo\n")
				for line in f:lines("a.txt") do print(line) end
				--> one
				--> two`)),
		engine.Method("write", "Upload bytes as a file.", (*Client).write).
			Raises(errReply, transfer.ErrIncomplete).
			Returning("bytes transferred").
			Example(serving(`
				print(f:write("dir/a.txt", "hello"))   --> 5`)),
		engine.Method("append", "Add bytes to the end of a file, which is made if there is none.", (*Client).append).
			Raises(errReply).
			Example(serving(`
				f:append("log.txt", "one\n")
				f:append("log.txt", "two\n")
				print(f:size("log.txt"))   --> 8`)),
		engine.Method("ls", "List a directory, sorted by name. Names are as the server gives them and may hold anything.", (*Client).ls).
			Raises(errReply, errProtocol).
			Returning("the entries").
			Example(serving(`
				f:write("dir/a.txt", "hello")
				local e = f:ls("dir")[1]
				print(e.name, e.size, e.type, e.mtime > 0)   --> a.txt	5	file	true`)),
		engine.Method("walk", "Walk all entries below a directory, a directory before what it holds. Links are not followed.", (*Client).walk).
			Raises(errReply, errProtocol).
			ReturningType("fun(): ftp.Entry?", "an iterator over the entries, as of ls").
			Example(serving(`
				f:write("a/b/c.txt", "hello")
				for e in f:walk("a") do print(e.path, e.type) end
				--> a/b	dir
				--> a/b/c.txt	file`)),
		engine.Method("stat", "Describe one file or directory.", (*Client).stat).
			Raises(errReply, errProtocol).
			ReturningType("ftp.Entry?", "the entry, as of ls, or nil when there is none").
			Example(serving(`
				f:write("a.txt", "hello")
				print(f:stat("a.txt").size, f:stat("b.txt"))   --> 5	nil`)),
		engine.Method("size", "Ask for the size of a file.", (*Client).size).
			Raises(errReply).
			Returning("bytes").
			Example(serving(`
				f:write("a.txt", "hello")
				print(f:size("a.txt"))   --> 5`)),
		engine.Method("mkdir", "Make a directory.", (*Client).mkdir).
			Raises(errReply).
			Example(serving(`
				f:mkdir("a/b", {parents=true})
				print(f:stat("a/b").type)   --> dir`)),
		engine.Method("rmdir", "Remove an empty directory.", (*Client).rmdir).
			Raises(errReply).
			Example(serving(`
				f:mkdir("a")
				f:rmdir("a")
				print(#f:ls())   --> 0`)),
		engine.Method("remove", "Remove a file.", (*Client).remove).
			Raises(errReply).
			Example(serving(`
				f:write("a.txt", "hello")
				f:remove("a.txt")
				print(#f:ls())   --> 0`)),
		engine.Method("rename", "Rename or move a file or directory.", (*Client).rename).
			Raises(errReply).
			Example(serving(`
				f:write("a.txt", "hello")
				f:rename("a.txt", "b.txt")
				print(f:ls()[1].name)   --> b.txt`)),
		engine.Method("cd", "Change the current directory on the server.", (*Client).cd).
			Raises(errReply).
			Example(serving(`
				f:mkdir("pub")
				f:cd("pub")
				print(f:pwd())   --> /pub`)),
		engine.Method("pwd", "Ask for the current directory on the server.", (*Client).pwd).
			Raises(errReply, errProtocol).
			Returning("its path").
			Example(serving(`
				print(f:pwd())   --> /`)),
		engine.Method("noop", "Do nothing, so that the server does not think the connection idle.", (*Client).noop).
			Raises(errReply).
			Example(serving(`
				f:noop()`)),
		engine.Method("cmd", "Send a command of the protocol as it is. Commands that need a data connection or change the connection itself are refused.", (*Client).cmd).
			Raises(errReply).
			ReturningType("number, string", "the code and the words of the reply").
			Example(serving(`
				print(f:cmd("SYST"))   --> 215	UNIX Type: L8`)),
	)
}
