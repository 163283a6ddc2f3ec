package ssh

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/gscript-lang/gscript/engine"
)

// account is a user of a server.
type account struct {
	password *[sha256.Size]byte // nil: no login by password
	keys     []ssh.PublicKey
}

type accounts map[string]account

var errRefused = errors.New("refused")

func serverConfig(c *engine.Call, in serveIn) (*ssh.ServerConfig, error) {
	users := accounts{}
	passwords, keys := false, false
	for name, u := range in.Users {
		if name == "" || strings.HasPrefix(name, "-") {
			return nil, engine.Invalid("users: %q is not a user name", name)
		}
		a, err := newAccount(c, name, u)
		if err != nil {
			return nil, err
		}
		passwords = passwords || a.password != nil
		keys = keys || len(a.keys) > 0
		users[name] = a
	}
	if len(users) == 0 {
		return nil, engine.Invalid("users is empty: nobody could log in")
	}
	algos := algorithms(false)
	log := c.Host().Log
	config := &ssh.ServerConfig{
		Config:                  cryptoConfig(algos),
		PublicKeyAuthAlgorithms: algos.PublicKeyAuths,
		ServerVersion:           clientVersion,
		MaxAuthTries:            maxTries,
		AuthLogCallback: func(conn ssh.ConnMetadata, method string, err error) {
			if method != "none" {
				log.Info("ssh server: login", "user", conn.User(), "from", conn.RemoteAddr(), "method", method, "ok", err == nil)
			}
		},
	}
	if in.Banner != "" {
		config.BannerCallback = func(ssh.ConnMetadata) string { return in.Banner }
	}
	if passwords {
		config.PasswordCallback = users.password
	}
	if keys {
		config.PublicKeyCallback = users.publicKey
		config.VerifiedPublicKeyCallback = users.verified
	}
	return config, nil
}

func newAccount(c *engine.Call, name string, in userIn) (account, error) {
	var a account
	if in.Password != nil {
		if *in.Password == "" {
			return a, engine.Invalid("users.%s: the password is empty", name)
		}
		sum := sha256.Sum256([]byte(*in.Password))
		a.password = &sum
	}
	for _, text := range in.Keys {
		data := []byte(text)
		if !strings.Contains(text, " ") || strings.ContainsAny(text[:strings.IndexByte(text, ' ')], `/\`) {
			file, err := expandHome(c.Host(), text)
			if err != nil {
				return a, err
			}
			if data, err = c.Host().Files.ReadFile(file); err != nil {
				return a, err
			}
		}
		keys, err := parseAuthorizedKeys(name, data)
		if err != nil {
			return a, err
		}
		a.keys = append(a.keys, keys...)
	}
	if a.password == nil && len(a.keys) == 0 {
		return a, engine.Invalid("users.%s has neither a password nor keys", name)
	}
	return a, nil
}

// parseAuthorizedKeys reads lines of an authorized_keys file. Options restrict
// what a key may do; one that is not understood must not be passed over.
func parseAuthorizedKeys(user string, data []byte) ([]ssh.PublicKey, error) {
	var keys []ssh.PublicKey
	for len(data) > 0 {
		key, _, options, rest, err := ssh.ParseAuthorizedKey(data)
		if err != nil {
			break
		}
		if len(options) > 0 {
			return nil, engine.Invalid("users.%s: a key has the option %q, which this server does not know", user, options[0])
		}
		keys = append(keys, key)
		data = rest
	}
	if len(keys) == 0 {
		return nil, engine.Invalid("users.%s: no public key found; one is written \"ssh-ed25519 AAAA…\", or in a file", user)
	}
	return keys, nil
}

// password compares in a time that tells neither the password nor whether the
// user exists.
func (u accounts) password(conn ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
	want, got := [sha256.Size]byte{}, sha256.Sum256(given)
	a := u[conn.User()]
	if a.password != nil {
		want = *a.password
	}
	if subtle.ConstantTimeCompare(want[:], got[:]) == 1 && a.password != nil {
		return &ssh.Permissions{}, nil
	}
	return nil, errRefused
}

// publicKey says whether a key would do. Clients ask for keys that they do not
// hold, so nothing is decided here: verified gets the permissions of the key
// that the client proved to have.
func (u accounts) publicKey(conn ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	for _, k := range u[conn.User()].keys {
		if sameKey(k, key) {
			return &ssh.Permissions{Extensions: map[string]string{fingerprintOf: ssh.FingerprintSHA256(key)}}, nil
		}
	}
	return nil, errRefused
}

const fingerprintOf = "gscript-fingerprint"

func (u accounts) verified(conn ssh.ConnMetadata, key ssh.PublicKey, p *ssh.Permissions, _ string) (*ssh.Permissions, error) {
	if p == nil || p.Extensions[fingerprintOf] != ssh.FingerprintSHA256(key) {
		return nil, errRefused
	}
	return p, nil
}
