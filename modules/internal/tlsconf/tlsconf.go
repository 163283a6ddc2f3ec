// Package tlsconf is the tls={…} option, the same wherever TLS is spoken.
// Certificates are verified unless the script writes insecure=true.
package tlsconf

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"time"

	"github.com/gscript-lang/gscript/engine"
	"github.com/gscript-lang/gscript/engine/host"
)

// Options is the table that scripts write. A string in its place is the mode.
type Options struct {
	Mode       string `lua:"mode,opt,short" doc:"how TLS is used; which modes there are depends on the protocol"`
	CA         string `lua:"ca,opt" doc:"file with certificates (PEM) of the authorities to trust instead of the system's, or the PEM text itself"`
	Cert       string `lua:"cert,opt" doc:"file with our own certificate (PEM)"`
	Key        string `lua:"key,opt" doc:"file with the private key (PEM) of cert"`
	ServerName string `lua:"server_name,opt,wire" doc:"name that the server's certificate must hold, where it is not the host's"`
	Min        string `lua:"min,opt" enum:"1.2|1.3" default:"1.2" doc:"oldest version of TLS that is spoken"`
	Max        string `lua:"max,opt" enum:"1.2|1.3" doc:"newest version of TLS that is spoken"`
	Insecure   bool   `lua:"insecure,opt" doc:"accept any certificate: whoever is in between can read and change everything"`
}

var versions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// Client makes the configuration of a client that expects serverName.
func Client(h *host.Host, o *Options, serverName string) (*tls.Config, error) {
	if o == nil {
		o = &Options{Min: "1.2"}
	}
	c := &tls.Config{
		ServerName:         serverName,
		MinVersion:         versions[o.Min],
		MaxVersion:         versions[o.Max],
		InsecureSkipVerify: o.Insecure,
		ClientSessionCache: tls.NewLRUClientSessionCache(32),
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if o.ServerName != "" {
		c.ServerName = o.ServerName
	}
	var err error
	if c.RootCAs, err = roots(h, o.CA); err != nil {
		return nil, err
	}
	if o.Cert != "" || o.Key != "" {
		pair, err := keyPair(h, o)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if o.Insecure {
		h.Log.Warn("TLS certificates are not verified (insecure=true)", "server", c.ServerName)
	}
	return c, nil
}

// roots reads the authorities to trust: ca, or the file that SSL_CERT_FILE
// names; nil means the system's.
func roots(h *host.Host, ca string) (*x509.CertPool, error) {
	fromEnv := false
	if ca == "" {
		name, ok, err := h.Environment.Lookup("SSL_CERT_FILE")
		if err != nil || !ok || name == "" {
			return nil, nil // a script without the env permission has the system's
		}
		ca, fromEnv = name, true
	}
	if strings.HasPrefix(strings.TrimSpace(ca), "-----BEGIN") {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(ca)) {
			return nil, engine.Invalid("tls: ca holds no certificate (PEM)")
		}
		return pool, nil
	}
	data, err := h.Files.ReadFile(ca)
	if err != nil {
		if fromEnv && engine.KindOf(engine.Classify(err)) == engine.KindDenied {
			return nil, nil
		}
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, engine.Invalid("the file %s holds no certificate (PEM)", ca)
	}
	return pool, nil
}

func keyPair(h *host.Host, o *Options) (tls.Certificate, error) {
	if o.Cert == "" || o.Key == "" {
		return tls.Certificate{}, engine.Invalid("tls: cert and key belong together; one is missing")
	}
	cert, err := h.Files.ReadFile(o.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := h.Files.ReadFile(o.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, engine.Invalid("tls: the certificate %s and the key %s do not go together: %v", o.Cert, o.Key, err)
	}
	return pair, nil
}

// SelfSigned is the server mode that makes a certificate for itself.
const SelfSigned = "self-signed"

// Server makes the configuration of a server. In mode "self-signed" it makes a
// certificate for localhost and host, which certPEM holds for clients to trust.
func Server(h *host.Host, o *Options, hostName string) (conf *tls.Config, certPEM string, err error) {
	c := &tls.Config{MinVersion: versions[o.Min], MaxVersion: versions[o.Max]}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if o.Cert == "" && o.Key == "" && o.Mode == SelfSigned {
		pair, text, err := selfSign(h, hostName)
		if err != nil {
			return nil, "", err
		}
		c.Certificates = []tls.Certificate{pair}
		return c, text, nil
	}
	pair, err := keyPair(h, o)
	if err != nil {
		return nil, "", err
	}
	c.Certificates = []tls.Certificate{pair}
	return c, "", nil
}

func selfSign(h *host.Host, hostName string) (tls.Certificate, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, "", err
	}
	now := h.Clock.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "gscript self-signed"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if ip := net.ParseIP(hostName); ip != nil {
		template.IPAddresses = append(template.IPAddresses, ip)
	} else if hostName != "" {
		template.DNSNames = append(template.DNSNames, hostName)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(text), nil
}
