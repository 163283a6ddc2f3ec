package cover

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// Kinds are the reports that Write knows, for help texts.
const Kinds = "term, term-missing, html:DIR, lcov:FILE, cobertura:FILE, json:FILE"

// CheckSpec says what is wrong with a report that Write is to be asked for.
func CheckSpec(spec string) error {
	kind, target, _ := strings.Cut(spec, ":")
	switch kind {
	case "term", "term-missing":
		if target != "" {
			return fmt.Errorf("the coverage report %s goes to the terminal and takes no file", kind)
		}
		return nil
	case "html", "lcov", "cobertura", "json":
		if target == "" {
			return fmt.Errorf("the coverage report %s needs a target, as in %s:coverage", kind, kind)
		}
		return nil
	}
	return fmt.Errorf("there is no coverage report '%s'; there are %s", kind, Kinds)
}

// Write makes one report: as a table on w, or in the file or directory that spec
// names.
func (r *Report) Write(spec string, w io.Writer) error {
	if err := CheckSpec(spec); err != nil {
		return err
	}
	kind, target, _ := strings.Cut(spec, ":")
	switch kind {
	case "lcov":
		return toFile(target, r.lcov)
	case "cobertura":
		return toFile(target, r.cobertura)
	case "json":
		return toFile(target, r.json)
	case "html":
		return r.html(target)
	}
	return r.table(w, kind == "term-missing")
}

func toFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("coverage report: %w", err)
	}
	w := bufio.NewWriter(f)
	err = write(w)
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("coverage report %s: %w", path, err)
	}
	return nil
}

// lcov writes the tracefile format of geninfo(1).
func (r *Report) lcov(w io.Writer) error {
	for _, f := range r.Files {
		total := f.Total()
		fmt.Fprintf(w, "TN:\nSF:%s\n", f.Path)
		run := 0
		for _, fn := range f.Functions {
			fmt.Fprintf(w, "FN:%d,%s\n", fn.Line, fn.Name)
		}
		for _, fn := range f.Functions {
			fmt.Fprintf(w, "FNDA:%d,%s\n", fn.Count, fn.Name)
			if fn.Count > 0 {
				run++
			}
		}
		fmt.Fprintf(w, "FNF:%d\nFNH:%d\n", len(f.Functions), run)
		for _, l := range f.Lines {
			for i, b := range l.Branches {
				count := "-"
				if b.Reached {
					count = fmt.Sprint(b.Count)
				}
				fmt.Fprintf(w, "BRDA:%d,%d,%d,%s\n", l.Number, b.Decision, i%2, count)
			}
		}
		if r.Branches {
			fmt.Fprintf(w, "BRF:%d\nBRH:%d\n", total.Branches, total.BranchesRun)
		}
		for _, l := range f.Lines {
			fmt.Fprintf(w, "DA:%d,%d\n", l.Number, l.Count)
		}
		if _, err := fmt.Fprintf(w, "LF:%d\nLH:%d\nend_of_record\n", total.Lines, total.LinesRun); err != nil {
			return err
		}
	}
	return nil
}

// json writes, for each file, the lines with code, those missing, and the counts.
func (r *Report) json(w io.Writer) error {
	type file struct {
		Percent  float64           `json:"percent"`
		Run      []int             `json:"run"`
		Missing  []int             `json:"missing"`
		Counts   map[string]uint64 `json:"counts"`
		Branches map[string]string `json:"branches,omitempty"`
	}
	files := map[string]file{}
	for _, f := range r.Files {
		out := file{Percent: f.Total().Percent(), Run: []int{}, Missing: []int{}, Counts: map[string]uint64{}}
		for _, l := range f.Lines {
			out.Counts[fmt.Sprint(l.Number)] = l.Count
			if l.Count > 0 {
				out.Run = append(out.Run, l.Number)
			} else {
				out.Missing = append(out.Missing, l.Number)
			}
			if run, all := l.branchesRun(); all > 0 {
				if out.Branches == nil {
					out.Branches = map[string]string{}
				}
				out.Branches[fmt.Sprint(l.Number)] = fmt.Sprintf("%d/%d", run, all)
			}
		}
		files[f.Path] = out
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"percent": r.Percent(), "files": files})
}
