package cover

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// variable tells child processes to measure, and where their counts go.
const variable = "GSCRIPT_COVER"

// Share has gscript programs that are started from now on measure too, by a
// variable of this process's environment: workers in processes and commands
// that scripts run. Stop ends that and adds what they counted; a process that
// was killed has counted for nothing.
func (c *Cover) Share() (stop func() error, err error) {
	dir, err := os.MkdirTemp("", "gscript-cover-")
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	told, err := json.Marshal(shared{dir, c.roots, c.options})
	if err == nil {
		err = os.Setenv(variable, string(told))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return func() error {
		os.Unsetenv(variable)
		return errors.Join(c.collect(dir), os.RemoveAll(dir))
	}, nil
}

// shared is what the variable says.
type shared struct {
	Dir     string
	Roots   []string
	Options Options
}

// Inherited is the measurement that the program was started under, nil for none.
// Its counts are written whenever a state is closed.
func Inherited() *Cover {
	var s shared
	if text := os.Getenv(variable); text == "" || json.Unmarshal([]byte(text), &s) != nil || s.Dir == "" {
		return nil
	}
	file := filepath.Join(s.Dir, fmt.Sprintf("%d.json", os.Getpid()))
	return &Cover{options: s.Options, roots: s.Roots, counts: Counts{}, handed: func(all Counts) {
		// The parent may have gone, and the script is not to fail for that.
		_ = writePart(file, all)
	}}
}

// part is one function in the file of a process.
type part struct {
	Function
	Counts []uint64 `json:"counts"`
}

func writePart(file string, all Counts) error {
	parts := make([]part, 0, len(all))
	for f, n := range all {
		parts = append(parts, part{f, n})
	}
	data, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// collect adds the counts that other processes wrote.
func (c *Cover) collect(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("coverage of child processes: %w", err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		var parts []part
		if err == nil {
			err = json.Unmarshal(data, &parts)
		}
		if err != nil {
			return fmt.Errorf("coverage of child processes: %w", err)
		}
		counts := Counts{}
		for _, p := range parts {
			counts.add(p.Function, p.Counts)
		}
		c.add(counts)
	}
	return nil
}
