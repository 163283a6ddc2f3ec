package dap

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/gscript-lang/gscript/engine"
)

// launchArguments are those of launch.json.
type launchArguments struct {
	Program     string            `json:"program"`
	Args        []string          `json:"args"`
	Mode        string            `json:"mode"` // "run" or "test"
	Cwd         string            `json:"cwd"`
	Env         map[string]string `json:"env"`
	StopOnEntry bool              `json:"stopOnEntry"`
	NoDebug     bool              `json:"noDebug"`
	Console     string            `json:"console"`
}

// launchKeys are the arguments, for messages.
var launchKeys = []string{"program", "args", "mode", "cwd", "env", "stopOnEntry", "noDebug", "console"}

// clientKeys are what clients keep for themselves in the same object, as do keys
// that begin with "__".
var clientKeys = []string{
	"name", "type", "request", "debugServer", "preLaunchTask", "postDebugTask", "internalConsoleOptions", "presentation",
	"serverReadyAction", "outputCapture", "suppressMultipleSessionWarning", "windows", "linux", "osx", "restart",
}

// readArguments reads the arguments of launch and attach. note says what of them
// means nothing.
func readArguments(raw json.RawMessage) (args *launchArguments, note string, err error) {
	args = &launchArguments{}
	if len(raw) == 0 {
		return args, "", nil
	}
	if err := json.Unmarshal(raw, args); err != nil {
		return nil, "", errors.New(mistyped(err))
	}
	var all map[string]json.RawMessage
	_ = json.Unmarshal(raw, &all)
	var unknown []string
	for key := range all {
		if slices.Contains(launchKeys, key) || slices.Contains(clientKeys, key) || strings.HasPrefix(key, "__") {
			continue
		}
		if near := engine.Suggest(key, launchKeys); near != "" {
			return nil, "", fmt.Errorf("there is no argument %q; did you mean %q?", key, near)
		}
		unknown = append(unknown, key)
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		note = fmt.Sprintf("%s among the launch arguments means nothing; there are %s", strings.Join(unknown, ", "), strings.Join(launchKeys, ", "))
	}
	return args, note, nil
}

// launched starts what the client names.
func (s *server) launched(r *dap.LaunchRequest) {
	err := s.life.mayLaunch()
	if err == nil {
		err = s.take(r.Arguments, false, nil)
	}
	if err != nil {
		s.refuse(r, fmt.Errorf("launch: %w", err))
		return
	}
	s.reply(r, &dap.LaunchResponse{})
	s.begin(func(*life) {})
}

// attached starts what the server was started with.
func (s *server) attached(r *dap.AttachRequest) {
	err := s.life.mayLaunch()
	if err == nil && s.opts.Program == "" {
		err = errors.New("the server was started without a script: give it one, as in gscript debug --listen :4711 script.lua, or launch one")
	}
	if err == nil {
		err = s.take(r.Arguments, true, func(args *launchArguments) error {
			if args.Program != "" || args.Mode != "" {
				return errors.New("the script is the one that the server was started with; to name one use launch")
			}
			return nil
		})
	}
	if err != nil {
		s.refuse(r, fmt.Errorf("attach: %w", err))
		return
	}
	s.reply(r, &dap.AttachResponse{})
	s.begin(func(*life) {})
}

// take takes the arguments of launch and attach, which have to pass check.
func (s *server) take(raw json.RawMessage, attached bool, check func(args *launchArguments) error) error {
	args, note, err := readArguments(raw)
	if err == nil && check != nil {
		err = check(args)
	}
	if err == nil {
		err = s.fillIn(args)
	}
	if err != nil {
		return err
	}
	if note != "" {
		s.note(note)
	}
	s.life.take(args, attached)
	return nil
}

// fillIn fills in what the client has left out, and says what cannot be run.
func (s *server) fillIn(args *launchArguments) error {
	if args.Mode != "" && args.Mode != "run" && args.Mode != "test" {
		return fmt.Errorf("there is no mode %q; there are \"run\" and \"test\"", args.Mode)
	}
	if err := s.checkConsole(args.Console); err != nil {
		return err
	}
	switch {
	case args.Cwd == "":
		args.Cwd = s.opts.Dir
	case !filepath.IsAbs(args.Cwd):
		args.Cwd = filepath.Join(s.opts.Dir, args.Cwd)
	}
	if info, err := os.Stat(args.Cwd); args.Cwd != "" && (err != nil || !info.IsDir()) {
		return fmt.Errorf("there is no directory %s; it is the \"cwd\"", args.Cwd)
	}
	test := args.Mode == "test"
	if args.Program == "" && !test {
		if s.opts.Program == "" {
			return errors.New("no script is named: give the path of one as \"program\"")
		}
		args.Args = append(s.opts.Args[:len(s.opts.Args):len(s.opts.Args)], args.Args...)
		args.Program = s.opts.Program
	}
	if args.Program == "" {
		return nil
	}
	if !filepath.IsAbs(args.Program) {
		args.Program = filepath.Join(args.Cwd, args.Program)
	}
	info, err := os.Stat(args.Program)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no file %s; it is the \"program\"", args.Program)
	case err != nil:
		return fmt.Errorf("cannot read the \"program\" %s: %s", args.Program, engine.Classify(err).Message)
	case info.IsDir() && !test:
		return fmt.Errorf("the \"program\" %s is a directory; name a script in it", args.Program)
	}
	return nil
}

// note tells the user something that is no failure.
func (s *server) note(text string) {
	s.tell("output", &dap.OutputEvent{Body: dap.OutputEventBody{Category: "important", Output: text + "\n"}})
}
