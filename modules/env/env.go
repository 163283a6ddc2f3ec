package env

import (
	"math"
	"runtime"
	"strconv"
	"strings"

	"github.com/gscript-lang/gscript/engine"
)

func get(c *engine.Call, in getIn) (any, error) {
	v, ok, err := c.Host().Environment.Lookup(in.Name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return in.Default, nil
	}
	return v, nil
}

func need(c *engine.Call, in needIn) (string, error) {
	environment := c.Host().Environment
	v, ok, err := environment.Lookup(in.Name)
	if err != nil || ok && v != "" {
		return v, err
	}
	e := engine.Errorf(errMissing, "the environment variable %s is not set", in.Name)
	if ok {
		e.Message = "the environment variable " + in.Name + " is empty"
	}
	e.Hint = in.Hint
	if e.Hint == "" {
		e.Hint = "set it before the script starts: " + in.Name + "=… gscript " + c.ScriptName()
		var names []string
		for _, kv := range environment.Environ() {
			name, _, _ := strings.Cut(kv, "=")
			names = append(names, name)
		}
		if near := engine.Suggest(in.Name, names); near != "" && near != in.Name {
			e.Hint += "; " + near + " is set, did you mean that?"
		}
	}
	return "", e
}

func number(c *engine.Call, in numberIn) (*float64, error) {
	v, ok, err := c.Host().Environment.Lookup(in.Name)
	if err != nil || !ok || v == "" {
		return in.Default, err
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, engine.Errorf(errInvalid, "the environment variable %s is not a number", in.Name)
	}
	return &n, nil
}

func boolean(c *engine.Call, in booleanIn) (bool, error) {
	v, ok, err := c.Host().Environment.Lookup(in.Name)
	if err != nil || !ok || v == "" {
		return in.Default, err
	}
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "1", "true", "yes", "on":
		return true, nil
	case "0", "false", "no", "off":
		return false, nil
	}
	return false, engine.Errorf(errInvalid, "the environment variable %s is neither true nor false", in.Name).
		WithHint("write 1, true, yes, on or 0, false, no, off")
}

func set(c *engine.Call, in setIn) (engine.None, error) {
	return engine.None{}, named(c.Host().Environment.Set(in.Name, in.Value))
}

func unset(c *engine.Call, in nameIn) (engine.None, error) {
	return engine.None{}, named(c.Host().Environment.Unset(in.Name))
}

func named(err error) error {
	if err != nil {
		return engine.Invalid("%v", err)
	}
	return nil
}

func all(c *engine.Call, _ engine.None) (map[string]string, error) {
	vars := map[string]string{}
	for _, kv := range c.Host().Environment.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		vars[name] = value
	}
	return vars, nil
}

func home(c *engine.Call, _ engine.None) (string, error) { return c.Host().Environment.Home() }
func user(c *engine.Call, _ engine.None) (string, error) { return c.Host().Environment.UserName() }

func hostname(c *engine.Call, _ engine.None) (string, error) {
	return c.Host().Environment.Hostname()
}

func system(*engine.Call, engine.None) (string, error) { return runtime.GOOS, nil }
func arch(*engine.Call, engine.None) (string, error)   { return runtime.GOARCH, nil }
func cpus(*engine.Call, engine.None) (int, error)      { return runtime.NumCPU(), nil }
