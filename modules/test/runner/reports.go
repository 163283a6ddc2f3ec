package runner

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gscript-lang/gscript/engine/host"
	"github.com/gscript-lang/gscript/modules/test/report"
)

// ReportError says that a report could not be written; the tests have run.
type ReportError struct {
	Report string // as it was asked for: "junit:out.xml"
	Err    error
}

func (e *ReportError) Error() string {
	return fmt.Sprintf("the report %s cannot be written: %v", e.Report, e.Err)
}

func (e *ReportError) Unwrap() error { return e.Err }

// checkReports refuses what --report cannot mean, before any test runs.
func (s *Session) checkReports() error {
	for _, each := range s.opts.Reports {
		kind, path, ok := strings.Cut(each, ":")
		if !ok || path == "" {
			return usage("write --report junit:out.xml", "the report '%s' names no file", each)
		}
		if !slices.Contains(report.Kinds(), kind) {
			hint := "there are: " + strings.Join(report.Kinds(), ", ")
			return usage(hint, "there is no kind of report '%s'", kind)
		}
		path = filepath.FromSlash(path)
		if info, err := s.opts.Host.Files.Stat(path); err == nil && info.IsDir() {
			hint := fmt.Sprintf("name the file, too: --report %s:%s", kind, filepath.ToSlash(filepath.Join(path, "report."+kind)))
			return usage(hint, "--report %s: %s is a directory", each, path)
		}
		for dir := filepath.Dir(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if info, err := s.opts.Host.Files.Stat(dir); err == nil {
				if !info.IsDir() {
					return usage("", "--report %s: %s is not a directory", each, dir)
				}
				break
			}
		}
	}
	return nil
}

// writeReports writes all reports, though one cannot be written; the first error
// is returned.
func (s *Session) writeReports() (err error) {
	for _, each := range s.opts.Reports {
		if werr := s.writeReport(each); werr != nil && err == nil {
			err = &ReportError{each, werr}
		}
	}
	return err
}

func (s *Session) writeReport(each string) error {
	files := s.opts.Host.Files
	kind, path, _ := strings.Cut(each, ":")
	path = filepath.FromSlash(path)
	if dir := filepath.Dir(path); dir != "." {
		if err := files.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	var text strings.Builder
	if err := report.Write(kind, &text, s.run); err != nil {
		return err
	}
	if info, err := files.Stat(path); err == nil && !info.Mode().IsRegular() { // a pipe or a device stays what it is
		return writeTo(files, path, text.String())
	}
	return host.WriteFileAtomic(files, path, []byte(text.String()), 0o644)
}

// writeTo writes to what is there.
func writeTo(files host.Files, path, text string) error {
	f, err := files.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}
