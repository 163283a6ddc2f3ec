package json

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/jsonconv"
	"github.com/gscript-lang/gscript/modules/internal/wholefile"
)

func encode(_ *engine.Call, in encodeIn) (string, error) {
	data, err := encoded(in.Value, in.format)
	return string(data), err
}

func encoded(v any, f format) ([]byte, error) {
	o := jsonconv.EncodeOptions{Sort: f.Sort}
	switch indent := f.Indent.(type) {
	case nil:
	case bool:
		if indent {
			o.Indent = "  "
		}
	case float64:
		if indent < 0 || indent > 16 || indent != float64(int(indent)) {
			return nil, engine.Invalid("argument 'indent' must be 0 to 16 spaces, got %v", indent)
		}
		o.Indent = strings.Repeat(" ", int(indent))
	case string:
		if strings.Trim(indent, " \t") != "" {
			return nil, engine.Invalid("argument 'indent' must be spaces or tabs, got %q", indent)
		}
		o.Indent = indent
	default:
		return nil, engine.Invalid("argument 'indent' must be true, a number of spaces or the text itself")
	}
	return jsonconv.Encode(v, o)
}

func decode(_ *engine.Call, in decodeIn) (any, error) {
	return decoded([]byte(in.Text), in.Big)
}

func decoded(data []byte, big jsonconv.Big) (any, error) {
	v, err := big.Decode(data)
	if err != nil {
		return nil, excerpted(err, data)
	}
	return v, nil
}

// around is how many bytes of the text before and after an error are shown.
const around = 20

// excerpted adds the text around a syntax error to it.
func excerpted(err error, data []byte) error {
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != jsonconv.ErrSyntax.Name {
		return err
	}
	offset, _ := e.Fields["offset"].(int)
	at := min(max(offset-1, 0), len(data))
	from, to := max(at-around, 0), min(at+around, len(data))
	for from < at && !utf8.RuneStart(data[from]) {
		from++
	}
	for to < len(data) && !utf8.RuneStart(data[to]) {
		to++
	}
	if excerpt := strings.Join(strings.Fields(strings.ToValidUTF8(string(data[from:to]), "?")), " "); excerpt != "" {
		e.Fields["excerpt"] = excerpt
		e.Hint = "near: " + excerpt
	}
	return e
}

func array(c *engine.Call, in arrayIn) (engine.Value, error) {
	return c.MarkList(in.List), nil
}

func read(c *engine.Call, in readIn) (any, error) {
	data, err := c.Host().Files.ReadFile(in.Path)
	if err != nil {
		return nil, err
	}
	v, err := decoded(data, in.Big)
	return v, inFile(err, in.Path)
}

func inFile(err error, path string) error {
	var e *engine.Error
	if errors.As(err, &e) && e.Target == "" {
		e.Target = path
	}
	return err
}

func write(c *engine.Call, in writeIn) (engine.None, error) {
	data, err := encoded(in.Value, in.format)
	if err != nil {
		return engine.None{}, inFile(err, in.Path)
	}
	return engine.None{}, wholefile.Write(c.Context(), c.Host().Files, in.Path, bytes.NewReader(append(data, '\n')), nil)
}

// lines holds the file open while it is read. A loop that is left early leaves
// it to the garbage collector, which closes it.
func lines(c *engine.Call, in readIn) (*engine.Iterator, error) {
	f, err := c.Host().Files.Open(in.Path)
	if err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(f, 64<<10)
	number, ended := 0, false
	return &engine.Iterator{Next: func() (any, error) {
		for !ended {
			if err := c.Context().Err(); err != nil {
				return nil, err
			}
			line, err := r.ReadBytes('\n')
			if err != nil {
				ended = true
				f.Close()
				if err != io.EOF {
					return nil, err
				}
			}
			number++
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			v, err := decoded(line, in.Big)
			return v, inLine(err, in.Path, number)
		}
		return nil, nil
	}}, nil
}

// inLine names the line of the file instead of the one of the text.
func inLine(err error, path string, number int) error {
	var e *engine.Error
	if errors.As(err, &e) && (e.Kind == jsonconv.ErrSyntax.Name || e.Kind == jsonconv.ErrRange.Name) {
		e.Message = strings.Replace(e.Message, "at line 1,", "at", 1)
		e.Target = path + ":" + strconv.Itoa(number)
		e.Fields["line"] = number
	}
	return err
}
