// Package hash computes checksums: the Lua module hash.
package hash

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type textIn struct {
	Data string `lua:"data" doc:"bytes to hash"`
}

type fileIn struct {
	Path      string `lua:"path" doc:"file to hash"`
	Algorithm string `lua:"algorithm,opt" enum:"sha256|sha512|sha1|md5" default:"sha256" doc:"which checksum"`
}

type hmacIn struct {
	Key       string `lua:"key,secret" doc:"shared secret"`
	Data      string `lua:"data" doc:"bytes to sign"`
	Algorithm string `lua:"algorithm,opt" enum:"sha256|sha512|sha1|md5" default:"sha256" doc:"which checksum"`
}

type equalIn struct {
	A string `lua:"a" doc:"one text"`
	B string `lua:"b" doc:"the other"`
}

// Module declares hash.
func Module() *engine.Module {
	m := &engine.Module{
		Name: "hash",
		Doc:  "Checksums of strings and files, in hexadecimal. MD5 and SHA-1 are here for old protocols; they do not keep anybody from forging data.",
		Funcs: []*engine.Function{
			engine.Fn("file", "Compute the checksum of a file, without holding it in memory.", ofFile).
				Needs(host.Read).
				Returning("the checksum in hexadecimal").
				Example(`
					local fs, hash = require "fs", require "hash"
					fs.write("hello.txt", "hello")
					print(hash.file("hello.txt"))   --> 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824`),
			engine.Fn("hmac", "Sign bytes with a shared secret (RFC 2104).", ofHMAC).
				Returning("the signature in hexadecimal").
				Example(`
					local hash = require "hash"
					print(#hash.hmac("secret", "message"))   --> 64`),
			engine.Fn("equal", "Compare two texts in a time that does not depend on where they differ, as signatures must be compared.", equal).
				AsInline().
				Returning("whether they are equal").
				Example(`
					local hash = require "hash"
					print(hash.equal("abc", "abc"))   --> true`),
		},
	}
	for _, name := range []string{"sha256", "sha512", "sha1", "md5"} {
		m.Funcs = append(m.Funcs, engine.Fn(name, "Compute the "+name+" checksum of a string.", ofText(name)).
			Returning("the checksum in hexadecimal").
			Example(`
				local hash = require "hash"
				print(#hash.`+name+`("hello"))   --> `+digits[name]))
	}
	return m
}
