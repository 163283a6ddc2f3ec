package path

import (
	"path/filepath"
	"strings"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/modules/internal/glob"
)

func join(_ *engine.Call, in joinIn) (string, error) {
	return filepath.Join(in.Parts...), nil
}

func split(_ *engine.Call, in pathIn) (engine.Multi, error) {
	return engine.Multi{filepath.Dir(in.Path), filepath.Base(in.Path)}, nil
}

func parts(_ *engine.Call, in pathIn) ([]string, error) {
	clean := filepath.Clean(in.Path)
	root := filepath.VolumeName(clean)
	rest := clean[len(root):]
	list := []string{}
	if strings.HasPrefix(rest, string(filepath.Separator)) {
		root += string(filepath.Separator)
		rest = rest[1:]
	}
	if root != "" {
		list = append(list, root)
	}
	if rest != "" {
		list = append(list, strings.Split(rest, string(filepath.Separator))...)
	}
	return list, nil
}

func dirname(_ *engine.Call, in pathIn) (string, error)  { return filepath.Dir(in.Path), nil }
func basename(_ *engine.Call, in pathIn) (string, error) { return filepath.Base(in.Path), nil }
func clean(_ *engine.Call, in pathIn) (string, error)    { return filepath.Clean(in.Path), nil }
func isAbs(_ *engine.Call, in pathIn) (bool, error)      { return filepath.IsAbs(in.Path), nil }

func ext(_ *engine.Call, in pathIn) (string, error) {
	_, ext := cut(filepath.Base(in.Path))
	return ext, nil
}

func stem(_ *engine.Call, in pathIn) (string, error) {
	stem, _ := cut(filepath.Base(in.Path))
	return stem, nil
}

func withExt(_ *engine.Call, in withExtIn) (string, error) {
	if in.Ext != "" && !strings.HasPrefix(in.Ext, ".") || strings.ContainsAny(in.Ext, `/\`) {
		return "", engine.Invalid("argument 'ext' must begin with a dot and hold no slash, got %q", in.Ext)
	}
	_, ext := cut(filepath.Base(in.Path))
	return strings.TrimSuffix(in.Path, ext) + in.Ext, nil
}

// cut splits a name before its extension. A dot at the beginning or the end
// makes none.
func cut(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 || i == len(name)-1 || strings.Trim(name[:i], ".") == "" {
		return name, ""
	}
	return name[:i], name[i:]
}

func abs(c *engine.Call, in pathIn) (string, error) {
	return c.Host().Files.Abs(in.Path), nil
}

func rel(c *engine.Call, in relIn) (string, error) {
	files := c.Host().Files
	r, err := filepath.Rel(files.Abs(in.Start), files.Abs(in.Path))
	if err != nil {
		return "", engine.Invalid("%s cannot be reached from %s", in.Path, in.Start)
	}
	return r, nil
}

func match(_ *engine.Call, in matchIn) (bool, error) {
	patterns, err := glob.Parse(filepath.ToSlash(in.Pattern))
	if err != nil {
		return false, engine.Invalid("%v", err)
	}
	return glob.Match(patterns, filepath.ToSlash(in.Path), true), nil
}

func expandUser(c *engine.Call, in pathIn) (string, error) {
	rest, ok := strings.CutPrefix(in.Path, "~")
	if !ok {
		return in.Path, nil
	}
	if rest != "" && !strings.HasPrefix(filepath.ToSlash(rest), "/") {
		return "", engine.Invalid("%s: only ~ itself is known, not the home of another user", in.Path)
	}
	home, err := c.Host().Environment.Home()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, rest), nil
}
