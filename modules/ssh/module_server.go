package ssh

import (
	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

type serveIn struct {
	Listen       string            `lua:"listen,opt,wire" default:"127.0.0.1:0" doc:"address and port; port 0 takes a free one"`
	Users        map[string]userIn `lua:"users,opt,need,wire" doc:"who may log in; a text stands for the password"`
	OnExec       *engine.Func      `lua:"on_exec,opt" type:"fun(sess: ssh.Session, cmd: string): integer?" doc:"runs a command and returns its exit code, 0 for nil; what it raises is logged, and the code is then 1; without it commands are refused"`
	SFTP         *sftpRootIn       `lua:"sftp,opt" doc:"serve files; a text is the directory"`
	Key          string            `lua:"key,opt,secret" doc:"file with the server's private key, or the key itself; without it a new one is made"`
	Passphrase   string            `lua:"passphrase,opt,secret" doc:"what opens the key, if it is encrypted"`
	Banner       string            `lua:"banner,opt,wire" doc:"text that is shown before the login"`
	AcceptEnv    []string          `lua:"accept_env,opt,wire" doc:"names of variables that clients may set for a command, * for any rest; none by default"`
	LoginTimeout engine.Duration   `lua:"login_timeout,opt" default:"30s" doc:"limit for everything until a client is logged in"`
}

type userIn struct {
	Password *string  `lua:"password,opt,short,wire,secret" doc:"password; without it there is no login by password"`
	Keys     []string `lua:"keys,opt" type:"string|string[]" doc:"public keys \"ssh-ed25519 AAAA…\", or files with them (authorized_keys)"`
}

type sftpRootIn struct {
	Root     string `lua:"root,opt,short,need" doc:"directory that is served; links cannot leave it"`
	ReadOnly bool   `lua:"readonly,opt" doc:"refuse all changes"`
}

type dataIn struct {
	Data string `lua:"data" doc:"bytes to send"`
}

type sessionReadIn struct {
	N   int         `lua:"n,arg" doc:"read at most so many bytes, as soon as there are some; without it all until the client ends its input"`
	Max engine.Size `lua:"max,opt" default:"64MiB" doc:"bytes that are taken at most when all is read"`
}

func serverType() *engine.Type {
	return engine.TypeOf[*Server]("ssh.Server", "A running server. It ends with the script.",
		engine.Method("wait", "Wait until the server is stopped.", (*Server).wait).
			Returning("true, or false when the time limit came first").
			Example(`
				local ssh = require "ssh"
				local srv = ssh.serve{users={u="p"}, sftp={root="."}}
				print(srv:wait{timeout=0.01})   --> false`),
		engine.CloseMethod[*Server]("stop", "Stop the server and cut its connections.").
			Example(`
				local ssh = require "ssh"
				local srv = ssh.serve{users={u="p"}, sftp={root="."}}
				srv:stop()
				print(srv:wait())   --> true`),
		engine.CloseMethod[*Server]("close", "Stop the server and cut its connections."),
		engine.Prop("port", "port that it listens on", (*Server).port),
		engine.Prop("address", "address and port that it listens on", func(s *Server) string { return s.listener.Addr().String() }),
		engine.Prop("host_key", "its public key, as host_key= of connect takes it", func(s *Server) string { return authorizedKey(s.hostKey) }),
		engine.Prop("fingerprint", "the fingerprint of its key, \"SHA256:…\"", func(s *Server) string { return ssh.FingerprintSHA256(s.hostKey) }),
	)
}

// withExec serves a callback to an example and runs "it" with some input.
func withExec(body string) string {
	return `
		local ssh = require "ssh"
		local srv = ssh.serve{users={u={password="p"}}, on_exec=function(sess, cmd)
			` + body + `
		end}
		local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
		local r = c:run("it", {input="one\ntwo\n"})
	`
}

func sessionType() *engine.Type {
	return engine.TypeOf[*Session]("ssh.Session", "A command that a client runs on our server.",
		engine.Method("write", "Send bytes to the client as standard output. It waits while the client does not read.", (*Session).write).
			Example(withExec(`sess:write("hi")`)+`
				print(r.out)   --> hi`),
		engine.Method("write_err", "Send bytes to the client as standard error.", (*Session).writeErr).
			Example(withExec(`sess:write_err("oh")`)+`
				print(r.err)   --> oh`),
		engine.Method("read", "Read what the client sends as standard input.", (*Session).read).
			Returning("the bytes, nil when there are no more").
			Example(withExec(`sess:write(#sess:read())`)+`
				print(r.out)   --> 8`),
		engine.Method("lines", "Read what the client sends as standard input, line by line.", (*Session).lines).
			ReturningType("fun(): string?", "an iterator over the lines, without their ends").
			Example(withExec(`for line in sess:lines() do sess:write(line .. ";") end`)+`
				print(r.out)   --> one;two;`),
		engine.Prop("user", "who is logged in", func(s *Session) string { return s.conn.User() }),
		engine.Prop("command", "the command that the client wants to run", func(s *Session) string { return s.command }),
		engine.Prop("env", "the environment variables that the client has set, as far as accept_env allows", func(s *Session) map[string]string { return s.env }),
		engine.Prop("remote", "address and port of the client", func(s *Session) string { return s.conn.RemoteAddr().String() }),
		engine.Prop("key", "the fingerprint of the key that the client logged in with, nil for a password", (*Session).keyFingerprint),
	)
}
