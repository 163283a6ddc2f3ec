// Package history keeps what was typed at a prompt.
package history

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

// History is what was typed, in a file that several sessions may write to: each
// appends one line an entry.
type History struct {
	path string // "" keeps nothing
	list []string
}

// Open reads a file, "" for a history that is not kept. What cannot be read of it,
// or written to it, is no reason to fail: the history is then kept in memory, and
// the error says why.
func Open(path string) (*History, error) {
	h := &History{}
	if path == "" {
		return h, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, fmt.Errorf("the history is not kept: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		if info, serr := os.Stat(path); serr == nil && info.Mode().IsRegular() {
			if f, rerr := os.Open(path); rerr == nil { // it may be looked at, at least
				_, _ = h.read(f)
				f.Close()
			}
		}
		return h, fmt.Errorf("the history is not kept: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return h, fmt.Errorf("the history is not kept: %s is no regular file", path)
	} else if info.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600)
	}
	h.path = path
	total, err := h.read(f)
	if err != nil {
		return h, fmt.Errorf("the history could not be read: %w", err)
	}
	if total > 2*mostHistory {
		return h, h.shorten()
	}
	return h, nil
}

// read reads the newest entries; total is how many lines there are.
func (h *History) read(f io.Reader) (total int, err error) {
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		var text string
		if json.Unmarshal(bytes.TrimSpace(line), &text) == nil && text != "" {
			h.list = append(h.list, text)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return total, err
		}
		total++
	}
	if len(h.list) > mostHistory {
		h.list = h.list[len(h.list)-mostHistory:]
	}
	return total, nil
}

// shorten writes the file anew with the entries that are kept.
func (h *History) shorten() error {
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

// Len tells how many entries there are.
func (h *History) Len() int { return len(h.list) }

// At returns an entry, the oldest first.
func (h *History) At(i int) string { return h.list[i] }

// Add keeps a text, unless it begins with a space or is the one before again. After
// an error the history is kept in memory only.
func (h *History) Add(text string) error {
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
	err := h.write(text)
	if err != nil {
		h.path = ""
	}
	return err
}

func (h *History) write(text string) error {
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
