package host

import (
	"context"
	"net"
)

// Network is dialling, listening and name resolution.
type Network interface {
	// DialContext connects as net.Dialer does. It needs Net for the address;
	// a unix socket needs Read and Write for its path instead.
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
	// Listen announces on a local address. It needs Listen for the address;
	// a unix socket needs Read and Write for its path instead.
	Listen(ctx context.Context, network, address string) (net.Listener, error)
	// LookupHost resolves a name to addresses. It needs Net for something
	// that a dial of the name could match.
	LookupHost(ctx context.Context, host string) ([]string, error)
}
