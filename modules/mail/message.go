package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/module"
)

// Message is a mail: one built by mail.message, read by mail.parse, or received
// by a server. It does not change.
type Message struct {
	raw    []byte
	fields []field
	body   []byte // after the header block

	subject, messageID string
	text, html         *string
	from, replyTo      []Address
	to, cc, bcc        []Address
	date               time.Time
	attachments        []*Attachment
	defects            []string
	envelope           *Envelope
}

// Envelope is what the SMTP dialogue said about a received message.
type Envelope struct {
	From string   `lua:"from" doc:"sender of the envelope, where bounces go; may be empty"`
	To   []string `lua:"to" doc:"recipients of the envelope, hidden ones included"`
	User string   `lua:"user" doc:"who logged in to the server; empty without login"`
}

func (m *Message) String() string {
	return fmt.Sprintf("mail.Message: %s", m.subject)
}

// header returns the raw value of the first header of that name, unfolded.
func (m *Message) header(name string) string {
	for _, f := range m.fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

func (m *Message) bytesOf(*engine.Call, engine.None) (string, error) {
	return string(m.raw), nil
}

type savePathIn struct {
	Path string `lua:"path" doc:"file to write"`
}

func (m *Message) save(c *engine.Call, in savePathIn) (engine.None, error) {
	return engine.None{}, host.WriteFileAtomic(c.Host().Files, in.Path, m.raw, 0o644)
}

func (m *Message) eachAttachment(*engine.Call, engine.None) (*engine.Iterator, error) {
	return engine.Each(m.attachments), nil
}

// withoutBcc is the message as it is sent: hidden recipients are only in the
// envelope.
func (m *Message) withoutBcc() []byte {
	var out []byte
	last := 0
	for _, f := range m.fields {
		if strings.EqualFold(f.name, "bcc") || strings.EqualFold(f.name, "resent-bcc") {
			out = append(out, m.raw[last:f.start]...)
			last = f.end
		}
	}
	if last == 0 {
		return m.raw
	}
	return append(out, m.raw[last:]...)
}

// sender is where bounces go.
func (m *Message) sender() string {
	if v := m.header("Sender"); v != "" {
		if a, err := parseAddress(v); err == nil {
			return a.Address
		}
	}
	if len(m.from) > 0 {
		return m.from[0].Address
	}
	return ""
}

// recipients are all of To, Cc and Bcc, each once.
func (m *Message) recipients() []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]Address{m.to, m.cc, m.bcc} {
		for _, a := range list {
			if a.Address != "" && !seen[a.Address] {
				seen[a.Address] = true
				out = append(out, a.Address)
			}
		}
	}
	return out
}

// Attachment is a part of a message that is not its text.
type Attachment struct {
	filename  string
	mediaType string
	contentID string
	inline    bool
	data      []byte
}

func (a *Attachment) String() string {
	return fmt.Sprintf("mail.Attachment: %s (%s)", a.filename, engine.FormatSize(int64(len(a.data))))
}

func (a *Attachment) read(*engine.Call, engine.None) (string, error) {
	return string(a.data), nil
}

type saveAttachmentIn struct {
	Path      string `lua:"path,arg" default:"." doc:"file to write, or a directory for the attachment's own file name"`
	Overwrite bool   `lua:"overwrite,opt" doc:"replace a file of that name in the directory; a file that is named in full is always replaced"`
}

// save writes the attachment. The sender chose its name, so it must not
// replace a file of the directory unless the script says so.
func (a *Attachment) save(c *engine.Call, in saveAttachmentIn) (string, error) {
	files := c.Host().Files
	name := in.Path
	inDir := name == "." || strings.HasSuffix(name, "/")
	if !inDir {
		info, err := files.Stat(name)
		inDir = err == nil && info.IsDir()
	}
	if inDir {
		name = filepath.Join(name, a.filename)
	}
	if inDir && !in.Overwrite {
		_, err := files.Lstat(name)
		if err == nil {
			return "", &engine.Error{
				Kind: "fs.exists", Target: name, Message: "it exists already",
				Hint: "give the file a name of your own, or write overwrite=true",
			}
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return name, host.WriteFileAtomic(files, name, a.data, 0o644)
}

// Headers are the header fields of a message, by name in any case.
type Headers struct{ m *Message }

// first returns the first header of that name, decoded.
func (h *Headers) first(name string) (any, bool) {
	for _, f := range h.m.fields {
		if strings.EqualFold(f.name, name) {
			return f.text, true
		}
	}
	return nil, false
}

type headerNameIn struct {
	Name string `lua:"name,wire" doc:"name of the header, in any case"`
}

func (h *Headers) all(_ *engine.Call, in headerNameIn) ([]string, error) {
	var out []string
	for _, f := range h.m.fields {
		if strings.EqualFold(f.name, in.Name) {
			out = append(out, f.text)
		}
	}
	return out, nil
}

// pairs lists the headers for pairs(); of repeated ones the first.
func (h *Headers) pairs() []module.Entry {
	var out []module.Entry
	seen := map[string]bool{}
	for _, f := range h.m.fields {
		if name := strings.ToLower(f.name); !seen[name] {
			seen[name] = true
			out = append(out, module.Entry{Key: name, Value: f.text})
		}
	}
	return out
}
