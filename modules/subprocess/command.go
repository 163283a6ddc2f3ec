package subprocess

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// command makes a host command of the options. The closers are the files that
// it opened, to be closed when the program has ended.
func (o *options) command(c *engine.Call, argv []string, capture func(err bool) io.Writer) (cmd host.Command, files closers, err error) {
	defer func() {
		if err != nil {
			files.Close()
		}
	}()
	if len(argv) == 0 {
		e := engine.Invalid("the command is empty")
		e.Hint = `give the program and its arguments as a list: {"git", "status"}`
		return cmd, nil, e
	}
	for i, arg := range argv {
		if strings.ContainsRune(arg, 0) {
			return cmd, nil, engine.Invalid("argument 'argv[%d]' has a NUL byte, which no program can be given", i+1)
		}
	}
	cmd = host.Command{Argv: argv, Dir: o.Cwd, Grace: max(o.Grace.Std(), 1)}
	if err := o.environment(c, &cmd); err != nil {
		return cmd, nil, err
	}
	if cmd.Stdin, err = o.input(c, &files); err != nil {
		return cmd, files, err
	}
	if cmd.Stdout, err = output(c, o.Stdout, false, capture, &files); err != nil {
		return cmd, files, err
	}
	switch {
	case o.MergeStderr:
		cmd.Stderr = cmd.Stdout
	case o.Stderr == o.Stdout && o.Stdout != "capture" && o.Stdout != "inherit":
		cmd.Stderr = cmd.Stdout // one file, opened once
	default:
		cmd.Stderr, err = output(c, o.Stderr, true, capture, &files)
	}
	return cmd, files, err
}

func (o *options) input(c *engine.Call, files *closers) (io.Reader, error) {
	if o.Input != nil {
		if o.Stdin != "null" {
			return nil, engine.Invalid("input and stdin exclude each other")
		}
		return strings.NewReader(*o.Input), nil
	}
	switch o.Stdin {
	case "null":
		return nil, nil
	case "inherit":
		return c.Host().Terminal.Stdin(), nil
	case "pipe":
		e := engine.Invalid("stdin=\"pipe\" is for subprocess.start")
		e.Hint = "give the whole input with input="
		return nil, e
	}
	f, err := c.Host().Files.Open(o.Stdin)
	if err != nil {
		return nil, err
	}
	*files = append(*files, f)
	return f, nil
}

// output gives the writer for one output.
func output(c *engine.Call, where string, isErr bool, capture func(bool) io.Writer, files *closers) (io.Writer, error) {
	switch where {
	case "capture":
		return capture(isErr), nil
	case "null":
		return nil, nil
	case "inherit":
		if isErr {
			return c.Host().Terminal.Stderr(), nil
		}
		return c.Host().Terminal.Stdout(), nil
	case "":
		return nil, engine.Invalid("the name of an output file is empty")
	}
	f, err := c.Host().Files.OpenFile(where, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	*files = append(*files, f)
	return f, nil
}

func (o *options) environment(c *engine.Call, cmd *host.Command) error {
	switch {
	case o.CleanEnv && o.InheritEnv:
		return engine.Invalid("clean_env and inherit_env exclude each other")
	case o.CleanEnv:
		cmd.Env = []string{}
	case o.InheritEnv:
		cmd.Env = c.Host().Environment.Environ()
	}
	cmd.EnvSet = map[string]string{}
	for name, v := range o.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			return engine.Invalid("argument 'env' has the name %q: a variable's name is not empty and holds no = and no NUL", name)
		}
		switch v := v.(type) {
		case string:
			if strings.ContainsRune(v, 0) {
				return engine.Invalid("argument 'env.%s' has a NUL byte, which no program can be given", name)
			}
			cmd.EnvSet[name] = v
		case float64:
			cmd.EnvSet[name] = strconv.FormatFloat(v, 'g', 14, 64)
		case bool:
			if v {
				return engine.Invalid("argument 'env.%s' must be a string, or false to take the variable away", name)
			}
			cmd.EnvUnset = append(cmd.EnvUnset, name)
		default:
			return engine.Invalid("argument 'env.%s' must be a string, or false to take the variable away", name)
		}
	}
	return nil
}

// start starts a command and explains why that fails.
func (o *options) start(ctx context.Context, c *engine.Call, cmd host.Command) (host.Process, error) {
	p, err := c.Host().Processes.Start(ctx, cmd)
	if err == nil {
		return p, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	program := cmd.Argv[0]
	var denied *host.DeniedError
	if errors.As(err, &denied) {
		return nil, err
	}
	e := &engine.Error{Kind: kindNotFound, Target: program, Cause: err}
	switch {
	case engine.KindOf(engine.Classify(err)) == kindNotFound:
		e.Message = "there is no such program"
		e.Hint = "install it, or give its path"
		if strings.ContainsAny(program, " \t|;&<>") {
			e.Hint = `the first item is the program alone: {"git", "status"}; a line for the shell goes to subprocess.shell`
		}
	case errors.Is(err, fs.ErrNotExist) && o.Cwd != "" && missing(c, o.Cwd):
		e.Kind, e.Target, e.Message = "fs.not_found", o.Cwd, "the directory of cwd does not exist"
	case errors.Is(err, fs.ErrNotExist):
		e.Message = "there is no such program, or the interpreter of its #! line is missing"
	case errors.Is(err, syscall.ENOEXEC):
		e.Message = "the system cannot run the file"
		e.Hint = fmt.Sprintf("a script needs a #! line, or run it with its interpreter: {\"sh\", %q}", program)
	case errors.Is(err, syscall.E2BIG):
		e.Kind, e.Message = "args.invalid", "the arguments are larger than the system allows"
		e.Hint = "pass large data with input= or in a file"
	case errors.Is(err, fs.ErrPermission):
		e.Message = "the file is not executable"
		e.Hint = fmt.Sprintf("make it so with chmod +x, or run it with its interpreter: {\"sh\", %q}", program)
	default:
		e.Message = err.Error()
	}
	return nil, e
}

func missing(c *engine.Call, dir string) bool {
	_, err := c.Host().Files.Stat(dir)
	return errors.Is(err, fs.ErrNotExist)
}

// closers are files to be closed together.
type closers []io.Closer

func (cs closers) Close() error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
