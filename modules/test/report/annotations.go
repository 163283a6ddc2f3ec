package report

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"strings"
)

// Annotations writes the failures as commands of GitHub Actions, which shows
// them beside the lines of a change. base is the session's root as seen from the
// root of the repository, with slashes, "" for the same. Write them to the
// standard output where GITHUB_ACTIONS is "true".
func Annotations(w io.Writer, run *Run, base string) error {
	b := bufio.NewWriter(w)
	for _, r := range final(run) {
		if !r.Outcome.Bad() {
			continue
		}
		f := r.first()
		file, line := f.File, f.Line
		if file == "" {
			file, line = r.File, r.Line
		}
		fmt.Fprintf(b, "::error file=%s,line=%d,title=%s::%s\n",
			property(path.Join(base, file)), max(line, 1), property(r.ID), data(r.detail()))
	}
	return b.Flush()
}

// data escapes the message of a command.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.TrimRight(s, "\n"))
}

// property escapes a property of a command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
