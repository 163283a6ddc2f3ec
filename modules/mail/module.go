// Package mail builds, sends, reads and receives mail: the Lua module mail.
package mail

import (
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
)

var (
	errReply    = engine.Kind("mail.reply", "The server answered a command with a refusal. e.code is the reply code, e.enhanced the code of RFC 3463 if it gave one; e.retryable says that it is temporary.")
	errAuth     = engine.Kind("mail.auth", "The login failed or was not tried, because the server does not offer one or the connection is not encrypted.")
	errRefused  = engine.Kind("mail.refused", "The server refused all recipients, or with partial=false one of them; nothing was sent. e.refused holds the reply to each.")
	errTLS      = engine.Kind("mail.tls", "The server does not offer STARTTLS, refuses it, or sent bytes in the clear behind its reply. Nothing secret was sent.")
	errProtocol = engine.Kind("mail.protocol", "The other side does not speak SMTP as it should: garbage, or a reply without end.")
	errAddress  = engine.Kind("mail.address", "An address needs SMTPUTF8, which the server does not offer.")
)

// Module declares mail.
func Module() *engine.Module {
	return &engine.Module{
		Name:  "mail",
		Doc:   "Build, send, read and receive mail. TLS is required and certificates are verified unless the script says otherwise.",
		Kinds: []*engine.ErrorKind{errReply, errAuth, errRefused, errTLS, errProtocol, errAddress},
		Types: []*engine.Type{messageType(), headersType(), attachmentType(), senderType(), serverType()},
		Funcs: []*engine.Function{
			engine.Fn("message", "Build a message. It does not change afterwards, and bytes() is exactly what is sent. Bcc is only for the envelope.", buildMessage).
				Needs(host.Read).
				Returning("the message").
				Example(`
					local fs, mail = require "fs", require "mail"
					fs.write("a.csv", "day;sum\n1;20\n")
					local m = mail.message{
						from="Shop <shop@example.org>", to={"b@example.org"}, subject="Report é",
						text="The report is attached.", attach={"a.csv"},
					}
					print(m.subject, m.to[1].address)   --> Report é	b@example.org`),
			engine.Fn("smtp", "Connect to a mail server for sending, encrypt the connection and log in.", openSMTP).
				Needs(host.Net).
				Raises(errReply, errAuth, errTLS, errProtocol).
				Returning("the connection").
				Example(`
					local mail = require "mail"
					local srv = mail.serve{tls="self-signed", users={u="p"}}
					local out = mail.smtp{host=srv.host, port=srv.port, tls={ca=srv.ca}, auth={"u", "p"}}
					local m = mail.message{from="a@x.org", to={"b@y.org"}, subject="hello", text="hi"}
					local refused = out:send(m)
					print(next(refused), srv.inbox[1].text)   --> nil	hi`),
			engine.Fn("parse", "Read a message. Damaged mail is read as well as it can be; defects says what was wrong.", parseData).
				Returning("the message").
				Example(`
					local mail = require "mail"
					local msg = mail.parse("From: A <a@x.org>\nSubject: =?utf-8?q?caf=C3=A9?=\n\nhello\n")
					print(msg.subject, msg.from[1].address, msg.text)   --> café	a@x.org	hello`),
			engine.Fn("load", "Read a message from a file, such as one of a Maildir.", loadFile).
				Needs(host.Read).
				Returning("the message").
				Example(`
					local mail = require "mail"
					mail.message{from="a@x.org", to={"b@y.org"}, subject="kept"}:save("m.eml")
					print(mail.load("m.eml").subject)   --> kept`),
			engine.Fn("serve", "Run a mail server that keeps what it gets, for tests of scripts that send mail.", serve).
				Needs(host.Listen).
				Returning("the server").
				Example(`
					local mail = require "mail"
					local srv = mail.serve{
						listen="127.0.0.1:0", reject={["bad@y.org"]={code=550, message="no such user"}},
						on_mail=function(msg) print("got " .. msg.subject) end,
					}
					local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
					local m = mail.message{from="a@x.org", to={"b@y.org", "bad@y.org"}, subject="hello", text="hi"}
					local refused = out:send(m)                                  --> got hello
					print(refused["bad@y.org"].code, refused["bad@y.org"].message)  --> 550	no such user
					srv:stop()`),
		},
	}
}

func messageType() *engine.Type {
	return engine.TypeOf[*Message]("mail.Message", "A message: built, read or received. It does not change.",
		engine.Prop("subject", "Subject, decoded; empty without one.", func(m *Message) string { return m.subject }),
		engine.Prop("text", "Plain text with line ends \\n; nil without one.", func(m *Message) *string { return m.text }).As("string?"),
		engine.Prop("html", "HTML text; nil without one.", func(m *Message) *string { return m.html }).As("string?"),
		engine.Prop("from", "Senders.", func(m *Message) []Address { return m.from }),
		engine.Prop("to", "Recipients.", func(m *Message) []Address { return m.to }),
		engine.Prop("cc", "Recipients of a copy.", func(m *Message) []Address { return m.cc }),
		engine.Prop("bcc", "Hidden recipients of a message that was built here.", func(m *Message) []Address { return m.bcc }),
		engine.Prop("reply_to", "Where answers go.", func(m *Message) []Address { return m.replyTo }),
		engine.Prop("date", "Time of the Date header in seconds since 1970; nil when it is missing or damaged.", func(m *Message) time.Time { return m.date }).As("number?"),
		engine.Prop("message_id", "Message-ID without angle brackets.", func(m *Message) string { return m.messageID }),
		engine.Prop("headers", "All headers, decoded: headers[\"subject\"], in any case.", func(m *Message) *Headers { return &Headers{m} }),
		engine.Prop("defects", "What was wrong with the message, in words; empty for most.", func(m *Message) []string { return m.defects }),
		engine.Prop("envelope", "What the client said to our server: from, to and user; nil for other messages.", func(m *Message) *Envelope { return m.envelope }),
		engine.Method("attachments", "Walk the attachments: every part that is not the message's text or HTML.", (*Message).eachAttachment).
			AsInline().
			ReturningType("fun(): mail.Attachment", "an iterator").
			Example(`
				local mail = require "mail"
				local m = mail.message{from="a@x.org", text="hi", attach={{name="a.txt", data="one"}}}
				for a in m:attachments() do print(a.filename, a.size, a:read()) end   --> a.txt	3	one`),
		engine.Method("bytes", "Get the message as it is on the wire: for a built message lines end with CR LF and have at most 998 bytes.", (*Message).bytesOf).
			Returning("the whole message").
			Example(`
				local mail = require "mail"
				local m = mail.message{from="a@x.org", text="hi"}
				print(mail.parse(m:bytes()).text)   --> hi`),
		engine.Method("save", "Write the message to a file, whole or not at all.", (*Message).save).
			Needs(host.Write).
			Example(`
				local mail = require "mail"
				mail.message{from="a@x.org", text="hi"}:save("m.eml")
				print(mail.load("m.eml").text)   --> hi`),
	)
}

func headersType() *engine.Type {
	t := engine.TypeOf[*Headers]("mail.Headers", "The headers of a message. headers[name] is the first of that name, decoded, or nil; the name may be in any case.",
		engine.Method("all", "List the values of a header that may occur several times.", (*Headers).all).
			AsInline().
			Returning("the values in order").
			Example(`
				local mail = require "mail"
				local msg = mail.parse("Received: one\nReceived: two\n\n")
				print(table.concat(msg.headers:all("received"), " "))   --> one two`),
	)
	t.Index = func(self any, name string) (any, bool) { return self.(*Headers).first(name) }
	t.Pairs = func(self any) []module.Entry { return self.(*Headers).pairs() }
	return t
}

func attachmentType() *engine.Type {
	return engine.TypeOf[*Attachment]("mail.Attachment", "A part of a message that is not its text.",
		engine.Prop("filename", "Name that is safe as a file name here: the last part of what the sender wrote, or one made up.", func(a *Attachment) string { return a.filename }),
		engine.Prop("type", "Media type, such as \"application/pdf\".", func(a *Attachment) string { return a.mediaType }),
		engine.Prop("size", "Bytes, decoded.", func(a *Attachment) int { return len(a.data) }),
		engine.Prop("cid", "Content-ID by which HTML names an inline part; empty without one.", func(a *Attachment) string { return a.contentID }),
		engine.Prop("inline", "Whether it is shown within the text.", func(a *Attachment) bool { return a.inline }),
		engine.Method("read", "Get the content.", (*Attachment).read).
			Returning("the content, decoded").
			Example(`
				local mail = require "mail"
				local m = mail.message{from="a@x.org", attach={{name="a.bin", data="\0\1"}}}
				for a in m:attachments() do print(#a:read()) end   --> 2`),
		engine.Method("save", "Write the content to a file, whole or not at all.", (*Attachment).save).
			Needs(host.Read, host.Write).
			Returning("the file's path").
			Example(`
				local mail = require "mail"
				local m = mail.message{from="a@x.org", attach={{name="a.txt", data="one"}}}
				for a in m:attachments() do print(a:save(".")) end   --> a.txt`),
	)
}

func senderType() *engine.Type {
	return engine.TypeOf[*Sender]("mail.Sender", "A connection to a mail server. It serves many messages, one at a time, and is opened again when the server closed it.",
		engine.Method("send", "Send a message to all its recipients.", (*Sender).send).
			Needs(host.Net).
			Raises(errReply, errRefused, errAuth, errTLS, errProtocol, errAddress).
			ReturningType("table<string, mail.Refusal>", "the recipients that the server refused, each with code and message; empty when it took all").
			Example(`
				local mail = require "mail"
				local srv = mail.serve()
				local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
				for i = 1, 3 do
					out:send(mail.message{from="a@x.org", to={"b@y.org"}, subject="no " .. i})
				end
				print(#srv.inbox, srv.inbox[3].subject)   --> 3	no 3`),
		engine.Method("send_raw", "Send bytes that are a message already.", (*Sender).sendRaw).
			Needs(host.Net).
			Raises(errReply, errRefused, errAuth, errTLS, errProtocol, errAddress).
			ReturningType("table<string, mail.Refusal>", "the recipients that the server refused, each with code and message; empty when it took all").
			Example(`
				local mail = require "mail"
				local srv = mail.serve()
				local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
				out:send_raw{from="a@x.org", to={"b@y.org"}, data="Subject: raw\n\n.dots\n"}
				print(srv.inbox[1].subject, srv.inbox[1].text)   --> raw	.dots`),
		engine.Prop("host", "Server as it was given.", func(s *Sender) string { return s.host }),
		engine.Prop("port", "Port of the server.", func(s *Sender) int { return s.port }),
		engine.CloseMethod[*Sender]("close", "Say goodbye and close the connection.").
			Example(`
				local mail = require "mail"
				local srv = mail.serve()
				local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
				out:close()`),
	)
}

func serverType() *engine.Type {
	return engine.TypeOf[*Server]("mail.Server", "A mail server that keeps what it gets.",
		engine.Prop("port", "Port it listens on.", func(s *Server) int { return s.port }),
		engine.Prop("host", "Address to connect to.", func(s *Server) string { return s.host }),
		engine.Prop("ca", "Certificate (PEM) for clients to trust, of a self-signed server: tls={ca=srv.ca}.", func(s *Server) string { return s.caPEM }),
		engine.Prop("inbox", "Messages so far, the oldest first: a list that does not grow.", (*Server).snapshot),
		engine.Method("wait_for", "Wait until n messages have arrived since the server began.", (*Server).waitFor).
			ReturningType("mail.Message[]", "the inbox").
			Example(`
				local mail = require "mail"
				local srv = mail.serve()
				local out = mail.smtp{host=srv.host, port=srv.port, tls="none"}
				out:send(mail.message{from="a@x.org", to={"b@y.org"}, subject="hello"})
				print(srv:wait_for(1, {timeout=5})[1].subject)   --> hello`),
		engine.CloseMethod[*Server]("stop", "Stop the server and its callbacks. The inbox stays.").
			Example(`
				local mail = require "mail"
				local srv = mail.serve()
				srv:stop()
				print(#srv.inbox)   --> 0`),
		engine.CloseMethod[*Server]("close", "The same as stop.").
			Example(`
				local mail = require "mail"
				mail.serve():close()`),
	)
}
