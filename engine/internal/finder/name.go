package finder

import (
	"strings"

	"github.com/gscript-lang/gscript/engine/internal/fault"
)

// Bounds of what is put together: each '?' of a path becomes a name.
const (
	MaxName = 1000
	MaxPath = 16 << 10
)

// CheckSize refuses names and paths that together would be gigabytes.
func CheckSize(name, path string) error {
	if len(name) > MaxName {
		return fault.New(fault.ModuleNotFound, "there is no module '%s…': a name has up to %d bytes", name[:60], MaxName)
	}
	if len(path) > MaxPath {
		return fault.New(fault.ArgsInvalid, "the path is too long: %d bytes, the limit is %d", len(path), MaxPath)
	}
	return nil
}

// IsPath says that what is required is a file beside the one that requires it:
// ./x.lua or ../x.lua.
func IsPath(name string) bool {
	return strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../")
}

// IsRelative says that a name is one in the package of the module that requires
// it: .x or ..x.
func IsRelative(name string) bool { return strings.HasPrefix(name, ".") && !IsPath(name) }

// CheckName refuses what is no name of a module.
func CheckName(name string) error {
	if err := CheckSize(name, ""); err != nil {
		return err
	}
	bad := func(why string) *fault.Error {
		return fault.New(fault.ModuleNotFound, "'%s' is no name of a module: %s", name, why)
	}
	switch {
	case name == "":
		return bad("it is empty")
	case strings.ContainsAny(name, `/\`):
		dotted := strings.Trim(strings.TrimSuffix(strings.NewReplacer("/", ".", `\`, ".").Replace(name), ".lua"), ".")
		if strings.HasPrefix(name, "/") {
			return bad("it is a path").WithHint("load a file by its path with import.file(%q)", name)
		}
		return bad("dots separate packages, not slashes").
			WithHint("write '%s' for the module, or './%s' for the file beside this one", dotted, strings.TrimPrefix(name, "./"))
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return bad("it holds a control character")
	case strings.Contains(name, ".."):
		return bad("two dots stand in it").WithHint("'..name' at the start means the package above; inside a name one dot separates packages")
	case strings.HasPrefix(name, "."), strings.HasSuffix(name, "."):
		return bad("it begins or ends with a dot")
	}
	return nil
}

// Relative is the full name of what a module calls .x or ..x: one dot stands for
// the package that the module is in, each further dot for the package above.
func Relative(name, by string, pkg bool) (string, error) {
	rest := strings.TrimLeft(name, ".")
	up := len(name) - len(rest)
	base := by
	if !pkg {
		base = parent(by)
	}
	if base == "" {
		return "", fault.New(fault.ModuleNotFound, "'%s' is a name in a package, and the module '%s' is in none", name, by).
			WithHint("write '%s', or './%s.lua' for the file beside this one", rest, strings.ReplaceAll(rest, ".", "/"))
	}
	for range up - 1 {
		if base = parent(base); base == "" {
			return "", fault.New(fault.ModuleNotFound, "'%s' goes above the outermost package of the module '%s'", name, by).
				WithHint("each dot after the first goes up one package")
		}
	}
	if rest == "" {
		return base, nil
	}
	return base + "." + rest, nil
}

func parent(name string) string {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)]
}
