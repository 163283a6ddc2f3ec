//go:build unix

package hostcall

import "golang.org/x/sys/unix"

// foreignNumbers says that syscall.Errno does not hold C's numbers.
const foreignNumbers = false

func signalNumber(name string) int { return int(unix.SignalNum(name)) }

// Status is what C's system() returns: the code in the second byte, or a signal
// in the first.
func Status(what string, code int) int {
	if what == "signal" {
		return code
	}
	return code << 8
}
