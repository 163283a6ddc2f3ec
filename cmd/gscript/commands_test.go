package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits runs a command and checks its exit code: exits 2 gscript run.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	got := 0
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// interrupt starts a command, waits until it prints "ready", sends SIGINT as
// often as the first argument says and checks the exit code and that standard
// output holds the words of the second: interrupt 1 'cleaned up' gscript x.lua.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt times text command [args...]")
	}
	times, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd := exec.Command(args[2], args[3:]...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "NO_COLOR=1"}
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	ts.Check(err)
	if line != "ready\n" {
		ts.Fatalf("printed %q, not ready", line)
	}
	said := bufio.NewReader(stderr)
	for i := range times {
		ts.Check(cmd.Process.Signal(syscall.SIGINT))
		if i == 0 && times > 1 { // the second counts only when the first was seen
			for {
				text, err := said.ReadString('\n')
				ts.Check(err)
				if strings.Contains(text, "interrupted") {
					break
				}
			}
		}
	}
	var rest bytes.Buffer
	go io.Copy(io.Discard, said)
	io.Copy(&rest, lines)
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		ts.Fatalf("ended with %v, want exit code %d", err, exitInterrupted)
	}
	if want := strings.ReplaceAll(args[1], `\n`, "\n"); !strings.Contains(rest.String(), want) {
		ts.Fatalf("printed %q, want %q in it", rest.String(), want)
	}
}
