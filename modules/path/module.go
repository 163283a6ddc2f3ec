// Package path takes names of files apart and puts them together: the Lua
// module path. It works on text and touches no file.
package path

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type pathIn struct {
	Path string `lua:"path" doc:"path of a file or directory"`
}

type joinIn struct {
	Parts []string `lua:"parts,rest" doc:"parts of the path; empty ones are left out"`
}

type withExtIn struct {
	Path string `lua:"path" doc:"path of a file"`
	Ext  string `lua:"ext" doc:"new extension with its dot, or \"\" for none"`
}

type relIn struct {
	Path  string `lua:"path" doc:"path to be reached"`
	Start string `lua:"start,arg" default:"." doc:"directory from which to go"`
}

type matchIn struct {
	Pattern string `lua:"pattern" doc:"pattern with *, ?, [a-z], [!a-z], {a,b}, and ** for any number of directories"`
	Path    string `lua:"path" doc:"path to match as a whole"`
}

// Module declares path.
func Module() *engine.Module {
	return &engine.Module{
		Name: "path",
		Doc:  "Names of files: take them apart and put them together. Nothing here touches a file. Paths are written as on the system that the script runs on.",
		Funcs: []*engine.Function{
			engine.Fn("join", "Join parts of a path with the system's separator and clean the result. Unlike in Python, a part that begins with a slash does not throw away the parts before it.", join).
				AsInline().
				Returning("the path").
				Example(`
					local path = require "path"
					print(path.join("a", "b/../c", "d.txt"))   --> a/c/d.txt
					print(path.join("root", "/etc/passwd"))    --> root/etc/passwd`),
			engine.Fn("split", "Split a path into its directory and its last element.", split).
				AsInline().
				ReturningType("string, string", "the directory, and the last element").
				Example(`
					local path = require "path"
					print(path.split("a/b/c.txt"))   --> a/b	c.txt`),
			engine.Fn("parts", "Split a path into all its elements. The root of an absolute path is the first.", parts).
				AsInline().
				Returning("the elements").
				Example(`
					local path = require "path"
					print(table.concat(path.parts("/a/b/c.txt"), " "))   --> / a b c.txt`),
			engine.Fn("dirname", "Tell the directory of a path: all but its last element, \".\" when there is only one.", dirname).
				AsInline().
				Returning("the directory").
				Example(`
					local path = require "path"
					print(path.dirname("a/b/c.txt"), path.dirname("c.txt"))   --> a/b	.`),
			engine.Fn("basename", "Tell the last element of a path. Slashes at the end do not count.", basename).
				AsInline().
				Returning("the last element").
				Example(`
					local path = require "path"
					print(path.basename("a/b/c.txt"), path.basename("a/b/"))   --> c.txt	b`),
			engine.Fn("ext", "Tell the extension of a file with its dot. A name such as \".profile\" has none.", ext).
				AsInline().
				Returning("the extension, \"\" for none").
				Example(`
					local path = require "path"
					print(path.ext("a/b.tar.gz"))   --> .gz`),
			engine.Fn("stem", "Tell the last element of a path without its extension.", stem).
				AsInline().
				Returning("the name without extension").
				Example(`
					local path = require "path"
					print(path.stem("a/b.tar.gz"))   --> b.tar`),
			engine.Fn("with_ext", "Replace the extension of a path.", withExt).
				AsInline().
				Returning("the path with the new extension").
				Example(`
					local path = require "path"
					print(path.with_ext("a/photo.png", ".jpg"))   --> a/photo.jpg`),
			engine.Fn("is_abs", "Say whether a path is absolute.", isAbs).
				AsInline().
				Returning("whether it is absolute").
				Example(`
					local path = require "path"
					print(path.is_abs("/etc"), path.is_abs("etc"))   --> true	false`),
			engine.Fn("clean", "Give the shortest path that means the same: without \".\", doubled slashes, and \"..\" after a directory.", clean).
				AsInline().
				Returning("the clean path").
				Example(`
					local path = require "path"
					print(path.clean("a//b/./../c"))   --> a/c`),
			engine.Fn("abs", "Make a path absolute, from the script's working directory.", abs).
				AsInline().
				Returning("the absolute path, clean").
				Example(`
					local path = require "path"
					print(path.abs("/a/../b"))   --> /b`),
			engine.Fn("rel", "Tell how to reach a path from a directory.", rel).
				AsInline().
				Returning("the relative path").
				Example(`
					local path = require "path"
					print(path.rel("/a/b/c", "/a/d"))   --> ../b/c`),
			engine.Fn("match", "Match a path against a pattern as a whole. * and ? stay within one element, ** stands for any number of directories. Names that begin with a dot are matched as well.", match).
				AsInline().
				Returning("whether it matches").
				Example(`
					local path = require "path"
					print(path.match("*.{png,jpg}", "a.png"))        --> true
					print(path.match("src/**/*.go", "src/a/b.go"))   --> true
					print(path.match("*.go", "src/a.go"))            --> false`),
			engine.Fn("expand_user", "Replace a ~ at the beginning by the user's home directory.", expandUser).
				AsInline().
				Needs(host.Env).
				Returning("the path").
				Example(`
					local path, env = require "path", require "env"
					print(path.expand_user("~/x") == path.join(env.home(), "x"))   --> true`),
		},
	}
}
