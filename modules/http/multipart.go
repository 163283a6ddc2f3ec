package http

import (
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

// part is one field of a multipart form.
type part struct {
	head string
	text string // when open is nil
	open func() (io.ReadCloser, error)
	size int64
}

// multipartPayload makes a multipart form that is streamed: files are opened
// when their turn comes, and the length is known beforehand.
func multipartPayload(c *engine.Call, form, files any) (*payload, error) {
	fields, err := pairs("form", form)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, f := range fields {
		parts = append(parts, part{head: partHead(f.name, "", ""), text: f.value, size: int64(len(f.value))})
	}
	table, ok := files.(engine.Object)
	if !ok {
		return nil, engine.Invalid("argument 'files' must be a table of fields such as {file={path=\"a.png\"}}")
	}
	for _, field := range table {
		items, ok := field.Value.(engine.List)
		if !ok {
			items = engine.List{field.Value}
		}
		for _, item := range items {
			p, err := filePart(c, field.Key, item)
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
		}
	}
	random := make([]byte, 24)
	if _, err := io.ReadFull(c.Host().Random, random); err != nil {
		return nil, err
	}
	boundary := "gscript-" + hex.EncodeToString(random)
	body := &payload{kind: "multipart/form-data; boundary=" + boundary, name: "form"}
	end := "--" + boundary + "--\r\n"
	body.size = int64(len(end))
	for i := range parts {
		parts[i].head = "--" + boundary + "\r\n" + parts[i].head
		body.size += int64(len(parts[i].head)) + parts[i].size + 2
		if parts[i].size < 0 {
			body.once = true
		}
	}
	if body.once {
		body.size = -1
	}
	body.open = func() (io.ReadCloser, error) {
		return &formReader{parts: slices.Clone(parts), end: end}, nil
	}
	return body, nil
}

func filePart(c *engine.Call, field string, v any) (part, error) {
	var path, data, name, kind string
	var hasData bool
	switch v := v.(type) {
	case string:
		path = v
	case engine.Object:
		known := map[string]*string{"path": &path, "data": &data, "name": &name, "type": &kind}
		for _, p := range v {
			dst, text := known[p.Key], ""
			if dst == nil {
				return part{}, engine.Invalid("unknown option '%s' in 'files.%s'", p.Key, field).
					WithHint("there are: path, data, name, type")
			}
			text, ok := p.Value.(string)
			if !ok {
				return part{}, engine.Invalid("argument 'files.%s.%s' must be a string", field, p.Key)
			}
			*dst = text
			hasData = hasData || p.Key == "data"
		}
	}
	if (path == "") != hasData {
		return part{}, engine.Invalid("argument 'files.%s' must be a path, {path=…} or {data=…}", field)
	}
	if err := engine.CheckWire(kind); err != nil {
		return part{}, engine.Invalid("argument 'files.%s.type' %v", field, err)
	}
	if name == "" {
		name = filepath.Base(path)
		if hasData {
			name = field
		}
	}
	if kind == "" {
		kind = typeByName(name)
	}
	p := part{head: partHead(field, name, kind), text: data, size: int64(len(data))}
	if hasData {
		return p, nil
	}
	h := c.Host()
	size, err := fileSize(h, path)
	if err != nil {
		return part{}, err
	}
	p.size = size
	p.open = func() (io.ReadCloser, error) { return h.Files.Open(path) }
	return p, nil
}

// formName escapes a field's or file's name as browsers do (HTML, multipart
// form data), so that a quote or line break in it cannot end the header.
var formName = strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22", "\x00", "%00")

func partHead(field, file, kind string) string {
	head := `Content-Disposition: form-data; name="` + formName.Replace(field) + `"`
	if file != "" {
		head += `; filename="` + formName.Replace(file) + `"` + "\r\nContent-Type: " + kind
	}
	return head + "\r\n\r\n"
}

// formReader streams the parts.
type formReader struct {
	parts []part
	end   string
	text  string // to be read next
	file  io.ReadCloser
	left  int64 // of file, -1 when its size is not known
	state int   // 0 head, 1 content, 2 line break, 3 end
}

var errFileChanged = errors.New("the file changed its size while it was being sent")

func (f *formReader) Read(b []byte) (int, error) {
	for {
		if f.text != "" {
			n := copy(b, f.text)
			f.text = f.text[n:]
			return n, nil
		}
		if f.file != nil {
			n, err := f.file.Read(b)
			if f.left >= 0 {
				if f.left -= int64(n); f.left < 0 {
					return 0, errFileChanged
				}
			}
			if err == io.EOF {
				f.file.Close()
				f.file = nil
				if f.left > 0 {
					return n, errFileChanged
				}
				err = nil
			}
			if n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
}

// next makes the next piece of the form the one to be read.
func (f *formReader) next() error {
	if f.state == 3 {
		return io.EOF
	}
	if len(f.parts) == 0 {
		f.text, f.state = f.end, 3
		return nil
	}
	p := f.parts[0]
	switch f.state {
	case 0:
		f.text = p.head
	case 1:
		f.text = p.text
		if p.open != nil {
			file, err := p.open()
			if err != nil {
				return err
			}
			f.file, f.left = file, p.size
		}
	case 2:
		f.text = "\r\n"
		f.parts = f.parts[1:]
	}
	f.state = (f.state + 1) % 3
	return nil
}

func (f *formReader) Close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
