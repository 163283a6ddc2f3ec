// Package ssh runs commands and moves files on other machines, and serves both:
// the Lua module ssh.
//
// # Security
//
// A server's key is checked against known_hosts before anything else is said,
// and a key that has changed is refused in every mode. Only algorithms without
// known weaknesses are offered. Nothing is forwarded unless a script does it.
// The server gives a client nothing but what the script's callback does and the
// files below one directory.
package ssh

import (
	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/internal/transfer"
)

var (
	errHostKey   = engine.Kind("ssh.host_key", "The server's key is not the right one. e.reason is \"unknown\", \"changed\", \"revoked\", \"pin\" or \"certificate\", e.fingerprint the key that was shown, e.file and e.line where another one is known.")
	errAuth      = engine.Kind("ssh.auth", "The server refuses the login. e.tried lists the methods that were tried, e.allowed those that the server takes.")
	errHandshake = engine.Kind("ssh.handshake", "No connection came about: the other side does not speak SSH, or no algorithm is in common.")
	errExit      = engine.Kind("ssh.exit", "A command ended with a code other than 0, or by a signal. e.code, e.signal, e.out and e.err hold what it left.")
	errProtocol  = engine.Kind("ssh.protocol", "The server does not do what it was asked for, or not as the protocol says. After a command, e.out and e.err hold what it wrote.")
	errSFTP      = engine.Kind("ssh.sftp", "The server refuses something with its files. e.code is the number of the protocol.")
	errTooLarge  = engine.Kind("ssh.too_large", "A file is larger than what may be read into memory.")
)

type quoteIn struct {
	Words []string `lua:"words" doc:"words, each of which reaches the command as it is"`
}

type connectIn struct {
	Host       string          `lua:"host,wire" doc:"name or address of the server"`
	Port       int             `lua:"port,opt" default:"22" doc:"port that it listens on"`
	User       string          `lua:"user,opt,wire" doc:"who logs in; the user of this machine by default"`
	Password   *string         `lua:"password,opt,wire,secret" doc:"password, sent only where the server asks for one by that method"`
	Key        string          `lua:"key,opt,secret" doc:"file with a private key, or the key itself"`
	Passphrase string          `lua:"passphrase,opt,secret" doc:"what opens the key, if it is encrypted"`
	Agent      bool            `lua:"agent,opt" doc:"use the keys of the ssh agent that SSH_AUTH_SOCK names"`
	Answer     *engine.Func    `lua:"answer,opt" type:"fun(name: string, instruction: string, prompts: {text: string, echo: boolean}[]): string[]" doc:"answers the server's questions (keyboard-interactive), such as for a one-time code"`
	KnownHosts []string        `lua:"known_hosts,opt" type:"string|string[]" doc:"files with the keys of servers; ~/.ssh/known_hosts by default"`
	HostKey    string          `lua:"host_key,opt,wire" default:"strict" doc:"\"strict\" takes only a key that is known, \"accept-new\" also one of a server that was never seen and remembers it, \"SHA256:…\" or a public key takes that key only"`
	Timeout    engine.Duration `lua:"timeout,opt" default:"15s" doc:"limit for everything until the login is done"`
	Keepalive  engine.Duration `lua:"keepalive,opt" default:"30s" doc:"how often the server is asked for a sign of life; after three without one the connection is closed; 0 never asks"`
	Via        *Client         `lua:"via,opt" doc:"connection to another server, through which this one is reached"`
	Legacy     bool            `lua:"legacy,opt" doc:"allow algorithms that are known to be weak as well, for old devices"`
}

type runIn struct {
	Command   string            `lua:"command,arg" doc:"command line for the server's shell"`
	Argv      []string          `lua:"argv,list" doc:"the command and its arguments, quoted for a POSIX shell"`
	Check     bool              `lua:"check,opt" default:"true" doc:"whether a code other than 0 raises"`
	Timeout   engine.Duration   `lua:"timeout,opt" doc:"limit for the command; the server is then told to end it"`
	Input     string            `lua:"input,opt" doc:"what the command reads from standard input"`
	Env       map[string]string `lua:"env,opt" doc:"environment variables; most servers take few, see refused in the result"`
	PTY       bool              `lua:"pty,opt" doc:"give the command a terminal; its standard error then comes with out"`
	MaxOutput engine.Size       `lua:"max_output,opt" default:"64MiB" doc:"bytes that are kept of each stream; the rest is thrown away"`
	OnOutput  *engine.Func      `lua:"on_output,opt" type:"fun(text: string, stream: \"out\"|\"err\")" doc:"is called with output as it comes"`
}

type sftpIn struct {
	Timeout engine.Duration `lua:"timeout,opt" default:"15s" doc:"limit for opening the session"`
	Idle    engine.Duration `lua:"idle_timeout,opt" default:"60s" doc:"how long the server may send nothing while it is asked for something"`
}

type onlyTimeoutIn struct {
	Timeout engine.Duration `lua:"timeout,opt" doc:"limit for the call"`
}

// withServer starts the server of an example and connects to it.
const withServer = `
	local ssh = require "ssh"
	local srv = ssh.serve{users={u={password="p"}}, on_exec=function(sess, cmd)
		sess:write("you said: " .. cmd .. "\n")
		return 0
	end}
	local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
`

// Module declares ssh.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "ssh",
		Doc:   "Commands and files on other machines by SSH and SFTP, and a server for both. The key of a server must be known, and one that has changed is always refused.",
		Kinds: []*engine.ErrorKind{errHostKey, errAuth, errHandshake, errExit, errProtocol, errSFTP, errTooLarge, transfer.ErrIncomplete},
		Funcs: []*engine.Function{
			engine.Fn("connect", "Connect to a server and log in.", connect).
				Needs(host.Net).
				Raises(errHostKey, errAuth, errHandshake).
				Example(withServer, `
					print(c:run("hello").out)   --> you said: hello
					c:close()   -->`),
			engine.Fn("serve", "Serve commands and files to those who log in. Every command runs the callback as a task of its own.", serve).
				Needs(host.Listen).
				Example(`
					local ssh = require "ssh"
					local srv = ssh.serve{
						listen="127.0.0.1:0",
						users={u={password="p"}},
						on_exec=function(sess, cmd) sess:write("hi\n") return 3 end,
					}
					local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.fingerprint}
					local r = c:run("anything", {check=false})
					print(r.out .. r.code)
					--> hi
					--> 3
					srv:stop()`),
			engine.Fn("quote", "Make one command line of words, so that a POSIX shell takes each as it is.", quoteWords).
				AsInline().
				Returning("the command line").
				Example(`
					local ssh = require "ssh"
					print(ssh.quote{"rm", "--", "it's; a file"})   --> rm -- 'it'\''s; a file'`),
		},
		Types: []*engine.Type{clientType(), sftpType(), serverType(), sessionType()},
	}
}

func clientType() *engine.Type {
	return engine.TypeOf[*Client]("ssh.Client", "A connection to a server. Several tasks may use it at once.",
		engine.Method("run", "Run a command and wait for its end. A text goes to the server's shell as it is; a list is quoted, so that each item reaches the command unchanged.", (*Client).run).
			Raises(errExit, errProtocol).
			Returning("what the command wrote and how it ended").
			Example(withServer, `
				print(c:run{"ls", "-l", "a file"}.out)   --> you said: ls -l 'a file'
				-->`),
		engine.Method("sftp", "Open a session for files.", (*Client).sftp).
			Raises(errProtocol).
			Example(withFiles, `
				s:write("hello.txt", "hello")
				print(s:size("hello.txt"))   --> 5`),
		engine.CloseMethod[*Client]("close", "Close the connection and all that goes over it."),
		engine.Prop("host", "name or address of the server", func(x *Client) string { return x.host }),
		engine.Prop("port", "port of the server", func(x *Client) int { return x.port }),
		engine.Prop("user", "who is logged in", func(x *Client) string { return x.user }),
		engine.Prop("version", "the line that the server introduced itself with", func(x *Client) string { return printable(string(x.client.ServerVersion())) }),
		engine.Prop("banner", "the text that the server showed before the login", func(x *Client) string { return x.banner }),
		engine.Prop("host_key", "the server's public key, as host_key= of connect takes it", func(x *Client) string { return authorizedKey(x.hostKey) }),
		engine.Prop("fingerprint", "the fingerprint of the server's key, \"SHA256:…\"", func(x *Client) string { return ssh.FingerprintSHA256(x.hostKey) }),
	)
}
