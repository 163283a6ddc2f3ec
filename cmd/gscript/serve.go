package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/debug/dap"
	"github.com/gscript-lang/gscript/engine/host"
)

// serve serves editors by the Debug Adapter Protocol until it is interrupted, on
// standard input and output until the editor goes.
func (d *debugging) serve(ctx context.Context, args []string) error {
	if d.code != "" || d.module != "" {
		return errors.New("an editor debugs a file: --eval and --module do not go with --dap and --listen")
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	o := dap.Options{Run: d.launch, Dir: dir}
	if len(args) > 0 {
		o.Program, o.Args = args[0], args[1:]
	}
	if d.dap {
		defer context.AfterFunc(ctx, func() { exitAfter(stuck, exitTerminated, "", func() {}) })()
		return failed(dap.Serve(ctx, stdio{}, o))
	}
	address := d.listen
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	} else if !strings.Contains(address, ":") {
		address = "127.0.0.1:" + address
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %s", address, engine.Classify(err).Message)
	}
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	fmt.Fprintf(os.Stderr, "gscript: serving editors on %s; Ctrl-C ends\n", listener.Addr())
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("cannot serve editors: %s", engine.Classify(err).Message)
		}
		if err := dap.Serve(ctx, conn, o); err != nil { // one after another: a script has the process to itself
			fmt.Fprintf(os.Stderr, "gscript: %v\n", err)
		}
	}
}

// failed is the end of a session with something that is no editor.
func failed(err error) error {
	if err == nil {
		return nil
	}
	fmt.Fprintf(os.Stderr, "gscript: %v\n", err)
	return exitError(exitScript)
}

// launch runs the script of a session.
func (d *debugging) launch(ctx context.Context, l dap.Launch) (exit int) {
	permissions, err := d.grants.permissions()
	if err != nil {
		fmt.Fprintf(l.Stderr, "gscript: %v\n", err)
		return exitUsage
	}
	env := os.Environ()
	for name, value := range l.Env {
		env = append(env, name+"="+value)
	}
	config := host.Config{Dir: l.Dir, Env: env, Stdout: l.Stdout, Stderr: l.Stderr, Log: d.logger()}
	if d.dap {
		config.Stdin = strings.NewReader("") // the real one belongs to the protocol
	}
	world := host.New(permissions, config)
	defer world.Close()
	quietLibraries(world.Log)
	o := d.options(world, l.Debugger)
	if l.Debugger == nil {
		o.Probes = nil
	}
	e := engine.New(o)
	state := e.NewState(context.Background())
	_, err = state.RunFile(ctx, l.Program, anys(l.Args)...)
	if cerr := state.Close(); err == nil {
		err = cerr
	}
	if ctx.Err() != nil {
		return exitOK // it was ended
	}
	var code exitError
	if errors.As(d.report(e, world, err), &code) {
		return int(code)
	}
	return exitOK
}

// stdio is standard input and output as a connection. Closing does not end a read
// of a terminal, so nothing is closed.
type stdio struct{}

func (stdio) Read(p []byte) (int, error)  { return os.Stdin.Read(p) }
func (stdio) Write(p []byte) (int, error) { return os.Stdout.Write(p) }
func (stdio) Close() error                { return nil }

var _ io.ReadWriteCloser = stdio{}
