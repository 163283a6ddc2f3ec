// Package fs works with files and directories: the Lua module fs.
package fs

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// The first five are raised by the host, for every module that touches files.
var (
	errNotFound   = engine.Kind("fs.not_found", "There is no such file or directory.")
	errExists     = engine.Kind("fs.exists", "Something of that name exists already.")
	errPermission = engine.Kind("fs.permission", "The operating system refuses access to a file.")
	errNoSpace    = engine.Kind("fs.no_space", "The disk is full.")
	errFailed     = engine.Kind("fs.failed", "Another operation on a file failed; the message is the operating system's.")
	errNotEmpty   = engine.Kind("fs.not_empty", "A directory that is to be removed still holds something.")
	errRefused    = engine.Kind("fs.refused", "The operation would destroy more than anybody means, such as removing \"/\", or could not end, such as copying a directory into itself.")
)

// Module declares fs.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "fs",
		Doc:   "Files and directories. A file that is written or copied appears complete under its name or not at all. Names are relative to the script's working directory.",
		Kinds: []*engine.ErrorKind{errNotFound, errExists, errPermission, errNoSpace, errFailed, errNotEmpty, errRefused},
		Funcs: append(append(append(contentFuncs(), lookFuncs()...), changeFuncs()...), tempFuncs()...),
	}
}

type pathIn struct {
	Path string `lua:"path" doc:"path of a file or directory"`
}

type writeIn struct {
	Path    string `lua:"path" doc:"file to write"`
	Data    string `lua:"data" doc:"its new content"`
	Mode    string `lua:"mode,opt" doc:"permissions of the file, as in \"600\" or \"rw-------\"; left out, those of the file that is replaced, or the usual ones"`
	Atomic  bool   `lua:"atomic,opt" default:"true" doc:"write beside the file and put it in place when complete; false writes into the file itself"`
	Parents bool   `lua:"parents,opt" doc:"make the missing directories above"`
}

type appendIn struct {
	Path string `lua:"path" doc:"file to write to; it is made when missing"`
	Data string `lua:"data" doc:"what to add at its end"`
}

type equalIn struct {
	A string `lua:"a" doc:"one file"`
	B string `lua:"b" doc:"the other"`
}

func contentFuncs() []*engine.Function {
	return []*engine.Function{
		engine.Fn("read", "Read a whole file.", read).
			Needs(host.Read).
			Returning("the content").
			Example(`
				local fs = require "fs"
				fs.write("hello.txt", "hello\n")
				print(#fs.read("hello.txt"))   --> 6`),
		engine.Fn("write", "Write a whole file. The file has its old content or all of the new one, never a part, whatever happens. A link is followed; what is not a plain file, such as /dev/null, is written to directly.", write).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.write("out/report.txt", "all is well\n", {parents=true, mode="600"})
				print(fs.stat("out/report.txt").mode)   --> rw-------`),
		engine.Fn("append", "Add to the end of a file. The data is written in one piece, so that several writers do not mix their lines.", appendTo).
			Needs(host.Write).
			Example(`
				local fs = require "fs"
				fs.append("log.txt", "one\n")
				fs.append("log.txt", "two\n")
				print(fs.size("log.txt"))   --> 8`),
		engine.Fn("lines", "Walk the lines of a file, without holding it in memory. Lines come without their line break, LF or CR LF.", lines).
			Needs(host.Read).
			ReturningType("fun(): string?", "an iterator for a generic for").
			Example(`
				local fs = require "fs"
				fs.write("names.txt", "Ada\nGrace\n")
				for line in fs.lines("names.txt") do print(line) end
				--> Ada
				--> Grace`),
		engine.Fn("equal", "Compare the content of two files, without holding them in memory.", equal).
			Needs(host.Read).
			Returning("whether they are the same").
			Example(`
				local fs = require "fs"
				fs.write("a", "same")
				fs.write("b", "same")
				print(fs.equal("a", "b"))   --> true`),
	}
}
