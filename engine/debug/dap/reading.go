package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/go-dap"
)

// decodeMessage reads a message of the protocol. What is a request, but one that
// is not known or has arguments of other types, gives broken, by which it can be
// refused.
func decodeMessage(body []byte) (m dap.Message, broken *dap.Request, err error) {
	m, err = dap.DecodeProtocolMessage(body)
	if err == nil {
		return m, nil, nil
	}
	var unknown *dap.DecodeProtocolMessageFieldError
	if errors.As(err, &unknown) {
		if unknown.SubType == "Request" {
			return nil, &dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: unknown.Seq}, Command: unknown.FieldValue}, fmt.Errorf("%s is not supported", unknown.FieldValue)
		}
		return nil, nil, err
	}
	request := &dap.Request{}
	if json.Unmarshal(body, request) != nil || request.Type != "request" || request.Command == "" {
		return nil, nil, err
	}
	return nil, request, fmt.Errorf("the arguments of %s are not those of the protocol: %s", request.Command, mistyped(err))
}

// mistyped says in plain words what is wrong with JSON.
func mistyped(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	types := map[string]string{"string": "a text", "bool": "true or false", "int": "a whole number", "[]string": "a list of texts", "map[string]string": "an object of texts"}
	want := types[wrong.Type.String()]
	if want == "" {
		want = "an object"
	}
	name := wrong.Field
	if name == "" {
		name = "it"
	}
	return fmt.Sprintf("%s takes %s, not %s", name, want, wrong.Value)
}

// largest bounds a message in bytes.
const largest = 16 << 20

// readMessage reads the body of a message. That of package go-dap believes any
// length.
func readMessage(r *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		line, err := readHeader(r)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Content-Length") {
			if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || size < 0 || size > largest {
				return nil, fmt.Errorf("a Content-Length of %q", strings.TrimSpace(value))
			}
		}
	}
	if size < 0 {
		return nil, errors.New("a header without Content-Length")
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, io.EOF // it went away in the middle
	}
	return body, nil
}

func readHeader(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errors.New("a header line without an end")
	case err != nil:
		return "", io.EOF
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}
