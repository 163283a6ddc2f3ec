// Package ftp moves files by FTP, in clear or over TLS, and serves them: the
// Lua module ftp.
//
// The client is jlaffaye/ftp over connections that belong to this package. The
// library speaks the dialogue of login and transfers; the connections keep the
// time, encrypt control and data, trace without secrets, bound what a server
// may send, dial no other host than the server, and end uploads so that their
// last bytes arrive. The server is fclairamb/ftpserverlib over an os.Root.
package ftp

import (
	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/tlsconf"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

type connectIn struct {
	Host          string           `lua:"host,wire" doc:"name or address of the server"`
	Port          int              `lua:"port,opt" doc:"port; 21, or 990 with implicit TLS, when left out"`
	User          string           `lua:"user,opt,wire" default:"anonymous" doc:"login name"`
	Password      string           `lua:"password,opt,wire,secret" default:"anonymous@" doc:"password"`
	TLS           *tlsconf.Options `lua:"tls,opt" doc:"\"explicit\" (AUTH TLS), \"implicit\", \"none\", or a table; control and data are both encrypted, or the connection fails"`
	Timeout       engine.Duration  `lua:"timeout,opt" default:"30s" doc:"limit for connecting and logging in"`
	IdleTimeout   engine.Duration  `lua:"idle_timeout,opt" default:"60s" doc:"how long each later answer and each piece of data may take to come"`
	TrustPasvHost bool             `lua:"trust_pasv_host,opt" doc:"dial the address that the server names for data, and not always its own: it can then make us connect elsewhere"`
	Debug         *engine.Func     `lua:"debug,opt" type:"fun(direction: string, line: string)" doc:"called with \">\" or \"<\" and each line of the dialogue; passwords are masked"`
}

type serveIn struct {
	Root        string            `lua:"root" doc:"directory to serve; neither .. nor a link leads out of it"`
	Listen      string            `lua:"listen,opt,wire" default:"127.0.0.1:0" doc:"host:port; port 0 takes a free one"`
	Users       map[string]string `lua:"users,opt,secret" doc:"each login name with its password"`
	Anonymous   bool              `lua:"anonymous,opt" doc:"let anonymous and ftp in with any password, to read only"`
	Readonly    bool              `lua:"readonly,opt" doc:"refuse every change"`
	TLS         *tlsconf.Options  `lua:"tls,opt" doc:"\"self-signed\", \"explicit\", \"implicit\", \"none\", or a table with cert and key; without a certificate one is made. Clients must then encrypt control and data"`
	IdleTimeout engine.Duration   `lua:"idle_timeout,opt" default:"15m" doc:"when to drop a client that does nothing"`
	OnUpload    *engine.Func      `lua:"on_upload,opt" type:"fun(path: string, size: number, user: string)" doc:"called when a file is complete, with its path below root; an upload under a temporary name (name.part-…) counts when it gets its final one"`
}

// Module declares ftp.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "ftp",
		Doc:   "Move files by FTP and FTPS, and serve them. Transfers are binary; a file appears under its final name when it is complete, here and on the server.",
		Kinds: []*engine.ErrorKind{errReply, errAuth, errProtocol, errTLS, errTooLarge, transfer.ErrIncomplete},
		Types: []*engine.Type{clientType(), serverType()},
		Funcs: []*engine.Function{
			engine.Fn("connect", "Connect to a server and log in.", connect).
				Needs(host.Net).
				Raises(errReply, errAuth, errProtocol, errTLS).
				Example(`
					local ftp, fs = require "ftp", require "fs"
					fs.mkdir("site")
					local srv = ftp.serve{root="site", users={u="p"}, tls="self-signed"}
					local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p", tls={mode="explicit", ca=srv.ca}}
					print(f:pwd())   --> /
					f:close()
					srv:stop()`),
			engine.Fn("serve", "Serve a directory, for tests and for files to be dropped. The server works beside the script until it is stopped or the script ends.", serve).
				Needs(host.Listen, host.Read, host.Write).
				Example(`
					local ftp, fs = require "ftp", require "fs"
					fs.mkdir("inbox")
					local srv = ftp.serve{listen="127.0.0.1:0", root="inbox", users={u="p"},
						on_upload=function(path, size, user) print(path, size, user) end}
					local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p"}
					f:write("hello.txt", "hello")
					f:close()
					srv:stop()
					--> hello.txt	5	u`),
		},
	}
}

func serverType() *engine.Type {
	return engine.TypeOf[*Server]("ftp.Server", "A server that works in the background.",
		engine.Prop("host", "host that it listens on", func(s *Server) string { return s.name }),
		engine.Prop("port", "port that it listens on", func(s *Server) int { return s.port }),
		engine.Prop("address", "host and port", (*Server).address),
		engine.Prop("ca", "certificate (PEM) for clients to trust, when the server made its own; empty otherwise", func(s *Server) string { return s.ca }),
		engine.CloseMethod[*Server]("close", "End the server and cut off its clients."),
		engine.CloseMethod[*Server]("stop", "End the server and cut off its clients, as close does.").
			Example(serving(`
				srv:stop()
				print((pcall(f.noop, f)))   --> false`)),
	)
}

// serving is an example on a server srv with a client f.
func serving(lua string) string {
	return `
				local ftp, fs = require "ftp", require "fs"
				fs.mkdir("site")
				local srv = ftp.serve{root="site", users={u="p"}}
				local f = ftp.connect{host=srv.host, port=srv.port, user="u", password="p"}` + lua
}
