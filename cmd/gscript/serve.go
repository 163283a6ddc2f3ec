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
	"sync"
	"syscall"
	"time"

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
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	o := dap.Options{Run: d.launch, Dir: dir}
	if len(args) > 0 {
		o.Program, o.Args = args[0], args[1:]
	}
	if program, err := os.Executable(); err == nil {
		o.Relay = []string{program, "debug", "--relay"}
	}
	ctx, done := untilSignal(ctx)
	defer done()
	if d.dap {
		err := dap.Serve(ctx, newStdio(), o)
		if why, ended := endedBy(ctx); ended {
			return exitError(why.code)
		}
		return failed(err)
	}
	if o.Program != "" {
		if info, err := os.Stat(o.Program); err != nil || info.IsDir() {
			return fmt.Errorf("there is no script %s to debug", o.Program)
		}
	}
	return d.listenOn(ctx, d.listen, o)
}

// listenOn serves editors over TCP, several at once.
func (d *debugging) listenOn(ctx context.Context, address string, o dap.Options) error {
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
	o.Stdout, o.Stderr = os.Stdout, os.Stderr
	fmt.Fprintf(os.Stderr, "gscript: serving editors on %s; Ctrl-C ends\n", listener.Addr())
	var sessions sync.WaitGroup
	defer sessions.Wait()
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("cannot serve editors: %s", engine.Classify(err).Message)
		}
		sessions.Go(func() {
			if err := dap.Serve(ctx, conn, o); err != nil {
				fmt.Fprintf(os.Stderr, "gscript: %v\n", err)
			}
		})
	}
}

// lastWords is how long a server that a signal ends may take to end its scripts
// and to tell its clients.
const lastWords = 2 * time.Second

// untilSignal ends a context at Ctrl-C or SIGTERM. A second signal, or a script
// that does not end, ends the process.
func untilSignal(ctx context.Context) (_ context.Context, done func()) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	finished := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				why := interrupted{"interrupted", exitInterrupted}
				if s == syscall.SIGTERM {
					why = interrupted{"terminated", exitTerminated}
				}
				if ctx.Err() != nil {
					os.Exit(why.code)
				}
				cancel(why)
				exitAfter(lastWords, why.code, "", func() {})
			case <-finished:
				return
			}
		}
	}()
	return ctx, func() {
		close(finished)
		signal.Stop(signals)
		cancel(nil)
	}
}

// endedBy is the signal that has ended a context.
func endedBy(ctx context.Context) (why interrupted, ok bool) {
	ok = errors.As(context.Cause(ctx), &why)
	return why, ok
}

// relay shows a script that an editor debugs in the terminal where it runs.
func relay() error {
	if err := dap.RelayTo(os.Getenv(dap.RelayVariable), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "gscript: %v\n", engine.Classify(err).Message)
		return exitError(exitScript)
	}
	return nil
}

// failed is the end of a session with something that is no editor.
func failed(err error) error {
	if err == nil {
		return nil
	}
	fmt.Fprintf(os.Stderr, "gscript: %v\n", err)
	return exitError(exitScript)
}

// launch runs the script of a session, or its tests.
func (d *debugging) launch(ctx context.Context, l dap.Launch) (exit int) {
	var err error
	if l.Test {
		err = d.launchTests(ctx, l)
	} else {
		err = d.launchScript(ctx, l)
	}
	if ctx.Err() != nil {
		if why, ok := endedBy(ctx); ok {
			return why.code
		}
		return exitOK // it was ended
	}
	var code exitError
	if errors.As(err, &code) {
		return int(code)
	}
	return exitOK
}

func (d *debugging) launchScript(ctx context.Context, l dap.Launch) error {
	permissions, err := d.grants.permissions()
	if err != nil {
		fmt.Fprintf(l.Stderr, "gscript: %v\n", err)
		return exitError(exitUsage)
	}
	config, done := d.config(l)
	defer done()
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
		return nil
	}
	return d.report(e, world, err)
}

// config is the world of a session. One session at a time has the server's
// standard input, none where that belongs to the protocol.
func (d *debugging) config(l dap.Launch) (c host.Config, done func()) {
	env := os.Environ()
	for name, value := range l.Env {
		env = append(env, name+"="+value)
	}
	c = host.Config{Dir: l.Dir, Env: env, Stdout: l.Stdout, Stderr: l.Stderr, Log: d.loggerTo(l.Stderr)}
	if l.Stdin != nil {
		c.Stdin = l.Stdin
		return c, func() {}
	}
	if d.dap || !d.input.TryLock() {
		c.Stdin = strings.NewReader("")
		return c, func() {}
	}
	return c, d.input.Unlock
}

// launchTests runs gscript test. Its files run one after another unless the
// client says otherwise.
func (d *debugging) launchTests(ctx context.Context, l dap.Launch) error {
	config, done := d.config(l)
	defer done()
	cmd := newTestFor(d.runner, &surroundings{config: config, debugger: l.Debugger})
	args := append([]string{"-n", "1"}, l.Args...)
	if l.Program != "" {
		args = append(args, l.Program)
	}
	cmd.SetArgs(args)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err := cmd.ExecuteContext(ctx)
	var code exitError
	if err != nil && !errors.As(err, &code) {
		fmt.Fprintf(l.Stderr, "gscript test: %v\n", plainWords(err))
		return exitError(exitUsage)
	}
	return err
}

// stdio is standard input and output as a connection. Closing it ends what reads
// from it; that standard input itself is read on does no harm at the end of the
// process.
type stdio struct{ *io.PipeReader }

func newStdio() stdio {
	in, to := io.Pipe()
	go func() {
		_, err := io.Copy(to, os.Stdin)
		to.CloseWithError(err)
	}()
	return stdio{in}
}

func (stdio) Write(p []byte) (int, error) { return os.Stdout.Write(p) }

var _ io.ReadWriteCloser = stdio{}
