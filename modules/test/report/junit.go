package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The elements and attributes are those of the schema that Jenkins and GitLab
// read: testsuites, a testsuite for each file, a testcase for each test.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	File       string          `xml:"file,attr"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
	Seconds    float64         `xml:"-"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	File      string        `xml:"file,attr"`
	Line      int           `xml:"line,attr,omitempty"`
	Time      string        `xml:"time,attr"`
	Failure   *junitProblem `xml:"failure"`
	Error     *junitProblem `xml:"error"`
	Skipped   *junitProblem `xml:"skipped"`
	Output    string        `xml:"system-out,omitempty"`
	Logs      string        `xml:"system-err,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func writeJUnit(w io.Writer, run *Run) error {
	all := junitSuites{Name: "gscript", Time: inSeconds(run.Duration)}
	at := map[string]int{}
	for _, r := range final(run) {
		i, ok := at[r.File]
		if !ok {
			i = len(all.Suites)
			at[r.File] = i
			all.Suites = append(all.Suites, junitSuite{
				Name: r.File, File: r.File, Timestamp: stamp(r.Started),
				Properties: []junitProperty{{"seed", strconv.FormatInt(run.Seed, 10)}},
			})
		}
		all.Suites[i].add(r)
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.Time = fmt.Sprintf("%.3f", s.Seconds)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(r *Result) {
	c := junitCase{
		Name: clean(r.Name), ClassName: className(r), File: r.File, Line: r.Line,
		Time: inSeconds(r.Duration), Output: clean(r.Output), Logs: clean(r.Logs),
	}
	if c.Name == "" {
		c.Name = r.File
	}
	s.Tests++
	s.Seconds += r.Duration.Seconds()
	problem := &junitProblem{Message: clean(r.headline()), Type: r.first().Kind, Text: clean(r.detail())}
	switch r.Outcome {
	case Failed, XPassed:
		if r.Outcome == XPassed && problem.Message == "" {
			problem.Message = "it passed though a failure was expected"
		}
		s.Failures++
		c.Failure = problem
	case Errored:
		s.Errors++
		c.Error = problem
	case Skipped, XFailed:
		s.Skipped++
		c.Skipped = &junitProblem{Message: problem.Message}
		if r.Outcome == XFailed {
			c.Skipped.Type = "expected failure"
		}
	}
	s.Cases = append(s.Cases, c)
}

// className is the file and the groups with dots, as the readers of the format
// make a tree of it.
func className(r *Result) string {
	name := strings.ReplaceAll(strings.TrimSuffix(r.File, ".lua"), "/", ".")
	return clean(strings.Join(append([]string{name}, r.Groups...), "."))
}

func inSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

// clean writes what XML cannot hold as an escape, so that readers do not refuse
// the file.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError, r < ' ', r == 0xFFFE, r == 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, s)
}

func place(file string, line int) string {
	if line == 0 {
		return file
	}
	return file + ":" + number(line)
}

func number(n int) string { return strconv.Itoa(n) }
