package ssh

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/gscript-lang/gscript/engine"
)

// credentials are the ways in which a client can prove who it is.
type credentials struct {
	methods []ssh.AuthMethod
	close   func()

	// What the server said, for the message.
	allowed, tried []string
}

// newCredentials gathers them. The library uses only the first method of each
// kind, so all keys go into one.
func newCredentials(ctx context.Context, c *engine.Call, in connectIn) (*credentials, error) {
	cr := &credentials{close: func() {}}
	var signers []ssh.Signer
	if in.Key != "" {
		s, err := readKey(c, in.Key, in.Passphrase)
		if err != nil {
			return nil, err
		}
		signers = append(signers, modernSigner(s, in.Legacy))
	}
	if in.Agent {
		more, err := cr.agentSigners(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, s := range more {
			signers = append(signers, modernSigner(s, in.Legacy))
		}
	}
	if len(signers) > 0 {
		cr.methods = append(cr.methods, ssh.PublicKeys(signers...))
	}
	if in.Answer != nil {
		cr.methods = append(cr.methods, ssh.KeyboardInteractive(func(name, instruction string, questions []string, echos []bool) ([]string, error) {
			return ask(c, in.Answer, name, instruction, questions, echos)
		}))
	}
	if in.Password != nil {
		cr.methods = append(cr.methods, ssh.Password(*in.Password))
	}
	return cr, nil
}

// note is the library's hook before each attempt; it leaves the choice to it.
func (cr *credentials) note(a *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	cr.allowed, cr.tried = a.AllowedMethods, a.TriedMethods
	return nil, nil
}

// failure says what was tried, never with what.
func (cr *credentials) failure(user, detail string) *engine.Error {
	tried := slices.DeleteFunc(slices.Compact(slices.Clone(cr.tried)), func(m string) bool { return m == "none" })
	allowed := printable(strings.Join(cr.allowed, ", "))
	e := engine.Errorf(errAuth, "the server refuses user %q", user)
	switch {
	case detail != "":
		e.Message += ": " + printable(detail)
	case len(tried) == 0 && len(cr.methods) > 0:
		e.Message += ": it takes none of the credentials given, only " + allowed
	}
	if len(tried) > 0 {
		e.Message += " (tried " + strings.Join(tried, ", ") + ")"
	}
	e.Fields = map[string]any{"tried": tried, "allowed": slices.Clone(cr.allowed)}
	asks := slices.Contains(cr.allowed, "keyboard-interactive") && !slices.Contains(tried, "keyboard-interactive")
	switch {
	case len(cr.methods) == 0:
		e.Hint = "give password=, key= or agent=true; the server takes " + allowed
	case asks && !slices.Contains(cr.allowed, "password"):
		e.Hint = "the server asks questions; answer them with answer=function(name, instruction, prompts) return {…} end"
	default:
		e.Hint = "check the user name and the credentials; the server takes " + allowed
	}
	return e
}

func ask(c *engine.Call, answer *engine.Func, name, instruction string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	prompts := make(engine.List, len(questions))
	for i, q := range questions {
		prompts[i] = engine.Object{{Key: "text", Value: printable(q)}, {Key: "echo", Value: echos[i]}}
	}
	result, err := c.Invoke(answer, printable(name), printable(instruction), prompts)
	if err != nil {
		return nil, engine.Classify(err)
	}
	list, ok := result.(engine.List)
	if one, isText := result.(string); isText {
		list, ok = engine.List{one}, true
	}
	if !ok || len(list) != len(questions) {
		return nil, engine.Invalid("answer must return a list of %d texts, one for each prompt", len(questions))
	}
	answers := make([]string, len(list))
	for i, a := range list {
		if answers[i], ok = a.(string); !ok {
			return nil, engine.Invalid("answer must return texts; number %d is none", i+1)
		}
	}
	return answers, nil
}

// readKey reads a private key: the name of a file, or the key itself.
func readKey(c *engine.Call, key, passphrase string) (ssh.Signer, error) {
	data, what := []byte(key), "the key"
	if !strings.HasPrefix(strings.TrimSpace(key), "-----BEGIN") {
		name, err := expandHome(c.Host(), key)
		if err != nil {
			return nil, err
		}
		if data, err = c.Host().Files.ReadFile(name); err != nil {
			return nil, err
		}
		what = "the key " + name
	}
	var (
		signer  ssh.Signer
		err     error
		missing *ssh.PassphraseMissingError
	)
	if passphrase == "" {
		signer, err = ssh.ParsePrivateKey(data)
	} else {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(data, []byte(passphrase))
		if err != nil && !errors.Is(err, x509.IncorrectPasswordError) {
			if plain, perr := ssh.ParsePrivateKey(data); perr == nil {
				signer, err = plain, nil
			}
		}
	}
	switch {
	case err == nil:
		return signer, nil
	case errors.As(err, &missing):
		e := engine.Invalid("%s is encrypted", what)
		e.Hint = "give passphrase=, or load it into the agent and use agent=true"
		return nil, e
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, engine.Invalid("the passphrase does not open %s", what)
	case strings.HasPrefix(string(data), "PuTTY-User-Key-File"):
		e := engine.Invalid("%s is in PuTTY's own format", what)
		e.Hint = "convert it with puttygen key.ppk -O private-openssh -o key"
		return nil, e
	}
	return nil, engine.Invalid("%s is not a private key: %s", what, strings.TrimPrefix(err.Error(), "ssh: "))
}

// agentSigners asks the agent for its keys. They sign through its connection,
// which stays open until close.
func (cr *credentials) agentSigners(ctx context.Context, c *engine.Call) ([]ssh.Signer, error) {
	socket, ok, err := c.Host().Environment.Lookup("SSH_AUTH_SOCK")
	if err != nil {
		return nil, err
	}
	if !ok || socket == "" {
		e := engine.Invalid("agent=true, but no agent runs here")
		e.Hint = "start one (eval $(ssh-agent); ssh-add) so that SSH_AUTH_SOCK names its socket"
		return nil, e
	}
	conn, err := c.Host().Network.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	cr.close = func() {
		stop()
		conn.Close()
	}
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		cr.close()
		e := engine.Errorf(errAuth, "the ssh agent does not answer: %v", err)
		e.Target = socket
		return nil, e
	}
	return signers, nil
}
