package mail

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// Bounds of what is taken apart; what is beyond stays an attachment or is left
// out, with a defect.
const (
	maxDepth   = 50
	maxParts   = 1000
	maxFields  = 5000
	maxDefects = 100
)

// A mail is read in one pass over its bytes and never fails: go-message's
// reader gives up at the first part whose header it cannot read, and the parts
// after it would be lost. Only charsets are left to it.
type parser struct {
	msg   *Message
	parts int
}

type parseIn struct {
	Data string `lua:"data" doc:"the whole message, as it is in a file or came from a server"`
}

func parseData(_ *engine.Call, in parseIn) (*Message, error) {
	return parse([]byte(in.Data)), nil
}

type loadIn struct {
	Path string `lua:"path" doc:"file that holds one message"`
}

func loadFile(c *engine.Call, in loadIn) (*Message, error) {
	data, err := c.Host().Files.ReadFile(in.Path)
	if err != nil {
		return nil, err
	}
	return parse(data), nil
}

func parse(raw []byte) *Message {
	p := &parser{msg: &Message{raw: raw}}
	m := p.msg
	m.fields, m.body = p.splitHeader(raw)
	for i := range m.fields {
		m.fields[i].text = p.decodeWords(m.fields[i].value)
	}
	m.subject = p.decodeWords(m.header("Subject"))
	m.messageID = strings.Trim(clean(m.header("Message-ID")), "<> ")
	if v := m.header("Date"); v != "" {
		t, err := netmail.ParseDate(v)
		if err != nil {
			p.defect("the date %.60q cannot be read", v)
		}
		m.date = t
	}
	m.from, m.replyTo = p.readAddresses("From"), p.readAddresses("Reply-To")
	m.to, m.cc, m.bcc = p.readAddresses("To"), p.readAddresses("Cc"), p.readAddresses("Bcc")
	p.readPart(m.fields, m.body, 0)
	return m
}

func (p *parser) defect(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); len(p.msg.defects) < maxDefects && !slices.Contains(p.msg.defects, text) {
		p.msg.defects = append(p.msg.defects, text)
	}
}

// part is the header of a part, read.
type part struct {
	mediaType   string
	params      map[string]string
	disposition string
	encoding    string
	filename    string
	contentID   string
}

func (p *parser) readPartHeader(fields []field) part {
	get := func(name string) string {
		for _, f := range fields {
			if strings.EqualFold(f.name, name) {
				return f.value
			}
		}
		return ""
	}
	var out part
	var disposition map[string]string
	out.mediaType, out.params = p.parameters(get("Content-Type"))
	if kind, sub, ok := strings.Cut(out.mediaType, "/"); !ok || kind == "" || sub == "" {
		if out.mediaType != "" {
			p.defect("the content type %.60q cannot be read", out.mediaType)
		}
		out.mediaType = "text/plain"
	}
	out.disposition, disposition = p.parameters(get("Content-Disposition"))
	out.encoding = strings.ToLower(strings.TrimSpace(get("Content-Transfer-Encoding")))
	out.contentID = strings.Trim(clean(get("Content-ID")), "<> ")
	out.filename = disposition["filename"]
	if out.filename == "" {
		out.filename = out.params["name"]
	}
	return out
}

// readPart takes a part apart: multiparts are descended into, the first plain
// and the first HTML text are the message's, everything else is an attachment.
func (p *parser) readPart(fields []field, body []byte, depth int) {
	if p.parts++; p.parts > maxParts {
		p.defect("more than %d parts: the rest is left out", maxParts)
		return
	}
	h := p.readPartHeader(fields)
	if strings.HasPrefix(h.mediaType, "multipart/") {
		boundary := h.params["boundary"]
		switch {
		case boundary == "":
			p.defect("a %s part names no boundary", h.mediaType)
			h.mediaType = "text/plain"
		case depth >= maxDepth:
			p.defect("more than %d parts inside one another: the rest is an attachment", maxDepth)
			h.mediaType = "application/octet-stream"
		default:
			if p.readMultipart(boundary, body, depth) {
				return
			}
			p.defect("the boundary of a %s part does not occur", h.mediaType)
			h.mediaType = "text/plain"
		}
	}
	data := p.decodeTransfer(h.encoding, body)
	if p.isText(h) {
		text := p.decodeText(h, data)
		if h.mediaType == "text/html" {
			p.msg.html = &text
		} else {
			p.msg.text = &text
		}
		return
	}
	p.attach(h, data)
}

// isText says whether the part is the message's text or HTML, as yet missing.
func (p *parser) isText(h part) bool {
	if h.disposition == "attachment" || h.filename != "" {
		return false
	}
	return h.mediaType == "text/plain" && p.msg.text == nil || h.mediaType == "text/html" && p.msg.html == nil
}

func (p *parser) readMultipart(boundary string, body []byte, depth int) bool {
	sections, closed := splitMultipart(body, boundary, maxParts+1)
	if len(sections) == 0 {
		return false
	}
	if !closed {
		p.defect("a multipart is cut off: its closing boundary is missing")
	}
	for _, section := range sections {
		if p.parts > maxParts {
			break
		}
		fields, content := p.splitHeader(section)
		p.readPart(fields, content, depth+1)
	}
	return true
}

func (p *parser) attach(h part, data []byte) {
	a := &Attachment{
		mediaType: h.mediaType,
		contentID: h.contentID,
		inline:    h.disposition == "inline" || h.disposition == "" && h.contentID != "",
		data:      data,
	}
	a.filename = p.localName(h)
	p.msg.attachments = append(p.msg.attachments, a)
}

// localName is a file name that is safe on this machine: the last part of what
// the sender wrote, or one made up.
func (p *parser) localName(h part) string {
	given := p.decodeWords(h.filename)
	name := strings.TrimSpace(path.Base(strings.ReplaceAll(given, `\`, "/")))
	safe, err := host.LocalName(name)
	switch {
	case given == "":
		safe = ""
	case err != nil:
		p.defect("an attachment's file name was refused: %v", err)
		safe = ""
	case safe != given:
		p.defect("the file name %.80q of an attachment was reduced to %q", given, safe)
	}
	if safe == "" {
		safe = fmt.Sprintf("attachment-%d", len(p.msg.attachments)+1)
		safe += extension(h.mediaType)
	}
	return safe
}

// extension is for parts without a name. mime.ExtensionsByType depends on the
// machine.
func extension(mediaType string) string {
	switch mediaType {
	case "message/rfc822":
		return ".eml"
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	case "image/jpeg":
		return ".jpg"
	case "application/pdf", "image/png", "image/gif":
		return "." + path.Base(mediaType)
	}
	return ""
}

func (p *parser) decodeText(h part, data []byte) string {
	text, err := decodeCharset(h.params["charset"], data)
	if err != nil {
		p.defect("text in the unknown charset %.40q is given as it is", h.params["charset"])
	} else if !utf8.Valid(text) {
		p.defect("text has bytes that its charset does not have")
	}
	return string(bytes.ReplaceAll(text, []byte(crlf), []byte("\n")))
}
