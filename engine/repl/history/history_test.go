package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestHistory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "history")
	a, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(path) // a second session
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "one", " secret", "", "two\nlines"} {
		if err := a.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Add("three"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"one", "two\nlines"}; !slices.Equal(a.list, want) {
		t.Errorf("in memory: %q", a.list)
	}
	again, err := Open(path)
	if want := []string{"one", "two\nlines", "three"}; err != nil || !slices.Equal(again.list, want) {
		t.Errorf("in the file: %q, %v", again.list, err)
	}
}

func TestHistoryMode(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("\"kept\"\nno json\n\"\"\n\"last without its end\""), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := Open(path)
	if err != nil || !slices.Equal(h.list, []string{"kept", "last without its end"}) {
		t.Errorf("%q, %v", h.list, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	var data []byte
	for i := range 2*mostHistory + 5 {
		data = append(data, encoded(fmt.Sprint(i))...)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Open(path)
	if err != nil || len(h.list) != mostHistory {
		t.Fatalf("%d entries, %v", len(h.list), err)
	}
	again, err := Open(path)
	if err != nil || !slices.Equal(again.list, h.list) {
		t.Errorf("the file has %d entries, %v", len(again.list), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestHistoryThatCannotBe(t *testing.T) {
	t.Parallel()
	h, err := Open(t.TempDir()) // a directory
	if err == nil {
		t.Error("a directory is taken for a history")
	}
	if err := h.Add("x"); err != nil || h.Len() != 1 {
		t.Errorf("%d entries, %v", h.Len(), err)
	}
}
