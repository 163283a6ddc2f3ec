//go:build unix

package ftp

import (
	"net"
	"syscall"
)

// mute makes a listener deaf: connections to it are refused from then on.
func mute(l net.Listener) {
	s, ok := l.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := s.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { syscall.Shutdown(int(fd), syscall.SHUT_RDWR) })
	}
}
