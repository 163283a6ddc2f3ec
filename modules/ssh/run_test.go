package ssh

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

func TestRunResults(t *testing.T) {
	t.Parallel()
	p := &peer{session: onExec(func(ch ssh.Channel, command string) {
		switch command {
		case "fail":
			io.WriteString(ch, "some out")
			io.WriteString(ch.Stderr(), "first\nit \x1b[31mbroke\n")
			exit(ch, 7)
		case "killed":
			ch.SendRequest("exit-signal", false, ssh.Marshal(struct {
				Signal string
				Core   bool
				Error  string
				Lang   string
			}{"KILL", false, "", ""}))
			ch.Close()
		case "silent end":
			io.WriteString(ch, "half")
			ch.Close()
		case "cat":
			io.Copy(ch, ch)
			exit(ch, 0)
		default:
			io.WriteString(ch, command)
			exit(ch, 0)
		}
	})}
	port := p.start(t)
	start := p.dialing(port, "")
	t.Run("non-zero", func(t *testing.T) {
		t.Parallel()
		e := newWorld(t).Fail(t, "ssh.exit", start+`c:run("fail")`)
		if e.Code != 7 || e.Fields["out"] != "some out" || !strings.HasPrefix(e.Fields["err"].(string), "first") {
			t.Errorf("code %v, fields %v", e.Code, e.Fields)
		}
		if e.Message != "the command ended with code 7: it [31mbroke" {
			t.Errorf("message %q", e.Message)
		}
		out := newWorld(t).Run(t, start+`
			local r = c:run("fail", {check=false})
			print(r.code, r.out, r.signal, r.truncated)
			local ok, e = pcall(c.run, c, "fail")
			print(ok, e.kind, e.code, e.out, #e.err > 5)`)
		if out != "7\tsome out\tnil\tfalse\nfalse\tssh.exit\t7\tsome out\ttrue\n" {
			t.Errorf("printed %q", out)
		}
	})
	t.Run("signal", func(t *testing.T) {
		t.Parallel()
		e := newWorld(t).Fail(t, "ssh.exit", start+`c:run("killed")`)
		if e.Code != nil || e.Fields["signal"] != "KILL" {
			t.Errorf("code %v, fields %v", e.Code, e.Fields)
		}
		if out := newWorld(t).Run(t, start+`local r = c:run{"killed", check=false} print(r.code, r.signal)`); out != "nil\tKILL\n" {
			t.Errorf("printed %q", out)
		}
	})
	t.Run("no exit status", func(t *testing.T) {
		t.Parallel()
		for _, options := range []string{"", "check=false"} {
			e := newWorld(t).Fail(t, "ssh.protocol", start+`c:run("silent end", {`+options+`})`)
			if !strings.Contains(e.Message, "no exit status") || e.Fields["out"] != "half" {
				t.Errorf("%v, fields %v", e, e.Fields)
			}
		}
	})
	t.Run("input and quoting", func(t *testing.T) {
		t.Parallel()
		out := newWorld(t).Run(t, start+`
			print(c:run("cat", {input="a\0b"}).out == "a\0b", c:run("cat").out == "")
			print(c:run{"echo", "it's", "", "a=b", "~x"}.out)
			print(c:run("two\nlines").out)`)
		if want := "true\ttrue\necho 'it'\\''s' '' 'a=b' '~x'\ntwo\nlines\n"; out != want {
			t.Errorf("printed %q", out)
		}
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		for _, call := range []string{`c:run("a\0b")`, `c:run{"a", "b\0"}`, `c:run{}`, `c:run("")`, `c:run("x", {env={["A=B"]="1"}})`, `ssh.quote{"a\0"}`} {
			newWorld(t).Fail(t, engine.KindInvalid, start+call)
		}
		newWorld(t).Fail(t, engine.KindHandleClosed, start+`c:close() c:run("x")`)
	})
}

// Both streams and the input move at once, more than any window holds.
func TestRunBothStreams(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	p := &peer{session: onExec(func(ch ssh.Channel, _ string) {
		got := make(chan int64, 1)
		go func() {
			n, _ := io.Copy(io.Discard, ch)
			got <- n
		}()
		// One after the other: whoever waits for one stream to end hangs here.
		ch.Stderr().Write(bytes.Repeat([]byte("e"), size))
		ch.Write(bytes.Repeat([]byte("o"), size))
		fmt.Fprint(ch, <-got)
		exit(ch, 0)
	})}
	out := newWorld(t).Run(t, p.dialing(p.start(t), "")+fmt.Sprintf(`
		local r = c:run("x", {input=("i"):rep(%d), timeout=20})
		print(#r.err, #r.out, r.out:sub(-8), r.truncated)`, size))
	if want := fmt.Sprintf("%d\t%d\to%d\tfalse\n", size, size+7, size); out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// A flood is bounded and has no code.
func TestRunFlood(t *testing.T) {
	t.Parallel()
	p := &peer{session: onExec(func(ch ssh.Channel, command string) {
		line := bytes.Repeat([]byte("flood "), 10_000)
		for i := 0; command == "endless" || i < 100; i++ {
			if _, err := ch.Stderr().Write(line); err != nil {
				return
			}
		}
		ch.Close()
	})}
	start := p.dialing(p.start(t), "")
	e := newWorld(t).Fail(t, "ssh.protocol", start+`c:run("much", {max_output="10KiB", timeout=20})`)
	if !strings.Contains(e.Message, "no exit status") || len(e.Fields["err"].(string)) != 10<<10 || e.Fields["truncated"] != true {
		t.Errorf("%v, %d bytes", e, len(e.Fields["err"].(string)))
	}
	within(t, 5*time.Second, func() {
		e := newWorld(t).Fail(t, engine.KindTimeout, start+`c:run("endless", {max_output="10KiB", timeout=0.3})`)
		if len(e.Fields["err"].(string)) != 10<<10 {
			t.Errorf("%d bytes", len(e.Fields["err"].(string)))
		}
	})
}

// Servers that fall silent once the login is done.
func TestRunSilent(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*peer{
		"channel": {channel: func(ssh.NewChannel) {}},
		"request": {session: func(_ ssh.Channel, reqs <-chan *ssh.Request) {
			for range reqs {
			}
		}},
		"exec": {session: onExec(func(ch ssh.Channel, _ string) {
			io.WriteString(ch, "so far")
			drainAll(ch)
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := p.dialing(p.start(t), "")
			within(t, 5*time.Second, func() {
				e := newWorld(t).Fail(t, engine.KindTimeout, start+`c:run("x", {timeout=0.2, input=("x"):rep(5000000)})`)
				if name == "exec" && e.Fields["out"] != "so far" {
					t.Errorf("fields %v", e.Fields)
				}
			})
			within(t, 5*time.Second, func() {
				newWorld(t).Fail(t, engine.KindNetTimeout, start+`c:sftp{idle_timeout=0.2}`)
			})
			// A deadline of the whole script is no different.
			w := newWorld(t)
			w.Deadline = 300 * time.Millisecond
			within(t, 5*time.Second, func() {
				if _, err := w.Try(t, start+`c:run("x")`); engine.KindOf(err) != engine.KindDeadline {
					t.Errorf("it ends with %v", err)
				}
			})
		})
	}
}

func TestRunConnectionCut(t *testing.T) {
	t.Parallel()
	p, conns := &peer{}, make(chan ssh.Conn, 1)
	p.global = func(c ssh.Conn, reqs <-chan *ssh.Request) {
		conns <- c
		ssh.DiscardRequests(reqs)
	}
	p.session = onExec(func(ch ssh.Channel, _ string) {
		io.WriteString(ch, "half")
		(<-conns).Close()
	})
	e := newWorld(t).Fail(t, engine.KindNetClosed, p.dialing(p.start(t), "")+`c:run("x")`)
	if e.Fields["out"] != "half" {
		t.Errorf("fields %v", e.Fields)
	}
}

func TestRunOnOutput(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	p := &peer{session: onExec(func(ch ssh.Channel, command string) {
		io.WriteString(ch, "one")
		<-gate
		io.WriteString(ch.Stderr(), "two")
		exit(ch, 0)
	})}
	w := newWorld(t)
	w.Globals = map[string]any{"open": func() { close(gate) }}
	out := w.Run(t, p.dialing(p.start(t), "")+`
		local r = c:run("x", {on_output=function(text, stream)
			print(text, stream)
			if text == "one" then open() end
		end})
		print(r.out, r.err)`)
	if out != "one\tout\ntwo\terr\none\ttwo\n" {
		t.Errorf("printed %q", out)
	}
	q := &peer{session: onExec(func(ch ssh.Channel, _ string) {
		io.WriteString(ch, "one")
		drainAll(ch)
	})}
	_, err := newWorld(t).Try(t, q.dialing(q.start(t), "")+`c:run("x", {on_output=function() error("enough") end})`)
	if err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("it ends with %v", err)
	}
}

func TestRunEnvAndPTY(t *testing.T) {
	t.Parallel()
	newWorld(t).Run(t, `
		local ssh = require "ssh"
		local srv = ssh.serve{users={u="p"}, accept_env={"LANG", "LC_*"}, on_exec=function(sess)
			for k, v in pairs(sess.env) do sess:write(k .. "=" .. v .. " ") end
		end}
		local c = ssh.connect{host="127.0.0.1", port=srv.port, user="u", password="p", host_key=srv.host_key}
		local r = c:run("x", {env={LC_ALL="C", PATH="/evil", LANGUAGE="x"}})
		assert(r.out == "LC_ALL=C ", r.out)
		assert(table.concat(r.refused, ",") == "LANGUAGE,PATH", table.concat(r.refused, ","))
		local ok, e = pcall(c.run, c, "x", {pty=true})
		assert(not ok and e.kind == "ssh.protocol", tostring(e))`)
}

// What quote makes is what a shell reads.
func TestQuoteAgainstShell(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh here")
	}
	words := []string{"a", "", " ", "it's", `"`, `\`, "$HOME", "`id`", "a\nb", "*", "~", "-n", "x=1", "é", "!", "{a,b}", "#c", "a;b&c|d>e<f", "\t", "\x7f\x01"}
	out, err := exec.Command(sh, "-c", "printf '%s\\0' "+quote(words)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); strings.Join(got, "|") != strings.Join(words, "|") {
		t.Errorf("the shell reads %q", got)
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("it's")
	f.Add("'\\''")
	f.Fuzz(func(t *testing.T, word string) {
		got := quoteWord(word)
		if got == word {
			if word == "" || strings.Trim(word, plainBytes) != "" {
				t.Errorf("%q stays as it is", word)
			}
			return
		}
		// Outside of '\'' there is exactly one quoted piece.
		if inner := strings.ReplaceAll(got[1:len(got)-1], `'\''`, ""); got[0] != '\'' || got[len(got)-1] != '\'' || strings.Contains(inner, "'") {
			t.Errorf("%q becomes %q", word, got)
		}
	})
}
