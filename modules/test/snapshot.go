package test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/engine/inspect"
)

type snapshotIn struct {
	Value engine.Value `lua:"value,arg" doc:"what is compared"`
	Name  string       `lua:"name,arg" doc:"name of the snapshot in the test; without one, its number"`
}

const (
	snapshotDir  = "__snapshots__"
	snapshotHead = "-- Snapshots of gscript test. Write them anew with: gscript test --update\n"
	snapshotMark = "=== "
)

// snapshotCount counts the snapshots of a test that have no name.
type snapshotCount struct {
	of *T
	n  int
}

type snapshotCountKey struct{}

// snapshot compares a value with what it was when the snapshot was written.
func (t *T) snapshot(c *engine.Call, in snapshotIn) (engine.None, error) {
	if t.File() == "" {
		return engine.None{}, engine.Errorf(errUsage, "a snapshot stands beside the file of its test, and this test has none").
			WithHint("run the file with gscript test")
	}
	name := in.Name
	if name == "" {
		count := c.Local(snapshotCountKey{}, func() any { return &snapshotCount{} }).(*snapshotCount)
		if count.of != t {
			count.of, count.n = t, 0
		}
		count.n++
		name = strconv.Itoa(count.n)
	}
	if err := engine.CheckWire(name); err != nil {
		return engine.None{}, engine.Invalid("the name of a snapshot is one line")
	}
	_, within, _ := strings.Cut(t.ID(), "::")
	key := within + " " + name
	text, isText := in.Value.Text()
	if !isText {
		text = inspect.Sprint(in.Value, inspect.Options{Depth: -1, Items: -1, Text: -1, Width: 100})
	}
	var failure error
	err := c.Wait(func(context.Context) (err error) {
		failure, err = t.compareSnapshot(c.Stage().Base().Files, key, text)
		return err
	})
	if failure != nil {
		return engine.None{}, failure
	}
	return engine.None{}, err
}

func (t *T) compareSnapshot(files host.Files, key, text string) (failure, err error) {
	t.suite.Used.add(key)
	file := snapshotFile(t.File())
	data, err := files.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	all, err := readSnapshots(data)
	if err != nil {
		return nil, engine.Errorf(errUsage, "%s: %v", file, err).WithHint("remove the file and run gscript test --update")
	}
	old, exists := all.get(key)
	switch {
	case exists && old == text:
		return nil, nil
	case t.Config().CI && !exists:
		return Failure(fmt.Sprintf("there is no snapshot '%s', and CI writes none", key), map[string]any{"diff": prefixed("+", text)}), nil
	case exists && (t.Config().CI || !t.Config().Update):
		return Failure(fmt.Sprintf("differs from the snapshot '%s'; if that is right, write it anew with --update", key),
			map[string]any{"diff": inspect.Unified(old, text)}), nil
	}
	all.set(key, text)
	if err := files.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, err
	}
	return nil, host.WriteFileAtomic(files, file, all.bytes(), 0o644)
}

func prefixed(mark, text string) string {
	return mark + strings.ReplaceAll(text, "\n", "\n"+mark)
}

// snapshots are those of one file of tests.
type snapshots []snapshot

type snapshot struct{ key, text string }

func (s snapshots) get(key string) (string, bool) {
	for _, each := range s {
		if each.key == key {
			return each.text, true
		}
	}
	return "", false
}

func (s *snapshots) set(key, text string) {
	*s = slices.DeleteFunc(*s, func(each snapshot) bool { return each.key == key })
	*s = append(*s, snapshot{key, text})
}

// readSnapshots reads what bytes has written.
func readSnapshots(data []byte) (list snapshots, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	body, ok := bytes.CutPrefix(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte(snapshotHead))
	if !ok {
		return nil, errors.New("it is no file of snapshots")
	}
	var text []string
	end := func() {
		if n := len(list); n > 0 {
			list[n-1].text = unescapeSnapshot(strings.Join(text, "\n"))
		}
		text = nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(body), "\n"), "\n") {
		if key, ok := strings.CutPrefix(line, snapshotMark); ok {
			end()
			list = append(list, snapshot{key: key})
			continue
		}
		if len(list) > 0 {
			text = append(text, strings.TrimPrefix(line, "  "))
		} else if line != "" {
			return nil, errors.New("a text stands before the first name")
		}
	}
	end()
	return list, nil
}

// bytes writes the snapshots, sorted by their names so that changes are easy to
// read in a version control system. Each line of a text is indented.
func (s snapshots) bytes() []byte {
	sorted := slices.Clone(s)
	slices.SortFunc(sorted, func(a, b snapshot) int { return strings.Compare(a.key, b.key) })
	var b bytes.Buffer
	b.WriteString(snapshotHead)
	for _, each := range sorted {
		b.WriteString(snapshotMark + each.key + "\n")
		for line := range strings.SplitSeq(escapeSnapshot(each.text), "\n") {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.Bytes()
}

// A carriage return would not survive version control, so it is written as \r.
func escapeSnapshot(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\r", `\r`).Replace(s)
}

func unescapeSnapshot(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\r`, "\r").Replace(s)
}
