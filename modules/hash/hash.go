package hash

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"io"

	"github.com/gscript-lang/gscript/engine"
)

var algorithms = map[string]func() hash.Hash{
	"sha256": sha256.New, "sha512": sha512.New, "sha1": sha1.New, "md5": md5.New,
}

// digits is the length of each checksum in hexadecimal, for the examples.
var digits = map[string]string{"sha256": "64", "sha512": "128", "sha1": "40", "md5": "32"}

func ofText(algorithm string) func(*engine.Call, textIn) (string, error) {
	return func(_ *engine.Call, in textIn) (string, error) {
		h := algorithms[algorithm]()
		io.WriteString(h, in.Data)
		return hex.EncodeToString(h.Sum(nil)), nil
	}
}

func ofFile(c *engine.Call, in fileIn) (string, error) {
	f, err := c.Host().Files.Open(in.Path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := algorithms[in.Algorithm]()
	if _, err := io.Copy(h, &cancelable{c, f}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cancelable ends a long read when the call is canceled.
type cancelable struct {
	c *engine.Call
	r io.Reader
}

func (r *cancelable) Read(p []byte) (int, error) {
	if err := r.c.Context().Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func ofHMAC(_ *engine.Call, in hmacIn) (string, error) {
	h := hmac.New(algorithms[in.Algorithm], []byte(in.Key))
	io.WriteString(h, in.Data)
	return hex.EncodeToString(h.Sum(nil)), nil
}

func equal(_ *engine.Call, in equalIn) (bool, error) {
	return subtle.ConstantTimeCompare([]byte(in.A), []byte(in.B)) == 1, nil
}
