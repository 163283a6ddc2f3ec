package host

import (
	"fmt"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameError tells why a name from a remote peer was refused.
type NameError struct {
	Name   string
	Reason string
}

// Error shows the name quoted: it may hold anything, terminal escapes too.
func (e *NameError) Error() string {
	return fmt.Sprintf("unsafe name %q: %s", e.Name, e.Reason)
}

const maxLocalName = 255

// LocalName returns name when it is safe as the name of one file in a
// directory of this machine, whoever sent it, or else a *NameError. It is
// stricter than the file system: a backslash is refused on every system.
func LocalName(name string) (string, error) {
	if reason := unsafeName(name, runtime.GOOS == "windows"); reason != "" {
		return "", &NameError{Name: name, Reason: reason}
	}
	return name, nil
}

func unsafeName(name string, windows bool) string {
	switch {
	case name == "":
		return "it is empty"
	case name == "." || name == "..":
		return "it is a directory reference"
	case len(name) > maxLocalName:
		return fmt.Sprintf("it is longer than %d bytes", maxLocalName)
	case strings.ContainsAny(name, `/\`):
		return "it has a path separator"
	case !utf8.ValidString(name):
		return "it is not UTF-8"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "it has a control character"
	}
	if !windows {
		return ""
	}
	switch {
	case strings.ContainsAny(name, `<>:"|?*`):
		return "it has a character Windows reserves"
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return "Windows drops the dot or space at its end"
	case windowsDevice(name):
		return "it is a device on Windows"
	}
	return ""
}

// windowsDevice reports whether Windows opens a device for the name: these
// keep their meaning with any extension.
func windowsDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(stem, port); ok {
			switch n {
			case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
				return true
			}
		}
	}
	return false
}
