package ssh

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

type transferIn struct {
	Progress any             `lua:"progress,opt" type:"boolean|fun(done: integer, total: integer, name: string)" doc:"true draws a bar on a terminal; a function is called with the bytes done and in all"`
	Timeout  engine.Duration `lua:"timeout,opt" doc:"limit for the whole transfer"`
}

type uploadIn struct {
	Atomic  bool `lua:"atomic,opt" default:"true" doc:"upload under a temporary name and rename when all is there; false is for servers that do not let files be renamed"`
	Parents bool `lua:"parents,opt" default:"true" doc:"make the directories that are missing there"`
}

type putIn struct {
	Local  string `lua:"path" doc:"file here"`
	Remote string `lua:"remote,arg,wire" doc:"name there; the same name by default"`
	uploadIn
	Resume bool `lua:"resume,opt" doc:"go on where an earlier upload of the same file was cut off, and keep what is there when it is cut off again"`
	transferIn
}

type getIn struct {
	Remote string `lua:"remote,wire" doc:"file there"`
	Local  string `lua:"path,arg" doc:"name here; the same name in the working directory by default"`
	Resume bool   `lua:"resume,opt" doc:"go on where an earlier download of the same file was cut off, and keep what is there when it is cut off again"`
	transferIn
}

type putDirIn struct {
	Local  string `lua:"path" doc:"directory here"`
	Remote string `lua:"remote,wire" doc:"directory there; it is made if it does not exist, and those above it"`
	Atomic bool   `lua:"atomic,opt" default:"true" doc:"upload each file under a temporary name and rename it"`
	transferIn
}

type getDirIn struct {
	Remote string `lua:"remote,wire" doc:"directory there"`
	Local  string `lua:"path" doc:"directory here; it is made if it does not exist"`
	transferIn
}

type dirIn struct {
	Path    string          `lua:"dir,arg,wire" doc:"directory there; the working directory by default"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type walkIn struct {
	Path string `lua:"dir,arg,wire" doc:"directory there; the working directory by default"`
}

type pathIn struct {
	Path    string          `lua:"path,wire" doc:"name there"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type statIn struct {
	Path    string          `lua:"path,wire" doc:"name there"`
	Follow  bool            `lua:"follow,opt" default:"true" doc:"describe what a link leads to, not the link"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type mkdirIn struct {
	Path    string          `lua:"path,wire" doc:"directory there"`
	Parents bool            `lua:"parents,opt" doc:"make the missing directories above as well; it is then no error when the directory exists"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type renameIn struct {
	From    string          `lua:"from,wire" doc:"name there"`
	To      string          `lua:"to,wire" doc:"new name"`
	Replace bool            `lua:"replace,opt" doc:"take the place of a file that has the new name"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type readIn struct {
	Path    string          `lua:"path,wire" doc:"file there"`
	Max     engine.Size     `lua:"max,opt" default:"64MiB" doc:"a larger file is refused"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type writeIn struct {
	Path string `lua:"path,wire" doc:"file there"`
	Data string `lua:"data" doc:"bytes to write"`
	uploadIn
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type appendIn struct {
	Path    string          `lua:"path,wire" doc:"file there"`
	Data    string          `lua:"data" doc:"bytes to write"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type chmodIn struct {
	Path    string          `lua:"path,wire" doc:"name there"`
	Mode    string          `lua:"mode" doc:"permissions, octal as in \"644\" or as in \"rw-r--r--\""`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

type symlinkIn struct {
	Target  string          `lua:"target,wire" doc:"where the link points; a relative one starts at the link's directory"`
	Link    string          `lua:"link,wire" doc:"name of the link"`
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

// withFiles serves an empty directory to an example.
const withFiles = `
	local ssh = require "ssh"
	require("fs").mkdir("served")
	local srv = ssh.serve{users={u={password="p"}}, sftp={root="served"}}
	local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
	local s = c:sftp()
`

func sftpType() *engine.Type {
	t := engine.TypeOf[*SFTP]("ssh.SFTP", "A session for files on a server. Relative names start at the session's own working directory. Several tasks may use it at once.",
		engine.CloseMethod[*SFTP]("close", "Close the session; the connection stays open."),
	)
	return t.Add(transferMembers()...).Add(listMembers()...).Add(changeMembers()...)
}

func transferMembers() []module.Member {
	return []module.Member{
		engine.Method("put", "Send a file. It has its final name only when all of it is there.", (*SFTP).put).
			Needs(host.Read).
			Raises(errSFTP, transfer.ErrIncomplete).
			Returning("the bytes sent").
			Example(withFiles, `
				require("fs").write("a.bin", "hello")
				print(s:put("a.bin", "b.bin"), s:size("b.bin"))   --> 5	5`),
		engine.Method("get", "Fetch a file. It has its final name only when all of it is there.", (*SFTP).get).
			Needs(host.Write).
			Raises(errSFTP, transfer.ErrIncomplete).
			Returning("the bytes received").
			Example(withFiles, `
				s:write("a.bin", "hello")
				print(s:get("a.bin", "here.bin"), require("fs").read("here.bin"))   --> 5	hello`),
		engine.Method("put_dir", "Send a directory with all that is in it. Links are not followed.", (*SFTP).putDir).
			Needs(host.Read).
			Raises(errSFTP, transfer.ErrIncomplete).
			Returning("what was done; names that cannot be sent are in refused, and the others are sent nevertheless").
			Example(withFiles, `
				local fs = require "fs"
				fs.mkdir("tree")
				fs.write("tree/a.txt", "hello")
				local r = s:put_dir("tree", "copy")
				print(r.files, r.bytes, #r.refused)   --> 1	5	0`),
		engine.Method("get_dir", "Fetch a directory with all that is in it. Nothing is written outside the local directory, whatever names the server gives; links are not followed.", (*SFTP).getDir).
			Needs(host.Write).
			Raises(errSFTP, transfer.ErrIncomplete).
			Returning("what was done; names of the server that are not safe here are in refused, and the others are fetched nevertheless").
			Example(withFiles, `
				s:mkdir("tree")
				s:write("tree/a.txt", "hello")
				local r = s:get_dir("tree", "copy")
				print(r.files, require("fs").read("copy/a.txt"))   --> 1	hello`),
		engine.Method("read", "Read a file into a text.", (*SFTP).read).
			Raises(errSFTP, errTooLarge, transfer.ErrIncomplete).
			Returning("the bytes of the file").
			Example(withFiles, `
				s:write("a.txt", "hello")
				print(s:read("a.txt"))   --> hello`),
		engine.Method("lines", "Read a text and walk its lines, without their ends.", (*SFTP).lines).
			Raises(errSFTP, errTooLarge, transfer.ErrIncomplete).
			ReturningType("fun(): string?", "an iterator over the lines").
			Example(withFiles, `
				s:write("a.txt", "one\ntwo\n")
				for line in s:lines("a.txt") do print(line) end
				--> one
				--> two`),
		engine.Method("write", "Write a file. It has its name only when all of it is there.", (*SFTP).write).
			Raises(errSFTP, transfer.ErrIncomplete).
			Returning("the bytes written").
			Example(withFiles, `
				s:write("a.txt", "hello")
				print(s:stat("a.txt").size)   --> 5`),
		engine.Method("append", "Write at the end of a file, which is made if it does not exist.", (*SFTP).append).
			Raises(errSFTP).
			Example(withFiles, `
				s:append("log.txt", "one ")
				s:append("log.txt", "two")
				print(s:read("log.txt"))   --> one two`),
	}
}

func listMembers() []module.Member {
	return []module.Member{
		engine.Method("ls", "List a directory, sorted by name. The names are the server's own, and it may give any; get_dir takes only those that are safe.", (*SFTP).ls).
			Raises(errSFTP).
			Example(withFiles, `
				s:write("a.txt", "hello")
				for _, e in ipairs(s:ls(".")) do print(e.name, e.size, e.type) end   --> a.txt	5	file`),
		engine.Method("walk", "Visit everything below a directory, a directory before what it holds. Links are not followed.", (*SFTP).walk).
			Raises(errSFTP).
			ReturningType("fun(): ssh.Entry?", "an iterator over the entries, as ls gives them").
			Example(withFiles, `
				s:mkdir("d")
				s:write("d/a.txt", "hello")
				for e in s:walk() do print(e.path) end
				--> d
				--> d/a.txt`),
		engine.Method("stat", "Describe a file or directory.", (*SFTP).stat).
			Raises(errSFTP).
			Returning("the entry, nil when there is none of that name").
			Example(withFiles, `
				s:write("a.txt", "hello")
				print(s:stat("a.txt").size, s:stat("b.txt"))   --> 5	nil`),
		engine.Method("size", "Tell the size of a file.", (*SFTP).size).
			Raises(errSFTP).
			Returning("the bytes").
			Example(withFiles, `
				s:write("a.txt", "hello")
				print(s:size("a.txt"))   --> 5`),
		engine.Method("cd", "Change the directory at which relative names start.", (*SFTP).cd).
			Raises(errSFTP).
			Returning("the directory, absolute").
			Example(withFiles, `
				s:mkdir("d")
				print(s:cd("d"))   --> /d`),
		engine.Method("pwd", "Tell the directory at which relative names start.", (*SFTP).pwd).
			Raises(errSFTP).
			Returning("the directory, absolute").
			Example(withFiles, `
				print(s:pwd())   --> /`),
		engine.Method("readlink", "Tell where a link points.", (*SFTP).readlink).
			Raises(errSFTP).
			Returning("the target as it is written in the link").
			Example(withFiles, `
				s:symlink("a.txt", "link")
				print(s:readlink("link"))   --> a.txt`),
	}
}

func changeMembers() []module.Member {
	return []module.Member{
		engine.Method("mkdir", "Make a directory.", (*SFTP).mkdir).
			Raises(errSFTP).
			Example(withFiles, `
				s:mkdir("a/b", {parents=true})
				print(s:stat("a/b").type)   --> dir`),
		engine.Method("rmdir", "Remove an empty directory.", (*SFTP).rmdir).
			Raises(errSFTP).
			Example(withFiles, `
				s:mkdir("d")
				s:rmdir("d")
				print(s:stat("d"))   --> nil`),
		engine.Method("rename", "Rename or move a file or directory. A file that has the new name is replaced only when asked for.", (*SFTP).rename).
			Raises(errSFTP).
			Example(withFiles, `
				s:write("a.txt", "hello")
				s:rename("a.txt", "b.txt")
				print(s:read("b.txt"))   --> hello`),
		engine.Method("remove", "Remove a file or a link.", (*SFTP).remove).
			Raises(errSFTP).
			Example(withFiles, `
				s:write("a.txt", "hello")
				s:remove("a.txt")
				print(#s:ls("."))   --> 0`),
		engine.Method("chmod", "Change the permissions of a file or directory.", (*SFTP).chmod).
			Raises(errSFTP).
			Example(withFiles, `
				s:write("a.txt", "hello")
				s:chmod("a.txt", "600")
				print(s:stat("a.txt").mode)   --> rw-------`),
		engine.Method("symlink", "Make a symbolic link.", (*SFTP).symlink).
			Raises(errSFTP).
			Example(withFiles, `
				s:write("a.txt", "hello")
				s:symlink("a.txt", "link")
				print(s:read("link"))   --> hello`),
	}
}
