package repl

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	// mostHistory is how many entries are kept: twice as many may be in the file
	// until the next start.
	mostHistory = 5000
	// longestEntry is the size of a text that is still kept.
	longestEntry = 64 << 10
)

// history is what was typed, in a file that several sessions may write to: each
// appends one line an entry.
type history struct {
	path string // "" keeps nothing
	list []string
}

// openHistory reads the file. What cannot be read of it is no reason to fail: the
// history is then kept in memory, and the error says why.
func openHistory(path string) (*history, error) {
	h := &history{}
	if path == "" {
		return h, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, fmt.Errorf("the history is not kept: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return h, fmt.Errorf("the history is not kept: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return h, fmt.Errorf("the history is not kept: %s is no regular file", path)
	} else if info.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600)
	}
	h.path = path
	r := bufio.NewReader(f)
	total := 0
	for {
		line, err := r.ReadBytes('\n')
		var text string
		if json.Unmarshal(bytes.TrimSpace(line), &text) == nil && text != "" {
			h.list = append(h.list, text)
		}
		if err != nil {
			if err != io.EOF {
				return h, fmt.Errorf("the history could not be read: %w", err)
			}
			break
		}
		total++
	}
	if len(h.list) > mostHistory {
		h.list = h.list[len(h.list)-mostHistory:]
	}
	if total > 2*mostHistory {
		return h, h.shorten()
	}
	return h, nil
}

// shorten writes the file anew with the entries that are kept.
func (h *history) shorten() error {
	var b bytes.Buffer
	for _, text := range h.list {
		b.Write(encoded(text))
	}
	f, err := os.CreateTemp(filepath.Dir(h.path), ".history-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func encoded(text string) []byte {
	data, _ := json.Marshal(text) // a string is always written
	return append(data, '\n')
}

// Len and At are for the editor.
func (h *history) Len() int        { return len(h.list) }
func (h *history) At(i int) string { return h.list[i] }

// add keeps a text, unless it begins with a space or is the one before again.
func (h *history) add(text string) error {
	if strings.HasPrefix(text, " ") || strings.TrimSpace(text) == "" {
		return nil
	}
	if n := len(h.list); n > 0 && h.list[n-1] == text {
		return nil
	}
	h.list = append(h.list, text)
	if h.path == "" || len(text) > longestEntry {
		return nil
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(encoded(text))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
