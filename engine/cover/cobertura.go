package cover

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// The elements of Cobertura's coverage-04.dtd.
type (
	xmlCoverage struct {
		XMLName         xml.Name     `xml:"coverage"`
		LineRate        string       `xml:"line-rate,attr"`
		BranchRate      string       `xml:"branch-rate,attr"`
		LinesCovered    int          `xml:"lines-covered,attr"`
		LinesValid      int          `xml:"lines-valid,attr"`
		BranchesCovered int          `xml:"branches-covered,attr"`
		BranchesValid   int          `xml:"branches-valid,attr"`
		Complexity      string       `xml:"complexity,attr"`
		Version         string       `xml:"version,attr"`
		Timestamp       string       `xml:"timestamp,attr"`
		Sources         []string     `xml:"sources>source"`
		Packages        []xmlPackage `xml:"packages>package"`
	}
	xmlPackage struct {
		Name       string     `xml:"name,attr"`
		LineRate   string     `xml:"line-rate,attr"`
		BranchRate string     `xml:"branch-rate,attr"`
		Complexity string     `xml:"complexity,attr"`
		Classes    []xmlClass `xml:"classes>class"`
	}
	xmlClass struct {
		Name       string    `xml:"name,attr"`
		Filename   string    `xml:"filename,attr"`
		LineRate   string    `xml:"line-rate,attr"`
		BranchRate string    `xml:"branch-rate,attr"`
		Complexity string    `xml:"complexity,attr"`
		Methods    struct{}  `xml:"methods"`
		Lines      []xmlLine `xml:"lines>line"`
	}
	xmlLine struct {
		Number    int    `xml:"number,attr"`
		Hits      uint64 `xml:"hits,attr"`
		Branch    bool   `xml:"branch,attr"`
		Condition string `xml:"condition-coverage,attr,omitempty"`
	}
)

const coberturaType = `<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">`

// cobertura writes a package a directory and a class a file.
func (r *Report) cobertura(w io.Writer) error {
	total := r.Total()
	out := xmlCoverage{
		LineRate: rate(total.LinesRun, total.Lines), BranchRate: rate(total.BranchesRun, total.Branches),
		LinesCovered: total.LinesRun, LinesValid: total.Lines,
		BranchesCovered: total.BranchesRun, BranchesValid: total.Branches,
		Complexity: "0", Version: "gscript", Timestamp: fmt.Sprint(time.Now().UnixMilli()), Sources: []string{"."},
	}
	totals := map[string]*Total{}
	places := map[string]int{}
	for _, f := range r.Files {
		dir := path.Dir(f.Path)
		i, known := places[dir]
		if !known {
			i = len(out.Packages)
			places[dir], totals[dir] = i, &Total{}
			out.Packages = append(out.Packages, xmlPackage{Name: packageName(dir), Complexity: "0"})
		}
		t := f.Total()
		totals[dir].add(t)
		p := &out.Packages[i]
		p.LineRate, p.BranchRate = rate(totals[dir].LinesRun, totals[dir].Lines), rate(totals[dir].BranchesRun, totals[dir].Branches)
		p.Classes = append(p.Classes, f.class(t))
	}
	if _, err := io.WriteString(w, xml.Header+coberturaType+"\n"); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// packageName is a directory as Cobertura has packages: "lib.net", "." for the
// working directory.
func packageName(dir string) string {
	if name := strings.ReplaceAll(strings.Trim(dir, "./"), "/", "."); name != "" {
		return name
	}
	return "."
}

func (f *File) class(t Total) xmlClass {
	c := xmlClass{
		Name: strings.TrimSuffix(path.Base(f.Path), ".lua"), Filename: f.Path, Complexity: "0",
		LineRate: rate(t.LinesRun, t.Lines), BranchRate: rate(t.BranchesRun, t.Branches),
	}
	for _, l := range f.Lines {
		line := xmlLine{Number: l.Number, Hits: l.Count}
		if run, all := l.branchesRun(); all > 0 {
			line.Branch, line.Condition = true, fmt.Sprintf("%d%% (%d/%d)", 100*run/all, run, all)
		}
		c.Lines = append(c.Lines, line)
	}
	return c
}

func rate(run, all int) string {
	if all == 0 {
		return "1"
	}
	return fmt.Sprintf("%.4f", float64(run)/float64(all))
}
