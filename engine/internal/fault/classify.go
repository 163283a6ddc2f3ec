package fault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/gscript-lang/gscript/engine/host"
)

// Classify turns any Go error into an *Error with a kind. An *Error comes back
// as it is. The text of the libraries beneath is kept, trimmed of the parts
// that repeat what the error says elsewhere.
func Classify(err error) *Error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	e := &Error{Kind: "failed", Cause: err, Message: err.Error()}
	var (
		denied  *host.DeniedError
		name    *host.NameError
		dns     *net.DNSError
		pathErr *fs.PathError
		linkErr *os.LinkError
		opErr   *net.OpError
		execErr *exec.Error
	)
	switch {
	case errors.As(err, &denied):
		e.Kind, e.Message = Denied, denied.Error()
		e.Hint = "allow it with " + denied.Flag()
		if denied.Hint != "" {
			e.Hint = denied.Hint + "; " + e.Hint
		}
	case errors.As(err, &name):
		e.Kind = NameRefused
	case classifyTLS(err, e):
	case errors.As(err, &dns):
		e.Kind, e.Retryable = NetDNS, dns.IsTemporary || dns.IsTimeout
		e.Message = fmt.Sprintf("the name %q does not resolve", dns.Name)
		if dns.IsTimeout {
			e.Message = fmt.Sprintf("the lookup of %q took too long", dns.Name)
		}
	case errors.Is(err, context.Canceled):
		e.Kind, e.Message = Canceled, "canceled"
	case isTimeout(err):
		e.Kind, e.Message, e.Retryable = Timeout, "took too long", true
		if errors.As(err, &opErr) {
			e.Kind = NetTimeout
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind, e.Message, e.Retryable = NetRefused, "connection refused", true
		e.Hint = "nothing listens there; check the host and the port"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Kind, e.Retryable = NetClosed, true
		e.Message = "the connection was closed by the other side"
		if errors.Is(err, net.ErrClosed) {
			e.Message = "the connection is closed"
		}
	case errors.Is(err, fs.ErrNotExist) && !errors.As(err, &execErr):
		e.Kind, e.Message = FileNotFound, "no such file or directory"
	case errors.Is(err, fs.ErrExist):
		e.Kind, e.Message = FileExists, "it exists already"
	case errors.Is(err, syscall.ENOSPC):
		e.Kind, e.Message = FileNoSpace, "no space left on the device"
	case errors.Is(err, fs.ErrPermission):
		e.Kind, e.Message = FilePermission, "the operating system refuses access"
	case errors.As(err, &execErr):
		e.Kind = ProgramNotFound
		e.Message = fmt.Sprintf("no program %q on the PATH", execErr.Name)
	case errors.As(err, &opErr):
		e.Kind, e.Message = NetFailed, opErr.Err.Error()
	case errors.As(err, &pathErr):
		e.Kind, e.Message = FileFailed, pathErr.Err.Error()
	case errors.As(err, &linkErr):
		e.Kind, e.Message = FileFailed, linkErr.Err.Error()
	}
	if e.Target == "" {
		switch {
		case errors.As(err, &pathErr):
			e.Target = pathErr.Path
		case errors.As(err, &linkErr):
			e.Target = linkErr.Old
		case errors.As(err, &opErr) && opErr.Addr != nil:
			e.Target = opErr.Addr.String()
		}
	}
	return e
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &t) && t.Timeout()
}

func classifyTLS(err error, e *Error) bool {
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		record   tls.RecordHeaderError
		alert    tls.AlertError
	)
	switch {
	case errors.As(err, &unknown):
		e.Kind, e.Message = TLSVerify, "the certificate is signed by an authority that is not known here"
		e.Hint = `give the authority's certificate with tls={ca="ca.pem"} or SSL_CERT_FILE`
	case errors.As(err, &hostname):
		e.Kind, e.Message = TLSVerify, hostname.Error()
		e.Hint = `connect by a name that the certificate holds, or say which one to expect with tls={server_name="…"}`
	case errors.As(err, &invalid):
		e.Kind, e.Message = TLSVerify, invalid.Error()
		if invalid.Reason == x509.Expired {
			e.Message = fmt.Sprintf("the certificate is not valid now: it holds from %s to %s",
				invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
		}
	case errors.As(err, &verify):
		e.Kind, e.Message = TLSVerify, verify.Err.Error()
	case errors.As(err, &record):
		e.Kind, e.Message = TLSFailed, "the other side does not speak TLS on this port"
	case errors.As(err, &alert):
		e.Kind, e.Message = TLSFailed, strings.TrimPrefix(err.Error(), "remote error: ")
	default:
		return false
	}
	return true
}
