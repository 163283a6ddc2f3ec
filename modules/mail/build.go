package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

type messageIn struct {
	From      string            `lua:"from,opt,need,wire" doc:"sender: \"a@x.org\" or \"Name <a@x.org>\""`
	To        []string          `lua:"to,opt,wire" doc:"recipients; one may stand without a list" type:"string|string[]"`
	Cc        []string          `lua:"cc,opt,wire" doc:"recipients of a copy" type:"string|string[]"`
	Bcc       []string          `lua:"bcc,opt,wire" doc:"hidden recipients; they stand in the envelope and never in the message" type:"string|string[]"`
	ReplyTo   []string          `lua:"reply_to,opt,wire" doc:"where answers go" type:"string|string[]"`
	Subject   string            `lua:"subject,opt,wire" doc:"subject, in UTF-8"`
	Text      *string           `lua:"text,opt" doc:"plain text, in UTF-8"`
	HTML      *string           `lua:"html,opt" doc:"the same as HTML; with text, mail programs show the one they can"`
	Attach    []fileIn          `lua:"attach,opt" doc:"files to attach, each a path or a table"`
	Inline    []fileIn          `lua:"inline,opt" doc:"images that the HTML shows with src=\"cid:…\"; the cid is the file name unless given"`
	Headers   map[string]string `lua:"headers,opt,wire" doc:"further headers, such as {[\"X-A\"]=\"1\"}"`
	Date      *float64          `lua:"date,opt" doc:"time of the Date header in seconds since 1970; now when left out"`
	MessageID string            `lua:"message_id,opt,wire" doc:"Message-ID without angle brackets; made up at the sender's domain when left out"`
}

type fileIn struct {
	Path string  `lua:"path,opt,short" doc:"file to read"`
	Name string  `lua:"name,opt,wire" doc:"file name that the recipient sees; the path's last part when left out"`
	Type string  `lua:"type,opt,wire" doc:"media type, such as \"application/pdf\"; known from the name when left out"`
	Data *string `lua:"data,opt" doc:"content, in place of a file"`
	CID  string  `lua:"cid,opt,wire" doc:"id by which the HTML names an inline part"`
}

// ownHeaders are written from their own options.
var ownHeaders = strings.Fields("from to cc bcc reply-to subject date message-id mime-version content-type content-transfer-encoding content-disposition content-id")

func buildMessage(c *engine.Call, in messageIn) (*Message, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	bcc, err := setHeaders(c, out, in)
	if err != nil {
		return nil, err
	}
	if err := setBody(out, in); err != nil {
		return nil, err
	}
	for _, a := range in.Attach {
		if err := attach(c, a, out.AttachReader, "attachment"); err != nil {
			return nil, err
		}
	}
	for _, a := range in.Inline {
		if err := attach(c, a, out.EmbedReader, "inline"); err != nil {
			return nil, err
		}
	}
	var raw bytes.Buffer
	if _, err := out.WriteTo(&raw); err != nil {
		return nil, err
	}
	if !bytes.HasSuffix(raw.Bytes(), []byte(crlf)) {
		// A message ends with a line end, a text need not: the soft line
		// break keeps "hi" from arriving as "hi\n".
		raw.WriteString("=" + crlf)
	}
	m := parse(raw.Bytes())
	m.bcc = bcc
	return m, nil
}

func setHeaders(c *engine.Call, out *gomail.Msg, in messageIn) (bcc []Address, err error) {
	from, err := parseAddress(in.From)
	if err != nil {
		return nil, err
	}
	out.FromMailAddress(from.net())
	for _, h := range []struct {
		name gomail.AddrHeader
		list []string
	}{{gomail.HeaderTo, in.To}, {gomail.HeaderCc, in.Cc}, {gomail.HeaderReplyTo, in.ReplyTo}} {
		list, err := parseAddresses(h.list)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			out.SetAddrHeaderFromMailAddress(h.name, netAddresses(list)...)
		}
	}
	if bcc, err = parseAddresses(in.Bcc); err != nil {
		return nil, err
	}
	subject, err := headerText("subject", in.Subject)
	if err != nil {
		return nil, err
	}
	if subject != "" {
		out.SetGenHeader(gomail.HeaderSubject, subject)
	}
	date := c.Host().Clock.Now()
	if in.Date != nil {
		date = time.UnixMicro(int64(*in.Date * 1e6))
	}
	out.SetDateWithValue(date.UTC())
	id, err := messageID(c, in.MessageID, from)
	if err != nil {
		return nil, err
	}
	out.SetMessageIDWithValue(id)
	return bcc, setMoreHeaders(out, in.Headers)
}

// setMoreHeaders checks what go-mail writes as it is: the names.
func setMoreHeaders(out *gomail.Msg, headers map[string]string) error {
	for name, value := range headers {
		if !isHeaderName(name) || len(name) > 70 {
			return engine.Invalid("headers: %q is not the name of a header", name)
		}
		for _, own := range ownHeaders {
			if strings.EqualFold(name, own) {
				return engine.Invalid("headers: %s cannot be set here", name).
					WithHint("it is written from the message's own options, such as %s=", strings.ReplaceAll(own, "-", "_"))
			}
		}
		text, err := headerText("headers."+name, value)
		if err != nil {
			return err
		}
		out.SetGenHeader(gomail.Header(name), text)
	}
	return nil
}

// messageID makes up an id that does not tell the name of this machine.
func messageID(c *engine.Call, given string, from Address) (string, error) {
	if given == "" {
		random := make([]byte, 16)
		if _, err := io.ReadFull(c.Host().Random, random); err != nil {
			return "", err
		}
		_, domain := splitAddress(from.Address)
		return hex.EncodeToString(random) + "@" + domain, nil
	}
	id := strings.TrimSuffix(strings.TrimPrefix(given, "<"), ">")
	if !isASCII(id) || strings.ContainsAny(id, "<> \t\"") || !strings.Contains(id, "@") || len(id) > 250 {
		return "", engine.Invalid("message_id: %q is not an id of the form left@right", given)
	}
	return id, nil
}

// headerText encodes a value where the header could not hold it as it is: what
// is not plain text, what would make a line too long, and white space that
// folding would lose.
func headerText(name, s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", engine.Invalid("%s is not UTF-8", name)
	}
	plain := !strings.Contains(s, "=?") && s == strings.Join(strings.Fields(s), " ")
	for _, word := range strings.Fields(s) {
		plain = plain && len(word) <= 800
	}
	for _, r := range s {
		plain = plain && r >= ' ' && r < 0x7f
	}
	if plain {
		return s, nil
	}
	var words []string
	for len(s) > 0 {
		n := min(len(s), 45) // an encoded word has at most 75 characters
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " "), nil
}

func setBody(out *gomail.Msg, in messageIn) error {
	add := out.SetBodyString
	for _, body := range []struct {
		name string
		kind gomail.ContentType
		text *string
	}{{"text", gomail.TypeTextPlain, in.Text}, {"html", gomail.TypeTextHTML, in.HTML}} {
		if body.text == nil {
			continue
		}
		text := *body.text
		if !utf8.ValidString(text) {
			return engine.Invalid("%s is not UTF-8", body.name).
				WithHint(`attach other data: attach={{name="data.bin", data=…}}`)
		}
		add(body.kind, strings.ReplaceAll(strings.ReplaceAll(text, crlf, "\n"), "\n", crlf), gomail.WithPartEncoding(encodingFor(text)))
		add = out.AddAlternativeString
	}
	if in.Text == nil && in.HTML == nil {
		out.SetBodyString(gomail.TypeTextPlain, "")
	}
	return nil
}

// encodingFor keeps text readable where most of it is ASCII.
func encodingFor(text string) gomail.Encoding {
	other := 0
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			other++
		}
	}
	if other*3 > len(text) {
		return gomail.EncodingB64
	}
	return gomail.EncodingQP
}

func attach(c *engine.Call, in fileIn, add func(string, io.Reader, ...gomail.FileOption) error, disposition string) error {
	name := in.Name
	if name == "" {
		name = filepath.Base(in.Path)
	}
	if err := engine.CheckWire(name); err != nil {
		return engine.Invalid("the file name of an attachment %v", err)
	}
	switch {
	case (in.Path == "") == (in.Data == nil):
		return engine.Invalid("%s: an entry has either path or data", disposition)
	case in.Data != nil && in.Name == "":
		return engine.Invalid("%s: data needs a name for the file", disposition)
	}
	if _, err := host.LocalName(name); err != nil {
		return err
	}
	var data []byte
	if in.Data != nil {
		data = []byte(*in.Data)
	} else {
		var err error
		if data, err = c.Host().Files.ReadFile(in.Path); err != nil {
			return err
		}
	}
	header, err := partHeader(in, name, disposition)
	if err != nil {
		return err
	}
	return add(name, bytes.NewReader(data), func(f *gomail.File) {
		for key, value := range header {
			f.Header.Set(key, value)
		}
	})
}

// partHeader names the file in both ways: in the disposition as RFC 2231 has
// it, in the content type as old programs read it.
func partHeader(in fileIn, name, disposition string) (map[string]string, error) {
	kind := in.Type
	if kind == "" {
		kind = mime.TypeByExtension(filepath.Ext(name))
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil || !strings.Contains(media, "/") || strings.HasPrefix(media, "multipart/") || len(kind) > 200 {
		return nil, engine.Invalid("%q is not the media type of a file, such as \"application/pdf\"", in.Type)
	}
	params["name"] = mime.BEncoding.Encode("utf-8", name)
	header := map[string]string{
		"Content-Type":        strings.ReplaceAll(mime.FormatMediaType(media, params), "; ", ";"+crlf+" "),
		"Content-Disposition": mime.FormatMediaType(disposition, map[string]string{"filename": name}),
	}
	if disposition == "inline" {
		id := in.CID
		if id == "" {
			id = name
		}
		if !isASCII(id) || strings.ContainsAny(id, "<> \t\"") || len(id) > 250 {
			return nil, engine.Invalid("inline: %q cannot be a cid; give one of letters and digits with cid=", id)
		}
		header["Content-ID"] = fmt.Sprintf("<%s>", id)
	}
	if header["Content-Type"] == "" || header["Content-Disposition"] == "" {
		return nil, engine.Invalid("the file name %q cannot be written into a mail", name)
	}
	return header, nil
}
