package ssh

import (
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// algorithms are those without known weaknesses, in the library's order, which
// puts AES-GCM first: it is not open to Terrapin where the other side lacks
// strict key exchange. The library's own defaults hold SHA-1 still.
func algorithms(legacy bool) ssh.Algorithms {
	a := ssh.SupportedAlgorithms()
	if legacy {
		old := ssh.InsecureAlgorithms()
		a.KeyExchanges = append(a.KeyExchanges, old.KeyExchanges...)
		a.Ciphers = append(a.Ciphers, old.Ciphers...)
		a.MACs = append(a.MACs, old.MACs...)
		a.HostKeys = append(a.HostKeys, old.HostKeys...)
		a.PublicKeyAuths = append(a.PublicKeyAuths, old.PublicKeyAuths...)
	}
	return a
}

func cryptoConfig(a ssh.Algorithms) ssh.Config {
	return ssh.Config{KeyExchanges: a.KeyExchanges, Ciphers: a.Ciphers, MACs: a.MACs}
}

// certMark is in the name of every algorithm that shows a certificate.
const certMark = "-cert-v01@openssh.com"

// algorithmsFor lists the host key algorithms of supported that can show a key
// of the type, or a certificate for one.
func algorithmsFor(keyType string, supported []string) []string {
	names := []string{keyType}
	if keyType == ssh.KeyAlgoRSA {
		names = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	return slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(supported, n) })
}

// plainAlgorithms lists those without certificates, ed25519 first as OpenSSH
// has it: that key is the one that people compare.
func plainAlgorithms(supported []string) []string {
	plain := slices.DeleteFunc(slices.Clone(supported), isCert)
	slices.SortStableFunc(plain, func(a, b string) int {
		return boolInt(b == ssh.KeyAlgoED25519) - boolInt(a == ssh.KeyAlgoED25519)
	})
	return plain
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func certAlgorithms(supported []string) []string {
	return slices.DeleteFunc(slices.Clone(supported), func(n string) bool { return !isCert(n) })
}

func isCert(algorithm string) bool { return strings.Contains(algorithm, certMark) }

// modernSigner keeps an RSA key from falling back to SHA-1 when the server does
// not say what it takes.
func modernSigner(s ssh.Signer, legacy bool) ssh.Signer {
	if legacy || s.PublicKey().Type() != ssh.KeyAlgoRSA {
		return s
	}
	as, ok := s.(ssh.AlgorithmSigner)
	if !ok {
		return s
	}
	modern, err := ssh.NewSignerWithAlgorithms(as, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
	if err != nil {
		return s
	}
	return modern
}
