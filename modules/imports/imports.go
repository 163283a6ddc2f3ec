package imports

import (
	"github.com/gscript-lang/gscript/engine"
)

func from(c *engine.Call, in membersIn) (engine.Multi, error) {
	m, err := c.Imports().Require(in.Name)
	if err != nil || len(in.Members) == 0 {
		return engine.Multi{m}, err
	}
	var out engine.Multi
	for _, member := range in.Members {
		v, err := c.Imports().Member(in.Name, m, member)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func find(c *engine.Call, in nameIn) (*found, error) {
	m, err := c.Imports().Find(in.Name)
	return describe(m), err
}

func current(c *engine.Call, _ engine.None) (*found, error) {
	return describe(c.Imports().Current()), nil
}

func describe(m *engine.ModuleInfo) *found {
	if m == nil {
		return nil
	}
	return &found{Name: m.Name, Kind: m.Kind, File: optional(m.File), Package: m.Package}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func file(c *engine.Call, in fileIn) (engine.Value, error) { return c.Imports().File(in.Path) }

func reload(c *engine.Call, in moduleIn) (engine.Value, error) {
	return c.Imports().Reload(in.Module)
}

func lazy(c *engine.Call, in nameIn) (engine.Value, error) { return c.Imports().Lazy(in.Name) }

func export(c *engine.Call, in exportIn) (engine.None, error) {
	if !in.Module.IsTable() {
		return engine.None{}, engine.Invalid("a module exports a table, not %s", in.Module.Describe())
	}
	if !c.Imports().Export(in.Module) {
		return engine.None{}, engine.Invalid("no module is being loaded").
			WithHint("call it in the file of a module, before that requires others")
	}
	return engine.None{}, nil
}

func resource(c *engine.Call, in resourceIn) (string, error) {
	data, err := c.Imports().Resource(in.Package, in.File)
	return string(data), err
}

func graph(c *engine.Call, _ engine.None) ([]loaded, error) {
	list := []loaded{}
	for _, m := range c.Imports().Graph() {
		requires := m.Requires
		if requires == nil {
			requires = []string{}
		}
		list = append(list, loaded{
			Name: m.Name, Kind: m.Kind, File: optional(m.File), By: optional(m.By), Requires: requires,
			Time: m.Time.Seconds(), Own: m.Own.Seconds(),
		})
	}
	return list, nil
}

func builtin(c *engine.Call, _ engine.None) ([]string, error) { return c.Imports().Builtin(), nil }

func add(c *engine.Call, in placeIn) (engine.None, error) {
	if in.Place == "" {
		return engine.None{}, engine.Invalid("the place is empty").WithHint("write import.add(\".\") for the working directory")
	}
	c.Imports().AddPlace(in.Place, in.First)
	return engine.None{}, nil
}

func loader(c *engine.Call, in loaderIn) (engine.None, error) {
	return engine.None{}, c.Imports().AddLoader(in.Loader, in.First)
}
